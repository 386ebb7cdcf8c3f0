internal import CLibpq

/// A COPY … TO stdout: the server sends as fast as the caller takes.
final class CopyOut: Operation, @unchecked Sendable {
  // Unchecked: see Operation.

  typealias Piece = Result<[UInt8]?, PostgresError>

  private let sql: String
  private var buffer: [UInt8] = []
  private var continuation: CheckedContinuation<Piece, Never>?
  private var failure: PostgresError?
  private var isInData = false
  private var isOver = false
  private var isAbandoned = false

  /// What is gathered before reading stops until the caller comes.
  private static let bufferSize = 65_536

  init(sql: String) {
    self.sql = sql
  }

  /// Waits for the next piece, which may be there.
  ///
  /// - Parameters:
  ///   - continuation: Resumed with nil at the end.
  ///   - effects: Whom to wake when the lock is released.
  func onPiece(_ continuation: CheckedContinuation<Piece, Never>, _ effects: inout Effects) {
    self.continuation = continuation
    deliver(&effects)
  }

  override func begin(
    _ link: OpaquePointer, _ cache: inout StatementCache
  ) throws(PostgresError) {
    guard pq_send_query(link, sql) == 1 else { throw Self.refusal(link) }
  }

  override func advance(
    _ link: OpaquePointer, _ cache: inout StatementCache, _ effects: inout Effects
  ) -> Progress {
    while true {
      if isInData {
        switch readData(link, &effects) {
        case .isFinished: isInData = false
        case let other: return other
        }
      }
      guard pq_is_busy(link) == 0 else {
        deliver(&effects)
        return .waits
      }
      guard let pointer = pq_get_result(link) else {
        isOver = true
        deliver(&effects)
        return .isFinished
      }
      let answer = ServerAnswer(owning: pointer)
      switch answer.status {
      case PGRES_COPY_OUT: isInData = true
      case PGRES_COMMAND_OK: break
      case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: failure = failure ?? error(in: answer)
      case PGRES_COPY_IN:
        failure = failure ?? .protocolViolation("`copyOut` needs a COPY … TO stdout")
        _ = pq_put_copy_end(link, "no data was sent with the statement")
      case PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
        failure = failure ?? .protocolViolation("`copyOut` needs a COPY … TO stdout")
      default:
        return .isStuck(
          .protocolViolation("`copyOut` needs one COPY … TO stdout: the connection was closed"))
      }
    }
  }

  /// Gathers what is there.
  ///
  /// - Returns: `.isFinished` at the end of the data, `.isFull` when the caller must come first.
  private func readData(_ link: OpaquePointer, _ effects: inout Effects) -> Progress {
    while true {
      // Once cancelled, the server can only stop when it has got rid of its rows.
      if isAbandoned || isCancelled { buffer = [] }
      if buffer.count >= Self.bufferSize {
        deliver(&effects)
        guard buffer.isEmpty else { return .isFull }
        buffer.reserveCapacity(Self.bufferSize)
      }
      var bytes: UnsafeMutablePointer<CChar>?
      let count = pq_get_copy_data(link, &bytes, 1)
      if let bytes {
        buffer.append(
          contentsOf: UnsafeRawBufferPointer(start: bytes, count: Int(max(count, 0))))
        pq_freemem(bytes)
      }
      if count == 0 {
        deliver(&effects)
        return .waits
      }
      // The end, or libpq's own error: then the result that follows says which.
      if count < 0 { return .isFinished }
    }
  }

  private func deliver(_ effects: inout Effects) {
    guard let continuation else { return }
    let piece: Piece
    if !buffer.isEmpty && !isCancelled {
      piece = .success(buffer)
      buffer = []
    } else if isOver {
      piece = failure.map { .failure($0) } ?? .success(nil)
    } else {
      return
    }
    self.continuation = nil
    effects.add { continuation.resume(returning: piece) }
  }

  override func fail(_ error: PostgresError, _ effects: inout Effects) {
    failure = failure ?? error
    isOver = true
    deliver(&effects)
  }

  override func abandon(_ link: OpaquePointer) {
    isAbandoned = true
  }
}

/// The bytes of a COPY … TO stdout, in pieces that end with a row.
///
/// Nothing is sent before the first piece is asked for. Leaving the loop early stops the COPY at
/// the server; until it has stopped, the connection's next call waits.
package struct PostgresCopy: AsyncSequence, Sendable {
  package typealias Element = [UInt8]
  package typealias Failure = PostgresError

  fileprivate let connection: PostgresConnection
  fileprivate let sql: String

  /// Runs the statement anew.
  package struct AsyncIterator: AsyncIteratorProtocol {
    private let reader: Reader

    fileprivate init(_ reader: Reader) {
      self.reader = reader
    }

    /// The next piece.
    ///
    /// - Parameter actor: Whom the caller belongs to.
    /// - Returns: At least a byte; nil when all rows have come.
    /// - Throws: `PostgresError`; a COPY that did not reach its end always throws.
    package mutating func next(
      isolation actor: isolated (any Actor)? = #isolation
    ) async throws(PostgresError) -> [UInt8]? {
      try await reader.next()
    }

    package mutating func next() async throws(PostgresError) -> [UInt8]? {
      try await reader.next()
    }
  }

  package func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(Reader(connection, CopyOut(sql: sql)))
  }
}

/// Ends the COPY when the loop is left.
private final class Reader: Sendable {
  private let connection: PostgresConnection
  private let copy: CopyOut

  init(_ connection: PostgresConnection, _ copy: CopyOut) {
    self.connection = connection
    self.copy = copy
  }

  deinit {
    connection.session.cancel(copy, abandons: true)
  }

  func next() async throws(PostgresError) -> [UInt8]? {
    let session = connection.session
    let piece = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        session.startOnce(copy)
        session.step(copy) { _, effects in copy.onPiece(continuation, &effects) }
      }
    } onCancel: {
      session.cancel(copy)
    }
    return try piece.get()
  }
}

extension PostgresConnection {
  /// Reads rows by COPY.
  ///
  /// Memory stays flat: while nobody asks for the next piece, nothing is read from the server. The
  /// connection is busy until the loop ends or is left.
  ///
  /// - Parameter sql: One `copy … to stdout`.
  /// - Returns: The bytes in the format that the statement names.
  package func copyOut(_ sql: String) -> PostgresCopy {
    PostgresCopy(connection: self, sql: sql)
  }
}
