import NIOCore
import Synchronization
import TestSockets
import Testing

@testable import Gateway

/// What is refused, and in which words.
@Suite struct LimitTests {
  private static let head = "Host: a\r\napikey: sb_publishable_one\r\n"

  /// Each of these is read in two ways by two parsers: that is how requests are smuggled.
  @Test(arguments: [
    "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "Content-Length: 4\r\nContent-Length: 4\r\n\r\nbody",
    "Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody", "Content-Length: 4, 4\r\n\r\nbody",
    "Content-Length: +4\r\n\r\nbody", "Content-Length: -4\r\n\r\nbody",
    "Content-Length: 0x4\r\n\r\nbody", "Content-Length: \r\n\r\nbody",
    "Content-Length: 99999999999999999999\r\n\r\nbody",
    "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: identity\r\n\r\n", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
    "Transfer-Encoding: chunked\r\n\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n",
    "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n",
    "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n",
    "X-A: b\r\n folded\r\n\r\n", "X-A: b\r\n\tfolded\r\n\r\n", "X-A : b\r\n\r\n", "X A: b\r\n\r\n",
    ": b\r\n\r\n", "X-A\r\n\r\n", "X-A: b\nX-B: c\r\n\r\n", "X-A: b\rX-B: c\r\n\r\n",
    "X-A: \u{0}\r\n\r\n", "Host: b\r\n\r\n", "Authorization: a\r\nAuthorization: b\r\n\r\n",
    "apikey: sb_publishable_one\r\n\r\n",
  ])
  func ambiguousRequestsAreRefused(rest: String) async throws {
    try await withWorld { world in
      let answer = try await converse(
        world.port, "POST /rest/v1/x HTTP/1.1\r\n\(Self.head)\(rest)")
      #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(rest): \(answer)")
      #expect(answer.contains("Connection: close"))
    }
  }

  @Test(arguments: [
    ("GET  /rest/v1/x HTTP/1.1\r\n", 400), ("GET /rest/v1/x\r\n", 400),
    ("GET /rest/v1/x HTTP/2.0\r\n", 505), ("GET /rest/v1/x HTTP/1.1 \r\n", 400),
    ("G(T /rest/v1/x HTTP/1.1\r\n", 400), ("GET rest HTTP/1.1\r\n", 400),
    ("GET /rest/v1/x#y HTTP/1.1\r\n", 400), ("CONNECT a:1 HTTP/1.1\r\n", 400),
    ("GET http://a@b/rest/v1/x HTTP/1.1\r\n", 400),
    ("GET /rest/v1/x HTTP/1.1\r\nExpect: wonders\r\n", 417),
  ])
  func requestLinesAreRead(line: String, status: Int) async throws {
    try await withWorld { world in
      let answer = try await converse(world.port, "\(line)\(Self.head)Connection: close\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
    }
  }

  @Test func sizesAreBounded() async throws {
    try await withWorld { configuration, _ in
      configuration.limits = .init()
      configuration.limits?.headBytes = 4096
      configuration.limits?.targetBytes = 1024
    } body: { world in
      let long = String(repeating: "x", count: 8192)
      for text in [
        "GET /rest/v1/x HTTP/1.1\r\n\(Self.head)X-A: \(long)\r\n\r\n",
        "GET /rest/v1/x HTTP/1.1\r\n\(Self.head)X-A: \(long)",
      ] {
        let answer = try await converse(world.port, text)
        #expect(answer.hasPrefix("HTTP/1.1 431 "))
      }
      for text in [
        "GET /\(long) HTTP/1.1\r\n\(Self.head)\r\n", "GET /\(long)",
        "GET /\(long.prefix(1500)) HTTP/1.1\r\n\(Self.head)\r\n",
      ] {
        let answer = try await converse(world.port, text)
        #expect(answer.hasPrefix("HTTP/1.1 414 "))
      }
    }
  }

  @Test func timesAreBounded() async throws {
    try await withWorld { configuration, _ in
      configuration.limits = .init()
      configuration.limits?.headTimeoutMilliseconds = 4000
      configuration.limits?.stallTimeoutMilliseconds = 4000
      var routes = Route.supabase
      for index in routes.indices { routes[index].timeoutMilliseconds = 4000 }
      configuration.routes = routes
    } body: { world in
      // Side by side: each takes its whole time.
      async let head = converse(world.port, "GET /rest/v1/x HTTP/1.1\r\nHost")
      async let nothing = converse(world.port, "")
      async let answer = get(world.port, "/rest/v1/hang", ["apikey: sb_publishable_one"])
      async let body = converse(
        world.port, "POST /rest/v1/x HTTP/1.1\r\n\(Self.head)Content-Length: 9\r\n\r\nhalf")
      let (slow, empty, silent, half) = try await (head, nothing, answer, body)
      #expect(slow.hasPrefix("HTTP/1.1 408 ") && empty == "")
      #expect(silent.hasPrefix("HTTP/1.1 504 ") && silent.contains("PGRST003"))
      #expect(half.hasPrefix("HTTP/1.1 408 "), "\(half)")
    }
  }

  @Test func connectionsAreBounded() async throws {
    try await withWorld { configuration, _ in
      configuration.limits = .init()
      configuration.limits?.connections = 1
    } body: { world in
      try await withClient(world.port) { reader, writer in
        try await writer.write(ByteBuffer(string: "GET /no HTTP/1.1\r\nHost: a\r\n\r\n"))
        _ = try await reader.read { $0.contains("404") }
        let second = try await converse(world.port, "")
        #expect(second.hasPrefix("HTTP/1.1 503 ") && second.contains("Retry-After: 1"))
      }
    }
  }

  /// Client libraries show what they can read.
  @Test(arguments: [
    ("/rest/v1/x", #""code":"PGRST000""#), ("/auth/v1/user", #""code":503,"error_code":"#),
    ("/storage/v1/object/a", #""statusCode":"503","error":"#),
    ("/functions/v1/f", #""code":"SERVICE_UNAVAILABLE","message":"#),
    ("/realtime/v1/api/x", #"{"message":"#),
  ])
  func missingServicesAnswerInTheirShape(path: String, body: String) async throws {
    try await withWorld { configuration, folder in
      for service in configuration.services.keys {
        configuration.services[service] = "\(folder)/none.sock"
      }
    } body: { world in
      let answer = try await get(world.port, path, ["apikey: sb_publishable_one"])
      #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("Retry-After: "))
      #expect(answer.contains(body), "\(answer)")
      let lines = world.log.lines.withLock { $0 }
      #expect(lines.count == 1 && lines.first?.contains("its socket does not exist") == true)
    }
  }
}
