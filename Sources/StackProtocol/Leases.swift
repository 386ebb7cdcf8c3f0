/// Lends databases to the client: its connection is the lease.
///
/// Each database comes as a progress value of type `LeasedDatabase`, as soon as it is there. The
/// answer comes never: when the connection ends, however it ends, all of them are dropped.
package struct DatabaseLeaseRequest: StackRequest {
  package typealias Answer = LeaseEnd
  package static let name = "databases.lease"

  /// What the databases are copies of.
  package struct Origin: OpenWord {
    package var rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// The live database as it is now, whose sessions end for the moment of the copy.
    package static let live: Origin = "live"
    /// A database as a reset would make it.
    package static let fresh: Origin = "fresh"
  }

  /// How many to make at once.
  package var count: Int
  /// What they are copies of.
  package var origin: Origin
  /// Extensions that each of them has, in the schema `extensions` unless they are there.
  package var extensions: [String]

  /// Whether one more copy is kept to make others of; without it the databases are there sooner,
  /// and one that is wanted later is a copy of the origin as it is then.
  package var reserves: Bool

  package init(
    count: Int, origin: Origin = .live, extensions: [String] = [], reserves: Bool = true
  ) {
    self.count = count
    self.reserves = reserves
    self.origin = origin
    self.extensions = extensions
  }
}

/// Takes a database of a lease back and makes another one.
package struct DatabaseReplaceRequest: StackRequest {
  package typealias Answer = LeasedDatabase
  package static let name = "databases.replace"

  /// The lease, as each of its databases names it.
  package var lease: String
  /// What is dropped; nil: one more is wanted.
  package var database: String?

  package init(lease: String, database: String? = nil) {
    self.lease = lease
    self.database = database
  }
}

/// Makes what was done in a database of a lease part of all that are made from now on.
///
/// The database is the lease's template then, and nobody's to use: connections to it are ended.
package struct DatabasePromoteRequest: StackRequest {
  package typealias Answer = LeaseEnd
  package static let name = "databases.promote"

  /// The lease, as each of its databases names it.
  package var lease: String
  /// Which of them.
  package var database: String

  package init(lease: String, database: String) {
    self.lease = lease
    self.database = database
  }
}

/// A database of a lease, and how to reach it.
package struct LeasedDatabase: Sendable, Hashable, Codable {
  /// Names the lease to `databases.replace`.
  package var lease: String
  /// The database.
  package var name: String
  /// The folder of the server's unix socket, where roles are trusted.
  package var host: String
  /// The server's port, which also names the socket.
  package var port: Int
  /// As whom a project's own SQL runs.
  package var user: String
  /// The superuser.
  package var administrator: String

  package init(
    lease: String, name: String, host: String, port: Int, user: String, administrator: String
  ) {
    self.lease = lease
    self.name = name
    self.host = host
    self.port = port
    self.user = user
    self.administrator = administrator
  }
}

/// What is said of a lease at its end, or when its template has changed.
package struct LeaseEnd: Sendable, Hashable, Codable {
  /// How many databases it had.
  package var databases: Int

  package init(databases: Int) {
    self.databases = databases
  }
}
