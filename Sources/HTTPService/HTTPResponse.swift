package import NIOCore

/// What a service answers.
///
/// The server writes the length, the frame and the connection's headers itself.
package struct HTTPResponse: Sendable {
  /// What stands behind the headers; left out where HTTP has none (HEAD, 204, 304).
  package enum Body: Sendable {
    case none
    case bytes(ByteBuffer)
    /// Written piece by piece: in chunks, or of a length that is known before.
    ///
    /// An error ends the connection: half of an answer must not look like a whole one.
    case stream(length: Int?, @Sendable (HTTPResponseWriter) async throws -> Void)
  }

  /// From 200 to 599.
  package var status: Int
  /// In their order, spelled as they are here.
  package var headers: [HTTPHeader]
  package var body: Body

  package init(status: Int, headers: [HTTPHeader] = [], body: Body = .none) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer that is JSON.
  ///
  /// - Parameters:
  ///   - status: From 200 to 599.
  ///   - text: The JSON.
  /// - Returns: It, with its content type.
  package static func json(status: Int, _ text: String) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: [HTTPHeader("Content-Type", "application/json; charset=utf-8")],
      body: .bytes(ByteBuffer(string: text)))
  }
}

/// Answers requests.
package protocol HTTPResponder: Sendable {
  /// Answers one request.
  ///
  /// Runs with the connection's event loop as the task's executor, and is cancelled when the
  /// client has gone. What it leaves of the body is dropped.
  ///
  /// - Parameters:
  ///   - request: The head.
  ///   - body: What comes with it.
  /// - Returns: The answer.
  func respond(to request: HTTPRequest, body: HTTPRequestBody) async -> HTTPResponse
}
