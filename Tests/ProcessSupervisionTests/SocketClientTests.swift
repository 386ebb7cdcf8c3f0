import Dispatch
import Glibc
import Testing

@testable import ProcessSupervision

@Suite struct AnswerReadingTests {
  private func read(_ text: String, inPiecesOf size: Int) -> [AnswerReading.Progress] {
    var reading = AnswerReading()
    let bytes = Array(text.utf8)
    return stride(from: 0, to: bytes.count, by: size).map {
      reading.take(Array(bytes[$0..<min($0 + size, bytes.count)]))
    }
  }

  /// The kernel cuts an answer where it likes.
  @Test(arguments: [1, 2, 7, 1000]) func anAnswerComesInPieces(size: Int) {
    let said = read(
      "HTTP/1.1 200 OK\r\nContent-Length: 16\r\nX-Other: a:b\r\n\r\n{\"drained\":true}",
      inPiecesOf: size)
    #expect(said.dropLast().allSatisfy { $0 == .incomplete })
    #expect(
      said.last
        == .whole(.init(status: 200, body: Array("{\"drained\":true}".utf8)), isKept: true))
  }

  /// A connection that the service closes, or that has more in it than was asked for, is not asked
  /// again.
  @Test(arguments: [
    ("HTTP/1.1 404 Not Found\r\nconnection: Close\r\ncontent-length: 0\r\n\r\n", 404),
    ("HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n", 200),
    ("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\nmore", 503),
  ]) func connectionsThatEnd(text: String, status: Int) {
    #expect(
      read(text, inPiecesOf: 1000) == [.whole(.init(status: status, body: []), isKept: false)])
  }

  /// What is not understood is no answer, and no reason to read on for ever.
  @Test(arguments: [
    "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 abc\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n",
    String(repeating: "x", count: SocketClient.longestAnswerInBytes + 1),
  ]) func whatIsNoAnswer(text: String) {
    #expect(read(text, inPiecesOf: 1 << 20) == [.unreadable])
  }
}

@Suite struct SocketClientTests {
  /// A folder with a socket in it that answers as it is told.
  private final class Listener: Sendable {
    let folder: String
    let descriptor: Int32
    var path: String { "\(folder)/s" }

    init() throws {
      var template = Array("/tmp/homebase-client-XXXXXX".utf8CString)
      folder = String(cString: try #require(mkdtemp(&template)))
      descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      let bytes = Array("\(folder)/s".utf8)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
      let isBound = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        }
      }
      try #require(isBound && listen(descriptor, 8) == 0)
    }

    deinit {
      close(descriptor)
      unlink(path)
      rmdir(folder)
    }

    /// Answers so many questions of the next connection, then closes it.
    func serve(_ count: Int, _ answer: String) -> Task<[String], Never> {
      let descriptor = descriptor
      let (lines, line) = AsyncStream.makeStream(of: [String].self)
      // A thread of its own: one of the pool that waits here would be missing where it is awaited.
      DispatchQueue(label: "listener").async {
        let connection = accept(descriptor, nil, nil)
        defer { close(connection) }
        var asked: [String] = []
        for _ in 0..<count {
          var buffer = [UInt8](repeating: 0, count: 4096)
          let got = read(connection, &buffer, buffer.count)
          guard got > 0 else { break }
          asked.append(
            String(decoding: buffer[..<got], as: UTF8.self).prefix { $0 != "\r\n" }.description)
          let bytes = Array(answer.utf8)
          _ = write(connection, bytes, bytes.count)
        }
        line.yield(asked)
        line.finish()
      }
      return Task { await lines.first { _ in true } ?? [] }
    }
  }

  private static let yes = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"

  /// A reset asks twice: one connection serves both, and a service that was restarted in between is
  /// asked over a new one.
  @Test func theConnectionIsKept() async throws {
    let listener = try Listener()
    let client = SocketClient(path: listener.path)
    let first = listener.serve(2, Self.yes)
    #expect(await client.ask("POST", "/a?n=1", within: .seconds(20))?.status == 200)
    #expect(await client.ask("POST", "/b", within: .seconds(20))?.body == Array("{}".utf8))
    #expect(await first.value == ["POST /a?n=1 HTTP/1.1", "POST /b HTTP/1.1"])
    let second = listener.serve(1, Self.yes)
    #expect(await client.ask("GET", "/c", within: .seconds(20))?.status == 200)
    #expect(await second.value == ["GET /c HTTP/1.1"])
  }

  /// A gateway that hangs or is gone must not hold up a reset.
  @Test func whatDoesNotAnswerIsNoAnswer() async throws {
    let listener = try Listener()
    let deaf = SocketClient(path: listener.path)
    #expect(await deaf.ask("GET", "/", within: .milliseconds(20)) == nil)
    let nowhere = SocketClient(path: "\(listener.folder)/nothing")
    #expect(await nowhere.ask("GET", "/", within: .seconds(20)) == nil)
    let long = SocketClient(path: "/" + String(repeating: "x", count: 200))
    #expect(await long.ask("GET", "/", within: .seconds(20)) == nil)
  }

  /// `status` says why a service on a socket is not healthy.
  @Test func aProbeAsksOverASocket() async throws {
    let listener = try Listener()
    func probe(_ path: String) async -> String? {
      await SocketProbe.run(socket: path, path: "/live", timeout: .seconds(20))
    }
    let good = listener.serve(1, Self.yes)
    #expect(await probe(listener.path) == nil)
    #expect(await good.value == ["GET /live HTTP/1.1"])
    let bad = listener.serve(1, "HTTP/1.1 503 No\r\n\r\n")
    #expect(await probe(listener.path) == "/live at \(listener.path) answered 503")
    _ = await bad.value
    let missing = "\(listener.folder)/nothing"
    #expect(await probe(missing) == "no connection to \(missing): No such file or directory")
  }
}
