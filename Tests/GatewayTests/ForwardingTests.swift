import NIOCore
import ProcessSupervision
import Synchronization
import TestSockets
import Testing

@testable import Gateway

/// What a client gets, and what a service is told.
@Suite struct ForwardingTests {
  private static let key = "apikey: sb_publishable_one"

  /// Every path of a Supabase project leads to its service, without its prefix.
  @Test(arguments: [
    ("/rest/v1/todos?select=*", "GET /todos?select=*"), ("/rest/v1/", "GET /"),
    ("/auth/v1/verify?token=1", "GET /verify?token=1"), ("/auth/v1/user", "GET /user"),
    ("/auth/v1/.well-known/jwks.json", "GET /.well-known/jwks.json"),
    ("/graphql/v1", "GET /rpc/graphql"), ("/rest-admin/v1/ready", "GET /ready"),
    ("/realtime/v1/api/tenants", "GET /api/tenants"), ("/storage/v1/s3/b/k", "GET /s3/b/k"),
    ("/storage/v1/object/a%2Fb", "GET /object/a%2Fb"), ("/functions/v1/hello", "GET /hello"),
    ("/mcp", "GET /api/mcp"), ("http://localhost/rest/v1/x", "GET /x"),
    (
      "/.well-known/oauth-authorization-server",
      "GET /.well-known/oauth-authorization-server"
    ),
  ])
  func pathsLeadToTheirService(path: String, line: String) async throws {
    try await withWorld { world in
      let answer = try await get(world.port, path, [Self.key])
      #expect(answer.contains("\r\n\r\n\(line)\n"), "\(answer)")
      #expect(answer.contains("x-homebase-stack: main\n"))
    }
  }

  /// A path that a service could read as another one never reaches it.
  @Test(arguments: [
    "/auth/v1/verify/../admin", "/auth/v1/verify/%2e%2e/admin", "/auth/v1/verify/..%2fadmin",
    "/auth/v1/verify/..%5cadmin", "/auth/v1/verify/%2E./admin", "/rest/v1/%zz", "/rest/v1/a%00",
    "/auth/v1/callback/.", "/auth/v1/callback/..",
  ])
  func ambiguousPathsAreRefused(path: String) async throws {
    try await withWorld { world in
      let answer = try await get(world.port, path, [Self.key])
      #expect(answer.hasPrefix("HTTP/1.1 400 "))
    }
  }

  @Test func unknownPathsAreNotFound() async throws {
    try await withWorld { world in
      for path in ["/", "/rest/v1", "/restv1/x", "/auth/v2/", "/REST/v1/x", "//rest/v1/x"] {
        let answer = try await get(world.port, path)
        #expect(answer.hasPrefix("HTTP/1.1 404 "))
        #expect(answer.hasSuffix(#"{"message":"no Route matched with those values"}"#))
      }
    }
  }

  /// A service trusts these headers: only the gateway sets them.
  @Test func headersOfOursCannotBeForged() async throws {
    try await withWorld { world in
      let answer = try await get(
        world.port, "/rest/v1/x",
        [
          Self.key, "X-Homebase-Stack: evil", "x_homebase_stack: evil", "X-HOMEBASE-Role: evil",
          "X-Forwarded-Host: evil", "X_Forwarded_Proto: evil", "X-Forwarded-For: 9.9.9.9",
          "Keep-Alive: evil", "TE: evil", "X-Mine: stays",
        ])
      #expect(!answer.contains("evil"), "\(answer)")
      #expect(answer.contains("x-mine: stays\n"))
      #expect(answer.contains("x-forwarded-for: 9.9.9.9, 127.0.0.1\n"))
      #expect(answer.contains("x-forwarded-host: localhost\n"))
      #expect(answer.contains("x-forwarded-port: \(world.port)\n"))
      #expect(answer.contains("x-forwarded-proto: http\n"))
      #expect(answer.contains("x-forwarded-prefix: /rest/v1\n"))
      #expect(answer.contains("host: localhost\n"))
    }
  }

  @Test func connectionHeadersEndHere() async throws {
    try await withWorld { world in
      let answer = try await converse(
        world.port,
        "GET /rest/v1/hop HTTP/1.1\r\nHost: a\r\n\(Self.key)\r\nConnection: close\r\n\r\n")
      #expect(!answer.contains("Keep-Alive") && !answer.lowercased().contains("x-listed"))
      #expect(!answer.lowercased().contains("x-homebase"))
      #expect(answer.contains("X-Stays: 1\r\n"))
      let asked = try await converse(
        world.port,
        "GET /rest/v1/x HTTP/1.1\r\nHost: a\r\n\(Self.key)\r\nX-Once: 1\r\n"
          + "Connection: close, x-once\r\n\r\n")
      #expect(!asked.contains("x-once"))
    }
  }

  @Test func graphQLHasItsProfile() async throws {
    try await withWorld { world in
      #expect(
        try await get(world.port, "/graphql/v1", [Self.key]).contains(
          "content-profile: graphql_public\n"))
      let own = try await get(world.port, "/graphql/v1", [Self.key, "Content-Profile: mine"])
      #expect(own.contains("content-profile: mine\n") && !own.contains("graphql_public"))
    }
  }

  @Test func browsersMayAsk() async throws {
    try await withWorld { world in
      let preflight = try await converse(
        world.port,
        "OPTIONS /rest/v1/todos HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app\r\n"
          + "Access-Control-Request-Method: PATCH\r\n"
          + "Access-Control-Request-Headers: apikey,prefer,accept-profile\r\n"
          + "Connection: close\r\n\r\n")
      #expect(preflight.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(preflight.contains("Access-Control-Allow-Headers: apikey,prefer,accept-profile\r\n"))
      #expect(preflight.contains("PATCH") && preflight.contains("Access-Control-Max-Age: 3600"))
      for path in ["/rest/v1/x", "/nowhere", "/rest/v1/cors"] {
        let answer = try await get(world.port, path, [Self.key, "Origin: https://app"])
        #expect(answer.split(separator: "Access-Control-Allow-Origin:").count == 2, "\(answer)")
      }
      let refused = try await get(
        world.port, "/rest/v1/x", ["Origin: https://app", "apikey: sb_publishable_other"])
      #expect(refused.hasPrefix("HTTP/1.1 401") && refused.contains("Allow-Origin: *"))
    }
  }

  @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
    try await withWorld { world in
      var text = ""
      for number in 0..<200 {
        let last = number == 199 ? "Connection: close\r\n" : ""
        // Every third has a body, every seventh is answered by the gateway itself.
        let path = number % 7 == 0 ? "/nowhere/\(number)" : "/rest/v1/n\(number)"
        let body = number % 3 == 0 ? "Content-Length: 3\r\n\r\nabc" : "\r\n"
        text += "POST \(path) HTTP/1.1\r\nHost: a\r\n\(Self.key)\r\n\(last)\(body)"
      }
      let answer = try await converse(world.port, text)
      let answers = answer.components(of: "HTTP/1.1 ").dropFirst()
      #expect(answers.count == 200)
      for (number, one) in answers.enumerated() {
        #expect(one.hasPrefix(number % 7 == 0 ? "404 " : "200 "))
        if number % 7 != 0 { #expect(one.contains("POST /n\(number)\n"), "\(one)") }
      }
      #expect(await world.server.counters().upstreamConnections == 1)
    }
  }

  @Test func bodiesKeepTheirFrame() async throws {
    try await withWorld { world in
      let head = "Host: a\r\n\(Self.key)\r\nConnection: close\r\n"
      let chunked = try await converse(
        world.port,
        "POST /rest/v1/x HTTP/1.1\r\n\(head)Transfer-Encoding: chunked\r\n\r\n"
          + "3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nX-Homebase-Stack: evil\r\n\r\n")
      #expect(chunked.contains("body 5 abcde\n") && !chunked.contains("evil"))
      let echoed = try await converse(
        world.port, "POST /rest/v1/echo HTTP/1.1\r\n\(head)Content-Length: 5\r\n\r\nhello")
      #expect(echoed.contains("Transfer-Encoding: chunked\r\n"))
      #expect(echoed.hasSuffix("hello\r\n0\r\n\r\n"), "\(echoed)")
      let nothing = try await get(world.port, "/rest/v1/nothing", [Self.key])
      #expect(nothing.hasPrefix("HTTP/1.1 204 ") && nothing.hasSuffix("\r\n\r\n"))
      #expect(!nothing.contains("\r\nContent-Length") && !nothing.contains("chunked"))
      let onlyHead = try await converse(world.port, "HEAD /rest/v1/x HTTP/1.1\r\n\(head)\r\n")
      #expect(onlyHead.contains("Content-Length: ") && onlyHead.hasSuffix("\r\n\r\n"))
      let ended = try await get(world.port, "/rest/v1/until-close", [Self.key])
      #expect(ended.hasSuffix("d\r\nuntil the end\r\n0\r\n\r\n"), "\(ended)")
    }
  }

  /// `ab` and old health checks speak 1.0.
  @Test func oldClientsGetNoChunks() async throws {
    try await withWorld { world in
      let answer = try await converse(
        world.port, "POST /rest/v1/echo HTTP/1.0\r\n\(Self.key)\r\nContent-Length: 2\r\n\r\nhi")
      #expect(answer.hasSuffix("\r\n\r\nhi") && answer.contains("Connection: close"))
      try await withClient(world.port) { reader, writer in
        for _ in 0..<2 {
          try await writer.write(
            ByteBuffer(
              string: "GET /rest/v1/x HTTP/1.0\r\n\(Self.key)\r\nConnection: keep-alive\r\n\r\n"))
          let one = try await reader.read { $0.contains("body 0") }
          #expect(one.contains("Connection: keep-alive\r\n"))
        }
      }
    }
  }

  @Test func informationPasses() async throws {
    try await withWorld { world in
      let answer = try await get(world.port, "/rest/v1/information", [Self.key])
      #expect(answer.hasPrefix("HTTP/1.1 103 "))
      #expect(answer.contains("Link: </style.css>") && answer.hasSuffix("after"))
    }
  }

  @Test func continueIsAnsweredByTheGateway() async throws {
    try await withWorld { world in
      try await withClient(world.port) { reader, writer in
        try await writer.write(
          ByteBuffer(
            string: "POST /rest/v1/x HTTP/1.1\r\nHost: a\r\n\(Self.key)\r\nConnection: close\r\n"
              + "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n"))
        #expect(
          try await reader.read { $0.hasSuffix("\r\n\r\n") } == "HTTP/1.1 100 Continue\r\n\r\n")
        try await writer.write(ByteBuffer(string: "body"))
        let answer = try await reader.readAll()
        #expect(answer.contains("body 4 body") && !answer.contains("expect:"))
      }
    }
  }

  /// A service may refuse a body before it has come.
  @Test func earlyAnswersPass() async throws {
    try await withWorld { world in
      let answer = try await converse(
        world.port,
        "POST /rest/v1/early HTTP/1.1\r\nHost: a\r\n\(Self.key)\r\nContent-Length: 1000\r\n\r\nbegin"
      )
      #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.contains("Connection: close"))
      #expect(answer.hasSuffix("too large"))
    }
  }

  @Test func curlAgrees() async throws {
    try await withWorld { world in
      let base = "http://127.0.0.1:\(world.port)/rest/v1"
      let result = try await runTool(
        [
          "/usr/bin/curl", "-sS", "-H", Self.key, "\(base)/one", "\(base)/two", "-d", "name=value",
        ], timeout: .seconds(20))
      #expect(result.output.contains("POST /one\n") && result.output.contains("POST /two\n"))
      #expect(result.output.contains("body 10 name=value"))
      let large = try await runTool(
        [
          "/usr/bin/curl", "-sS", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", "-H",
          Self.key, "\(base)/bytes/5000000",
        ], timeout: .seconds(20))
      #expect(large.output == "200 5000000")
    }
  }
}
