import ArgumentParser

/// The root of all commands.
struct Homebase: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "homebase",
    abstract: "A whole Supabase project on this machine, without containers.",
    usage: "homebase COMMAND [OPTIONS]",
    discussion: """
      Begin with `homebase start` in a project's folder, or `homebase init` in an empty one.
      `homebase --version` prints the version.
      """,
    groupedSubcommands: [
      CommandGroup(
        name: "Stack",
        subcommands: [
          StackStart.self, StackStop.self, StackRestart.self, StackShow.self, StackLogs.self,
        ]),
      CommandGroup(
        name: "Database",
        subcommands: [
          Database.self, Undo.self, Migration.self, Seed.self, DatabaseTests.self,
          Inspect.self, Gen.self,
        ]),
      CommandGroup(
        name: "Project and machine",
        subcommands: [ProjectInit.self, Doctor.self, Completions.self, Version.self]),
      CommandGroup(name: "Inner works", subcommands: [Supervise.self, Serve.self]),
    ])

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
}

/// The database of the stack.
struct Database: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "db",
    abstract: "The stack's database: reset it, ask it, keep its state.",
    subcommands: [
      DBReset.self, DBStart.self, DBQuery.self, DBPsql.self, DBDiff.self, DBPull.self,
      DBDump.self, DBLint.self, DBAdvisors.self, Snapshots.self,
    ])
}

/// Kept states of the stack.
struct Snapshots: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Keep the stack's state under a name, and bring it back.",
    subcommands: [
      SnapshotSave.self, SnapshotRestore.self, SnapshotShow.self, SnapshotRemove.self,
    ])
}

/// Versioned schema changes.
struct Migration: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migration",
    abstract: "Versioned schema changes: make, compare, apply.",
    subcommands: [
      MigrationNew.self, MigrationShow.self, MigrationUp.self, MigrationDown.self,
      MigrationRepair.self, MigrationFetch.self, MigrationSquash.self,
    ])
}

/// Data for development.
struct Seed: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seed",
    abstract: "Data for development: run seed files, make mock rows, look for real people.",
    subcommands: [SeedRun.self, SeedGenerate.self, SeedLint.self, SeedBuckets.self],
    defaultSubcommand: SeedRun.self)
}

/// Tests of the database.
struct DatabaseTests: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Tests of the database with pgTAP: run them, make new ones.",
    subcommands: [TestDB.self, TestNew.self])
}

/// What is generated from a database or for it.
struct Gen: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gen",
    abstract: "Generate types for clients, tokens and keys.",
    subcommands: [GenTypes.self, GenMetadata.self, GenBearerJWT.self, GenSigningKey.self])
}
