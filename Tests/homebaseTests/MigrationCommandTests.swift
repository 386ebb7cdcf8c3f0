import Console
import ControlSocket
import Diagnostics
import FoundationEssentials
import StackProtocol
import Testing

@testable import homebase

@Suite struct MigrationCommandTests {
  /// A migration that was thought of twice in a second is two migrations.
  @Test func newFilesNeverShareAVersion() async throws {
    try await withWorld(running: false) { world async throws in
      let folder = world.place.migrationsFolder
      let now = 1_795_000_000
      let made = try await withThrowingTaskGroup(of: MigrationFile.self) { group in
        for number in 0..<8 {
          group.addTask {
            try await onThread {
              try MigrationFile.make(named: "step \(number)", in: folder, sql: [], now: now)
            }
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(made.map(\.version)).count == 8)
      #expect(made.map(\.version).min() == "20261118110640")
      #expect(made.map(\.version).max() == "20261118110647")
    }
  }

  /// A clock that was set back must not put the new file before the others.
  @Test func aClockSetBackKeepsTheOrder() async throws {
    try await withWorld(running: false) { world async throws in
      let folder = world.place.migrationsFolder
      try world.write("", to: "supabase/migrations/20261118235959_late.sql")
      let late = try MigrationFile.make(named: "a", in: folder, sql: [], now: 1_795_000_000)
      #expect(late.version == "20261119000000" && late.futureFile == nil)
      try world.write("", to: "supabase/migrations/29990101000000_far.sql")
      let far = try MigrationFile.make(named: "b", in: folder, sql: [], now: 1_795_000_000)
      #expect(far.version == "20261118110640" && far.futureFile == "29990101000000_far.sql")
    }
  }

  /// SQL may be piped in; the name is made safe; the path is the project's.
  @Test func newTakesStandardInput() async throws {
    try await withWorld(running: false) { world async throws in
      let ran = try await world.run(
        ["migration", "new", "add the \"invoices\" / été"], input: "create table x();\n")
      #expect(ran.code == 0)
      let file = ran.output.split(separator: "\n").first?.dropFirst("made ".count) ?? ""
      #expect(file.hasPrefix("supabase/migrations/20"))
      #expect(file.hasSuffix("_add_the_invoices_été.sql"))
      #expect(world.read(String(file)) == "create table x();\n")
      #expect(ran.output.hasSuffix("\napply it with: homebase migration up\n"))
    }
  }

  /// Without a supervisor the files can still be listed.
  @Test func listWithoutAStack() async throws {
    try await withWorld(running: false) { world async throws in
      for name in ["20260101000000_a.sql", "20260102000000_b c.sql", "notes.sql", "3_x.txt"] {
        try world.write("", to: "supabase/migrations/\(name)")
      }
      let ran = try await world.run(["migration", "list"])
      #expect(ran.code == 0)
      #expect(
        ran.output == """
          version         local  applied  name
          20260101000000  yes    ?        a
          20260102000000  yes    ?        b c

          """)
      #expect(ran.errors.hasPrefix("the stack is not running"))
      let json = try await world.run(["migration", "list", "--output-format", "json"])
      #expect(json.errors == "")
      #expect(json.output.contains(#""local":true"#) && !json.output.contains("applied"))
    }
  }

  @Test func listUpAndRepair() async throws {
    func entry(_ version: String, _ isLocal: Bool, _ isApplied: Bool) -> MigrationEntry {
      MigrationEntry(
        version: version, name: "n", file: nil, isLocal: isLocal, isApplied: isApplied,
        content: version == "1" ? .changed : .same)
    }
    let list = MigrationList(migrations: [
      entry("1", true, true), entry("2", false, true), entry("3", true, false),
    ])
    try await withWorld(running: true) { request, _ in
      switch request.command {
      case "migration.list": list
      case "migration.repair":
        MigrationRepairReport(
          repaired: try request.arguments(as: MigrationRepairRequest.self).versions,
          status: .reverted)
      default:
        MigrationUpReport(
          took: Milliseconds(.milliseconds(30)),
          applied: try request.arguments(as: MigrationUpRequest.self).includeAll
            ? ["3_n.sql"] : [],
          snapshot: "s")
      }
    } body: { world async throws in
      #expect(
        try await world.run(["migration", "list"]).output == """
          version  local    applied  name
          1        yes      changed  n
          2        missing  yes      n
          3        yes      pending  n
          1 pending · apply with: homebase migration up
          1 changed since applied · take them with: homebase db reset
          1 applied without a file · homebase migration repair VERSION --status reverted

          """)
      #expect(
        try await world.run(["migration", "up"]).output
          == "nothing to apply: the database is up to date\n")
      #expect(
        try await world.run(["migration", "up", "--include-all"]).output
          == "  3_n.sql\napplied 1 migration in 30 ms · undo with: homebase undo\n")
      #expect(
        try await world.run(["migration", "repair", "2", "--status", "reverted"]).output
          == "  2\nmarked 1 version as reverted\n")
    }
  }

  /// "Up to date" would be wrong of a database that an edited file or a setting makes another.
  @Test func whatIsNotAppliedIsNamed() {
    let edited = Diagnostic(
      code: "migration_edited", message: "edited", location: .init(file: "m/1_a.sql"))
    let off = Diagnostic(
      code: "migrations_disabled", message: "db.migrations.enabled is false in homebase.toml")
    func lines(_ warnings: [Diagnostic]) -> [String] {
      MigrationUpReport(took: Milliseconds(.zero), applied: [], warnings: warnings)
        .lines(for: .init())
    }
    #expect(
      lines([edited]) == [
        "nothing to apply",
        "1 changed since applied: m/1_a.sql · take it with: homebase db reset",
      ])
    #expect(
      lines([off]) == ["nothing to apply: db.migrations.enabled is false in homebase.toml"])
    #expect(
      MigrationList(migrations: [], warnings: [off]).lines(for: .init())
        == ["no migrations: db.migrations.enabled is false in homebase.toml"])
  }
}
