package import Diagnostics

/// What running the seeds did.
package struct SeedReport: Sendable, Hashable, Codable {
  /// Of the whole work, inside the supervisor.
  package var took: Milliseconds
  /// The files that ran, in order.
  package var files: [String]
  /// Mock rows that were added, by table.
  package var rows: [SeedGenerateReport.Table]?
  /// What `undo` restores.
  package var snapshot: String?
  /// A pattern without a file, an edited seed.
  package var warnings: [Diagnostic]?

  package init(
    took: Milliseconds, files: [String], rows: [SeedGenerateReport.Table]? = nil,
    snapshot: String? = nil, warnings: [Diagnostic]? = nil
  ) {
    self.took = took
    self.files = files
    self.rows = rows
    self.snapshot = snapshot
    self.warnings = warnings
  }

  private enum CodingKeys: String, CodingKey {
    case files, rows, snapshot, warnings
    case took = "took_ms"
  }
}

/// What the mock data generator did.
package struct SeedGenerateReport: Sendable, Hashable, Codable {
  /// One table's part.
  package struct Table: Sendable, Hashable, Codable {
    /// `schema.table`.
    package var name: String
    /// How many rows were made.
    package var rows: Int
    /// Why it has fewer than asked for; nil when it has all.
    package var note: String?

    package init(name: String, rows: Int, note: String? = nil) {
      self.name = name
      self.rows = rows
      self.note = note
    }
  }

  /// Of the whole work, inside the supervisor.
  package var took: Milliseconds
  /// The number that made the rows: the same number makes the same rows.
  package var seed: UInt64
  /// The tables, in the order in which they were filled.
  package var tables: [Table]
  /// The rows as SQL, when that was asked for.
  package var sql: String?
  /// What `undo` restores; nil when the database was not changed.
  package var snapshot: String?

  package init(
    took: Milliseconds, seed: UInt64, tables: [Table], sql: String? = nil, snapshot: String? = nil
  ) {
    self.took = took
    self.seed = seed
    self.tables = tables
    self.sql = sql
    self.snapshot = snapshot
  }

  private enum CodingKeys: String, CodingKey {
    case seed, tables, sql, snapshot
    case took = "took_ms"
  }
}

/// What making the configuration's buckets did.
package struct SeedBucketsReport: Sendable, Hashable, Codable {
  /// Of the whole work, inside the supervisor.
  package var took: Milliseconds
  /// Buckets that were not there.
  package var created: [String]
  /// Buckets that were there, and have the configuration's properties now.
  package var updated: [String]
  /// Folders of files, which this version does not put into them yet.
  package var warnings: [Diagnostic]?

  package init(
    took: Milliseconds, created: [String], updated: [String], warnings: [Diagnostic]? = nil
  ) {
    self.took = took
    self.created = created
    self.updated = updated
    self.warnings = warnings
  }

  private enum CodingKeys: String, CodingKey {
    case created, updated, warnings
    case took = "took_ms"
  }
}
