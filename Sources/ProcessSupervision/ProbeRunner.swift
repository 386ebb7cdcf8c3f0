import CProcess
import Diagnostics
import Dispatch
import Glibc
import Synchronization

/// Asks a service once whether it is well.
struct ProbeRunner: Sendable {
  let probe: HealthProbe
  let timeout: Duration
  let environment: [String: String]
  let workingDirectory: String?
  let user: UserIdentity?

  /// Asks.
  ///
  /// - Returns: nil when it is well, else what a person should know.
  func run() async -> String? {
    switch probe {
    case .process:
      return nil
    case .tcp(let host, let port):
      return await SocketProbe.run(host: host, port: port, path: nil, timeout: timeout)
    case .http(let host, let port, let path):
      return await SocketProbe.run(host: host, port: port, path: path, timeout: timeout)
    case .command(let words):
      return await run(words)
    case .custom(let ask):
      return await run(ask)
    }
  }

  private func run(_ words: [String]) async -> String? {
    do {
      var words = words
      words[0] = try CommandLookup.find(
        words[0], path: environment["PATH"], workingDirectory: workingDirectory)
      let result = try await runTool(
        words, environment: environment, workingDirectory: workingDirectory, user: user,
        timeout: timeout)
      if result.status.isSuccess { return nil }
      let said =
        (result.errorOutput.isEmpty ? result.output : result.errorOutput)
        .split(separator: "\n").last.map { ": \($0.prefix(200))" } ?? ""
      return "its probe ended with \(result.status)\(said)"
    } catch ProcessError.timedOut {
      return "its probe took longer than \(timeout)"
    } catch let error as ProcessError {
      return error.diagnostic.message
    } catch {
      return "its probe was ended"
    }
  }

  private func run(_ ask: @escaping @Sendable () async -> Bool) async -> String? {
    let answer = FirstAnswer()
    return await withCheckedContinuation { continuation in
      answer.expect(continuation)
      let asking = Task {
        let isWell = await ask()
        answer.give(isWell ? nil : "its probe said no")
      }
      let timeout = timeout
      let waiting = Task {
        try? await Task.sleep(for: timeout)
        if !Task.isCancelled { asking.cancel() }
        answer.give("its probe took longer than \(timeout)")
      }
      answer.onGiven { waiting.cancel() }
    }
  }
}

/// Several may answer; the first is heard.
private final class FirstAnswer: Sendable {
  private struct State {
    var continuation: CheckedContinuation<String?, Never>?
    var isGiven = false
    var then: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  func expect(_ continuation: CheckedContinuation<String?, Never>) {
    state.withLock { $0.continuation = continuation }
  }

  func onGiven(_ body: @escaping @Sendable () -> Void) {
    let isGiven = state.withLock { state -> Bool in
      if !state.isGiven { state.then = body }
      return state.isGiven
    }
    if isGiven { body() }
  }

  func give(_ answer: String?) {
    let (continuation, then) = state.withLock {
      state -> (CheckedContinuation<String?, Never>?, (@Sendable () -> Void)?) in
      defer { (state.continuation, state.then) = (nil, nil) }
      state.isGiven = true
      return (state.continuation, state.then)
    }
    continuation?.resume(returning: answer)
    then?()
  }
}

/// A TCP or HTTP probe on a nonblocking socket: no thread waits.
enum SocketProbe {
  /// Connects, and with a path asks for it and reads the status.
  ///
  /// - Parameters:
  ///   - host: A numeric address, or `localhost`.
  ///   - port: From 1 to 65535.
  ///   - path: nil: a connection is enough.
  ///   - timeout: For all of it.
  /// - Returns: nil when it is well, else what a person should know.
  static func run(host: String, port: Int, path: String?, timeout: Duration) async -> String? {
    let clock = ContinuousClock()
    let deadline = clock.now + timeout
    var reason = "no such address: \(host)"
    for address in host == "localhost" ? ["127.0.0.1", "::1"] : [host] {
      guard let socket = NonblockingSocket(host: address, port: port) else { continue }
      reason = await attempt(socket, host, port, path, deadline) ?? ""
      if reason.isEmpty { return nil }
    }
    return reason
  }

  private static func attempt(
    _ socket: NonblockingSocket, _ host: String, _ port: Int, _ path: String?,
    _ deadline: ContinuousClock.Instant
  ) async -> String? {
    let target = "\(host):\(port)"
    guard await socket.wait(.write, until: deadline) else {
      return "no connection to \(target) in time"
    }
    if let error = socket.connectError { return "no connection to \(target): \(error)" }
    guard let path else { return nil }
    let request =
      "GET \(path) HTTP/1.1\r\nHost: \(target)\r\nUser-Agent: homebase\r\n"
      + "Accept: */*\r\nConnection: close\r\n\r\n"
    guard socket.write(Array(request.utf8)) else { return "\(target) closed the connection" }
    var answer: [UInt8] = []
    while answer.count < 12 {
      guard await socket.wait(.read, until: deadline) else {
        return "no answer from http://\(target)\(path) in time"
      }
      guard let more = socket.read() else { return "\(target) closed the connection" }
      answer += more
    }
    let words = String(decoding: answer.prefix(12), as: UTF8.self).split(separator: " ")
    guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      return "\(target) does not speak HTTP"
    }
    return (200...299).contains(status) ? nil : "http://\(target)\(path) answered \(status)"
  }
}

/// One nonblocking TCP connection, as far as a probe needs it.
private final class NonblockingSocket: Sendable {
  enum Direction { case read, write }

  private let descriptor: Int32

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
    // Refused at once or under way: `connectError` says so after the wait.
    _ = connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen)
  }

  deinit { close(descriptor) }

  var connectError: String? {
    var error: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
    if error != 0 { return String(cString: strerror(error)) }
    // A refusal that connect() itself returned is not kept by the socket.
    var peer = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let isConnected = withUnsafeMutablePointer(to: &peer) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getpeername(descriptor, $0, &size) == 0
      }
    }
    return isConnected ? nil : "Connection refused"
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
