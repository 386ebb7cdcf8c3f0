internal import Glibc
internal import Synchronization

/// Waits for the server to close its end of a connection that we have left.
///
/// A backend closes its socket as the last thing of its life: after that, no session of it is in
/// `pg_stat_activity` to stand in the way of a rename or a drop of its database.
final class Farewell: EventLoop.Handler {
  private struct State {
    var token: UInt64 = 0
    var continuation: CheckedContinuation<Void, Never>?
    var isOver = false
  }

  private let socket: Int32
  private let loop: EventLoop
  private let state = Mutex(State())

  private init(socket: Int32, loop: EventLoop) {
    self.socket = socket
    self.loop = loop
  }

  /// Waits for the end, or for the time to be up.
  ///
  /// - Parameters:
  ///   - socket: A duplicate of the connection's; it is closed here.
  ///   - loop: What watches it.
  ///   - limit: A backend deep in a function call may take its time.
  static func wait(for socket: Int32, on loop: EventLoop, atMost limit: Duration) async {
    let farewell = Farewell(socket: socket, loop: loop)
    let timer = Task {
      try await Task.sleep(for: limit)
      farewell.finish()
    }
    await withCheckedContinuation { continuation in
      let token = loop.add(farewell)
      farewell.state.withLock { state in
        state.token = token
        state.continuation = continuation
      }
      guard loop.watch(socket, readable: true, writable: false, token: token) == nil else {
        return farewell.finish()
      }
    }
    timer.cancel()
    close(socket)
  }

  func descriptorIsReady() {
    var bytes: [UInt8] = Array(repeating: 0, count: 4_096)
    // The last rows of a statement may still come: they are for nobody.
    while true {
      let count = recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT))
      if count > 0 || (count < 0 && errno == EINTR) { continue }
      if count < 0 && errno == EAGAIN { return }
      return finish()
    }
  }

  private func finish() {
    let (token, continuation) = state.withLock { state in
      defer { state.continuation = nil }
      return (state.token, state.continuation)
    }
    guard let continuation else { return }
    loop.remove(token, descriptor: socket)
    continuation.resume()
  }
}
