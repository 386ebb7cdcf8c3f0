package import Diagnostics

/// Compares a database with what the migrations make.
package struct DiffRequest: StackRequest {
  package typealias Answer = DiffReport
  package static let name = "diff"

  /// The database; nil for the stack's own.
  package var databaseURL: String?
  /// Only these schemas; empty for all.
  package var schemas: [String]
  /// Whether the histories must agree, as for a pull.
  package var checksHistory: Bool

  package init(databaseURL: String? = nil, schemas: [String] = [], checksHistory: Bool = false) {
    self.databaseURL = databaseURL
    self.schemas = schemas
    self.checksHistory = checksHistory
  }

  private enum CodingKeys: String, CodingKey {
    case schemas
    case databaseURL = "db_url"
    case checksHistory = "checks_history"
  }
}

/// What a database has and the migrations do not.
package struct DiffReport: Sendable, Hashable, Codable {
  /// Of the whole work, inside the supervisor.
  package var took: Milliseconds
  /// The migration; empty when nothing differs.
  package var sql: String
  /// Statements of it that drop something.
  package var drops: [String]
  /// What a person should know.
  package var warnings: [Diagnostic]?

  package init(
    took: Milliseconds, sql: String, drops: [String], warnings: [Diagnostic]? = nil
  ) {
    self.took = took
    self.sql = sql
    self.drops = drops
    self.warnings = warnings
  }

  private enum CodingKeys: String, CodingKey {
    case sql, drops, warnings
    case took = "took_ms"
  }
}

/// Enters a migration's file in the history of another database.
package struct HistoryRecordRequest: StackRequest {
  package typealias Answer = MigrationRepairReport
  package static let name = "history.record"

  package var databaseURL: String
  package var version: String

  package init(databaseURL: String, version: String) {
    self.databaseURL = databaseURL
    self.version = version
  }

  private enum CodingKeys: String, CodingKey {
    case version
    case databaseURL = "db_url"
  }
}

/// Puts one migration in the place of several.
package struct SquashRequest: StackRequest {
  package typealias Answer = SquashReport
  package static let name = "migration.squash"

  /// The last one to take; nil for all.
  package var version: String?

  package init(version: String? = nil) {
    self.version = version
  }
}

/// What a squash did.
package struct SquashReport: Sendable, Hashable, Codable {
  /// Of the whole work, inside the supervisor.
  package var took: Milliseconds
  /// The file that holds everything now.
  package var file: String
  /// The files that are gone; none when there was but one.
  package var removed: [String]
  /// What a person should know.
  package var warnings: [Diagnostic]?

  package init(
    took: Milliseconds, file: String, removed: [String], warnings: [Diagnostic]? = nil
  ) {
    self.took = took
    self.file = file
    self.removed = removed
    self.warnings = warnings
  }

  private enum CodingKeys: String, CodingKey {
    case file, removed, warnings
    case took = "took_ms"
  }
}
