package import Diagnostics
package import PostgresClient
import SQLScript

/// A version as the files and the live database's history know it.
package struct MigrationState: Sendable, Hashable {
  /// How the file compares with what was applied.
  package enum Content: String, Sendable, Hashable, Codable {
    case same, changed, unknown
  }

  package var version: String
  package var name: String
  /// Relative to the project; nil when no file bears the version.
  package var file: String?
  package var isApplied: Bool
  package var content: Content
  /// For a file that is not applied: the version without a file whose statements are the same.
  package var renumberedFrom: String?
}

/// What running seed files did.
package struct SeedOutcome: Sendable, Hashable {
  /// The files that were run, as people know them.
  package var applied: [String]
  /// Patterns that found no file.
  package var warnings: [Diagnostic]
}

extension ProjectDatabase {
  /// Compares the files with the live database's history.
  ///
  /// - Returns: Every version of either, in order, and what was passed over.
  /// - Throws: `LifecycleError` when the files cannot be listed; `PostgresError`.
  package func migrationStates() async throws -> (states: [MigrationState], warnings: [Diagnostic])
  {
    let inputs = try currentInputs()
    let files = try ProjectFiles.list(inputs, fingerprints: fingerprints)
    let history = try await readLive { try await Self.history($0) }
    var states: [MigrationState] = []
    let applied = Dictionary(
      history.map { ($0.version, $0) }, uniquingKeysWith: { first, _ in first })
    let known = Set(files.migrations.map { $0.version })
    let homeless = history.filter { !known.contains($0.version) }
    var warnings = [inputs.migrationsAreOff].compactMap { $0 } + files.warnings
    for migration in files.migrations {
      var content = MigrationState.Content.unknown
      var renumberedFrom: String?
      let file = inputs.displayPath(migration.path)
      let row = applied[migration.version]
      if let row, let stored = row.statementsHash {
        let own = try Self.statementsHash(of: migration, file)
        content = own == stored && row.name == migration.name ? .same : .changed
        if own != stored {
          warnings.append(Self.edited(file, migration.version))
        } else if row.name != migration.name {
          warnings.append(Self.renamed(file, from: row.name ?? "", migration.version))
        }
      } else if row == nil, !homeless.isEmpty {
        let own = try Self.statementsHash(of: migration, file)
        if let row = homeless.first(where: { $0.statementsHash == own }) {
          renumberedFrom = row.version
          warnings.append(Self.renumbered(file, from: row.version, to: migration.version))
        }
      }
      states.append(
        MigrationState(
          version: migration.version, name: migration.name, file: file, isApplied: row != nil,
          content: content, renumberedFrom: renumberedFrom))
    }
    for row in homeless {
      states.append(
        MigrationState(
          version: row.version, name: row.name ?? "", file: nil, isApplied: true, content: .unknown)
      )
    }
    states.sort { $0.version.utf8.lexicographicallyPrecedes($1.version.utf8) }
    return (states, warnings)
  }

  private static func statementsHash(
    of migration: Migration, _ file: String
  ) throws -> String {
    let script = try Script(bytes: readFile(migration.path), file: file)
    return hashOf(script.historyStatements.joined(separator: "\u{1}"))
  }

  private static func edited(_ file: String, _ version: String) -> Diagnostic {
    Diagnostic(
      code: "migration_edited", message: "the migration \(file) was edited after it was applied",
      hint: "`homebase db reset` builds the database with it; where rows must stay, put the change "
        + "into a new migration, or note the file as it is with `homebase migration repair "
        + "\(version) --status applied`",
      location: SourceLocation(file: file))
  }

  private static func renamed(_ file: String, from name: String, _ version: String) -> Diagnostic {
    Diagnostic(
      code: "migration_renamed",
      message: "the migration \(file) was applied as \(version)_\(name), with the same statements",
      hint: "`homebase migration repair \(version) --status applied` notes the new name",
      location: SourceLocation(file: file))
  }

  private static func renumbered(
    _ file: String, from old: String, to new: String
  ) -> Diagnostic {
    Diagnostic(
      code: "migration_renumbered",
      message: "the migration \(file) was applied as version \(old): it was renumbered since",
      hint: "it must not run again: `homebase migration repair \(old) --status reverted`, then "
        + "`homebase migration repair \(new) --status applied`",
      location: SourceLocation(file: file))
  }

  /// Tells which files the live database's history does not hold.
  ///
  /// - Returns: How many versions are applied, the names of the files that are not, and what is
  ///   wrong with the names of files that are no migrations.
  /// - Throws: `LifecycleError` when the files cannot be listed; `PostgresError`.
  package func pendingMigrations() async throws -> (
    applied: Int, pending: [String], skipped: [Diagnostic]
  ) {
    let inputs = try currentInputs()
    let files = try ProjectFiles.list(inputs, fingerprints: fingerprints)
    let result = try await readLive {
      try await $0.query("select version from supabase_migrations.schema_migrations")
    }
    let applied = Set(result[column: "version"].compactMap { $0 })
    let pending = files.migrations.filter { !applied.contains($0.version) }
    return (
      applied.count,
      pending.map { $0.path.split(separator: "/").last.map { String($0) } ?? $0.path },
      files.warnings.filter { $0.code == ProjectFiles.skippedCode }
    )
  }

  /// Applies the files that the live database's history does not hold.
  ///
  /// - Parameters:
  ///   - includesAll: Applies files that are older than the newest applied one, too.
  ///   - progress: Is told of each file.
  /// - Returns: The files that were applied, as people know them.
  /// - Throws: `LifecycleError.renumbered`, `.historyWithoutFiles`, `.outOfOrder`,
  ///   `.statementFailed`. Files before the one that failed stay applied.
  package func migrateUp(
    includesAll: Bool = false, progress: LifecycleProgress = .silent
  ) async throws -> [String] {
    try await turnstile.pass {
      let inputs = try currentInputs()
      let files = try ProjectFiles.list(inputs, fingerprints: fingerprints)
      let history = try await withLive { try await Self.history($0) }.map { $0.version }
      let known = Set(files.migrations.map { $0.version })
      let unknown = history.filter { !known.contains($0) }
      guard unknown.isEmpty else {
        let moved = try await migrationStates().states.filter { $0.renumberedFrom != nil }
        if !moved.isEmpty { throw LifecycleError.renumbered(moved) }
        throw LifecycleError.historyWithoutFiles(unknown)
      }
      let applied = Set(history)
      let pending = files.migrations.filter { !applied.contains($0.version) }
      if !includesAll, let newest = history.max(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) })
      {
        let late = pending.filter { $0.version.utf8.lexicographicallyPrecedes(newest.utf8) }
        guard late.isEmpty else {
          throw LifecycleError.outOfOrder(late.map { inputs.displayPath($0.path) })
        }
      }
      if pending.isEmpty { return [] }
      let admin = try await workConnection()
      return try await withLive { connection in
        var runner = MigrationRunner(inputs: inputs, admin: admin, connection: connection)
        runner.files = files
        try await runner.apply(pending[...], databaseIsUnchanged: false) {
          progress.say(.migration, inputs.displayPath($0.path))
        }
        return pending.map { inputs.displayPath($0.path) }
      }
    }
  }

  /// Edits the live database's history, not its schema.
  ///
  /// - Parameters:
  ///   - versions: Those to enter or to strike out; all that files bear when empty.
  ///   - isApplied: Enters them with their files' statements, or strikes them out.
  /// - Returns: The versions that were edited.
  /// - Throws: `LifecycleError.noSuchVersion` when a version to enter has no file.
  package func repairHistory(_ versions: [String], isApplied: Bool) async throws -> [String] {
    try await turnstile.pass {
      let inputs = try currentInputs()
      if let off = inputs.migrationsAreOff, isApplied || versions.isEmpty { throw off }
      let files = try ProjectFiles.list(inputs, fingerprints: fingerprints)
      var statements: [PostgresStatement] = []
      var edited = versions
      if versions.isEmpty {
        // As the Supabase CLI: without versions the history becomes what the files say.
        edited = files.migrations.map { $0.version }
        statements.append(
          PostgresStatement(sql: "delete from supabase_migrations.schema_migrations", values: []))
      }
      for version in edited {
        guard isApplied else {
          statements.append(
            PostgresStatement(
              sql: "delete from supabase_migrations.schema_migrations where version = $1",
              values: [version]))
          continue
        }
        guard let migration = files.migrations.first(where: { $0.version == version }) else {
          throw LifecycleError.noSuchVersion(version, known: files.migrations.map { $0.version })
        }
        statements.append(try Self.entry(migration, inputs))
      }
      let script = statements
      _ = try await withLive { try await $0.pipeline(script) }
      return edited
    }
  }

  /// What enters a file in a history that may not have its table yet.
  ///
  /// - Parameter version: One that a file bears.
  /// - Returns: Statements for another database.
  /// - Throws: `LifecycleError.noSuchVersion`, `.unreadable`.
  package func historyStatements(for version: String) throws -> [PostgresStatement] {
    let inputs = try currentInputs()
    let files = try ProjectFiles.list(inputs, fingerprints: fingerprints)
    guard let migration = files.migrations.first(where: { $0.version == version }) else {
      throw LifecycleError.noSuchVersion(version, known: files.migrations.map { $0.version })
    }
    return [
      PostgresStatement("create schema if not exists supabase_migrations"),
      PostgresStatement(
        """
        create table if not exists supabase_migrations.schema_migrations (
          version text not null primary key, statements text[], name text)
        """),
      try Self.entry(migration, inputs),
    ]
  }

  private static func entry(
    _ migration: Migration, _ inputs: LifecycleInputs
  ) throws -> PostgresStatement {
    let script = try Script(
      bytes: readFile(migration.path), file: inputs.displayPath(migration.path))
    return PostgresStatement(
      sql: """
        insert into supabase_migrations.schema_migrations (version, name, statements)
        values ($1, $2, $3::text[])
        on conflict (version) do update
        set name = excluded.name, statements = excluded.statements
        """,
      values: [migration.version, migration.name, arrayLiteral(script.historyStatements)])
  }

  /// Applies seed files to the live database.
  ///
  /// The configuration's files run when their bytes are not those that ran last: rows would be
  /// there twice otherwise. Files that are named run in any case. The Supabase CLI notes a changed
  /// file's hash and does not run it (supabase-local.md, 3.3), which leaves old rows for new.
  ///
  /// - Parameters:
  ///   - patterns: Globs in place of the configuration's; nil for those.
  ///   - progress: Is told of each file.
  /// - Returns: The files that were run, and what was passed over.
  /// - Throws: `LifecycleError.statementFailed`; files before the one that failed stay applied.
  package func seed(
    _ patterns: [String]? = nil, progress: LifecycleProgress = .silent
  ) async throws -> SeedOutcome {
    try await turnstile.pass {
      var inputs = try currentInputs()
      inputs.appliesSeeds = true
      inputs.appliesMigrations = false
      let files = try ProjectFiles.list(
        inputs, fingerprints: fingerprints, seedPatterns: patterns)
      let admin = try await workConnection()
      let final = inputs
      let applied = try await withLive { connection in
        let runner = MigrationRunner(inputs: final, admin: admin, connection: connection)
        let noted = try await connection.query(
          "select path, hash from supabase_migrations.seed_files")
        var done: [String] = []
        for seed in files.seeds {
          if patterns == nil, noted.rows.contains([seed.name, seed.hash]) { continue }
          progress.say(.seed, final.displayPath(seed.path))
          try await runner.apply(seed, databaseIsUnchanged: false)
          done.append(final.displayPath(seed.path))
        }
        return done
      }
      var warnings = files.warnings
      let unchanged = files.seeds.count - applied.count
      if unchanged > 0 {
        warnings.append(
          Diagnostic(
            code: "seeds_unchanged",
            message: "\(unchanged) of \(files.seeds.count) seed files ran before, as they are now",
            hint: "`homebase db reset` starts from an empty database and runs them all"))
      }
      return SeedOutcome(applied: applied, warnings: warnings)
    }
  }

  /// Runs statements on the live database as `postgres`.
  ///
  /// - Parameter sql: One statement or several; several are one transaction.
  /// - Returns: A result a statement.
  /// - Throws: `PostgresError`.
  package func query(_ sql: String) async throws -> [PostgresResult] {
    try await withLive { try await $0.execute(sql) }
  }

  /// Connects to the live database as `postgres`, and closes the connection afterwards.
  ///
  /// - Parameters:
  ///   - user: Another role.
  ///   - body: What to do with it.
  /// - Returns: What `body` returns.
  /// - Throws: `PostgresError` from connecting, and what `body` throws.
  package func withLive<Result: Sendable>(
    as user: String = "postgres", _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    let connection = try await access.connect(to: Ledger.live, as: user)
    do {
      let result = try await body(connection)
      await connection.close()
      return result
    } catch {
      if connection.isClosed { noteLostConnection() }
      await connection.close()
      throw error
    }
  }

  /// Reads from the live database as `postgres`; what a reset interrupts is read from its successor.
  ///
  /// - Parameter body: Only reads; it may be called several times.
  /// - Returns: What `body` returns.
  /// - Throws: `PostgresError` from connecting, and what `body` throws.
  private func readLive<Result: Sendable>(
    _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    // Each swap ends it once more; a server that goes down is no swap.
    for _ in 1..<10 {
      do { return try await withLive(body) } catch PostgresError.connectionLost { continue }
    }
    return try await withLive(body)
  }

  private struct HistoryRow {
    var version: String
    var name: String?
    var statementsHash: String?
  }

  private static func history(
    _ connection: PostgresConnection
  ) async throws(PostgresError) -> [HistoryRow] {
    let result = try await connection.query(
      """
      select version, name,
        encode(sha256(convert_to(array_to_string(statements, U&'\\0001'), 'UTF8')), 'hex')
      from supabase_migrations.schema_migrations order by version
      """)
    return result.rows.compactMap { row in
      guard row.count == 3, let version = row[0] else { return nil }
      return HistoryRow(version: version, name: row[1], statementsHash: row[2])
    }
  }
}
