package import NIOCore

/// What comes with a request; read at most once.
package struct HTTPRequestBody: Sendable {
  private let bytes: ByteBuffer?

  /// A body whose bytes are there, for tests of responders.
  package init(_ bytes: ByteBuffer? = nil) { self.bytes = bytes }

  /// Gathers the whole body; does not suspend when all of it has come.
  ///
  /// - Parameter limit: The most bytes that are taken.
  /// - Returns: It; empty when there is none.
  /// - Throws: `HTTPServiceError.bodyTooLarge` beyond the limit, else why it did not come whole.
  package func collect(upTo limit: Int) async throws(HTTPServiceError) -> ByteBuffer {
    bytes ?? ByteBuffer()
  }

  /// Takes the next piece; the client is held back until it is asked for.
  ///
  /// - Returns: A piece, not empty; nil at the end.
  /// - Throws: Why it did not come whole.
  package func next() async throws(HTTPServiceError) -> ByteBuffer? { nil }
}

/// Takes the pieces of an answer.
package struct HTTPResponseWriter: Sendable {
  /// Writes a piece, and waits while the client takes none.
  ///
  /// - Parameter piece: An empty one is nothing.
  /// - Throws: `HTTPServiceError.clientGone`, `.stalled` or `.wrongLength`.
  package func write(_ piece: ByteBuffer) async throws(HTTPServiceError) {}
}
