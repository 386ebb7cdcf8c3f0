package import Diagnostics

/// What can go wrong between a project's files and a database.
package enum LifecycleError: Error, Sendable {
  /// A file or folder could not be read.
  case unreadable(path: String, reason: String)
  /// A file could not be written or removed.
  case unwritable(path: String, reason: String)
  /// Two migrations bear one version.
  case duplicateVersion(version: String, first: String, second: String)
  /// `--version` names a version that no file bears.
  case noSuchVersion(String, known: [String])
  /// Seed files that were asked for by name are not there.
  case noSuchSeed([String], folder: String)
  /// `db.migrations.enabled` is false in a file.
  case migrationsAreOff(file: String)
  /// A statement failed. `step` is `migration`, `seed` or `roles`.
  case statementFailed(
    step: String, location: SourceLocation, sqlstate: String, reason: String, detail: String?,
    serverHint: String?, excerpt: [String], whatStays: Remains)
  /// A file begins a transaction and does not end it.
  case transactionLeftOpen(step: String, location: SourceLocation, isDatabaseUnchanged: Bool)
  /// A database of an older homebase cannot be brought to this one's platform.
  case platformUpgradeFailed(database: String, reason: String, sqlstate: String?)
  /// The script holds something that only psql understands.
  case notSQL(step: String, location: SourceLocation, command: String)
  /// There is no room for another copy of the database.
  case diskFull(neededInBytes: Int64, freeInBytes: Int64, folder: String)
  /// Sessions did not end in time.
  case sessionsRemain(database: String, pids: [Int32])
  /// There is no snapshot of that name.
  case noSuchSnapshot(String, known: [String])
  /// A snapshot of that name is there already.
  case snapshotExists(String)
  /// There is nothing to undo.
  case nothingToUndo
  /// The history holds versions that no file bears.
  case historyWithoutFiles([String])
  /// Files bear other versions than those that they were applied as.
  case renumbered([MigrationState])
  /// Files are older than what is applied.
  case outOfOrder([String])
  /// The server said something that homebase did not expect.
  case server(doing: String, reason: String, sqlstate: String?)

  /// What is left of a file that failed.
  package enum Remains: Sendable, Hashable {
    /// It ran in a database that nobody sees.
    case databaseUnchanged
    /// It ran in a database that nobody sees, and there is none of the project's yet.
    case platformAlone
    /// It ran in the live database, as one transaction.
    case nothingOfFile
    /// It ran in the live database, and what stands before the failure is committed.
    case partOfFile

    var hint: String {
      switch self {
      case .databaseUnchanged:
        "your database is unchanged; mend the line, then run `homebase db reset`"
      case .platformAlone:
        "the stack runs with the platform's schema alone; mend the line, then run "
          + "`homebase db reset`"
      case .nothingOfFile:
        "nothing of this file stays; mend the line, then run the command again"
      case .partOfFile:
        "statements before it may be applied: the file is not one transaction; mend the line, "
          + "then run `homebase db reset`"
      }
    }
  }
}

extension LifecycleError {
  /// Says at a first start what is there, where there was no database that could stay.
  var ofFirstStart: LifecycleError {
    guard
      case .statementFailed(
        let step, let location, let sqlstate, let reason, let detail, let hint, let excerpt,
        .databaseUnchanged) = self
    else { return self }
    return .statementFailed(
      step: step, location: location, sqlstate: sqlstate, reason: reason, detail: detail,
      serverHint: hint, excerpt: excerpt, whatStays: .platformAlone)
  }
}

extension LifecycleError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .unreadable(let path, let reason):
      Diagnostic(
        code: "file_unreadable", message: "cannot read \(path): \(reason)",
        hint: "your database is unchanged", location: SourceLocation(file: path))
    case .unwritable(let path, let reason):
      Diagnostic(
        code: "file_unwritable", message: "cannot write \(path): \(reason)",
        hint: "the project's folder must be writable for the user of `homebase start`",
        location: SourceLocation(file: path))
    case .duplicateVersion(let version, let first, let second):
      Diagnostic(
        code: "migration_duplicate_version",
        message: "two migrations have the version \(version): \(first) and \(second)",
        hint: "your database is unchanged; rename one of them, then run `homebase db reset`",
        location: SourceLocation(file: second), sqlstate: "23505")
    case .noSuchVersion(let version, let known):
      Diagnostic(
        code: "migration_unknown_version", message: "no migration has the version \(version)",
        hint: known.isEmpty
          ? "there are no migrations yet; `homebase migration new NAME` makes one"
          : "versions there are: \(known.suffix(5).joined(separator: ", "))",
        category: .usage)
    case .noSuchSeed(let patterns, let folder):
      Diagnostic(
        code: "seed_not_found",
        message: "no seed file matches \(patterns.joined(separator: ", "))",
        hint: "your database is unchanged; paths are relative to \(folder)", category: .usage)
    case .migrationsAreOff(let file):
      Diagnostic(
        code: "migrations_disabled", message: "db.migrations.enabled is false in \(file)",
        hint: "migration files are passed over; set it to true to apply them")
    case .statementFailed(
      let step, let location, let sqlstate, let reason, let detail, let serverHint, let excerpt,
      let whatStays):
      Diagnostic(
        code: "\(step)_failed",
        message: "\(step) failed: \(reason) (\(sqlstate))" + (detail.map { "; \($0)" } ?? ""),
        hint: [serverHint, whatStays.hint].compactMap { $0 }.joined(separator: "\n      "),
        location: location, sqlstate: sqlstate, excerpt: excerpt)
    case .transactionLeftOpen(let step, let location, let isDatabaseUnchanged):
      Diagnostic(
        code: "\(step)_transaction_open",
        message: "\(step) failed: the file begins a transaction that it does not end",
        hint: (isDatabaseUnchanged
          ? "your database is unchanged" : "what that transaction did is rolled back")
          + "; add `commit;` to the file's end, or take its `begin` out: "
          + "a file is one transaction without it",
        location: location)
    case .platformUpgradeFailed(let database, let reason, let sqlstate):
      Diagnostic(
        code: "platform_upgrade_failed",
        message: "the database \(database) cannot be brought to this version's platform: \(reason)",
        hint: "it is as it was, and the homebase that made it can still use it; "
          + "`homebase stop --no-backup` and a start make a new one from migrations and seeds",
        sqlstate: sqlstate)
    case .notSQL(let step, let location, let command):
      Diagnostic(
        code: "\(step)_not_sql", message: "\(command) is a command of psql, not SQL",
        hint: "your database is unchanged; take the line out, or write it as SQL",
        location: location, sqlstate: "42601")
    case .diskFull(let needed, let free, let folder):
      Diagnostic(
        code: "disk_full",
        message: "\(needed >> 20) MB are needed for a copy of the database, "
          + "\(free >> 20) MB are free in \(folder)",
        hint: "your database is unchanged; free some space, or remove snapshots "
          + "(`homebase db snapshot list`)")
    case .sessionsRemain(let database, let pids):
      Diagnostic(
        code: "sessions_remain",
        message: "sessions of \(database) do not end: pid "
          + pids.map { String($0) }.joined(separator: ", "),
        hint: "your database is unchanged; end those processes, then run the command again")
    case .noSuchSnapshot(let name, let known):
      Diagnostic(
        code: "snapshot_not_found", message: "there is no snapshot \(name)",
        hint: known.isEmpty
          ? "there are none; `homebase db snapshot save NAME` makes one"
          : "there are: \(known.joined(separator: ", "))")
    case .snapshotExists(let name):
      Diagnostic(
        code: "snapshot_exists", message: "there is a snapshot \(name) already",
        hint: "take another name, or remove it: `homebase db snapshot remove \(name)`")
    case .nothingToUndo:
      Diagnostic(
        code: "nothing_to_undo", message: "there is nothing to undo",
        hint: "resets and restores can be undone; `homebase db snapshot list` shows what is kept")
    case .historyWithoutFiles(let versions):
      Diagnostic(
        code: "migration_history_ahead",
        message: "the database has migrations that no file holds: "
          + versions.joined(separator: ", "),
        hint: "bring the files back, or run `homebase migration repair --status reverted "
          + versions.joined(separator: " ") + "`")
    case .renumbered(let states):
      Diagnostic(
        code: "migration_renumbered",
        message: "renumbered after they were applied: "
          + states.map { "\($0.file ?? $0.name) (was \($0.renumberedFrom ?? ""))" }
          .joined(separator: ", "),
        hint: "they must not run again: `homebase migration repair "
          + states.compactMap { $0.renumberedFrom }.joined(separator: " ")
          + " --status reverted`, then `homebase migration repair "
          + states.map { $0.version }.joined(separator: " ") + " --status applied`",
        location: states.first?.file.map { SourceLocation(file: $0) })
    case .outOfOrder(let files):
      Diagnostic(
        code: "migration_out_of_order",
        message: "older than what is applied already: \(files.joined(separator: ", "))",
        hint: "give them later versions, or run `homebase migration up --include-all`")
    case .server(let doing, let reason, let sqlstate):
      Diagnostic(
        code: "database_error", message: "\(doing): \(reason)",
        hint: "`homebase logs postgres` shows what the server says", sqlstate: sqlstate)
    }
  }
}
