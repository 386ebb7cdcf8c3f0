internal import CLibpq

/// A COPY … FROM stdin: the caller sends as fast as the server takes.
final class CopyIn: Operation, @unchecked Sendable {
  // Unchecked: see Operation.

  private enum Phase {
    case starting
    case sending
    case ending
  }

  private let sql: String
  private var phase = Phase.starting
  private var continuation: CheckedContinuation<Bool, Never>?
  private var answer: ServerAnswer?
  private var failure: PostgresError?

  init(sql: String) {
    self.sql = sql
  }

  /// What came of it; only once a wait has ended with false.
  var outcome: Result<PostgresResult, PostgresError> {
    if let failure { return .failure(failure) }
    return .success(answer?.read() ?? PostgresResult())
  }

  /// Set before a step that has to wait; resumed with whether more can be sent.
  func onRoom(_ continuation: CheckedContinuation<Bool, Never>) {
    self.continuation = continuation
  }

  override func begin(
    _ link: OpaquePointer, _ cache: inout StatementCache
  ) throws(PostgresError) {
    guard pq_send_query(link, sql) == 1 else { throw Self.refusal(link) }
  }

  /// Hands a piece to libpq, which copies it.
  ///
  /// - Parameters:
  ///   - bytes: Small pieces are costly, large ones are memory.
  ///   - link: The connection, while the operation runs.
  func send(_ bytes: ArraySlice<UInt8>, _ link: OpaquePointer) {
    guard phase == .sending else { return }
    let result = bytes.withUnsafeBytes { bytes in
      pq_put_copy_data(
        link, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
    }
    if result != 1 { failure = failure ?? Self.refusal(link) }
  }

  /// Ends the data.
  ///
  /// - Parameters:
  ///   - reason: Nil when all was sent; otherwise the server undoes the COPY and says this.
  ///   - link: The connection, while the operation runs.
  func endData(_ reason: String?, _ link: OpaquePointer) {
    guard phase == .sending else { return }
    phase = .ending
    if pq_put_copy_end(link, reason) != 1 { failure = failure ?? Self.refusal(link) }
  }

  override func advance(
    _ link: OpaquePointer, _ cache: inout StatementCache, _ effects: inout Effects
  ) -> Progress {
    if phase == .sending {
      guard failure == nil else { return .isStuck(failure ?? .closed) }
      // More only when the server has taken all that came before: memory stays flat.
      guard pq_flush(link) == 0 else { return .needsRoom }
      resume(true, &effects)
      return .waits
    }
    while pq_is_busy(link) == 0 {
      guard let pointer = pq_get_result(link) else {
        resume(false, &effects)
        return .isFinished
      }
      let answer = ServerAnswer(owning: pointer)
      switch answer.status {
      case PGRES_COPY_IN where phase == .starting:
        phase = .sending
        resume(true, &effects)
        return .waits
      case PGRES_COMMAND_OK where phase == .ending:
        self.answer = answer
      case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
        failure = failure ?? error(in: answer)
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
        failure = failure ?? .protocolViolation("`copyIn` needs a COPY … FROM stdin")
      default:
        return .isStuck(
          .protocolViolation("`copyIn` needs one COPY … FROM stdin: the connection was closed"))
      }
    }
    return .waits
  }

  private func resume(_ canSend: Bool, _ effects: inout Effects) {
    guard let continuation else { return }
    self.continuation = nil
    effects.add { continuation.resume(returning: canSend) }
  }

  override func fail(_ error: PostgresError, _ effects: inout Effects) {
    failure = failure ?? error
    resume(false, &effects)
  }
}

extension PostgresConnection {
  /// Loads rows by COPY.
  ///
  /// Memory stays flat: the next piece is asked for when the server has taken the last. When the
  /// pieces throw or the task is cancelled, the server undoes the COPY. A source that pauses holds
  /// up more than its table: no database of the cluster can be dropped meanwhile, because a backend
  /// that waits for COPY data passes no barrier (seen on 15, `ProcSignalBarrier`).
  ///
  /// - Parameters:
  ///   - sql: One `copy … from stdin`.
  ///   - data: The bytes in the format that the statement names, cut anywhere.
  /// - Returns: The tag: `COPY 5`.
  /// - Throws: `PostgresError`, or what the pieces threw.
  @discardableResult
  package func copyIn<Pieces: AsyncSequence & Sendable>(
    _ sql: String, _ data: Pieces
  ) async throws -> PostgresResult where Pieces.Element == [UInt8] {
    guard !hasNUL(sql) else { throw PostgresError.nulByte() }
    let copy = CopyIn(sql: sql)
    return try await withTaskCancellationHandler {
      guard await begin(copy) else { return try outcome(of: copy) }
      do {
        var pending: [UInt8] = []
        for try await piece in data {
          pending += piece
          guard pending.count >= Self.pieceSize else { continue }
          guard try await send(pending, copy) else { return try outcome(of: copy) }
          pending.removeAll(keepingCapacity: true)
        }
        // A stream that ends because of the cancelling looks like one that is complete.
        try Task.checkCancellation()
        guard try await send(pending, copy) else { return try outcome(of: copy) }
      } catch {
        await end(copy, because: Task.isCancelled ? "cancelled" : "the data ended with an error")
        if Task.isCancelled { throw PostgresError.cancelled }
        // A lost connection is more than the consequence of the caller's error.
        if isClosed { return try outcome(of: copy) }
        throw error
      }
      await end(copy, because: nil)
      return try outcome(of: copy)
    } onCancel: {
      session.cancel(copy)
    }
  }

  /// What libpq copies at once, and what it may hold.
  private static var pieceSize: Int { 65_536 }

  private func begin(_ copy: CopyIn) async -> Bool {
    await withCheckedContinuation { continuation in
      copy.onRoom(continuation)
      session.start(copy)
    }
  }

  private func send(_ bytes: [UInt8], _ copy: CopyIn) async throws -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      try Task.checkCancellation()
      let piece = rest.prefix(Self.pieceSize)
      rest = rest.dropFirst(Self.pieceSize)
      let canSend = await withCheckedContinuation { continuation in
        session.step(copy) { link, effects in
          copy.onRoom(continuation)
          if let link { copy.send(piece, link) } else { copy.fail(.closed, &effects) }
        }
      }
      guard canSend else { return false }
    }
    return true
  }

  private func end(_ copy: CopyIn, because reason: String?) async {
    _ = await withCheckedContinuation { continuation in
      session.step(copy) { link, effects in
        copy.onRoom(continuation)
        if let link { copy.endData(reason, link) } else { copy.fail(.closed, &effects) }
      }
    }
  }

  private func outcome(of copy: CopyIn) throws(PostgresError) -> PostgresResult {
    try session.read { copy.outcome }.get()
  }
}
