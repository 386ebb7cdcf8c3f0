import HTTPMessages
import NIOCore
import NIOPosix
import Synchronization
import TestSockets
import Testing

@testable import Gateway

/// Long bodies, tunnels, ends at the wrong moment, pauses.
@Suite struct StreamingTests {
  private static let head = "Host: a\r\napikey: sb_publishable_one\r\n"
  private static let megabytes = 64 * 1024 * 1024
  /// Two water marks, two reads and what stands around them; a thousandth of the body.
  private static let mostHeld = 512 * 1024

  /// A slow reader must not fill the gateway.
  @Test func longAnswersAreNotGathered() async throws {
    try await withWorld { world in
      try await withClient(world.port) { reader, writer in
        try await writer.write(
          ByteBuffer(
            string: "GET /rest/v1/bytes/\(Self.megabytes) HTTP/1.1\r\n\(Self.head)"
              + "Connection: close\r\n\r\n"))
        var count = 0
        var pieces = 0
        while let piece = try await reader.iterator.next() {
          count += piece.readableBytes
          pieces += 1
          // Slow: the service is always far ahead of this reader.
          if pieces % 64 == 0 { for _ in 0..<50 { await Task.yield() } }
        }
        #expect(count > Self.megabytes && count < Self.megabytes + 2000)
      }
      let held = await world.server.counters().mostBytesHeld
      #expect(held > 0 && held < Self.mostHeld, "\(held)")
    }
  }

  /// A socket says from within a write that it is full: no piece may come between another and its
  /// frame, and none twice.
  @Test func chunksKeepTheirFrames() async throws {
    let total = 1024 * 1024
    let seed = UInt64.random(in: .min ... .max)
    try await withWorld { world in
      try await withClient(world.port) { reader, writer in
        try await writer.write(
          ByteBuffer(
            string: "POST /rest/v1/echo HTTP/1.1\r\n\(Self.head)Connection: close\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n"))
        async let sent: Void = {
          var random = Seeded(state: seed)
          for _ in 0..<(total / 65536) {
            var block = ByteBuffer(string: "10000\r\n")
            for _ in 0..<8192 { block.writeInteger(random.next()) }
            block.writeString("\r\n")
            try await writer.write(block)
          }
          try await writer.write(ByteBuffer(string: "0\r\n\r\n"))
        }()
        var all = ByteBuffer()
        while let piece = try await reader.iterator.next() { all.writeImmutableBuffer(piece) }
        try await sent
        let head = all.withUnsafeReadableBytes { headLength($0, from: 0) }
        all.moveReaderIndex(forwardBy: try #require(head))
        var body = MessageBody.chunked
        var content = ByteBuffer()
        while case .piece(let piece) = try body.next(&all) { content.writeImmutableBuffer(piece) }
        #expect(body.hasEnded && content.readableBytes == total, "seed \(seed)")
        var random = Seeded(state: seed)
        var isSame = true
        while isSame, let number = content.readInteger(as: UInt64.self) {
          isSame = number == random.next()
        }
        #expect(isSame, "seed \(seed), \(content.readableBytes) bytes before the end")
      }
    }
  }

  /// A read may end anywhere in a chunk's line: the rest of it has to be waited for.
  @Test func smallChunksArriveAll() async throws {
    let count = 60_000
    try await withWorld { world in
      try await withClient(world.port) { reader, writer in
        var body = ByteBuffer(
          string: "POST /rest/v1/echo HTTP/1.1\r\n\(Self.head)Connection: close\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<count { body.writeString("1\r\nx\r\n") }
        body.writeString("0\r\n\r\n")
        // Read beside: the echo comes while the rest is sent.
        let sent = body
        async let written: Void = writer.write(sent)
        let answer = try await reader.readAll()
        try await written
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        #expect(answer.utf8.count { $0 == UInt8(ascii: "x") } >= count)
        #expect(answer.hasSuffix("0\r\n\r\n"))
      }
    }
  }

  /// A service that echoes to a slow reader slows the sender.
  @Test func longRequestsAreNotGathered() async throws {
    try await withWorld { world in
      try await withClient(world.port) { reader, writer in
        try await writer.write(
          ByteBuffer(
            string: "POST /rest/v1/echo HTTP/1.1\r\n\(Self.head)Connection: close\r\n"
              + "Content-Length: \(Self.megabytes)\r\n\r\n"))
        async let sent: Void = {
          let block = ByteBuffer(repeating: 1, count: 64 * 1024)
          for _ in 0..<(Self.megabytes / block.readableBytes) { try await writer.write(block) }
        }()
        var count = 0
        while let piece = try await reader.iterator.next() { count += piece.readableBytes }
        try await sent
        #expect(count > Self.megabytes)
      }
      let held = await world.server.counters().mostBytesHeld
      #expect(held > 0 && held < 2 * Self.mostHeld, "\(held)")
    }
  }

  @Test func websocketsAreTunnels() async throws {
    let service = rawService { buffer, context in
      let text = String(buffer: buffer)
      if text.hasPrefix("GET ") {
        let isRight =
          text.contains("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n")
          && text.contains("Sec-WebSocket-Key: abc\r\n")
          && text.hasPrefix("GET /socket/websocket?apikey=eyJ.anon.one ")
        RawService.say(
          isRight
            ? "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
              + "Connection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\nearly"
            : "HTTP/1.1 400 Bad Request\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)",
          context)
      } else {
        context.writeAndFlush(NIOAny(buffer), promise: nil)
      }
    }
    try await withWorld(service: service) { world in
      try await withClient(world.port) { reader, writer in
        try await writer.write(
          ByteBuffer(
            string: "GET /realtime/v1/websocket?apikey=sb_publishable_one HTTP/1.1\r\n"
              + "Host: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
              + "Sec-WebSocket-Key: abc\r\n\r\n"))
        let opened = try await reader.read { $0.hasSuffix("early") }
        #expect(opened.hasPrefix("HTTP/1.1 101 ") && opened.contains("Sec-WebSocket-Accept: x"))
        #expect(opened.contains("Connection: Upgrade\r\n"), "\(opened)")
        for number in 0..<100 {
          try await writer.write(ByteBuffer(string: "frame \(number);"))
          #expect(try await reader.read { $0.hasSuffix(";") } == "frame \(number);")
        }
        // The client has no more to say; the service still has.
        writer.finish()
        #expect(try await reader.readAll() == "bye")
      }
    }
  }

  /// A service that restarts closes its kept connections: a GET is sent once more, a POST never.
  @Test func staleConnectionsAreTriedAgain() async throws {
    let requests = Mutex(0)
    let service = rawService { buffer, context in
      let number = requests.withLock { count in
        count += 1
        return count
      }
      if number % 2 == 0 {
        context.close(promise: nil)
      } else {
        RawService.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", context)
      }
    }
    try await withWorld(service: service) { world in
      try await withClient(world.port) { reader, writer in
        for _ in 0..<2 {
          try await writer.write(ByteBuffer(string: "GET /rest/v1/x HTTP/1.1\r\n\(Self.head)\r\n"))
          #expect(try await reader.read { $0.hasSuffix("ok") }.hasPrefix("HTTP/1.1 200 "))
        }
        #expect(await world.server.counters().retries == 1)
        try await writer.write(
          ByteBuffer(
            string: "POST /rest/v1/x HTTP/1.1\r\n\(Self.head)Content-Length: 1\r\n\r\nx"))
        let answer = try await reader.read { $0.hasSuffix("}") }
        #expect(answer.hasPrefix("HTTP/1.1 502 "), "\(answer)")
      }
      #expect(requests.withLock { $0 } == 4)
    }
  }

  @Test func brokenServicesAreNotBelieved() async throws {
    for text in [
      "nonsense\r\n\r\n", "HTTP/1.1 99 No\r\n\r\n",
      "HTTP/1.1 200 OK\nContent-Length: 0\n\n\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ] {
      try await withWorld(service: rawService { RawService.say(text, $1) }) { world in
        let answer = try await get(world.port, "/rest/v1/x", ["apikey: sb_publishable_one"])
        #expect(answer.hasPrefix("HTTP/1.1 502 "), "\(text): \(answer)")
      }
    }
  }

  /// Half an answer must not look like a whole one.
  @Test func brokenOffAnswersHaveNoEnd() async throws {
    let service = rawService { _, context in
      RawService.say(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", context)
      context.close(promise: nil)
    }
    try await withWorld(service: service) { world in
      let answer = try? await get(world.port, "/rest/v1/x", ["apikey: sb_publishable_one"])
      #expect(answer?.hasSuffix("0\r\n\r\n") != true)
    }
  }

  /// A query whose client is gone must not go on.
  @Test func leavingClientsCancel() async throws {
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    let (asked, ask) = AsyncStream.makeStream(of: Void.self)
    let service = rawService { _, context in
      context.channel.closeFuture.whenComplete { _ in end.yield() }
      ask.yield()
    }
    try await withWorld(service: service) { world in
      try await withClient(world.port) { _, writer in
        try await writer.write(ByteBuffer(string: "GET /rest/v1/x HTTP/1.1\r\n\(Self.head)\r\n"))
        for await _ in asked { break }
      }
      for await _ in ended { break }
    }
  }

  @Test func pausedStacksWait() async throws {
    try await withWorld { configuration, _ in
      configuration.limits = .init()
      configuration.limits?.pauseTimeoutMilliseconds = 60_000
    } body: { world in
      #expect(await world.server.pause("main"))
      try await withClient(world.port) { reader, writer in
        try await writer.write(ByteBuffer(string: "GET /rest/v1/x HTTP/1.1\r\n\(Self.head)\r\n"))
        while await world.server.counters().requests == 0 { await Task.yield() }
        #expect(await world.server.counters().upstreamConnections == 0)
        await world.server.resume("main")
        #expect(try await reader.read { $0.contains("body 0") }.hasPrefix("HTTP/1.1 200 "))
      }
    }
  }

  @Test func pauseAwaitsWhatIsUnderWay() async throws {
    let contexts = Mutex<[@Sendable () -> Void]>([])
    let service = rawService { _, context in
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      let loop = context.eventLoop
      contexts.withLock { list in
        list.append {
          loop.execute {
            RawService.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", bound.value)
          }
        }
      }
    }
    try await withWorld(
      { configuration, _ in
        configuration.limits = .init()
        configuration.limits?.pauseTimeoutMilliseconds = 100
      }, service: service,
      body: { world in
        try await withClient(world.port) { reader, writer in
          try await writer.write(ByteBuffer(string: "GET /rest/v1/x HTTP/1.1\r\n\(Self.head)\r\n"))
          while contexts.withLock({ $0.isEmpty }) { await Task.yield() }
          #expect(await world.server.pause("main", timeout: .milliseconds(10)) == false)
          let late = try await get(world.port, "/rest/v1/x", ["apikey: sb_publishable_one"])
          #expect(late.hasPrefix("HTTP/1.1 503 ") && late.contains("Retry-After: "))
          async let paused = world.server.pause("main")
          for answer in contexts.withLock({ $0 }) { answer() }
          #expect(await paused)
          #expect(try await reader.read { $0.hasSuffix("ok") }.hasPrefix("HTTP/1.1 200 "))
        }
      })
  }

  @Test func reloadsAreWholeOrNothing() async throws {
    try await withWorld { world in
      var changed = world.configuration
      changed.stacks = [.init(id: "other", keys: otherKeys)]
      try await world.server.reload(changed)
      let answer = try await get(world.port, "/rest/v1/x", ["apikey: sb_publishable_two"])
      #expect(answer.contains("x-homebase-stack: other\n"))
      changed.defaultStack = "nobody"
      let wrong = changed
      await #expect(throws: GatewayError.self) { try await world.server.reload(wrong) }
      let still = try await get(world.port, "/rest/v1/x", ["apikey: sb_publishable_two"])
      #expect(still.contains("x-homebase-stack: other\n"))
    }
  }
}
