import DatabaseLifecycle
import Diagnostics
import MockData
import PostgresClient
import ProjectConfiguration
import SchemaCatalog
import StackProtocol

extension Stack {
  /// Runs seed files, and invents rows when they are asked for.
  ///
  /// - Parameters:
  ///   - request: A profile, a number of rows, or neither for the configured seeds.
  ///   - progress: Told of each file.
  /// - Returns: What was run and made.
  /// - Throws: `SeedProfileError`, `LifecycleError.statementFailed`.
  func seed(_ request: SeedRequest, progress: LifecycleProgress) async throws -> SeedReport {
    let began = ContinuousClock.now
    var report = SeedReport(took: Milliseconds(.zero), files: [])
    if request.rows == nil || request.profile != nil {
      let outcome = try await runSeeds(profile: request.profile, progress: progress)
      report.files = outcome.applied
      report.warnings = outcome.warnings.isEmpty ? nil : outcome.warnings
    }
    if let rows = request.rows {
      let generated = try await generateRows(SeedGenerateRequest(rows: rows))
      report.rows = generated.tables
    }
    report.took = Milliseconds(ContinuousClock.now - began)
    return report
  }

  private func runSeeds(
    profile: String?, progress: LifecycleProgress
  ) async throws -> SeedOutcome {
    let patterns = try seedFiles(profile: profile)
    do {
      return try await needRunning().database.seed(patterns, progress: progress)
    } catch let error as LifecycleError where error.diagnostic.sqlstate == "23505" {
      // unique_violation: mostly the same seeds once more, and no line to mend.
      var diagnostic = error.diagnostic
      diagnostic.hint =
        "nothing of this file stays; if its rows are there already, `homebase db reset` "
        + "begins with fresh ones"
      throw diagnostic
    }
  }

  /// Invents rows for the project's tables.
  ///
  /// - Parameter request: How many, for which tables, and whether they are only to be written down.
  /// - Returns: The tables and their rows.
  /// - Throws: `CatalogError`, `PostgresError`: then nothing was added.
  func generateRows(_ request: SeedGenerateRequest) async throws -> SeedGenerateReport {
    let began = ContinuousClock.now
    let database = try needRunning().database
    let seed = request.seed ?? UInt64.random(in: 1...0xFFFF_FFFF)
    let script = try await database.withLive { connection in
      try await Self.invent(request, seed: seed, connection)
    }
    if !request.returnsSQL { _ = try await database.query(script.sql) }
    var tables: [SeedGenerateReport.Table] = []
    for (name, rows) in script.rows {
      let full = "\(name.schema).\(name.name)"
      let note = script.diagnostics.first { $0.message.contains(full) }?.message
      tables.append(SeedGenerateReport.Table(name: full, rows: rows, note: note))
    }
    tables.sort { $0.name < $1.name }
    return SeedGenerateReport(
      took: Milliseconds(ContinuousClock.now - began), seed: seed, tables: tables,
      sql: request.returnsSQL ? script.sql : nil)
  }

  private static func invent(
    _ request: SeedGenerateRequest, seed: UInt64, _ connection: PostgresConnection
  ) async throws -> MockScript {
    let schemas = try await connection.query(
      """
      select n.nspname from pg_namespace n
      where (n.nspname = 'public' or pg_get_userbyid(n.nspowner) = 'postgres')
        and exists (
          select from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p'))
      """)
    var catalog = try await Catalog.read(
      from: connection, schemas: schemas[column: "nspname"].compactMap { $0 })
    if !request.tables.isEmpty {
      let wanted = Set(request.tables)
      catalog.tables.removeAll { table in
        !wanted.contains(table.name.name)
          && !wanted.contains("\(table.name.schema).\(table.name.name)")
      }
      guard !catalog.tables.isEmpty else {
        throw Diagnostic(
          code: "table_unknown",
          message: "there is no table \(request.tables.joined(separator: ", "))",
          hint: "name them as `table` or `schema.table`", category: .usage)
      }
    }
    let existing = try await existingRows(of: catalog, from: connection)
    return generate(catalog, rows: request.rows, seed: seed, existing: existing)
  }
}
