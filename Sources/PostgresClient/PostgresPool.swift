internal import Synchronization

/// A bounded number of sessions, lent to one user at a time, opened when they are needed.
///
/// Users wait in the order of coming. A session that broke is replaced when the next user comes.
/// A session left in a transaction is rolled back; other settings (SET, temporary tables) stay, so
/// set what must not by `set_config(…, true)` in the transaction.
package final class PostgresPool: Sendable {
  private typealias Grant = PoolQueue<PostgresConnection>.Grant

  private struct State {
    var queue: PoolQueue<PostgresConnection>
    var continuations: [Int: CheckedContinuation<Result<Grant, PostgresError>, Never>] = [:]
    var lastNumber = 0
    var isClosed = false
  }

  private let parameters: ConnectionParameters
  private let longestWait: Duration
  private let onNotice: (@Sendable (PostgresNotice) -> Void)?
  private let state: Mutex<State>

  /// Makes an empty pool.
  ///
  /// - Parameters:
  ///   - parameters: Of every session.
  ///   - maximumConnections: At least 1.
  ///   - longestWait: After that long without a free session a user gets an error.
  ///   - onNotice: As in `PostgresConnection.connect`.
  package init(
    parameters: ConnectionParameters, maximumConnections: Int,
    longestWait: Duration = .seconds(30),
    onNotice: (@Sendable (PostgresNotice) -> Void)? = nil
  ) {
    self.parameters = parameters
    self.longestWait = longestWait
    self.onNotice = onNotice
    state = Mutex(State(queue: PoolQueue(limit: maximumConnections)))
  }

  /// Lends a session for the time of a function.
  ///
  /// - Parameter body: Must not keep the connection.
  /// - Returns: What `body` returns.
  /// - Throws: `PostgresError` when there is no session to be had: `.poolExhausted`, `.closed`,
  ///   `.connectionFailed`, `.cancelled`; and what `body` throws.
  package nonisolated(nonsending) func withConnection<Result>(
    _ body: nonisolated(nonsending) (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    let connection = try await take()
    do {
      let result = try await body(connection)
      await giveBack(connection)
      return result
    } catch {
      await giveBack(connection)
      throw error
    }
  }

  /// Closes what is idle, turns away who waits; what is lent out is closed when it comes back.
  package func close() async {
    let (continuations, idle) = state.withLock { state in
      state.isClosed = true
      let (waiting, idle) = state.queue.empty()
      let continuations = waiting.compactMap { state.continuations.removeValue(forKey: $0) }
      return (continuations, idle)
    }
    for continuation in continuations { continuation.resume(returning: .failure(.closed)) }
    for connection in idle { await connection.close() }
  }

  private func take() async throws(PostgresError) -> PostgresConnection {
    switch try await takeGrant() {
    case .use(let connection) where !connection.isClosed:
      return connection
    case .use, .open:
      do throws(PostgresError) {
        return try await PostgresConnection.connect(parameters, onNotice: onNotice)
      } catch {
        settle(nil)
        throw error
      }
    }
  }

  private func takeGrant() async throws(PostgresError) -> Grant {
    guard !Task.isCancelled else { throw .cancelled }
    enum First {
      case grant(Grant)
      case number(Int)
    }
    let first = state.withLock { state -> First? in
      guard !state.isClosed else { return nil }
      if let grant = state.queue.take(where: { !$0.isClosed }) { return .grant(grant) }
      state.lastNumber += 1
      return .number(state.lastNumber)
    }
    switch first {
    case nil: throw .closed
    case .grant(let grant): return grant
    case .number(let number): return try await waitForGrant(number)
    }
  }

  private func waitForGrant(_ number: Int) async throws(PostgresError) -> Grant {
    let limit = longestWait
    let timer = Task { [self] in
      try await Task.sleep(for: limit)
      turnAway(number) { queue in
        .poolExhausted(
          "no database connection became free within \(limit): "
            + "all \(queue.limit) are in use, \(queue.waiting.count) more callers wait")
      }
    }
    defer { timer.cancel() }
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation {
        (continuation: CheckedContinuation<Result<Grant, PostgresError>, Never>) in
        let outcome = state.withLock { state -> Result<Grant, PostgresError>? in
          if state.isClosed { return .failure(.closed) }
          // The handler ran before we were in the queue.
          if Task.isCancelled { return .failure(.cancelled) }
          // A place may have become free since it was asked for.
          if let grant = state.queue.take(where: { !$0.isClosed }) { return .success(grant) }
          state.queue.wait(number)
          state.continuations[number] = continuation
          return nil
        }
        if let outcome { continuation.resume(returning: outcome) }
      }
    } onCancel: {
      turnAway(number) { _ in .cancelled }
    }
    return try outcome.get()
  }

  private func turnAway(
    _ number: Int, _ reason: (PoolQueue<PostgresConnection>) -> PostgresError
  ) {
    let turnedAway = state.withLock { state in
      state.queue.leave(number)
        ? (state.continuations.removeValue(forKey: number), reason(state.queue)) : nil
    }
    guard let (continuation, error) = turnedAway else { return }
    continuation?.resume(returning: .failure(error))
  }

  private func giveBack(_ connection: PostgresConnection) async {
    if connection.isInTransaction && !connection.isClosed {
      // A task of its own: the user's may be cancelled, and then nothing could be sent.
      _ = await Task { try await connection.execute("rollback") }.result
      if connection.isInTransaction { await connection.close() }
    }
    let isClosed = state.withLock { $0.isClosed }
    if isClosed { await connection.close() }
    settle(connection.isClosed ? nil : connection)
  }

  private func settle(_ connection: PostgresConnection?) {
    let next = state.withLock { state in
      state.queue.giveBack(connection).map { next in
        (state.continuations.removeValue(forKey: next.number), next.grant)
      }
    }
    guard let (continuation, grant) = next else { return }
    continuation?.resume(returning: .success(grant))
  }
}
