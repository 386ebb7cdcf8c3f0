import NIOCore
import NIOPosix
import ProcessSupervision
import Synchronization
import TestSockets
import Testing

@testable import HTTPService

/// What a responder is given, and in which order.
@Suite struct RequestTests {
  @Test func requestsAreDivided() async throws {
    try await withServer { request, _ in
      said(
        "\(request.method) \(request.path) [\(request.query)] "
          + request.headers.map { "\($0.name)=\($0.value)" }.joined(separator: ";"))
    } body: { served in
      let answer = try await served.ask(
        "PATCH /a%20b?c=d?e", ["X-HOMEBASE-Generation:  7 ", "X-Mine: \u{e9}", "Empty:"])
      #expect(
        answer.hasSuffix(
          "PATCH /a%20b [c=d?e] host=a;connection=close;x-homebase-generation=7;x-mine=\u{e9};empty="
        ), "\(answer)")
      #expect(try await served.ask("OPTIONS *").hasSuffix("OPTIONS * [] host=a;connection=close"))
      #expect(try await served.ask("GET http://b/x?y").contains("GET /x [y]"))
      #expect(try await served.ask("GET x").hasPrefix("HTTP/1.1 400 "))
    }
  }

  @Test func headersAreFoundByName() {
    let request = HTTPRequest(
      method: "GET", path: "/", headers: [.init("a", "1"), .init("b", "2"), .init("a", "3")])
    #expect(request["a"] == "1" && request["b"] == "2" && request["c"] == nil)
  }

  /// A later request is not begun before an earlier one is answered.
  @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
    let underWay = Mutex(0)
    try await withServer { request, body in
      #expect(
        underWay.withLock {
          $0 += 1
          return $0
        } == 1)
      let number = Int(request.path.dropFirst()) ?? 0
      // Some suspend, some take their body, some leave it.
      for _ in 0..<(number % 3) { await Task.yield() }
      if number % 2 == 0 { _ = try? await body.collect(upTo: 10) }
      underWay.withLock { $0 -= 1 }
      return said("n\(number);")
    } body: { served in
      var text = ""
      for number in 0..<500 {
        let last = number == 499 ? "Connection: close\r\n" : ""
        let body =
          switch number % 4 {
          case 0: "Content-Length: 3\r\n\r\nabc"
          case 1: "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
          default: "\r\n"
          }
        text += "POST /\(number) HTTP/1.1\r\nHost: a\r\n\(last)\(body)"
      }
      let answers = try await converse(served.address, text).components(of: "HTTP/1.1 200 OK\r\n")
      #expect(answers.count == 501)
      for (number, answer) in answers.dropFirst().enumerated() {
        #expect(answer.hasSuffix("n\(number);"), "\(number): \(answer)")
      }
    }
  }

  /// However a request is cut, it is the same request.
  @Test func requestsComeInPieces() async throws {
    try await withServer { request, body in
      let bytes = try? await body.collect(upTo: 100)
      return said("\(request.path) \(bytes.map { String(buffer: $0) } ?? "-");")
    } body: { served in
      let one = "\r\nPOST /cut HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
      let two =
        "POST /cut HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "3;x\r\nhel\r\n2\r\nlo\r\n0\r\nT: 1\r\n\r\n"
      let seed = UInt64.random(in: .min ... .max)
      try await withClient(served.address) { reader, writer in
        var random = Seeded(state: seed)
        for round in 0..<60 {
          var rest = Array((round % 2 == 0 ? one : two).utf8)[...]
          while !rest.isEmpty {
            let count = Int.random(in: 1...20, using: &random)
            try await writer.write(ByteBuffer(bytes: rest.prefix(count)))
            rest = rest.dropFirst(count)
          }
          let answer = try await reader.read { $0.hasSuffix(";") }
          #expect(answer.hasSuffix("/cut hello;"), "seed \(seed): \(answer)")
        }
      }
    }
  }

  /// No thread is changed between a request's steps, unless another one had the answer.
  @Test func tasksRunOnTheLoop() async throws {
    try await withServer(loops: 2) { _, body in
      let before = MultiThreadedEventLoopGroup.currentEventLoop
      await Elsewhere().visit()
      let after = MultiThreadedEventLoopGroup.currentEventLoop
      async let child = MultiThreadedEventLoopGroup.currentEventLoop
      let inside = await child
      _ = try? await body.collect(upTo: 10)
      return said(
        before != nil && before === after && before === inside ? "on the loop" : "elsewhere")
    } body: { served in
      for _ in 0..<8 {
        let answer = try await served.ask("POST /", ["Content-Length: 2"], body: "ab")
        #expect(answer.hasSuffix("on the loop"))
      }
    }
  }

  private actor Elsewhere {
    func visit() {}
  }

  /// A query whose client is gone must not go on.
  @Test func leavingClientsCancel() async throws {
    let begun = Gate()
    let ended = Gate()
    try await withServer { _, _ in
      begun.open()
      await withTaskCancellationHandler {
        await ended.wait()
      } onCancel: {
        ended.open()
      }
      #expect(Task.isCancelled)
      return said("to nobody")
    } body: { served in
      try await withClient(served.address) { _, writer in
        try await writer.write(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
        await begun.wait()
      }
      await ended.wait()
    }
  }

  @Test func oldClientsAreServed() async throws {
    try await withServer { _, _ in
      HTTPResponse(
        status: 200, body: .stream(length: nil) { try await $0.write(.init(string: "x")) })
    } body: { served in
      let answer = try await converse(served.address, "GET / HTTP/1.0\r\n\r\n")
      #expect(answer == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nx")
    }
    try await withServer { _, _ in
      said("x")
    } body: { served in
      try await withClient(served.address) { reader, writer in
        for _ in 0..<2 {
          try await writer.write(
            ByteBuffer(string: "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"))
          let answer = try await reader.read { $0.hasSuffix("\r\n\r\nx") }
          #expect(answer.contains("Connection: keep-alive\r\n"))
        }
      }
    }
  }

  @Test func curlAgrees() async throws {
    try await withServer { request, body in
      let bytes = (try? await body.collect(upTo: 1_000_000)) ?? ByteBuffer()
      return said("\(request.method) \(request.path) \(bytes.readableBytes)\n")
    } body: { served in
      let base = "http://127.0.0.1:\(served.server.port ?? 0)"
      let large = String(repeating: "x", count: 500_000)
      let result = try await runTool(
        [
          "/usr/bin/curl", "-sS", "--data-binary", "@-", "\(base)/one", "--next", "-sS",
          "\(base)/two", "--next", "-sS", "-I", "\(base)/three",
        ], input: large, timeout: .seconds(20))
      #expect(result.output.hasPrefix("POST /one 500000\nGET /two 0\nHTTP/1.1 200 OK\r\n"))
    }
  }
}
