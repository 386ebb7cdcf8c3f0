internal import CLibpq

/// The right to ask the server to stop what a connection runs.
final class CancelHandle: @unchecked Sendable {
  // Unchecked: PQcancel only reads the handle (PostgreSQL 15 manual, 34.7), and we have one holder.
  private let handle: OpaquePointer

  init(owning handle: OpaquePointer) {
    self.handle = handle
  }

  deinit {
    pq_free_cancel(handle)
  }

  /// Sends the request and waits until the server has passed it on to the backend.
  ///
  /// PQcancel connects and blocks, so it gets a thread of its own. Its failure is no news: the
  /// server is gone then, and the connection will hear of it.
  func send() async {
    await withCheckedContinuation { continuation in
      let send: @Sendable () -> Void = { [self] in
        var message: [CChar] = Array(repeating: 0, count: 256)
        _ = pq_cancel(handle, &message, Int32(message.count))
        continuation.resume()
      }
      do throws(PostgresError) {
        try startThread(named: "postgres-cancel", send)
      } catch {
        // No thread left: better to block one of the pool's than not to cancel.
        send()
      }
    }
  }
}
