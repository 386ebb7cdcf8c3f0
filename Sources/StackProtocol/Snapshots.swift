package import Diagnostics

/// What a reset did.
package struct ResetReport: Sendable, Hashable, Codable {
  /// Where the fresh database came from.
  package struct Source: OpenWord {
    package var rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// A clone made ahead.
    package static let spare: Source = "spare"
    /// A clone made now, of a finished layer.
    package static let clone: Source = "clone"
    /// Migrations or seeds ran.
    package static let replay: Source = "replay"
  }

  /// Of the whole reset, inside the supervisor.
  package var took: Milliseconds
  /// Where the database came from.
  package var source: Source
  /// The files that ran, in order.
  package var replayed: [String]
  /// What `undo` restores; nil when there was nothing to keep.
  package var snapshot: String?
  /// How long the server let nobody in; nil when an older supervisor answers.
  package var halt: Milliseconds?
  /// What a person should know.
  package var warnings: [Diagnostic]?

  package init(
    took: Milliseconds, source: Source, replayed: [String] = [], snapshot: String? = nil,
    halt: Milliseconds? = nil, warnings: [Diagnostic]? = nil
  ) {
    self.took = took
    self.source = source
    self.replayed = replayed
    self.snapshot = snapshot
    self.halt = halt
    self.warnings = warnings
  }

  private enum CodingKeys: String, CodingKey {
    case source, replayed, snapshot, warnings
    case took = "took_ms"
    case halt = "halt_ms"
  }
}

/// What an undo did.
package struct UndoReport: Sendable, Hashable, Codable {
  /// Of the whole undo, inside the supervisor.
  package var took: Milliseconds
  /// The snapshot whose state is in place now.
  package var restored: String
  /// When that state was put away.
  package var from: Timestamp?
  /// Which command it undid: `reset`, `migration up`.
  package var reason: String?
  /// Where the state before the undo is kept: restoring this snapshot brings it back, while one
  /// more undo goes one step further back.
  package var snapshot: String?

  package init(
    took: Milliseconds, restored: String, from: Timestamp? = nil, reason: String? = nil,
    snapshot: String? = nil
  ) {
    self.took = took
    self.restored = restored
    self.from = from
    self.reason = reason
    self.snapshot = snapshot
  }

  private enum CodingKeys: String, CodingKey {
    case restored, from, reason, snapshot
    case took = "took_ms"
  }
}

/// What was done with one snapshot.
package struct SnapshotReport: Sendable, Hashable, Codable {
  /// The snapshot's name.
  package var name: String
  /// Of the whole work, inside the supervisor.
  package var took: Milliseconds
  /// What the snapshot takes on disk.
  package var sizeInBytes: Int?
  /// After a restore: where the state before it is kept, which `undo` restores.
  package var snapshot: String?
  /// Older snapshots that made room.
  package var pruned: [String]?

  package init(
    name: String, took: Milliseconds, sizeInBytes: Int? = nil, snapshot: String? = nil,
    pruned: [String]? = nil
  ) {
    self.name = name
    self.took = took
    self.sizeInBytes = sizeInBytes
    self.snapshot = snapshot
    self.pruned = pruned
  }

  private enum CodingKeys: String, CodingKey {
    case name, snapshot, pruned
    case took = "took_ms"
    case sizeInBytes = "size_bytes"
  }
}

/// One kept state of the stack.
package struct Snapshot: Sendable, Hashable, Codable {
  /// Its name.
  package var name: String
  /// When it was made.
  package var createdAt: Timestamp
  /// What it takes on disk.
  package var sizeInBytes: Int
  /// `manual`, or the command that made it: `reset`.
  package var reason: String

  package init(name: String, createdAt: Timestamp, sizeInBytes: Int, reason: String) {
    self.name = name
    self.createdAt = createdAt
    self.sizeInBytes = sizeInBytes
    self.reason = reason
  }

  private enum CodingKeys: String, CodingKey {
    case name, reason
    case createdAt = "created_at"
    case sizeInBytes = "size_bytes"
  }
}

/// The kept states, newest first.
package struct SnapshotList: Sendable, Hashable, Codable {
  /// The snapshots.
  package var snapshots: [Snapshot]

  package init(snapshots: [Snapshot]) {
    self.snapshots = snapshots
  }
}
