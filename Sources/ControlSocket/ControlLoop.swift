import FoundationEssentials
import Glibc
import Synchronization

/// The one thread that watches the socket and all clients.
///
/// A thread of its own with `poll`, not Dispatch: everything that belongs to reading is a local
/// variable of the thread and needs no lock, no thread of the Swift pool ever waits, and it takes
/// a few pages of memory. What handlers share with it is in `ControlConnection`, under its lock.
final class ControlLoop: Sendable {
  /// How long a client may read nothing of more than a little before it is dropped.
  static let longestStall = Duration.seconds(30)
  /// How long answers are flushed at the end.
  static let longestFlush = Duration.seconds(1)

  private let listener: Int32
  private let path: String
  private let greeting: [UInt8]
  private let wakeUp: Int32
  private let wakeReader: Int32
  private let orders = Mutex(Orders())
  private let connections: AsyncStream<ControlConnection>.Continuation
  private let ended: AsyncStream<Never>
  private let end: AsyncStream<Never>.Continuation

  private struct Orders {
    var closesListener = false
    var finishes = false
    var hasEnded = false
  }

  /// A client with what the thread has read of its next line.
  private struct Peer {
    var connection: ControlConnection
    var buffer: [UInt8] = []
    var scanned = 0
  }

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - listener: A listening socket; the loop closes it.
  ///   - path: Its file; the loop removes it when it closes the socket.
  ///   - greeting: Said to each client.
  /// - Returns: The loop, and each client that connects.
  /// - Throws: `ControlSocketError.system` when there is no thread or no descriptor left.
  static func start(
    listener: Int32, path: String, greeting: ControlGreeting
  ) throws(ControlSocketError) -> (ControlLoop, AsyncStream<ControlConnection>) {
    var pipe: [Int32] = [-1, -1]
    let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    guard socketpair(AF_UNIX, Int32(kind), 0, &pipe) == 0 else {
      throw .system(call: "socketpair", path: path, code: errno)
    }
    var line = (try? wireEncoder().encode(greeting)).map(Array.init) ?? []
    line.append(UInt8(ascii: "\n"))
    let (connections, continuation) = AsyncStream<ControlConnection>.makeStream()
    let loop = ControlLoop(
      listener: listener, path: path, greeting: line, wakeUp: pipe[1], wakeReader: pipe[0],
      connections: continuation)
    let code = startThread { loop.run() }
    guard code == 0 else {
      Glibc.close(pipe[0])
      Glibc.close(pipe[1])
      throw .system(call: "pthread_create", path: path, code: code)
    }
    return (loop, connections)
  }

  private init(
    listener: Int32, path: String, greeting: [UInt8], wakeUp: Int32, wakeReader: Int32,
    connections: AsyncStream<ControlConnection>.Continuation
  ) {
    self.listener = listener
    self.path = path
    self.greeting = greeting
    self.wakeUp = wakeUp
    self.wakeReader = wakeReader
    self.connections = connections
    (ended, end) = AsyncStream.makeStream()
  }

  /// Takes no new client; those that are connected stay.
  func closeListener() {
    orders.withLock { $0.closesListener = true }
    wake()
  }

  /// Sends what was answered, closes every client, and waits for the thread's end.
  func finish() async {
    orders.withLock { $0.finishes = true }
    wake()
    for await _ in ended {}
  }

  private func wake() {
    orders.withLock { orders in
      guard !orders.hasEnded else { return }
      var byte: UInt8 = 0
      // A full pipe wakes as well.
      _ = write(wakeUp, &byte, 1)
    }
  }

  // MARK: The thread

  private func run() {
    var peers: [Int32: Peer] = [:]
    var isListening = true
    var acceptPauses = false
    var flushEnd: ContinuousClock.Instant?

    while true {
      let orders = orders.withLock { $0 }
      if orders.closesListener || orders.finishes, isListening {
        isListening = false
        unlink(path)
        close(listener)
      }
      if orders.finishes, flushEnd == nil { flushEnd = .now + Self.longestFlush }

      var watched = [pollfd(fd: wakeReader, events: Int16(POLLIN), revents: 0)]
      let takesClients = isListening && !acceptPauses
      if takesClients { watched.append(pollfd(fd: listener, events: Int16(POLLIN), revents: 0)) }
      var hasWaiting = false
      for (descriptor, peer) in peers {
        let (need, stalledSince) = peer.connection.need()
        let isStalled = stalledSince.map { .now - $0 > Self.longestStall } ?? false
        guard need != .toEnd, !isStalled else {
          peer.connection.close()
          peers[descriptor] = nil
          continue
        }
        var events = peer.connection.takesRequests ? Int16(POLLIN) : 0
        if need == .toSend {
          hasWaiting = true
          events |= Int16(POLLOUT)
        }
        watched.append(pollfd(fd: descriptor, events: events, revents: 0))
      }
      if let flushEnd, !hasWaiting || .now > flushEnd { break }

      let timeout: Int32 = acceptPauses ? 100 : hasWaiting ? 1000 : -1
      acceptPauses = false
      guard poll(&watched, nfds_t(watched.count), timeout) > 0 else { continue }
      for entry in watched where entry.revents != 0 {
        switch entry.fd {
        case wakeReader: drainWakeUps()
        case listener where takesClients: acceptPauses = !accept(into: &peers)
        default: serve(entry, &peers)
        }
      }
    }
    for peer in peers.values { peer.connection.close() }
    connections.finish()
    self.orders.withLock { orders in
      orders.hasEnded = true
      close(wakeUp)
      close(wakeReader)
    }
    end.finish()
  }

  private func drainWakeUps() {
    withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { bytes in
      while Glibc.read(wakeReader, bytes.baseAddress, 256) == 256 {}
    }
  }

  /// Takes every client that waits; false when no descriptor is left, to try again later.
  private func accept(into peers: inout [Int32: Peer]) -> Bool {
    while true {
      let descriptor = Glibc.accept(listener, nil, nil)
      if descriptor < 0 {
        switch errno {
        case EINTR, ECONNABORTED: continue
        case EAGAIN: return true
        default: return false
        }
      }
      // The Glibc module has no accept4. A child started in between inherits nothing: whoever
      // starts it closes all that it does not name.
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      let connection = ControlConnection(descriptor: descriptor) { [weak self] in self?.wake() }
      peers[descriptor] = Peer(connection: connection)
      connection.send(greeting)
      connections.yield(connection)
    }
  }

  private func serve(_ entry: pollfd, _ peers: inout [Int32: Peer]) {
    guard let index = peers.index(forKey: entry.fd) else { return }
    let events = Int32(entry.revents)
    if events & POLLOUT != 0 { peers.values[index].connection.flush() }
    guard events & ~POLLOUT != 0 else { return }
    if !peers.values[index].connection.takesRequests || !read(&peers.values[index], entry.fd) {
      peers.values[index].connection.close()
      peers.remove(at: index)
    }
  }

  /// Reads once, hands on the lines that are complete; false at the end of the connection.
  private func read(_ peer: inout Peer, _ descriptor: Int32) -> Bool {
    let room = 64 << 10
    let (count, code) = withUnsafeTemporaryAllocation(byteCount: room, alignment: 1) { bytes in
      let count = recv(descriptor, bytes.baseAddress, room, Int32(MSG_DONTWAIT))
      let code = errno
      if count > 0 { peer.buffer.append(contentsOf: bytes[..<count]) }
      return (count, code)
    }
    if count == 0 { return false }
    if count < 0 { return code == EAGAIN || code == EINTR }

    var start = 0
    while let end = peer.buffer[max(start, peer.scanned)...].firstIndex(of: UInt8(ascii: "\n")) {
      if end > start { peer.connection.receive(line: Data(peer.buffer[start..<end])) }
      start = end + 1
      guard peer.connection.takesRequests else {
        peer.buffer = []
        return true
      }
    }
    if start > 0 { peer.buffer.removeFirst(start) }
    peer.scanned = peer.buffer.count
    if peer.buffer.count > ControlWire.longestLineInBytes {
      peer.buffer = []
      peer.scanned = 0
      peer.connection.end(after: .lineTooLong)
    }
    return true
  }
}

/// Runs the body on a new detached thread with a small stack and no signals.
///
/// - Parameter body: The thread's work.
/// - Returns: 0, or the error number of `pthread_create`.
func startThread(_ body: @escaping @Sendable () -> Void) -> Int32 {
  final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  pthread_attr_setstacksize(&attributes, 512 << 10)

  // Signals are the business of the program's other threads.
  var all = sigset_t()
  var before = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_SETMASK, &all, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

  var thread = pthread_t()
  let work = Unmanaged.passRetained(Work(body))
  let code = pthread_create(
    &thread, &attributes,
    { argument in
      guard let argument else { return nil }
      Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
      return nil
    }, work.toOpaque())
  if code != 0 { work.release() }
  return code
}
