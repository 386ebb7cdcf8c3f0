import NIOCore
import Synchronization
import TestSockets
import Testing

@testable import HTTPService

/// Bodies of requests: gathered, streamed, refused.
@Suite struct BodyTests {
  /// Says what became of a body.
  @Sendable private static func collect(
    _ request: HTTPRequest, _ body: HTTPRequestBody
  ) async -> HTTPResponse {
    do {
      return said(String(buffer: try await body.collect(upTo: 10)))
    } catch {
      return said("\(error)", status: error.status)
    }
  }

  @Test(arguments: [
    ("Content-Length: 5\r\n\r\nhello", 200, "hello"), ("\r\n", 200, ""),
    ("Content-Length: 10\r\n\r\n0123456789", 200, "0123456789"),
    ("Content-Length: 11\r\n\r\n0123456789a", 413, "bodyTooLarge(limit: 10)"),
    ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n", 200, "helloworld"),
    (
      "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\nworlds\r\n0\r\n\r\n", 413,
      "bodyTooLarge(limit: 10)"
    ),
    (
      "Transfer-Encoding: chunked\r\n\r\nb\r\n0123456789a\r\n0\r\n\r\n", 413,
      "bodyTooLarge(limit: 10)"
    ),
    ("Transfer-Encoding: chunked\r\n\r\n5\r\nhellox", 400, "malformedBody"),
  ])
  func bodiesAreGathered(rest: String, status: Int, text: String) async throws {
    try await withServer(Self.collect) { served in
      let answer = try await converse(
        served.address, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(rest)")
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
      #expect(answer.components(of: "\r\n\r\n").last?.hasPrefix(text) == true, "\(answer)")
    }
  }

  @Test func givenBodiesAreReadOnce() async throws {
    let given = HTTPRequestBody(ByteBuffer(string: "abc"))
    #expect(try await given.next().map { String(buffer: $0) } == "abc")
    #expect(try await given.next() == nil)
    #expect(try await HTTPRequestBody().collect(upTo: 0).readableBytes == 0)
    await #expect(throws: HTTPServiceError.bodyTooLarge(limit: 2)) {
      try await HTTPRequestBody(ByteBuffer(string: "abc")).collect(upTo: 2)
    }
  }

  /// A body that goes out as it comes in; neither is gathered, whoever is slow.
  @Test func bodiesStreamBothWays() async throws {
    let total = 48 * 1024 * 1024
    let most = Mutex(0)
    try await withServer { _, body in
      HTTPResponse(
        status: 200,
        body: .stream(length: total) { writer in
          while let piece = try await body.next() {
            most.withLock { $0 = max($0, piece.readableBytes) }
            try await writer.write(piece)
          }
        })
    } body: { served in
      try await withClient(served.address) { reader, writer in
        try await writer.write(
          ByteBuffer(
            string: "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
              + "Content-Length: \(total)\r\n\r\n"))
        async let sent: Void = {
          for number in 0..<(total / 65536) {
            try await writer.write(
              ByteBuffer(repeating: UInt8(truncatingIfNeeded: number), count: 65536))
          }
        }()
        var head = ByteBuffer()
        var count = -1
        var isRight = true
        while let piece = try await reader.iterator.next() {
          var piece = piece
          if count < 0 {
            head.writeBuffer(&piece)
            let text = String(buffer: head)
            guard let end = text.firstRange(of: "\r\n\r\n") else { continue }
            head.moveReaderIndex(
              forwardBy: text.utf8.distance(from: text.startIndex, to: end.upperBound))
            piece = head
            count = 0
          }
          // The ends of each piece: to look at every byte is slow in a debug build.
          for place in [0, piece.readableBytes - 1] where piece.readableBytes > 0 {
            let byte = piece.getInteger(at: piece.readerIndex + place, as: UInt8.self)
            isRight = isRight && byte == UInt8(truncatingIfNeeded: (count + place) / 65536)
          }
          count += piece.readableBytes
        }
        try await sent
        #expect(count == total && isRight)
      }
      // What the server read at a time; a gathered body would be one piece.
      #expect(most.withLock { $0 } <= 1024 * 1024)
    }
  }

  /// A sender is held back while nobody asks for its body, and the body's reader learns of its end.
  @Test func sendersAreHeldBack() async throws {
    let go = Gate()
    let (ends, speaker) = AsyncStream.makeStream(of: HTTPServiceError.self)
    // A unix socket holds little by itself; TCP's buffers take 32 MiB and more.
    try await withServer(onUnixSocket: true) { _, body in
      await go.wait()
      do {
        while try await body.next() != nil {}
      } catch let error as HTTPServiceError {
        speaker.yield(error)
      } catch {
        Issue.record("\(error)")
      }
      return said("")
    } body: { served in
      guard case .unix(let path) = served.address else { return }
      let client = try BlockingClient(path)
      let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\n"
      #expect(client.write(Array(head.utf8)) == head.utf8.count)
      let block = [UInt8](repeating: 1, count: 65536)
      var count = 0
      var refusals = 0
      while refusals < 2000, count < 64 * 1024 * 1024 {
        let written = client.write(block)
        count += written
        refusals = written == 0 ? refusals + 1 : 0
        if written == 0 { await Task.yield() }
      }
      #expect(count < 4 * 1024 * 1024)
      client.close()
      go.open()
      for await end in ends {
        #expect(end == .clientGone || end == .bodyIsOver)
        break
      }
    }
  }

  @Test func clientsAreToldToContinueWhenTheyAreAskedFor() async throws {
    try await withServer { request, body in
      request.path == "/refused" ? said("no", status: 403) : await Self.collect(request, body)
    } body: { served in
      let rest = "Host: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
      try await withClient(served.address) { reader, writer in
        try await writer.write(ByteBuffer(string: "POST /taken HTTP/1.1\r\n\(rest)"))
        #expect(
          try await reader.read { $0.hasSuffix("\r\n\r\n") } == "HTTP/1.1 100 Continue\r\n\r\n")
        try await writer.write(ByteBuffer(string: "body"))
        let answer = try await reader.read { $0.hasSuffix("body") }
        #expect(answer.hasPrefix("HTTP/1.1 200 ") && !answer.contains("Connection: close"))
        // The connection goes on; the next one is refused before its body is asked for.
        try await writer.write(ByteBuffer(string: "POST /refused HTTP/1.1\r\n\(rest)"))
        let refused = try await reader.readAll()
        #expect(refused.hasPrefix("HTTP/1.1 403 ") && refused.contains("Connection: close"))
      }
    }
  }

  /// A body that nobody wanted does not become the next request.
  @Test func unreadBodiesAreDropped() async throws {
    try await withServer { request, _ in
      said(request.path + ";")
    } body: { served in
      let answers = try await converse(
        served.address,
        "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 23\r\n\r\nGET /evil HTTP/1.1\r\n\r\n "
          + "GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(answers.components(of: "HTTP/1.1 200").count == 3 && !answers.contains("evil"))
      // One that has not come ends the connection.
      let half = try await converse(
        served.address, "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhalf")
      #expect(half.contains("Connection: close\r\n") && half.hasSuffix("/1;"))
    }
  }

  @Test func silentSendersAreNotAwaitedForEver() async throws {
    var limits = HTTPLimits()
    limits.stallTimeout = .milliseconds(300)
    try await withServer(limits: limits, Self.collect) { served in
      let answer = try await converse(
        served.address,
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nhalf".dropLast(2)
          .description)
      #expect(answer.hasPrefix("HTTP/1.1 408 ") && answer.hasSuffix("stalled"))
    }
  }

  /// A body that is read from another thread, and after its request.
  @Test func bodiesAreReadElsewhere() async throws {
    let kept = Mutex<HTTPRequestBody?>(nil)
    try await withServer { _, body in
      let text = await Task.detached { await Self.collect(.init(method: "", path: ""), body) }.value
      kept.withLock { $0 = body }
      return text
    } body: { served in
      let answer = try await served.ask("POST /", ["Content-Length: 3"], body: "abc")
      #expect(answer.hasSuffix("abc"))
      let body = try #require(kept.withLock { $0 })
      await #expect(throws: HTTPServiceError.bodyIsOver) { try await body.next() }
    }
  }
}
