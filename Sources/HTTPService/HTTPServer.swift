import NIOCore
import NIOPosix

/// A running server.
///
/// Its connections live on event loops; everything here may be called from anywhere.
package final class HTTPServer: Sendable {
  /// The port of its door, when it has one.
  package let port: Int?

  private init(port: Int?) { self.port = port }

  /// Opens the door.
  ///
  /// - Parameters:
  ///   - address: Where.
  ///   - loops: How many event loops, each a thread.
  ///   - limits: Bounds on what clients may do.
  ///   - responder: Answers.
  ///   - log: Takes lines for people.
  /// - Returns: It, listening.
  /// - Throws: `HTTPServiceError.cannotListen`.
  package static func start(
    _ address: HTTPAddress, loops: Int = 1, limits: HTTPLimits = .init(),
    responder: some HTTPResponder, log: @escaping @Sendable (String) -> Void
  ) async throws -> HTTPServer {
    throw HTTPServiceError.cannotListen(address: "\(address)", reason: "there is no server yet")
  }

  /// Closes the door, lets requests under way end, then closes what is left.
  ///
  /// - Parameter grace: How long they may take.
  package func stop(grace: Duration) async {}
}
