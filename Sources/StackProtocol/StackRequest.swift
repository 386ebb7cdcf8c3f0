/// Something that the supervisor can be asked, with the type of its answer.
package protocol StackRequest: Codable, Sendable, Hashable {
  associatedtype Answer: Codable & Sendable
  /// The command's name on the wire.
  static var name: String { get }
}

/// How the stack is: services, addresses, keys.
package struct StatusRequest: StackRequest {
  package typealias Answer = StackStatus
  package static let name = "status"

  package init() {}
}

/// Where the running stack is reached; `status` looks at more, and takes longer.
package struct AddressesRequest: StackRequest {
  package typealias Answer = StackAddresses
  package static let name = "addresses"

  package init() {}
}

/// Where a stack is reached.
package struct StackAddresses: Codable, Sendable, Hashable {
  /// Addresses by the names that `status -o env` gives them.
  package var urls: [String: String]

  package init(urls: [String: String]) {
    self.urls = urls
  }
}

/// Starts the services, or says that they run.
package struct StartRequest: StackRequest {
  package typealias Answer = StackStatus
  package static let name = "start"

  /// Services to leave out.
  package var exclude: [String]
  /// The only services to start, with what they depend on; empty for all.
  package var only: [String]

  package init(exclude: [String] = [], only: [String] = []) {
    self.exclude = exclude
    self.only = only
  }
}

/// Stops all services; the supervisor ends after its answer.
package struct StopRequest: StackRequest {
  package typealias Answer = StackStatus
  package static let name = "stop"

  /// Whether the stack's data is deleted too.
  package var deletesData: Bool

  package init(deletesData: Bool = false) {
    self.deletesData = deletesData
  }

  private enum CodingKeys: String, CodingKey {
    case deletesData = "no_backup"
  }
}

/// Restarts one service; the whole stack is restarted by stop and start.
package struct RestartRequest: StackRequest {
  package typealias Answer = StackStatus
  package static let name = "restart"

  /// The service; nil for all, the supervisor staying.
  package var service: String?

  package init(service: String? = nil) {
    self.service = service
  }
}

/// Reads what services printed; every line comes as a progress value of type `LogLine`.
package struct LogsRequest: StackRequest {
  package typealias Answer = LogsEnd
  package static let name = "logs"

  /// The service; nil for all of them, merged by time.
  package var service: String?
  /// Only lines from this moment on.
  package var since: Timestamp?
  /// At most so many of the last lines; nil for all that are kept.
  package var lines: Int?
  /// Whether to go on with what is printed from now on.
  package var follow: Bool

  package init(
    service: String? = nil, since: Timestamp? = nil, lines: Int? = nil, follow: Bool = false
  ) {
    self.service = service
    self.since = since
    self.lines = lines
    self.follow = follow
  }
}

/// Puts a fresh database in place.
package struct ResetRequest: StackRequest {
  package typealias Answer = ResetReport
  package static let name = "reset"

  /// Whether seeds are applied.
  package var seeds: Bool
  /// Migrations up to this version only.
  package var version: String?
  /// All migrations but so many of the last.
  package var last: Int?
  /// Seed files instead of the configured ones; not empty forces seeds.
  package var sqlPaths: [String]

  package init(
    seeds: Bool = true, version: String? = nil, last: Int? = nil, sqlPaths: [String] = []
  ) {
    self.seeds = seeds
    self.version = version
    self.last = last
    self.sqlPaths = sqlPaths
  }

  private enum CodingKeys: String, CodingKey {
    case seeds, version, last
    case sqlPaths = "sql_paths"
  }
}

/// Brings back the state before the last destructive command.
package struct UndoRequest: StackRequest {
  package typealias Answer = UndoReport
  package static let name = "undo"

  package init() {}
}

/// Runs SQL in the stack's database.
package struct QueryRequest: StackRequest {
  package typealias Answer = QueryResult
  package static let name = "query"

  /// One or more statements; the answer is the last one's.
  package var sql: String

  package init(sql: String) {
    self.sql = sql
  }
}

/// Keeps the stack's state under a name.
package struct SnapshotSaveRequest: StackRequest {
  package typealias Answer = SnapshotReport
  package static let name = "snapshot.save"

  /// The snapshot's name.
  package var snapshot: String

  package init(snapshot: String) {
    self.snapshot = snapshot
  }
}

/// Puts a snapshot's state in place; the snapshot stays.
package struct SnapshotRestoreRequest: StackRequest {
  package typealias Answer = SnapshotReport
  package static let name = "snapshot.restore"

  /// The snapshot's name.
  package var snapshot: String

  package init(snapshot: String) {
    self.snapshot = snapshot
  }
}

/// Lists the snapshots, newest first.
package struct SnapshotListRequest: StackRequest {
  package typealias Answer = SnapshotList
  package static let name = "snapshot.list"

  package init() {}
}

/// Deletes a snapshot.
package struct SnapshotRemoveRequest: StackRequest {
  package typealias Answer = SnapshotReport
  package static let name = "snapshot.remove"

  /// The snapshot's name.
  package var snapshot: String

  package init(snapshot: String) {
    self.snapshot = snapshot
  }
}

/// Compares the migration files with the database's history.
package struct MigrationListRequest: StackRequest {
  package typealias Answer = MigrationList
  package static let name = "migration.list"

  package init() {}
}

/// Applies the migrations that are pending.
package struct MigrationUpRequest: StackRequest {
  package typealias Answer = MigrationUpReport
  package static let name = "migration.up"

  /// Whether files older than the last applied one are applied too.
  package var includeAll: Bool

  package init(includeAll: Bool = false) {
    self.includeAll = includeAll
  }

  private enum CodingKeys: String, CodingKey {
    case includeAll = "include_all"
  }
}

/// Edits the history's rows without running a migration.
package struct MigrationRepairRequest: StackRequest {
  package typealias Answer = MigrationRepairReport
  package static let name = "migration.repair"

  /// The versions; empty for all files.
  package var versions: [String]
  /// What the history shall say of them.
  package var status: MigrationRepairStatus

  package init(versions: [String], status: MigrationRepairStatus) {
    self.versions = versions
    self.status = status
  }
}

/// Runs the seed files in the database as it is.
package struct SeedRequest: StackRequest {
  package typealias Answer = SeedReport
  package static let name = "seed"

  /// A named set of seeds; nil for the default one.
  package var profile: String?
  /// Mock rows to add to each table afterwards; nil for none.
  package var rows: Int?

  package init(profile: String? = nil, rows: Int? = nil) {
    self.profile = profile
    self.rows = rows
  }
}

/// Makes the configuration's buckets in the database as it is.
package struct SeedBucketsRequest: StackRequest {
  package typealias Answer = SeedBucketsReport
  package static let name = "seed.buckets"

  package init() {}
}

/// Fills tables with mock rows, or writes them as SQL.
package struct SeedGenerateRequest: StackRequest {
  package typealias Answer = SeedGenerateReport
  package static let name = "seed.generate"

  /// Rows for each table.
  package var rows: Int
  /// The number that makes the rows; nil for a new one, which the answer tells.
  package var seed: UInt64?
  /// Only these tables (`schema.table` or `table`); empty for all of the project's.
  package var tables: [String]
  /// Whether the answer has the SQL instead of the database the rows.
  package var returnsSQL: Bool

  package init(rows: Int, seed: UInt64? = nil, tables: [String] = [], returnsSQL: Bool = false) {
    self.rows = rows
    self.seed = seed
    self.tables = tables
    self.returnsSQL = returnsSQL
  }

  private enum CodingKeys: String, CodingKey {
    case rows, seed, tables
    case returnsSQL = "returns_sql"
  }
}

/// Lists the stacks of the project.
package struct StackListRequest: StackRequest {
  package typealias Answer = StackList
  package static let name = "stack.list"

  package init() {}
}
