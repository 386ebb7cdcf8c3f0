import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import TestSockets
import Testing

@testable import HTTPService

/// Answers on the wire.
@Suite struct ResponseTests {
  /// The whole text of an answer, without its connection.
  private func wire(_ response: HTTPResponse, _ method: String = "GET") async throws -> String {
    let text = Mutex("")
    try await withServer { _, _ in
      response
    } body: { served in
      let answer = try await served.ask("\(method) /")
      text.withLock { $0 = answer.replacing("Connection: close\r\n", with: "") }
    }
    return text.withLock { $0 }
  }

  private static func bytes(_ status: Int) -> HTTPResponse { said("abc", status: status) }
  private static let stream = HTTPResponse(
    status: 200,
    body: .stream(length: nil) { writer in
      for text in ["ab", "", "c"] { try await writer.write(ByteBuffer(string: text)) }
    })

  @Test func lengthsAreTheServersAffair() async throws {
    #expect(
      try await wire(Self.bytes(200)) == "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")
    #expect(
      try await wire(HTTPResponse(status: 404))
        == "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    #expect(
      try await wire(Self.bytes(200), "HEAD") == "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n")
    // The length of what a GET would have sent is known to nobody here.
    #expect(try await wire(HTTPResponse(status: 200), "HEAD") == "HTTP/1.1 200 OK\r\n\r\n")
    #expect(try await wire(Self.bytes(204)) == "HTTP/1.1 204 No Content\r\n\r\n")
    #expect(try await wire(Self.bytes(304)) == "HTTP/1.1 304 Not Modified\r\n\r\n")
    #expect(
      try await wire(Self.stream)
        == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
    #expect(try await wire(Self.stream, "HEAD") == "HTTP/1.1 200 OK\r\n\r\n")
    #expect(try await wire(HTTPResponse(status: 299)).hasPrefix("HTTP/1.1 299 \r\n"))
    #expect(try await wire(HTTPResponse(status: 99)).hasPrefix("HTTP/1.1 500 "))
  }

  /// Headers come out of databases too: none writes a second header, or a frame of its own.
  @Test func headersCannotBreakOut() async throws {
    let answer = try await wire(
      HTTPResponse(
        status: 200,
        headers: [
          .init("X-Kept", "a\tb"), .init("X-Broken", "a\r\nX-Evil: b\u{0}\u{7f}"),
          .init("X Evil", "a"), .init("", "evil"), .init("X-Evil:", "a"),
          .init("content-LENGTH", "7"), .init("Transfer-Encoding", "chunked"),
          .init("connection", "upgrade"), .init("X-Empty", ""),
        ]))
    #expect(
      answer == "HTTP/1.1 200 OK\r\nX-Kept: a\tb\r\nX-Broken: a  X-Evil: b  \r\nX-Empty: \r\n"
        + "Content-Length: 0\r\n\r\n")
  }

  /// Half an answer must not look like a whole one.
  @Test(arguments: [Int?.none, 2, 4, 100])
  func brokenStreamsHaveNoEnd(length: Int?) async throws {
    try await withServer { _, _ in
      HTTPResponse(
        status: 200,
        body: .stream(length: length) { writer in
          try await writer.write(ByteBuffer(string: "abc"))
          if length == nil { throw Failure("the database went away") }
        })
    } body: { served in
      let answer = try? await served.ask("GET /")
      #expect(answer?.hasSuffix("0\r\n\r\n") != true)
      #expect(answer?.components(of: "\r\n\r\n").last != "abc" || length != 2)
      #expect(served.log.text.contains("an answer broke off"), "\(served.log.text)")
    }
  }

  /// Another client reads what was meant, for answers of all kinds on one connection.
  @Test func anotherParserReadsTheSame() async throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = Seeded(state: seed)
    var expected: [(status: Int, body: String)] = []
    var text = ""
    for number in 0..<300 {
      let status = [200, 201, 204, 304, 404, 503].randomElement(using: &random) ?? 200
      let body = String(repeating: "\(number);", count: Int.random(in: 0...8000, using: &random))
      let kind = ["bytes", "stream", "length", "none"].randomElement(using: &random) ?? ""
      let method = Int.random(in: 0..<5, using: &random) == 0 ? "HEAD" : "GET"
      text += "\(method) /\(kind)?\(number) HTTP/1.1\r\nHost: a\r\n\r\n"
      let isSilent = status == 204 || status == 304 || kind == "none" || method == "HEAD"
      expected.append((status, isSilent ? "" : body))
      plans.withLock { $0.append((status, body)) }
    }
    try await withServer { [plans] request, _ in
      let plan = plans.withLock { $0[Int(request.query) ?? 0] }
      let bytes = ByteBuffer(string: plan.body)
      let write: @Sendable (HTTPResponseWriter) async throws -> Void = { writer in
        var rest = bytes
        while let piece = rest.readSlice(length: min(777, rest.readableBytes)),
          piece.readableBytes > 0
        {
          try await writer.write(piece)
          if rest.readableBytes % 5 == 0 { await Task.yield() }
        }
      }
      let body: HTTPResponse.Body =
        switch request.path {
        case "/bytes": .bytes(bytes)
        case "/stream": .stream(length: nil, write)
        case "/length": .stream(length: bytes.readableBytes, write)
        default: .none
        }
      return HTTPResponse(status: plan.status, body: body)
    } body: { served in
      let answers = try await Self.askByNIO(served.server.port ?? 0, text, count: expected.count)
      #expect(answers.count == expected.count)
      for (answer, plan) in zip(answers, expected) {
        #expect(answer.status == plan.status && answer.body == plan.body, "seed \(seed)")
      }
    }
  }

  private let plans = Plans()
  private final class Plans: Sendable {
    private let list = Mutex<[(status: Int, body: String)]>([])
    func withLock<R: Sendable>(
      _ body: (inout sending [(status: Int, body: String)]) -> sending R
    ) -> R { list.withLock(body) }
  }

  /// Sends requests as they are, and reads the answers by NIO's HTTP parser.
  private static func askByNIO(
    _ port: Int, _ text: String, count: Int
  ) async throws -> [(status: Int, body: String)] {
    let (parts, speaker) = AsyncStream.makeStream(of: HTTPClientResponsePart.self)
    let methods = text.components(of: "\r\n\r\n").dropLast().map {
      $0.hasPrefix("HEAD") ? HTTPMethod.HEAD : .GET
    }
    let channel = try await ClientBootstrap(group: testGroup)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(Listener(speaker))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    for (method, request) in zip(methods, text.components(of: "\r\n\r\n")) {
      let target = String(request.split(separator: " ")[1])
      let head = HTTPRequestHead(
        version: .http1_1, method: method, uri: target, headers: ["Host": "a"])
      channel.write(HTTPClientRequestPart.head(head), promise: nil)
      channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }
    var answers: [(status: Int, body: String)] = []
    var body = ByteBuffer()
    var status = 0
    for await part in parts {
      switch part {
      case .head(let head): status = Int(head.status.code)
      case .body(var piece): body.writeBuffer(&piece)
      case .end:
        answers.append((status, String(buffer: body)))
        body.clear()
      }
      if answers.count == count { break }
    }
    try await channel.close()
    return answers
  }

  private final class Listener: ChannelInboundHandler, Sendable {
    typealias InboundIn = HTTPClientResponsePart
    private let speaker: AsyncStream<HTTPClientResponsePart>.Continuation

    init(_ speaker: AsyncStream<HTTPClientResponsePart>.Continuation) { self.speaker = speaker }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      speaker.yield(unwrapInboundIn(data))
    }
    func channelInactive(context: ChannelHandlerContext) { speaker.finish() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { speaker.finish() }
  }

  /// A reader that takes nothing does not keep a task, nor memory, for ever.
  @Test func stillReadersAreLeft() async throws {
    var limits = HTTPLimits()
    limits.stallTimeout = .milliseconds(300)
    let ended = Gate()
    let written = Mutex(0)
    try await withServer(limits: limits) { _, _ in
      HTTPResponse(
        status: 200,
        body: .stream(length: nil) { writer in
          defer { ended.open() }
          let block = ByteBuffer(repeating: 1, count: 65536)
          while true {
            try await writer.write(block)
            written.withLock { $0 += 65536 }
          }
        })
    } body: { served in
      let channel = try await ClientBootstrap(group: testGroup)
        .channelOption(.autoRead, value: false)
        .connect(host: "127.0.0.1", port: served.server.port ?? 0).get()
      try await channel.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
      await ended.wait()
      #expect(written.withLock { $0 } < 64 * 1024 * 1024)
      try? await channel.close()
    }
  }

  /// A large answer in one piece reaches a slow reader whole, also when it is the last.
  @Test func largeAnswersArriveWhole() async throws {
    let total = 20_000_000
    var limits = HTTPLimits()
    // The reader may get no turn for long: it is slow, not still.
    limits.stallTimeout = .seconds(600)
    try await withServer(limits: limits) { _, _ in
      HTTPResponse(status: 200, body: .bytes(ByteBuffer(repeating: 7, count: total)))
    } body: { served in
      try await withClient(served.address) { reader, writer in
        try await writer.write(
          ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        var count = 0
        while let piece = try await reader.iterator.next() {
          count += piece.readableBytes
          for _ in 0..<5 { await Task.yield() }
        }
        #expect(count > total && count < total + 200)
      }
    }
  }
}
