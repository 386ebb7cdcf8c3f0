package import NIOCore
import Synchronization

/// What comes with a request; read at most once.
package struct HTTPRequestBody: Sendable {
  private enum Source: Sendable {
    case none
    case given(GivenBody)
    case connection(ServerConnection, UInt64)
  }

  private final class GivenBody: Sendable {
    let bytes: Mutex<ByteBuffer?>
    init(_ bytes: ByteBuffer) { self.bytes = Mutex(bytes) }
  }

  private let source: Source

  /// No body.
  package init() { source = .none }

  /// A body whose bytes are there, for tests of responders.
  ///
  /// - Parameter bytes: All of it.
  package init(_ bytes: ByteBuffer) { source = .given(GivenBody(bytes)) }

  init(_ connection: ServerConnection, _ number: UInt64) {
    source = .connection(connection, number)
  }

  /// Gathers the whole body; does not suspend when all of it has come.
  ///
  /// - Parameter limit: The most bytes that are taken.
  /// - Returns: It; empty when there is none.
  /// - Throws: `HTTPServiceError.bodyTooLarge` beyond the limit, else why it did not come whole.
  package func collect(upTo limit: Int) async throws(HTTPServiceError) -> ByteBuffer {
    if case .connection(let connection, let number) = source, connection.loop.inEventLoop,
      let length = connection.namedLength(number), length > UInt64(max(0, limit))
    {
      throw .bodyTooLarge(limit: limit)
    }
    guard let first = try await next() else { return ByteBuffer() }
    guard first.readableBytes <= limit else { throw .bodyTooLarge(limit: limit) }
    // One piece, as most bodies are, is not copied.
    var whole = first
    while let piece = try await next() {
      guard whole.readableBytes + piece.readableBytes <= limit else {
        throw .bodyTooLarge(limit: limit)
      }
      whole.writeImmutableBuffer(piece)
    }
    return whole
  }

  /// Takes the next piece; the client is held back until it is asked for.
  ///
  /// - Returns: A piece, not empty; nil at the end.
  /// - Throws: Why it did not come whole.
  package func next() async throws(HTTPServiceError) -> ByteBuffer? {
    switch source {
    case .none: return nil
    case .given(let body):
      return body.bytes.withLock { bytes in
        defer { bytes = nil }
        return bytes.flatMap { $0.readableBytes > 0 ? $0 : nil }
      }
    case .connection(let connection, let number):
      if connection.loop.inEventLoop, let result = connection.takePiece(number) {
        return try result.get()
      }
      let result = await withCheckedContinuation { waiter in
        connection.onLoop { connection.awaitPiece(number, waiter) }
      }
      return try result.get()
    }
  }
}

/// Takes the pieces of an answer.
package struct HTTPResponseWriter: Sendable {
  private let connection: ServerConnection
  private let number: UInt64

  init(_ connection: ServerConnection, _ number: UInt64) {
    self.connection = connection
    self.number = number
  }

  /// Writes a piece, and waits while the client takes none.
  ///
  /// - Parameter piece: An empty one is nothing.
  /// - Throws: `HTTPServiceError.clientGone`, `.stalled` or `.wrongLength`.
  package func write(_ piece: ByteBuffer) async throws(HTTPServiceError) {
    if connection.loop.inEventLoop {
      if let error = connection.writePiece(number, piece) { throw error }
      if connection.isWritable { return }
      let result = await withCheckedContinuation { waiter in
        connection.awaitWritable(number, waiter)
      }
      return try result.get()
    }
    let result = await withCheckedContinuation {
      (waiter: CheckedContinuation<ServerConnection.WriteResult, Never>) in
      connection.onLoop {
        if let error = connection.writePiece(number, piece) {
          waiter.resume(returning: .failure(error))
        } else {
          connection.awaitWritable(number, waiter)
        }
      }
    }
    try result.get()
  }
}

extension ServerConnection {
  /// Does something on the connection's loop.
  func onLoop(_ body: @escaping @Sendable () -> Void) {
    if loop.inEventLoop { body() } else { loop.execute(body) }
  }
}
