import HTTPService
import NIOCore
import Synchronization
import TestSockets
import Testing

@testable import Gateway

/// What a supervisor tells a gateway.
@Suite struct ControlTests {
  private static let head = "Host: a\r\napikey: sb_publishable_one\r\n"

  /// A world whose gateway has a control socket.
  private func withControl(
    _ change: @escaping (inout GatewayConfiguration, String) -> Void = { _, _ in },
    reload: @escaping @Sendable () async throws -> Void = {},
    body: (World, @escaping @Sendable (String) async throws -> String) async throws -> Void
  ) async throws {
    try await withWorld(change) { world in
      let socket = "\(world.folder)/control.sock"
      let control = try await HTTPServer.start(
        .unix(socket), responder: GatewayControl(server: world.server, reload: reload),
        log: { _ in })
      let say = { @Sendable (line: String) in
        try await converse(
          .unix(socket), "\(line) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      }
      do {
        try await body(world, say)
      } catch {
        await control.stop(grace: .zero)
        throw error
      }
      await control.stop(grace: .zero)
    }
  }

  /// A request that waited for a reset is told the new database, not the one it came for.
  @Test func resumedRequestsHaveTheNewGeneration() async throws {
    try await withControl { configuration, _ in
      configuration.limits = .init()
      configuration.limits?.pauseTimeoutMilliseconds = 60_000
    } body: { world, say in
      let first = try await get(world.port, "/rest/v1/x", ["x-homebase-generation: 99"])
      #expect(!first.contains("x-homebase-generation"))
      let paused = try await say("POST /stacks/main/pause?timeout_ms=5000")
      #expect(paused.hasPrefix("HTTP/1.1 200 ") && paused.hasSuffix(#"{"drained":true}"#))
      let seen = await world.server.counters().requests
      async let waiting = get(world.port, "/rest/v1/y")
      while await world.server.counters().requests == seen { await Task.yield() }
      #expect(try await say("POST /stacks/main/resume?generation=17").hasSuffix("{}"))
      let answer = try await waiting
      #expect(answer.contains("x-homebase-generation: 17\n"), "\(answer)")
      // A word that comes late does not turn it back; a resume without a number leaves it.
      for line in ["/stacks/main/resume?generation=16", "/stacks/main/resume"] {
        _ = try await say("POST \(line)")
        let next = try await get(world.port, "/rest/v1/z")
        #expect(next.contains("x-homebase-generation: 17\n"))
      }
    }
  }

  @Test func theConfigurationNamesAGeneration() async throws {
    try await withWorld { configuration, _ in
      configuration.stacks[0].generation = 4
    } body: { world in
      #expect(try await get(world.port, "/rest/v1/x").contains("x-homebase-generation: 4\n"))
      await world.server.resume("main", generation: 6)
      var changed = world.configuration
      changed.stacks[0].generation = 5
      try await world.server.reload(changed)
      #expect(try await get(world.port, "/rest/v1/x").contains("x-homebase-generation: 6\n"))
    }
  }

  /// The supervisor may die between a pause and its resume: nobody would be served again.
  @Test func pausedStacksGoOnByThemselves() async throws {
    try await withControl { configuration, _ in
      configuration.limits = .init()
      configuration.limits?.pauseTimeoutMilliseconds = 60_000
      configuration.limits?.holdTimeoutMilliseconds = 200
    } body: { world, say in
      _ = try await say("POST /stacks/main/pause")
      let answer = try await get(world.port, "/rest/v1/x")
      #expect(answer.hasPrefix("HTTP/1.1 200 "))
      #expect(world.log.lines.withLock { $0 }.contains { $0.contains("main goes on") })
    }
  }

  @Test func requestsUnderWayAreAwaited() async throws {
    try await withControl { world, say in
      try await withClient(world.port) { reader, writer in
        try await writer.write(
          ByteBuffer(string: "GET /rest/v1/hang HTTP/1.1\r\n\(Self.head)\r\n"))
        while await world.server.counters().upstreamConnections == 0 { await Task.yield() }
        let paused = try await say("POST /stacks/main/pause?timeout_ms=20")
        #expect(paused.hasSuffix(#"{"drained":false}"#))
      }
      _ = try await say("POST /stacks/main/resume")
    }
  }

  @Test func reloadsAnswerForThemselves() async throws {
    let mistake = Mutex<GatewayError?>(nil)
    let reload = { @Sendable in
      if let error = mistake.withLock({ $0 }) { throw error }
    }
    try await withControl(
      reload: reload,
      body: { _, say in
        #expect(try await say("POST /reload").hasPrefix("HTTP/1.1 200 "))
        mistake.withLock { $0 = .contradiction("two stacks are called a") }
        let refused = try await say("POST /reload")
        #expect(refused.hasPrefix("HTTP/1.1 400 "))
        #expect(refused.contains(#"{"message":"the gateway's configuration contradicts itself: "#))
      })
  }

  @Test(arguments: [
    ("GET /health", 200), ("GET /", 404), ("POST /stacks/none/pause", 404),
    ("POST /stacks/none/resume", 404), ("POST /stacks/main", 404), ("GET /stacks/main/pause", 404),
    ("POST /stacks/main/pause?timeout_ms=soon", 400),
    ("POST /stacks/main/resume?generation=-1", 400),
  ])
  func wordsAreChecked(line: String, status: Int) async throws {
    try await withControl { _, say in
      let answer = try await say(line)
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
    }
  }
}
