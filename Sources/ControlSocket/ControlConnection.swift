import Diagnostics
import FoundationEssentials
import Glibc
import Synchronization

/// One client, as the server sees it: what waits to be sent, and the requests that run.
///
/// Sending happens on the caller's thread as far as the socket takes it; the rest is sent by the
/// loop. The descriptor is used only under the lock, so that nobody writes to a number that was
/// closed and given away.
final class ControlConnection: Sendable {
  /// More than this waiting means that the client does not read, and it is dropped.
  static let mostWaitingInBytes = 16 << 20
  /// A stream goes on when less than this waits.
  static let roomForStreams = 64 << 10

  private let requests: AsyncStream<ControlRequest>
  private let arrivals: AsyncStream<ControlRequest>.Continuation
  private let outbound: Mutex<Outbound>
  private let wakeLoop: @Sendable () -> Void

  private struct Outbound {
    /// Nil after the end of the connection.
    var descriptor: Int32?
    var waiting: [UInt8] = []
    var sent = 0
    var endsWhenSent = false
    var running = 0
    var lastProgress = ContinuousClock.now
    var streams: [Int: CheckedContinuation<Void, Never>] = [:]
    var lastStream = 0

    var unsent: Int { waiting.count - sent }
  }

  /// What the loop has to do for a connection.
  enum Need: Equatable {
    case nothing
    case toSend
    case toEnd
  }

  init(descriptor: Int32, wakeLoop: @escaping @Sendable () -> Void) {
    (requests, arrivals) = AsyncStream.makeStream()
    outbound = Mutex(Outbound(descriptor: descriptor))
    self.wakeLoop = wakeLoop
  }

  // MARK: Requests

  /// Runs the client's requests until it is gone, then cancels those that still run.
  func serve(_ handler: @escaping ControlServer.Handler) async {
    await withDiscardingTaskGroup { group in
      for await request in requests {
        group.addTask { await self.answer(request, by: handler) }
      }
      group.cancelAll()
    }
  }

  private func answer(_ request: ControlRequest, by handler: ControlServer.Handler) async {
    do {
      let result = try await handler(request, ControlReply(connection: self, id: request.id))
      send(wireLine(id: request.id, member: "result", json: result))
    } catch {
      refuse(id: request.id, error)
    }
    outbound.withLock { $0.running -= 1 }
  }

  /// Takes a line that arrived; one that is no request ends the connection.
  func receive(line: Data) {
    let request: ControlRequest
    do {
      request = try ControlRequest(line: line)
    } catch {
      return end(after: .malformed("a request: \(summary(of: error))"))
    }
    let isTooMuch = outbound.withLock { outbound in
      outbound.running += 1
      return outbound.running > ControlWire.mostRequestsAtOnce
    }
    if !isTooMuch, case .enqueued = arrivals.yield(request) { return }
    outbound.withLock { $0.running -= 1 }
    refuse(
      id: request.id,
      Diagnostic(
        code: "too_many_requests", message: "the supervisor is stopping, or is asked too much",
        hint: "wait for the answers to earlier requests"))
  }

  /// Tells the client what it did wrong, takes nothing more from it, and closes.
  func end(after error: ControlSocketError) {
    arrivals.finish()
    refuse(id: 0, error)
    outbound.withLock { $0.endsWhenSent = true }
    wakeLoop()
  }

  private func refuse(id: Int, _ error: any Error) {
    guard let json = try? wireEncoder().encode(Diagnostic(describing: error)) else { return }
    send(wireLine(id: id, member: "error", json: json))
  }

  // MARK: Sending

  /// Sends a line, or keeps it until the socket has room; nothing when the client is gone.
  func send(_ line: [UInt8]) {
    let needsLoop = outbound.withLock { outbound in
      guard let descriptor = outbound.descriptor, !outbound.endsWhenSent else { return false }
      if outbound.unsent == 0 {
        outbound.waiting = line
        outbound.sent = 0
        outbound.lastProgress = .now
        return !write(&outbound, to: descriptor)
      }
      outbound.waiting.append(contentsOf: line)
      guard outbound.unsent > Self.mostWaitingInBytes else { return false }
      // The loop reads the end of the connection and does the rest.
      outbound.waiting = []
      outbound.sent = 0
      outbound.endsWhenSent = true
      shutdown(descriptor, Int32(SHUT_RDWR))
      return true
    }
    if needsLoop { wakeLoop() }
  }

  /// Sends what waits, as far as the socket takes it.
  func flush() {
    outbound.withLock { outbound in
      guard let descriptor = outbound.descriptor else { return }
      _ = write(&outbound, to: descriptor)
      if outbound.unsent < Self.roomForStreams { wakeStreams(&outbound) }
    }
  }

  /// What the loop has to do, and since when nothing could be sent of more than a little.
  func need() -> (Need, stalledSince: ContinuousClock.Instant?) {
    outbound.withLock { outbound in
      guard outbound.descriptor != nil else { return (.toEnd, nil) }
      if outbound.unsent == 0 { return (outbound.endsWhenSent ? .toEnd : .nothing, nil) }
      // A person may read a log page by page: little that waits may wait for ever.
      return (.toSend, outbound.unsent > 1 << 20 ? outbound.lastProgress : nil)
    }
  }

  /// Whether the loop still reads from the client.
  var takesRequests: Bool {
    outbound.withLock { $0.descriptor != nil && !$0.endsWhenSent }
  }

  /// Waits until the client has read most of what was sent.
  ///
  /// - Throws: `CancellationError` when the client is gone or the request is cancelled.
  func waitForRoom() async throws {
    let number = outbound.withLock { outbound in
      outbound.lastStream += 1
      return outbound.lastStream
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = outbound.withLock { outbound in
          guard outbound.descriptor != nil, outbound.unsent >= Self.roomForStreams,
            !Task.isCancelled
          else { return false }
          outbound.streams[number] = continuation
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      outbound.withLock { $0.streams.removeValue(forKey: number) }?.resume()
    }
    guard outbound.withLock({ $0.descriptor != nil }) else { throw CancellationError() }
    try Task.checkCancellation()
  }

  /// Closes; what runs is cancelled.
  func close() {
    arrivals.finish()
    outbound.withLock { outbound in
      if let descriptor = outbound.descriptor { Glibc.close(descriptor) }
      outbound.descriptor = nil
      outbound.waiting = []
      outbound.sent = 0
      wakeStreams(&outbound)
    }
  }

  private func wakeStreams(_ outbound: inout Outbound) {
    for continuation in outbound.streams.values { continuation.resume() }
    outbound.streams = [:]
  }

  /// Writes without waiting; true when nothing is left.
  private func write(_ outbound: inout Outbound, to descriptor: Int32) -> Bool {
    let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
    while outbound.unsent > 0 {
      let count = outbound.waiting[outbound.sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, flags)
      }
      if count > 0 {
        outbound.sent += count
        outbound.lastProgress = .now
      } else if errno == EAGAIN {
        if outbound.sent > 1 << 20 {
          outbound.waiting.removeFirst(outbound.sent)
          outbound.sent = 0
        }
        return false
      } else if errno != EINTR {
        // Gone: the loop reads the end.
        break
      }
    }
    outbound.waiting = []
    outbound.sent = 0
    return true
  }
}
