import DatabaseLifecycle
import Diagnostics
import FoundationEssentials
import PostgresClient
import SchemaCatalog
import SchemaDiff
import SchemaDump
import StackProtocol

extension Stack {
  /// Compares a database with what the migrations make.
  ///
  /// - Parameters:
  ///   - request: The database, and what to look at.
  ///   - progress: Told of each file that has to run first.
  /// - Returns: The migration that is missing.
  /// - Throws: `LifecycleError` when the files do not apply, `CatalogError`, and diagnostics about a
  ///   database elsewhere.
  func diff(_ request: DiffRequest, progress: LifecycleProgress) async throws -> DiffReport {
    let began = ContinuousClock.now
    let database = try needRunning().database
    var target: Inventory
    var reference: Inventory
    var opening = ""
    if let url = request.databaseURL {
      let parameters = try Self.parameters(of: url)
      let isFirst = try await Self.withRemote(parameters) { connection in
        request.checksHistory ? try await compareHistory(connection) : false
      }
      target = try await Self.withRemote(parameters) {
        try await SchemaNames.check(request.schemas, on: $0)
        return try await Inventory.read(from: $0)
      }
      target = target.withoutPlatform()
      if isFirst {
        // As the Supabase CLI: a dump knows more kinds of things than a comparison.
        opening = try await dumpRemote(parameters)
      }
      reference = try await afterRunning(opening, progress: progress).withoutPlatform()
    } else {
      let namesSchemas = !request.schemas.isEmpty
      async let live = database.withLiveCatalog { connection in
        let schemas = namesSchemas ? try await SchemaNames.all(on: connection) : []
        return (answers: try await InventoryAnswers.read(from: connection), schemas: schemas)
      }
      let (made, known) = try await database.withReference(progress: progress) { reference in
        let schemas = namesSchemas ? try await SchemaNames.all(on: reference.connection) : []
        return (try await InventoryAnswers.read(from: reference.connection), schemas)
      }
      let (found, schemas) = try await live
      // One that is in either may be named: it was made or dropped.
      try SchemaNames.check(request.schemas, known: Set(schemas + known).sorted())
      if made == found {
        return DiffReport(took: Milliseconds(ContinuousClock.now - began), sql: "", drops: [])
      }
      async let wanted = Inventory(found)
      reference = try Inventory(made)
      target = try await wanted
    }
    if !request.schemas.isEmpty {
      target = target.only(schemas: request.schemas)
      reference = reference.only(schemas: request.schemas)
    }
    let result = difference(from: reference, to: target)
    return DiffReport(
      took: Milliseconds(ContinuousClock.now - began),
      sql: [opening, result.script].filter { !$0.isEmpty }.joined(separator: "\n"),
      drops: result.statements.filter { $0.losesData || $0.sql.hasPrefix("drop ") }.map(\.sql),
      warnings: result.warnings.isEmpty
        ? nil : result.warnings.map { Diagnostic(code: "diff_note", message: $0) })
  }

  /// What the migrations make, and a script after them.
  private func afterRunning(
    _ script: String, progress: LifecycleProgress
  ) async throws -> Inventory {
    let database = try needRunning().database
    return try await database.withReference(isDisposable: !script.isEmpty, progress: progress) {
      reference in
      if !script.isEmpty { try await Self.run(script, in: reference) }
      return try await Inventory.read(from: reference.connection)
    }
  }

  private static func run(_ script: String, in reference: ReferenceDatabase) async throws {
    let session = try await PostgresConnection.connect(reference.parameters)
    do {
      _ = try await session.execute(script)
    } catch {
      await session.close()
      throw error
    }
    await session.close()
  }

  private func dumpRemote(_ parameters: ConnectionParameters) async throws -> String {
    let major = try await Self.withRemote(parameters) { $0.serverVersion / 10_000 }
    return try await Dump(.schema).text(
      parameters, major: major, environment: ProcessInfo.processInfo.environment)
  }

  // MARK: - Another database

  private static func parameters(of url: String) throws -> ConnectionParameters {
    let parameters = try ConnectionParameters(url: url)
    return parameters
  }

  private nonisolated(nonsending) static func withRemote<Result>(
    _ parameters: ConnectionParameters,
    _ body: nonisolated(nonsending) (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    let connection: PostgresConnection
    do throws(PostgresError) {
      connection = try await PostgresConnection.connect(parameters)
    } catch {
      throw parameters.unreachable(error)
    }
    do {
      let result = try await body(connection)
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }

  /// Refuses to pull from a database whose history is not that of the files.
  ///
  /// - Returns: Whether there are no migrations yet.
  private func compareHistory(_ connection: PostgresConnection) async throws -> Bool {
    let applied = Set(try await Self.versions(connection))
    let files = try await needRunning().database.migrationStates().states
      .filter { $0.file != nil }.map(\.version)
    let remoteOnly = applied.subtracting(files).sorted()
    let localOnly = Set(files).subtracting(applied).sorted()
    guard remoteOnly.isEmpty, localOnly.isEmpty else {
      let hints = [
        remoteOnly.isEmpty
          ? nil : "without a file: \(remoteOnly.joined(separator: ", ")); fetch the files",
        localOnly.isEmpty
          ? nil : "not applied there: \(localOnly.joined(separator: ", ")); push them first",
      ]
      throw Diagnostic(
        code: "migration_history_differs",
        message: "the remote database's migration history does not match the local files",
        hint: hints.compactMap { $0 }.joined(separator: "; "))
    }
    return files.isEmpty
  }

  private static func versions(_ connection: PostgresConnection) async throws -> [String] {
    let table = try await connection.query(
      "select to_regclass('supabase_migrations.schema_migrations')")
    if table.firstValue == nil { return [] }
    return try await connection.query("select version from supabase_migrations.schema_migrations")[
      column: "version"
    ].compactMap { $0 }
  }

  /// Enters a migration in another database's history, whose table is made when it is missing.
  ///
  /// - Parameter request: The database and the version of a file.
  /// - Returns: The version.
  /// - Throws: `LifecycleError.noSuchVersion`, and diagnostics about the database.
  func recordHistory(_ request: HistoryRecordRequest) async throws -> MigrationRepairReport {
    let statements = try await needRunning().database.historyStatements(for: request.version)
    _ = try await Self.withRemote(try Self.parameters(of: request.databaseURL)) {
      try await $0.pipeline(statements)
    }
    return MigrationRepairReport(repaired: [request.version], status: .applied)
  }

  // MARK: - Squash

  /// Puts one migration in the place of several.
  ///
  /// - Parameters:
  ///   - request: The last one to take.
  ///   - progress: Told of each file that has to run first.
  /// - Returns: The file that is left.
  /// - Throws: `LifecycleError`, `DumpError`; then no file has changed.
  func squash(_ request: SquashRequest, progress: LifecycleProgress) async throws -> SquashReport {
    let began = ContinuousClock.now
    let database = try needRunning().database
    let states = try await database.migrationStates().states.filter { $0.file != nil }
    let end = request.version.flatMap { version in states.firstIndex { $0.version == version } }
    let chosen = request.version == nil ? states[...] : states.prefix((end ?? -1) + 1)
    if let only = chosen.last?.file, chosen.count == 1 {
      return SquashReport(
        took: Milliseconds(ContinuousClock.now - began), file: only, removed: [])
    }
    let options = ResetOptions(leavesOutSeeds: true, version: request.version)
    let (wanted, dump) = try await database.withReference(options, progress: progress) {
      reference in
      let dump = try await Dump(.schema).text(
        reference.parameters, major: reference.majorVersion,
        environment: ProcessInfo.processInfo.environment)
      return (try await Inventory.read(from: reference.connection), dump)
    }
    // What a dump leaves out: policies and triggers on managed tables, buckets, event triggers.
    let none = ResetOptions(leavesOutSeeds: true, leavesOutLast: .max)
    let (rest, remains) = try await database.withReference(none, isDisposable: true) { reference in
      try await Self.run(dump, in: reference)
      let dumped = try await Inventory.read(from: reference.connection)
      let rest = difference(from: dumped, to: wanted)
      try await Self.run(rest.script, in: reference)
      let after = try await Inventory.read(from: reference.connection)
      return (rest, difference(from: after, to: wanted))
    }
    guard remains.isEmpty else {
      throw Diagnostic(
        code: "squash_incomplete",
        message: "the squashed migration would not make the same database: "
          + (remains.statements.first?.sql ?? ""),
        hint: "no file was changed; please report this")
    }
    let sql = [dump, rest.script].filter { !$0.isEmpty }.joined(separator: "\n")
    let done = try await database.squashMigrations(upTo: request.version, sql: sql)
    return SquashReport(
      took: Milliseconds(ContinuousClock.now - began), file: done.file, removed: done.removed,
      warnings: [
        Diagnostic(
          code: "squash_leaves_data",
          message: "rows that the migrations inserted or changed are not in \(done.file)",
          hint: "put such statements into a seed or a new migration; `git diff` shows the old files"
        )
      ])
  }
}
