import ArgumentParser
import Console
import DatabaseAdvice
import Diagnostics
import PostgresClient
import StackProtocol

/// Which inspection a command is: a type each, as the command line's parser wants it.
protocol InspectionKind: Sendable {
  static var inspection: Inspection { get }
}

/// Shows one inspection.
struct InspectDB<Kind: InspectionKind>: AsyncHomebaseCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Kind.inspection.name, abstract: Kind.inspection.abstract,
      usage: "homebase inspect db \(Kind.inspection.name) [--db-url URL]",
      shouldDisplay: Kind.inspection.successor == nil)
  }

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: DatabaseTarget

  func runAsync(in session: Session) async throws {
    if let successor = Kind.inspection.successor {
      session.output.note("`inspect db \(successor)` shows this and more")
    }
    let result = try await target.withConnection(in: session) { connection in
      try await inspect(Kind.inspection, connection)
    }
    let document = QueryResult(
      columns: result.columns.map(\.name), types: result.columns.map(\.typeOID),
      texts: result.rows, command: result.command)
    try session.output.show(document)
  }
}

/// Asks, and says what to do where statistics of statements are not kept.
///
/// - Parameters:
///   - inspection: What to ask.
///   - connection: Where.
/// - Returns: The rows.
/// - Throws: `PostgresError`; a diagnostic where pg_stat_statements is missing.
func inspect(
  _ inspection: Inspection, _ connection: PostgresConnection
) async throws -> PostgresResult {
  do throws(PostgresError) {
    return try await inspection.run(on: connection)
  } catch {
    guard ["42P01", "3F000", "55000"].contains(error.sqlstate),
      inspection.sql.contains("pg_stat_statements")
    else { throw error }
    throw Diagnostic(
      code: "statements_not_counted",
      message: "the database keeps no statistics of statements",
      hint: "put pg_stat_statements into shared_preload_libraries ([db.settings]), restart, and "
        + "run: create extension pg_stat_statements with schema extensions",
      sqlstate: error.sqlstate)
  }
}

enum InspectBloat: InspectionKind { static let inspection = Inspection.bloat }
enum InspectBlocking: InspectionKind { static let inspection = Inspection.blocking }
enum InspectCacheHit: InspectionKind { static let inspection = Inspection.cacheHit }
enum InspectCalls: InspectionKind { static let inspection = Inspection.calls }
enum InspectDBStats: InspectionKind { static let inspection = Inspection.dbStats }
enum InspectIndexSizes: InspectionKind { static let inspection = Inspection.indexSizes }
enum InspectIndexStats: InspectionKind { static let inspection = Inspection.indexStats }
enum InspectIndexUsage: InspectionKind { static let inspection = Inspection.indexUsage }
enum InspectLocks: InspectionKind { static let inspection = Inspection.locks }
enum InspectLongQueries: InspectionKind { static let inspection = Inspection.longRunningQueries }
enum InspectOutliers: InspectionKind { static let inspection = Inspection.outliers }
enum InspectSlots: InspectionKind { static let inspection = Inspection.replicationSlots }
enum InspectRoleConfigs: InspectionKind { static let inspection = Inspection.roleConfigs }
enum InspectRoleConnections: InspectionKind { static let inspection = Inspection.roleConnections }
enum InspectRoleStats: InspectionKind { static let inspection = Inspection.roleStats }
enum InspectSeqScans: InspectionKind { static let inspection = Inspection.seqScans }
enum InspectTableIndexSizes: InspectionKind { static let inspection = Inspection.tableIndexSizes }
enum InspectRecordCounts: InspectionKind { static let inspection = Inspection.tableRecordCounts }
enum InspectTableSizes: InspectionKind { static let inspection = Inspection.tableSizes }
enum InspectTableStats: InspectionKind { static let inspection = Inspection.tableStats }
enum InspectTotalIndexSize: InspectionKind { static let inspection = Inspection.totalIndexSize }
enum InspectTotalTableSizes: InspectionKind { static let inspection = Inspection.totalTableSizes }
enum InspectTraffic: InspectionKind { static let inspection = Inspection.trafficProfile }
enum InspectUnusedIndexes: InspectionKind { static let inspection = Inspection.unusedIndexes }
enum InspectVacuumStats: InspectionKind { static let inspection = Inspection.vacuumStats }

/// Looks at what a database holds and does.
struct InspectDatabase: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "db", abstract: "Look at what the database holds and does, a table each.",
    subcommands: [
      InspectDB<InspectDBStats>.self, InspectDB<InspectTableStats>.self,
      InspectDB<InspectIndexStats>.self, InspectDB<InspectRoleStats>.self,
      InspectDB<InspectVacuumStats>.self, InspectDB<InspectBloat>.self,
      InspectDB<InspectTraffic>.self, InspectDB<InspectLocks>.self,
      InspectDB<InspectBlocking>.self, InspectDB<InspectLongQueries>.self,
      InspectDB<InspectOutliers>.self, InspectDB<InspectCalls>.self, InspectDB<InspectSlots>.self,
      InspectDB<InspectCacheHit>.self, InspectDB<InspectIndexSizes>.self,
      InspectDB<InspectIndexUsage>.self, InspectDB<InspectRoleConfigs>.self,
      InspectDB<InspectRoleConnections>.self, InspectDB<InspectSeqScans>.self,
      InspectDB<InspectTableIndexSizes>.self, InspectDB<InspectRecordCounts>.self,
      InspectDB<InspectTableSizes>.self, InspectDB<InspectTotalIndexSize>.self,
      InspectDB<InspectTotalTableSizes>.self, InspectDB<InspectUnusedIndexes>.self,
    ])
}

/// Looks at a running project.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Look at what the database holds and does.",
    subcommands: [InspectDatabase.self, InspectReport.self])
}
