import Diagnostics
import FoundationEssentials
import Glibc

/// A command's side of the control socket: asks, waits, reads the answer.
///
/// Blocking and without any thread of its own, because it is on the way of every command. Not
/// Sendable: one thread uses it. Closing it (the end of the object) cancels what still runs.
package final class ControlClient {
  /// What the server said about itself.
  package let greeting: ControlGreeting

  private let descriptor: Int32
  private var reader: LineReader
  private var lastID = 0

  /// Connects to a supervisor and reads its greeting.
  ///
  /// - Parameters:
  ///   - path: The socket's file.
  ///   - greetingTimeout: How long a server may take to greet.
  /// - Returns: A client that speaks the server's version of the wire.
  /// - Throws: `noSocket` and `nobodyListens` when nothing runs; `silent` when it hangs;
  ///   `protocolMismatch` with the greeting when one side is too old.
  package static func connect(
    path: String, greetingTimeout: Duration = .seconds(10)
  ) throws(ControlSocketError) -> ControlClient {
    let descriptor = try makeUnixSocket(for: path, isBlocking: true)
    do throws(ControlSocketError) {
      try connectUnixSocket(descriptor, to: path)
      setReceiveTimeout(descriptor, greetingTimeout)
      var reader = LineReader(descriptor: descriptor, path: path)
      let line = try reader.next()
      setReceiveTimeout(descriptor, .zero)
      let greeting: ControlGreeting
      do {
        greeting = try JSONDecoder().decode(ControlGreeting.self, from: line)
      } catch {
        throw ControlSocketError.malformed("the greeting: \(summary(of: error))")
      }
      guard greeting.protocol == ControlWire.version else {
        throw ControlSocketError.protocolMismatch(greeting)
      }
      return ControlClient(descriptor: descriptor, reader: reader, greeting: greeting)
    } catch {
      Glibc.close(descriptor)
      throw error
    }
  }

  private init(descriptor: Int32, reader: LineReader, greeting: ControlGreeting) {
    self.descriptor = descriptor
    self.reader = reader
    self.greeting = greeting
  }

  deinit { Glibc.close(descriptor) }

  /// Asks for a command and waits for its result.
  ///
  /// - Parameters:
  ///   - command: The name of what is asked for.
  ///   - arguments: What the command takes.
  ///   - onProgress: Called for each step that the server reports.
  /// - Returns: The result.
  /// - Throws: The server's `Diagnostic` when the work failed, else `ControlSocketError`.
  package func call<Result: Decodable>(
    _ command: String, arguments: some Encodable, onProgress: (ControlProgress) -> Void = { _ in }
  ) throws -> Result {
    try call(command, arguments: arguments, reporting: ControlProgress.self, onEach: onProgress)
  }

  /// Asks for a command whose progress is a stream of values of its own, such as log lines.
  ///
  /// - Parameters:
  ///   - command: The name of what is asked for.
  ///   - arguments: What the command takes.
  ///   - reporting: The type of the values.
  ///   - onEach: Called for each value; an error of it ends the call.
  /// - Returns: The result.
  /// - Throws: The server's `Diagnostic` when the work failed, else `ControlSocketError`, or what
  ///   `onEach` threw.
  package func call<Result: Decodable, Report: Decodable>(
    _ command: String, arguments: some Encodable, reporting: Report.Type,
    onEach: (Report) throws -> Void
  ) throws -> Result {
    lastID += 1
    let request = RequestLine(id: lastID, command: command, arguments: arguments)
    var line = try wireEncoder().encode(request)
    guard line.count < ControlWire.longestLineInBytes else {
      throw ControlSocketError.lineTooLong
    }
    line.append(UInt8(ascii: "\n"))
    send(line)
    let decoder = JSONDecoder()
    while true {
      let answer: AnswerLine<Result, Report>
      let received = try reader.next()
      do {
        answer = try decoder.decode(AnswerLine<Result, Report>.self, from: received)
      } catch {
        throw ControlSocketError.malformed("the answer to \(command): \(summary(of: error))")
      }
      // Zero answers what the server could not read at all.
      guard answer.id == lastID || answer.id == 0 else { continue }
      if let error = answer.error { throw error }
      if let result = answer.result { return result }
      if let report = answer.progress { try onEach(report) }
    }
  }

  /// Waits until the server has closed the connection, which it does at its end.
  ///
  /// - Parameter timeout: How long at most.
  /// - Returns: Whether it has closed.
  package func waitForEnd(timeout: Duration) -> Bool {
    setReceiveTimeout(descriptor, max(timeout, .milliseconds(1)))
    defer { setReceiveTimeout(descriptor, .zero) }
    while true {
      do {
        _ = try reader.next()
      } catch {
        return error == .connectionLost
      }
    }
  }

  /// Waits until no server holds a socket, so that the next one can listen there.
  ///
  /// - Parameters:
  ///   - path: The socket's file.
  ///   - timeout: How long at most.
  /// - Returns: Whether nobody holds it.
  package static func waitUntilFree(path: String, timeout: Duration) -> Bool {
    let descriptor = open(path + ".lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return errno == ENOENT }
    defer { Glibc.close(descriptor) }
    let end = ContinuousClock.now + timeout
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR, .now < end else { return false }
      usleep(2_000)
    }
    return true
  }

  private func send(_ line: Data) {
    var rest = line[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { bytes in
        Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        // The server may have answered before it closed: the reader tells.
        return
      }
    }
  }
}

private struct AnswerLine<Result: Decodable, Report: Decodable>: Decodable {
  var id: Int
  var progress: Report?
  var result: Result?
  var error: Diagnostic?
}

/// Takes lines from a blocking socket.
private struct LineReader {
  let descriptor: Int32
  let path: String
  private var buffer: [UInt8] = []
  private var start = 0

  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Waits for the next line.
  mutating func next() throws(ControlSocketError) -> Data {
    var scanned = start
    while true {
      if let end = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = Data(buffer[start..<end])
        start = end + 1
        if start == buffer.count {
          buffer.removeAll(keepingCapacity: true)
          start = 0
        }
        return line
      }
      if start > 0 {
        buffer.removeFirst(start)
        start = 0
      }
      scanned = buffer.count
      try fill()
    }
  }

  private mutating func fill() throws(ControlSocketError) {
    let room = 64 << 10
    while true {
      let (count, code) = withUnsafeTemporaryAllocation(byteCount: room, alignment: 1) { bytes in
        let count = recv(descriptor, bytes.baseAddress, room, 0)
        let code = errno
        if count > 0 { buffer.append(contentsOf: bytes[..<count]) }
        return (count, code)
      }
      if count > 0 { return }
      if count == 0 { throw .connectionLost }
      switch code {
      case EINTR: continue
      case EAGAIN: throw .silent(path: path)
      default: throw .connectionLost
      }
    }
  }
}

private func setReceiveTimeout(_ descriptor: Int32, _ timeout: Duration) {
  let (seconds, attoseconds) = timeout.components
  var value = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
  setsockopt(
    descriptor, SOL_SOCKET, SO_RCVTIMEO, &value, socklen_t(MemoryLayout<timeval>.size))
}
