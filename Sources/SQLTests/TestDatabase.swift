import Diagnostics
package import PostgresClient

/// Gives test files databases that nobody else uses.
package protocol TestDatabaseSource: Sendable {
  /// Hands out a database; waits until there is one.
  ///
  /// - Returns: How to reach it.
  /// - Throws: A diagnostic when there will be none.
  func take() async throws -> TestDatabase

  /// Takes a database back that a file may have changed: it is no more of use.
  ///
  /// - Parameter database: One that `take` gave.
  func giveBack(_ database: TestDatabase) async

  /// Makes what files left in a database part of all that are handed out from now on.
  ///
  /// - Parameter database: One that `take` gave; it is not used any more.
  /// - Throws: A diagnostic when it cannot be.
  func promote(_ database: TestDatabase) async throws
}

/// A database for one file at a time.
package struct TestDatabase: Sendable, Hashable {
  /// As whom tests run.
  package var parameters: ConnectionParameters
  /// As whom sequences are looked at and set back; nil where the database is not ours to reuse.
  package var keeper: ConnectionParameters?

  package init(parameters: ConnectionParameters, keeper: ConnectionParameters? = nil) {
    self.parameters = parameters
    self.keeper = keeper
  }
}

/// A database with its connections, as a worker keeps it from file to file.
struct OpenDatabase {
  let database: TestDatabase
  let connection: PostgresConnection
  let notices: NoticeBox
  private let keeper: PostgresConnection?
  private let sequenceQuery: String?
  private let sequences: [[String?]]

  /// Connects, and notes where the sequences stand.
  static func open(_ database: TestDatabase) async throws(PostgresError) -> OpenDatabase {
    let notices = NoticeBox()
    let connection = try await PostgresConnection.connect(
      database.parameters, onNotice: { notices.add($0) })
    guard let parameters = database.keeper else {
      return OpenDatabase(
        database: database, connection: connection, notices: notices, keeper: nil,
        sequenceQuery: nil, sequences: [])
    }
    let keeper = try await PostgresConnection.connect(parameters)
    // What runs statements in sessions of its own makes a rollback prove nothing.
    let facts = try await keeper.query(
      """
      select exists (select from pg_extension where extname in ('dblink', 'pg_background')),
        (select string_agg(
          format('select %s as oid, last_value, is_called from %I.%I', c.oid, n.nspname, c.relname),
          ' union all ' order by c.oid)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'S' and c.relpersistence <> 't')
      """)
    let row = facts.rows.first ?? []
    guard row.count == 2, row[0] == "f" else {
      await keeper.close()
      return OpenDatabase(
        database: database, connection: connection, notices: notices, keeper: nil,
        sequenceQuery: nil, sequences: [])
    }
    let query = row[1]
    var sequences: [[String?]] = []
    if let query { sequences = try await keeper.query(query).rows }
    return OpenDatabase(
      database: database, connection: connection, notices: notices, keeper: keeper,
      sequenceQuery: query, sequences: sequences)
  }

  /// Makes the database as it was before a file that rolled everything back.
  ///
  /// - Returns: False when it cannot be said to be as it was.
  func restore() async -> Bool {
    guard let keeper, !connection.isClosed else { return false }
    do {
      // `discard all` ends the role, settings, temporary tables, locks and prepared statements.
      _ = try await connection.execute("discard all")
      _ = notices.take()
      guard let sequenceQuery else { return true }
      let now = try await keeper.query(sequenceQuery).rows
      if now == sequences { return true }
      guard now.count == sequences.count else { return false }
      _ = try await keeper.pipeline(
        zip(now, sequences).filter { $0 != $1 }.map { _, before in
          PostgresStatement(
            "select pg_catalog.setval($1::oid::regclass, $2::bigint, $3::boolean)", before)
        })
      return true
    } catch {
      return false
    }
  }

  func close() async {
    await connection.close()
    await keeper?.close()
  }
}
