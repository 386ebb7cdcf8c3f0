import HTTPMessages
import NIOCore
import TestSockets
import Testing

@testable import Gateway

/// Whose key it is, what becomes of it, and which stack it means.
@Suite struct KeyTests {
  private func verdict(
    _ authorization: String?, _ apikey: String?, secret: Bool = false, keyless: Bool = false
  ) -> KeyVerdict {
    func bytes<R>(_ text: String?, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
      guard let text else { return body(nil) }
      return Array(text.utf8).withUnsafeBytes { body($0) }
    }
    return bytes(authorization) { authorization in
      bytes(apikey) { apikey in
        StackKeys(testKeys).translate(
          authorization: authorization, apikey: apikey, needsSecret: secret,
          passesKeyless: keyless)
      }
    }
  }

  private func replaced(_ text: String) -> KeyVerdict { .replace(Array(text.utf8)) }

  @Test func keysBecomeTokens() {
    let secret = testKeys.secret ?? ""
    #expect(verdict(nil, "sb_publishable_one") == replaced("Bearer eyJ.anon.one"))
    #expect(verdict(nil, secret) == replaced("Bearer eyJ.service.one"))
    #expect(verdict("Bearer sb_publishable_one", secret) == replaced("Bearer eyJ.service.one"))
    #expect(verdict("Bearer sb_publishable_one", nil) == replaced("Bearer eyJ.anon.one"))
    #expect(verdict("Bearer user", "sb_publishable_one") == .keep)
    #expect(verdict("Bearer user", nil) == .keep)
    #expect(verdict(nil, "eyJ.anon.one") == replaced("eyJ.anon.one"))
    #expect(verdict("Bearer sb_publishable_one", "") == replaced("Bearer eyJ.anon.one"))
    #expect(verdict("", "sb_publishable_one") == replaced("Bearer eyJ.anon.one"))
  }

  @Test func otherKeysAreRefused() {
    #expect(verdict(nil, nil) == .missing && verdict(nil, "") == .missing)
    #expect(verdict(nil, nil, keyless: true) == .keep)
    for key in ["sb_publishable_two", "sb_publishable_on", "sb_publishable_onee", "sb_"] {
      #expect(verdict(nil, key) == .unknown && verdict("Bearer user", key) == .unknown)
      #expect(verdict("Bearer \(key)", nil) == .unknown)
    }
    #expect(verdict("Bearer user", nil, secret: true) == .unknown)
    #expect(verdict(nil, "sb_publishable_one", secret: true) == .unknown)
    #expect(verdict(nil, testKeys.secret, secret: true) == replaced("Bearer eyJ.service.one"))
  }

  /// A stack without keys must not be opened by an empty one.
  @Test func noKeyIsNoKey() {
    let none = StackKeys(.init())
    [UInt8]().withUnsafeBytes { empty in
      #expect(!none.contains(empty))
      #expect(
        none.translate(
          authorization: nil, apikey: empty, needsSecret: false, passesKeyless: false)
          == .missing)
    }
  }

  @Test func servicesGetTheToken() async throws {
    try await withWorld { world in
      let header = try await get(world.port, "/rest/v1/x", ["ApiKey: sb_publishable_one"])
      #expect(header.contains("authorization: Bearer eyJ.anon.one\n"))
      let query = try await get(world.port, "/rest/v1/x?a=1&apikey=sb_publishable_one&b=2")
      #expect(query.contains("GET /x?a=1&b=2\n") && query.contains("Bearer eyJ.anon.one\n"))
      let alone = try await get(world.port, "/rest/v1/x?apikey=sb_publishable_one")
      #expect(alone.contains("GET /x\n"))
      let column = try await get(
        world.port, "/rest/v1/x?apikey=eq.1", ["apikey: sb_publishable_one"])
      #expect(column.contains("GET /x?apikey=eq.1\n"))
      let socket = try await get(world.port, "/realtime/v1/w?apikey=sb_publishable_one&vsn=1")
      #expect(socket.contains("GET /socket/w?apikey=eyJ.anon.one&vsn=1\n"))
      let function = try await get(
        world.port, "/functions/v1/f", ["apikey: sb_publishable_one", "sb-api-key: forged"])
      #expect(function.contains("sb-api-key: Bearer eyJ.anon.one\n"))
      #expect(!function.contains("forged"))
      let s3 = try await get(world.port, "/storage/v1/s3/b", ["Authorization: AWS4-HMAC x"])
      #expect(s3.contains("authorization: AWS4-HMAC x\n"))
      // No key at all is for the service to judge, as with the Supabase CLI.
      let missing = try await get(world.port, "/rest/v1/x")
      #expect(missing.contains("GET /x\n") && !missing.contains("authorization"))
      let internals = try await get(world.port, "/pg/x")
      #expect(internals.hasSuffix(#"{"message":"No API key found in request"}"#))
      let wrong = try await get(world.port, "/rest/v1/x", ["apikey: sb_secret_no"])
      #expect(wrong.hasSuffix(#"{"message":"Invalid authentication credentials"}"#))
    }
  }

  @Test func keylessRequestsCanBeRefused() async throws {
    try await withWorld { configuration, _ in
      configuration.passesKeyless = false
    } body: { world in
      let missing = try await get(world.port, "/rest/v1/x")
      #expect(missing.hasPrefix("HTTP/1.1 401 "))
      #expect(missing.hasSuffix(#"{"message":"No API key found in request"}"#))
    }
  }

  @Test func doorHostAndKeyChooseTheStack() async throws {
    try await withWorld { configuration, _ in
      configuration.stacks = [
        .init(id: "one", hosts: ["one.localhost"], keys: testKeys),
        .init(id: "two", hosts: ["two.localhost"], keys: otherKeys),
      ]
    } body: { world in
      let key = try await get(world.port, "/rest/v1/x", ["apikey: sb_publishable_two"])
      #expect(key.contains("x-homebase-stack: two\n"))
      for host in ["one.localhost", "ONE.localhost:54321"] {
        let answer = try await converse(
          world.port,
          "GET /rest/v1/x HTTP/1.1\r\nHost: \(host)\r\napikey: sb_publishable_one\r\n"
            + "Connection: close\r\n\r\n")
        #expect(answer.contains("x-homebase-stack: one\n"))
      }
      // A key opens its own stack only.
      let foreign = try await converse(
        world.port,
        "GET /rest/v1/x HTTP/1.1\r\nHost: one.localhost\r\napikey: sb_publishable_two\r\n"
          + "Connection: close\r\n\r\n")
      #expect(foreign.hasPrefix("HTTP/1.1 401 "))
      let none = try await get(world.port, "/auth/v1/verify")
      #expect(none.hasPrefix("HTTP/1.1 404 "))
      var changed = world.configuration
      changed.listeners.append(.init(address: "127.0.0.1", port: 0, stack: "two"))
      try await world.server.reload(changed)
      let port = try #require(world.server.ports.first { $0 != world.port })
      #expect(try await get(port, "/auth/v1/verify").contains("x-homebase-stack: two\n"))
    }
  }

  /// No spelling of a head brings a header of ours, or another key, to a service.
  @Test func randomHeadsKeepTheRules() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = Seeded(state: seed)
    let snapshot = try Snapshot(
      GatewayConfiguration(
        listeners: [], services: ["rest": "/s"], stacks: [.init(id: "main", keys: testKeys)]))
    let names = [
      "x-homebase-stack", "x_homebase_stack", "x-homebase-generation", "apikey", "authorization",
      "x-forwarded-host",
      "connection", "keep-alive", "te", "x-plain", "content-length", "transfer-encoding", "host",
      "prefer", "upgrade", "expect",
    ]
    let values = [
      "evil", "sb_publishable_one", "Bearer sb_publishable_one", "Bearer user", "close", "chunked",
      "4", "authorization, x-plain", "100-continue", "websocket", "sb_publishable_two", "",
      "upgrade",
    ]
    for _ in 0..<5000 {
      var text = "GET /rest/v1/x HTTP/1.1\r\nHost: a\r\n"
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        let name = (names.randomElement(using: &random) ?? "").map { letter in
          Bool.random(using: &random) ? letter.uppercased() : String(letter)
        }.joined()
        text += "\(name): \(values.randomElement(using: &random) ?? "")\r\n"
      }
      text += "\r\n"
      try check(text, snapshot, seed)
    }
  }

  private func check(_ text: String, _ snapshot: Snapshot, _ seed: UInt64) throws {
    var head = MessageHead()
    var output = ByteBuffer()
    let plan = Array(text.utf8).withUnsafeBytes { bytes -> RequestPlan? in
      do throws(SyntaxFault) {
        try head.parseRequest(bytes, targetLimit: 1000)
      } catch {
        return nil
      }
      return snapshot.plan(
        head, bytes, door: DoorFacts(stack: nil, client: "1", port: 1, isSecure: false),
        output: &output)
    }
    guard case .forward = plan else { return }
    finishHead(generation: 7, to: &output)
    let lines = String(buffer: output).lowercased().components(of: "\r\n")
    func values(_ name: String) -> [String] {
      lines.filter { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
    }
    let detail = "seed \(seed): \(text) → \(lines)"
    #expect(values("x-homebase-stack") == ["main"], "\(detail)")
    #expect(values("x-homebase-generation") == ["7"], "\(detail)")
    #expect(!lines.contains { $0.hasPrefix("x_homebase") }, "\(detail)")
    #expect(values("x-forwarded-host") == ["a"] && values("host") == ["a"], "\(detail)")
    #expect(values("te").isEmpty && values("keep-alive").isEmpty, "\(detail)")
    #expect(values("expect").isEmpty, "\(detail)")
    let authorization = values("authorization")
    #expect(authorization.count <= 1, "\(detail)")
    #expect(authorization.first?.hasPrefix("bearer sb_") != true, "\(detail)")
    #expect(values("content-length").count + values("transfer-encoding").count <= 1, "\(detail)")
    #expect(lines.suffix(2) == ["", ""], "\(detail)")
  }
}
