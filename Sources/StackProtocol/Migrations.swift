package import Diagnostics

/// One version: its file, its row in the history, or both.
package struct MigrationEntry: Sendable, Hashable, Codable {
  /// How the file compares with what was applied.
  package struct Content: OpenWord {
    package var rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// The statements are the ones that were applied.
    package static let same: Content = "same"
    /// The file was edited after it was applied.
    package static let changed: Content = "changed"
    /// One side is missing, or the history has no statements.
    package static let unknown: Content = "unknown"
  }

  /// The number before the first underscore.
  package var version: String
  /// The rest of the file's name, without its ending.
  package var name: String
  /// The path, relative to the project; nil when there is no file.
  package var file: String?
  /// Whether there is a file.
  package var isLocal: Bool
  /// Whether the history has it; nil when the database was not asked.
  package var isApplied: Bool?
  /// How the two compare.
  package var content: Content
  /// The version that the same statements were applied as, without a file of its own now.
  package var renumberedFrom: String?

  package init(
    version: String, name: String, file: String?, isLocal: Bool, isApplied: Bool?,
    content: Content = .unknown, renumberedFrom: String? = nil
  ) {
    self.version = version
    self.name = name
    self.file = file
    self.isLocal = isLocal
    self.isApplied = isApplied
    self.content = content
    self.renumberedFrom = renumberedFrom
  }

  private enum CodingKeys: String, CodingKey {
    case version, name, file, content
    case renumberedFrom = "renumbered_from"
    case isLocal = "local"
    case isApplied = "applied"
  }
}

/// The migrations in the order of their versions.
package struct MigrationList: Sendable, Hashable, Codable {
  /// The migrations.
  package var migrations: [MigrationEntry]
  /// Files that look like migrations and are passed over, and why.
  package var warnings: [Diagnostic]?

  package init(migrations: [MigrationEntry], warnings: [Diagnostic]? = nil) {
    self.migrations = migrations
    self.warnings = warnings
  }
}

/// What applying the pending migrations did.
package struct MigrationUpReport: Sendable, Hashable, Codable {
  /// Of the whole work, inside the supervisor.
  package var took: Milliseconds
  /// The files that were applied, in order.
  package var applied: [String]
  /// What `undo` restores; nil when nothing was applied.
  package var snapshot: String?
  /// What a person should know.
  package var warnings: [Diagnostic]?

  package init(
    took: Milliseconds, applied: [String], snapshot: String? = nil, warnings: [Diagnostic]? = nil
  ) {
    self.took = took
    self.applied = applied
    self.snapshot = snapshot
    self.warnings = warnings
  }

  private enum CodingKeys: String, CodingKey {
    case applied, snapshot, warnings
    case took = "took_ms"
  }
}

/// What the history shall say of a version.
package enum MigrationRepairStatus: String, Sendable, Hashable, Codable, CaseIterable {
  /// It has a row.
  case applied
  /// It has none.
  case reverted
}

/// What an edit of the history did.
package struct MigrationRepairReport: Sendable, Hashable, Codable {
  /// The versions whose rows were written or removed.
  package var repaired: [String]
  /// What the history says of them now.
  package var status: MigrationRepairStatus

  package init(repaired: [String], status: MigrationRepairStatus) {
    self.repaired = repaired
    self.status = status
  }
}
