internal import CLibpq

/// Statements and their results: what `query`, `execute` and `pipeline` are made of.
final class Request: Operation, @unchecked Sendable {
  // Unchecked: see Operation.

  /// What is asked.
  enum Content {
    /// One statement, extended protocol.
    case statement(PostgresStatement)
    /// Any number of statements in one text, simple protocol.
    case script(String)
    /// Several statements before one sync: one implicit transaction, one round trip.
    case pipeline([PostgresStatement], PipelineMilestones?)
  }

  typealias Outcome = Result<[ServerAnswer], PostgresError>

  /// One command in the pipeline, in the order in which the server answers.
  private enum Step {
    case deallocate(String)
    case prepare(text: String)
    case statement(Int)
  }

  private let content: Content
  private var continuation: CheckedContinuation<Outcome, Never>?

  private var answers: [ServerAnswer] = []
  private var failure: PostgresError?
  /// Not nil while in pipeline mode: the commands sent, of which `answered` have their answer.
  private var steps: [Step]?
  private var answered = 0
  private var usesPrepared = false
  private var mayPrepare = true
  private var isSkippingCopy = false

  init(_ content: Content) {
    self.content = content
  }

  /// Set before the request is given to a session; never for a request nobody waits for.
  func onFinish(_ continuation: CheckedContinuation<Outcome, Never>) {
    self.continuation = continuation
  }

  override func begin(
    _ link: OpaquePointer, _ cache: inout StatementCache
  ) throws(PostgresError) {
    (answers, failure, steps, answered, usesPrepared) = ([], nil, nil, 0, false)
    // Inside a transaction of the caller's a statement whose plan went stale could not be sent
    // again: there everything is parsed anew.
    let mayPrepare = self.mayPrepare && pq_transaction_status(link) == PQTRANS_IDLE
    let sent: Bool
    switch content {
    case .script(let text):
      sent = pq_send_query(link, text) == 1
    case .statement(let statement):
      switch mayPrepare ? cache.plan(for: statement.sql) : .unnamed {
      case .prepare(let name): sent = sendPipeline(link, [(statement, .prepare(name))], cache)
      case let plan: sent = send(statement, plan, link)
      }
    case .pipeline(let statements, let milestones):
      var plans: [(PostgresStatement, StatementCache.Plan)] = []
      plans.reserveCapacity(statements.count)
      for statement in statements {
        plans.append((statement, mayPrepare ? cache.plan(for: statement.sql) : .unnamed))
      }
      sent = sendPipeline(link, plans, cache, milestones?.indices ?? [])
    }
    guard !sent else { return }
    let refusal = Self.refusal(link)
    // A pipeline refused half way cannot be taken back.
    if steps?.isEmpty == false { throw .connectionLost("the pipeline was refused: \(refusal)") }
    if steps != nil { _ = pq_exit_pipeline_mode(link) }
    throw refusal
  }

  private func send(
    _ statement: PostgresStatement, _ plan: StatementCache.Plan, _ link: OpaquePointer
  ) -> Bool {
    let count = Int32(clamping: statement.values.count)
    return withParameters(statement.values) { values in
      switch plan {
      case .unnamed:
        return pq_send_query_params(link, statement.sql, count, nil, values, nil, nil, 0)
      case .use(let name), .prepare(let name):
        usesPrepared = true
        return pq_send_query_prepared(link, name, count, values, nil, nil, 0)
      }
    } == 1
  }

  private func sendPipeline(
    _ link: OpaquePointer, _ plans: [(PostgresStatement, StatementCache.Plan)],
    _ cache: StatementCache, _ milestones: Set<Int> = []
  ) -> Bool {
    guard pq_enter_pipeline_mode(link) == 1 else { return false }
    var sent: [Step] = []
    sent.reserveCapacity(plans.count)
    defer { steps = sent }
    if mayPrepare && pq_transaction_status(link) == PQTRANS_IDLE {
      for name in cache.garbage.prefix(8) {
        guard pq_send_query_params(link, "deallocate \(name)", 0, nil, nil, nil, nil, 0) == 1
        else { return false }
        usesPrepared = true
        sent.append(.deallocate(name))
      }
    }
    for (index, (statement, plan)) in plans.enumerated() {
      if case .prepare(let name) = plan {
        guard pq_send_prepare(link, name, statement.sql, 0, nil) == 1 else { return false }
        sent.append(.prepare(text: statement.sql))
      }
      guard send(statement, plan, link) else { return false }
      sent.append(.statement(index))
      // Else the server keeps its answers until the sync, or until 8 KiB of them.
      if milestones.contains(index), pq_send_flush_request(link) != 1 { return false }
    }
    return pq_pipeline_sync(link) == 1
  }

  override func advance(
    _ link: OpaquePointer, _ cache: inout StatementCache, _ effects: inout Effects
  ) -> Progress {
    while true {
      if isSkippingCopy {
        guard skipCopyData(link) else { return .waits }
        isSkippingCopy = false
      }
      guard pq_is_busy(link) == 0 else { return .waits }
      guard let pointer = pq_get_result(link) else {
        // In a pipeline: the end of one command's results.
        guard steps == nil else {
          answered += 1
          // libpq would say nil for ever if an answer were missing; the sync ends the loop.
          // The sync itself may fail: deferred constraints are checked when it commits.
          let most = (steps?.count ?? 0) + (failure == nil ? 0 : 1)
          guard answered <= most else { return .isStuck(whyStuck(link)) }
          continue
        }
        return finish(link, &cache, &effects)
      }
      let answer = ServerAnswer(owning: pointer)
      switch answer.status {
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
        accept(answer, &cache, &effects)
      case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
        reject(answer, &cache)
      case PGRES_PIPELINE_ABORTED:
        undoStep(&cache)
      case PGRES_PIPELINE_SYNC:
        guard pq_exit_pipeline_mode(link) == 1 else { return .isStuck(whyStuck(link)) }
        return finish(link, &cache, &effects)
      case PGRES_COPY_IN where steps == nil:
        failure = failure ?? .protocolViolation("COPY … FROM stdin needs `copyIn`")
        guard pq_put_copy_end(link, "no data was sent with the statement") == 1 else {
          return .isStuck(.outOfStep)
        }
      case PGRES_COPY_OUT where steps == nil:
        failure = failure ?? .protocolViolation("COPY … TO stdout needs `copyOut`")
        isSkippingCopy = true
      default:
        return .isStuck(
          .protocolViolation("a COPY cannot stand here: the connection had to be closed"))
      }
    }
  }

  private var step: Step? {
    guard let steps, answered < steps.count else { return nil }
    return steps[answered]
  }

  private func accept(
    _ answer: ServerAnswer, _ cache: inout StatementCache, _ effects: inout Effects
  ) {
    switch step {
    case .deallocate(let name):
      cache.deallocated(name)
    case .prepare:
      break
    case .statement, nil:
      answers.append(answer)
      let command = answer.command
      if command == "DISCARD ALL" || command == "DEALLOCATE ALL" { cache.reset() }
      if case .pipeline(_, let milestones?) = content, case .statement(let index) = step,
        milestones.indices.contains(index)
      {
        effects.add { milestones.onReach(index) }
      }
    }
  }

  private func reject(_ answer: ServerAnswer, _ cache: inout StatementCache) {
    let index: Int?
    switch (content, step) {
    case (.pipeline, .statement(let number)): index = number
    case (.pipeline, .prepare), (.pipeline, .deallocate):
      // The statement that the preparation is for comes next.
      index =
        steps?.dropFirst(answered).lazy.compactMap { step in
          if case .statement(let number) = step { number } else { nil }
        }.first
    case (.script, _): index = answers.count
    default: index = nil
    }
    undoStep(&cache)
    var error = error(in: answer, at: index)
    // Before the first statement a syntax error is the whole script's: nothing of it ran.
    if case .script = content, case .server(let server, 0) = error, server.sqlstate == "42601" {
      error = .server(server, statementIndex: nil)
    }
    failure = failure ?? error
  }

  /// What was to be prepared is not.
  private func undoStep(_ cache: inout StatementCache) {
    if case .prepare(let text) = step { cache.forget(text, mayExist: false) }
  }

  /// Reads and drops COPY data.
  ///
  /// - Parameter link: In the state that PGRES_COPY_OUT announces.
  /// - Returns: Whether its end was reached.
  private func skipCopyData(_ link: OpaquePointer) -> Bool {
    while true {
      var bytes: UnsafeMutablePointer<CChar>?
      let count = pq_get_copy_data(link, &bytes, 1)
      if let bytes { pq_freemem(bytes) }
      if count == 0 { return false }
      if count < 0 { return true }
    }
  }

  private func finish(
    _ link: OpaquePointer, _ cache: inout StatementCache, _ effects: inout Effects
  ) -> Progress {
    guard let failure else {
      finish(.success(answers), &effects)
      return .isFinished
    }
    if isStale(failure), pq_transaction_status(link) == PQTRANS_IDLE, isRepeatable {
      if failure.sqlstate == "26000" { cache.reset() } else { cache.retireAll() }
      mayPrepare = false
      do throws(PostgresError) {
        try begin(link, &cache)
        return .waits
      } catch {
        finish(.failure(error), &effects)
        return .isFinished
      }
    }
    finish(.failure(failure), &effects)
    return .isFinished
  }

  /// Whether a prepared statement no longer fits: a table was altered (0A000, "cached plan must
  /// not change result type"), or someone deallocated it (26000).
  private func isStale(_ failure: PostgresError) -> Bool {
    guard usesPrepared, !isCancelled else { return false }
    return failure.sqlstate == "0A000" || failure.sqlstate == "26000"
  }

  /// Whether the server has undone all that came before the error: what commits by itself (COMMIT,
  /// VACUUM, CALL) must not run twice.
  private var isRepeatable: Bool {
    answers.allSatisfy { answer in
      let command = answer.command
      return ["SELECT", "INSERT", "UPDATE", "DELETE", "SET"].contains { command.hasPrefix($0) }
    }
  }

  /// A session that ended in a pipeline has no more answers; libpq does not say so by itself.
  private func whyStuck(_ link: OpaquePointer) -> PostgresError {
    if case .connectionLost? = failure { return failure ?? .outOfStep }
    if let lastWords { return .connectionLost(lastWords.asLastWords) }
    return pq_status(link) == CONNECTION_BAD ? Self.refusal(link) : .outOfStep
  }

  private func finish(_ outcome: Outcome, _ effects: inout Effects) {
    answers = []
    guard let continuation else { return }
    self.continuation = nil
    effects.add { continuation.resume(returning: outcome) }
  }

  override func fail(_ error: PostgresError, _ effects: inout Effects) {
    finish(.failure(error), &effects)
  }
}

extension PostgresError {
  /// libpq and we disagree about what was sent.
  fileprivate static let outOfStep = PostgresError.protocolViolation(
    "the server's answers do not fit what was asked: the connection had to be closed")
}
