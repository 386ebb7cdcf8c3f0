/// Asks a service on a unix socket short questions over HTTP/1.1.
///
/// The connection is kept between questions, so that one of them costs a round trip. Every question
/// has its deadline: a service that hangs or is gone is an answer that does not come.
package actor SocketClient {
  /// What came back.
  package struct Answer: Sendable, Hashable {
    /// The status code.
    package var status: Int
    /// The body, whole.
    package var body: [UInt8]
  }

  /// More than any answer to a short question has.
  static let longestAnswerInBytes = 64 * 1024

  private let path: String
  private var kept: NonblockingSocket?

  /// - Parameter path: The socket's file; it need not exist yet.
  package init(path: String) { self.path = path }

  /// Asks, and waits for the whole answer.
  ///
  /// - Parameters:
  ///   - method: `GET` or `POST`; a question has no body.
  ///   - target: Path and query, percent-encoded.
  ///   - limit: For all of it.
  /// - Returns: Nil when nobody answers in time, or what answers does not speak HTTP.
  package func ask(_ method: String, _ target: String, within limit: Duration) async -> Answer? {
    let deadline = ContinuousClock.now + limit
    let request = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
    // Taken out meanwhile: a second question at the same time has a connection of its own.
    if let socket = kept {
      kept = nil
      switch await exchange(Array(request.utf8), over: socket, until: deadline) {
      case .answer(let answer): return answer
      case .silence: return nil
      // Closed since the last question, by a service that was restarted or tidies up.
      case .closed: break
      }
    }
    guard let socket = NonblockingSocket(path: path), await socket.wait(.write, until: deadline),
      socket.connectError == nil,
      case .answer(let answer) = await exchange(Array(request.utf8), over: socket, until: deadline)
    else { return nil }
    return answer
  }

  private enum Outcome {
    case answer(Answer)
    /// Not a byte came: the question was not taken.
    case closed
    case silence
  }

  private func exchange(
    _ request: [UInt8], over socket: NonblockingSocket, until deadline: ContinuousClock.Instant
  ) async -> Outcome {
    guard socket.write(request) else { return .closed }
    var reading = AnswerReading()
    while true {
      guard await socket.wait(.read, until: deadline) else { return .silence }
      guard let more = socket.read() else { return reading.isEmpty ? .closed : .silence }
      switch reading.take(more) {
      case .incomplete: continue
      case .unreadable: return .silence
      case .whole(let answer, let isKept):
        if isKept { kept = socket }
        return .answer(answer)
      }
    }
  }
}

/// An answer as it comes in.
struct AnswerReading {
  enum Progress: Equatable {
    case incomplete
    case unreadable
    case whole(SocketClient.Answer, isKept: Bool)
  }

  private var bytes: [UInt8] = []

  var isEmpty: Bool { bytes.isEmpty }

  /// Takes what was read.
  ///
  /// Only what our services send is understood: a length, no chunks.
  mutating func take(_ more: [UInt8]) -> Progress {
    bytes += more
    guard let end = endOfHead else {
      return bytes.count > SocketClient.longestAnswerInBytes ? .unreadable : .incomplete
    }
    let lines = String(decoding: bytes[..<end], as: UTF8.self)
      .split(separator: "\r\n", omittingEmptySubsequences: true)
    let words = lines.first?.split(separator: " ", maxSplits: 2) ?? []
    guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]),
      (200...599).contains(status)
    else { return .unreadable }
    var length = status == 204 || status == 304 ? 0 : nil
    var isKept = words[0] == "HTTP/1.1"
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { return .unreadable }
      let value = line[line.index(after: colon)...].drop { $0 == " " }.lowercased()
      switch line[..<colon].lowercased() {
      case "content-length": length = Int(value)
      case "connection": isKept = value != "close"
      default: break
      }
    }
    guard let length, (0...SocketClient.longestAnswerInBytes).contains(length) else {
      return .unreadable
    }
    guard bytes.count - end >= length else { return .incomplete }
    let answer = SocketClient.Answer(status: status, body: Array(bytes[end..<(end + length)]))
    return .whole(answer, isKept: isKept && bytes.count == end + length)
  }

  /// Behind the empty line.
  private var endOfHead: Int? {
    let mark = Array("\r\n\r\n".utf8)
    guard bytes.count >= mark.count else { return nil }
    return (mark.count...bytes.count).first { bytes[($0 - mark.count)..<$0].elementsEqual(mark) }
  }
}
