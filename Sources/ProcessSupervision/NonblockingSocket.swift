import Dispatch
import Glibc
import Synchronization

/// One nonblocking connection over TCP or a unix socket, as far as probes and short questions need it.
final class NonblockingSocket: Sendable {
  enum Direction { case read, write }

  private let descriptor: Int32
  /// What connect() itself said; 0 when it is done or under way.
  private let refusal: Int32

  init?(host: String, port: Int) {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &list) == 0, let address = list else {
      return nil
    }
    defer { freeaddrinfo(list) }
    descriptor = socket(
      address.pointee.ai_family,
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
      0)
    guard descriptor >= 0 else { return nil }
    let code = connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen)
    refusal = code == 0 || errno == EINPROGRESS ? 0 : errno
  }

  /// - Parameter path: The socket's file; nil comes back for one that is too long to be a socket's.
  init?(path: String) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    // One byte stays for the end.
    guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      return nil
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let made = socket(
      AF_UNIX,
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
      0)
    guard made >= 0 else { return nil }
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(made, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    descriptor = made
    refusal = code == 0 ? 0 : errno
  }

  deinit { close(descriptor) }

  var connectError: String? {
    if refusal != 0 { return String(cString: strerror(refusal)) }
    var error: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
    return error == 0 ? nil : String(cString: strerror(error))
  }

  func write(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes {
      send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) == $0.count
    }
  }

  func read() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 512)
    let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
    return count > 0 ? Array(buffer.prefix(count)) : nil
  }

  func wait(_ direction: Direction, until deadline: ContinuousClock.Instant) async -> Bool {
    let answer = FirstAnswer()
    let duplicate = dup(descriptor)
    guard duplicate >= 0 else { return false }
    let late = await withCheckedContinuation { continuation in
      answer.expect(continuation)
      let queue = DispatchQueue.global(qos: .userInitiated)
      let source = ReadyWatch(descriptor: duplicate, direction: direction, queue: queue)
      let timer = Task {
        try? await Task.sleep(until: deadline, clock: .continuous)
        answer.give("late")
      }
      answer.onGiven {
        source.cancel()
        timer.cancel()
      }
      source.activate { answer.give(nil) }
    }
    return late == nil
  }
}

/// Tells once that a descriptor is ready, and closes it when it is no longer watched.
///
/// Unchecked: libdispatch's objects may be used from any thread; the overlay does not say so.
private final class ReadyWatch: @unchecked Sendable {
  private let source: any DispatchSourceProtocol

  init(descriptor: Int32, direction: NonblockingSocket.Direction, queue: DispatchQueue) {
    switch direction {
    case .read:
      source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
    case .write:
      source = DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: queue)
    }
    source.setCancelHandler { close(descriptor) }
  }

  func activate(_ body: @escaping @Sendable () -> Void) {
    source.setEventHandler { body() }
    source.activate()
  }

  func cancel() { source.cancel() }
}
