internal import CLibpq

/// One session on a PostgreSQL server, used by one call at a time: calls made together wait for
/// each other, first come, first served.
///
/// **Statements**: `query`, `execute`, `pipeline`. **Bulk**: `copyIn`, `copyOut`.
/// **Events**: `listen(to:)`, and the notice handler of `connect`.
///
/// Cancelling the task of a call stops the statement at the server: the call throws `.cancelled`
/// and the connection stays usable. A statement that was faster than the request returns its
/// result as if nothing had been: what is committed is reported as committed.
///
/// A statement seen for the third time is prepared; nothing else changes by it.
package final class PostgresConnection: Sendable {
  let session: Session

  /// The server's process for this session, as in `pg_stat_activity.pid`.
  package let backendPID: Int32

  /// `150018` is PostgreSQL 15.18.
  package let serverVersion: Int

  private init(_ session: Session) {
    self.session = session
    backendPID = session.backendPID
    serverVersion = session.serverVersion
  }

  deinit {
    session.end(.closed)
  }

  // MARK: - Connecting and closing

  /// Opens a session; no thread waits meanwhile.
  ///
  /// - Parameters:
  ///   - parameters: Where, and as whom. A host name (not an address) is looked up on the
  ///     caller's thread.
  ///   - onNotice: Called with each NOTICE, in order, before the call that caused it returns;
  ///     possibly on the event loop's thread, so it must not block.
  /// - Returns: A session that is ready for a statement.
  /// - Throws: `PostgresError.connectionFailed`, with the SQLSTATE when the server refused.
  package static func connect(
    _ parameters: ConnectionParameters,
    onNotice: (@Sendable (PostgresNotice) -> Void)? = nil
  ) async throws(PostgresError) -> PostgresConnection {
    if let problem = pq_load() {
      throw .connectionFailed(String(cString: problem), sqlstate: nil)
    }
    for (keyword, value) in parameters.libpqOptions where hasNUL(value) {
      throw .connectionFailed("there is a NUL byte in \(keyword)", sqlstate: nil)
    }
    let session = Session(loop: try EventLoop.shared(), onNotice: onNotice)
    try await session.connect(parameters)
    return PostgresConnection(session)
  }

  /// Whether the session has ended: by `close`, or by the server, also while nothing ran.
  package var isClosed: Bool { session.isEnded }

  /// Whether a transaction block that was begun here is open, failed ones included.
  package var isInTransaction: Bool { session.isInTransaction }

  /// Ends the session and returns when the server has let go of it.
  ///
  /// Calls that run or wait throw `.closed`; what runs is stopped. Afterwards the session is in
  /// nobody's way: its database can be renamed or dropped. (A server that takes longer than 5
  /// seconds to end it is not waited for.) Closing twice does nothing.
  package func close() async {
    await session.close()
  }

  // MARK: - Statements

  /// Runs one statement with parameters, by the extended protocol.
  ///
  /// - Parameters:
  ///   - sql: Exactly one statement, or none at all.
  ///   - values: For `$1`, `$2`, …, in text form; nil is SQL's null. The server infers the types.
  /// - Returns: The rows, all of them, in text form.
  /// - Throws: `PostgresError.server` with the server's fields; SQLSTATE 22021 for a NUL byte.
  @discardableResult
  package func query(
    _ sql: String, _ values: [String?] = []
  ) async throws(PostgresError) -> PostgresResult {
    let statement = PostgresStatement(sql, values)
    try Self.check(statement, index: nil)
    return try await run(.statement(statement)).last?.read() ?? PostgresResult()
  }

  /// Runs a script by the simple protocol.
  ///
  /// Without BEGIN or COMMIT in it, all statements are one implicit transaction.
  ///
  /// - Parameter script: Any number of statements.
  /// - Returns: One result a statement.
  /// - Throws: `PostgresError.server`, whose position counts in the whole script.
  @discardableResult
  package func execute(_ script: String) async throws(PostgresError) -> [PostgresResult] {
    guard !hasNUL(script) else { throw .nulByte() }
    return try await run(.script(script)).map { $0.read() }
  }

  /// Runs several statements in one round trip, as one implicit transaction.
  ///
  /// All come before one sync, so no BEGIN or COMMIT is needed: an error undoes what came before
  /// it, what comes after is not run, and the connection is idle again. Statements that refuse a
  /// transaction block must be alone.
  ///
  /// - Parameters:
  ///   - statements: Each exactly one statement; COPY cannot be among them.
  ///   - milestones: Whom to tell on the way; nil when only the end counts.
  /// - Returns: One result a statement, without rows for one that discards them.
  /// - Throws: `PostgresError.server` with the index of the statement that failed.
  @discardableResult
  package func pipeline(
    _ statements: [PostgresStatement], milestones: PipelineMilestones? = nil
  ) async throws(PostgresError) -> [PostgresResult] {
    for (index, statement) in statements.enumerated() {
      try Self.check(statement, index: index)
    }
    let answers = try await run(.pipeline(statements, milestones))
    return zip(statements, answers).map { statement, answer in
      statement.discardsRows ? PostgresResult(command: answer.command) : answer.read()
    }
  }

  private static func check(_ statement: PostgresStatement, index: Int?) throws(PostgresError) {
    guard !hasNUL(statement.sql) else { throw .nulByte(statementIndex: index) }
    for value in statement.values {
      if let value, hasNUL(value) { throw .nulByte(statementIndex: index) }
    }
    // Source: PostgreSQL 15 manual, 55.7, Bind: a count of 16 bits.
    guard statement.values.count <= 65_535 else {
      throw .protocolViolation("a statement takes at most 65535 parameters")
    }
  }

  private func run(_ content: Request.Content) async throws(PostgresError) -> [ServerAnswer] {
    let request = Request(content)
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        request.onFinish(continuation)
        session.start(request)
      }
    } onCancel: {
      session.cancel(request)
    }
    return try outcome.get()
  }
}

/// Why libpq cannot be loaded, without trying a connection.
///
/// - Returns: Nil when it is there and new enough.
package func clientLibraryProblem() -> String? {
  pq_load().map { String(cString: $0) }
}
