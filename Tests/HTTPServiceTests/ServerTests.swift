import Diagnostics
import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import TestSockets
import Testing

@testable import HTTPService

/// Doors, bounds, and the end.
@Suite struct ServerTests {
  private func start(
    _ address: HTTPAddress, _ text: String = "here"
  ) async throws -> HTTPServer {
    try await HTTPServer.start(
      address, responder: Responder { _, _ in said(text) }, log: { _ in })
  }

  private static let close = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

  /// Only this user may talk to a service: it believes what the gateway says.
  @Test func socketsArePrivate() async throws {
    try await withFolder { folder in
      let path = "\(folder)/s.sock"
      let server = try await start(.unix(path))
      var found = stat()
      #expect(lstat(path, &found) == 0 && found.st_mode & 0o777 == 0o600)
      #expect(server.port == nil)
      #expect(try await converse(.unix(path), Self.close).hasSuffix("here"))
      // A new server takes the place of one that died, and keeps it when the old one ends.
      let next = try await start(.unix(path), "next")
      await server.stop(grace: .zero)
      #expect(try await converse(.unix(path), Self.close).hasSuffix("next"))
      await next.stop(grace: .zero)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test func otherFilesAreNotRemoved() async throws {
    try await withFolder { folder in
      let path = "\(folder)/notes.txt"
      try Data("mine".utf8).write(to: URL(filePath: path))
      for wrong in [path, "\(folder)/\(String(repeating: "x", count: 120))", "\(folder)/no/s"] {
        let error = await #expect(throws: HTTPServiceError.self) { try await start(.unix(wrong)) }
        #expect(error?.diagnostic.message.contains(wrong) == true)
      }
      #expect(FileManager.default.contents(atPath: path) == Data("mine".utf8))
    }
  }

  @Test func takenPortsAreNamed() async throws {
    try await withServer { _, _ in
      said("")
    } body: { served in
      let port = served.server.port ?? 0
      let error = await #expect(throws: HTTPServiceError.self) {
        try await start(.tcp(host: "127.0.0.1", port: port))
      }
      #expect(error == .cannotListen(address: "127.0.0.1:\(port)", reason: "it is taken"))
    }
  }

  @Test func descriptorsAreInherited() async throws {
    try await withFolder { folder in
      let path = "\(folder)/s.sock"
      let (descriptor, file) = try SocketFile.listen(at: path)
      let server = try await start(.descriptor(descriptor))
      #expect(try await converse(.unix(path), Self.close).hasSuffix("here"))
      await server.stop(grace: .zero)
      file.remove()
    }
  }

  @Test func severalLoopsServe() async throws {
    let loops = Mutex<Set<ObjectIdentifier>>([])
    try await withServer(loops: 3) { _, _ in
      if let loop = MultiThreadedEventLoopGroup.currentEventLoop {
        _ = loops.withLock { $0.insert(ObjectIdentifier(loop)) }
      }
      return said("x")
    } body: { served in
      for _ in 0..<12 { _ = try await served.ask("GET /") }
      #expect(loops.withLock { $0.count } == 3)
    }
  }

  /// What has begun is finished; nothing new begins.
  @Test func stopsAreGraceful() async throws {
    let begun = Gate()
    let go = Gate()
    try await withServer { request, _ in
      if request.path == "/idle" { return said("idle") }
      begun.open()
      await go.wait()
      return said("finished")
    } body: { served in
      let isIdle = Gate()
      async let idle: String = {
        let rest = Mutex("unread")
        try await withClient(served.address) { reader, writer in
          try await writer.write(ByteBuffer(string: "GET /idle HTTP/1.1\r\nHost: a\r\n\r\n"))
          _ = try await reader.read { $0.hasSuffix("idle") }
          isIdle.open()
          let end = try await reader.readAll()
          rest.withLock { $0 = end }
        }
        return rest.withLock { $0 }
      }()
      await isIdle.wait()
      async let answer = converse(
        served.address, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
      await begun.wait()
      async let stopped: Void = served.server.stop(grace: .seconds(60))
      // The door is closed when the idle connection ends.
      let rest = try await idle
      #expect(rest == "")
      go.open()
      let last = try await answer
      #expect(last.hasSuffix("Connection: close\r\n\r\nfinished"), "\(last)")
      await stopped
      await #expect(throws: (any Error).self) { try await served.ask("GET /") }
    }
  }

  /// A request that does not end in time is cancelled.
  @Test func stopsAreBounded() async throws {
    let begun = Gate()
    let cancelled = Gate()
    try await withServer { _, _ in
      begun.open()
      await withTaskCancellationHandler {
        await cancelled.wait()
      } onCancel: {
        cancelled.open()
      }
      return said("late")
    } body: { served in
      try await withClient(served.address) { reader, writer in
        try await writer.write(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
        await begun.wait()
        await served.server.stop(grace: .milliseconds(50))
        await cancelled.wait()
        #expect(((try? await reader.readAll()) ?? "") == "")
      }
    }
  }

  @Test func sizesAreBounded() async throws {
    var limits = HTTPLimits()
    limits.headBytes = 4096
    limits.targetBytes = 1024
    try await withServer(limits: limits) { _, _ in
      said("x")
    } body: { served in
      let long = String(repeating: "x", count: 8192)
      for (text, status) in [
        ("GET / HTTP/1.1\r\nHost: a\r\nX-A: \(long)\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\nHost: a\r\nX-A: \(long)", 431),
        ("GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n", 414), ("GET /\(long)", 414),
        ("GET /\(long.prefix(1500)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
      ] {
        let answer = try await converse(served.address, text)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && answer.contains(#"{"message":""#))
      }
      let fits = try await served.ask("GET /\(long.prefix(1000))", ["X-A: \(long.prefix(2500))"])
      #expect(fits.hasPrefix("HTTP/1.1 200 "))
    }
  }

  /// URLs of reads carry whole filters: 32 KiB and more must pass as they come.
  @Test func longTargetsPassByDefault() async throws {
    try await withServer { request, _ in
      said("\(request.query.utf8.count)")
    } body: { served in
      let long = String(repeating: "x", count: 40_000)
      let answer = try await served.ask("GET /?\(long)")
      #expect(answer.hasSuffix("40000"))
    }
  }

  @Test func timesAreBounded() async throws {
    var limits = HTTPLimits()
    // Long enough for a client that gets no turn for a while.
    limits.headTimeout = .seconds(8)
    limits.idleTimeout = .seconds(8)
    try await withServer(limits: limits) { _, _ in
      said("x")
    } body: { served in
      async let half = converse(served.address, "GET / HTTP/1.1\r\nHost")
      async let nothing = converse(served.address, "")
      async let whole = converse(served.address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      let (slow, silent, idle) = try await (half, nothing, whole)
      #expect(slow.hasPrefix("HTTP/1.1 408 ") && silent == "" && idle.hasSuffix("\r\n\r\nx"))
    }
  }

  @Test func connectionsAreBounded() async throws {
    var limits = HTTPLimits()
    limits.connections = 1
    try await withServer(limits: limits) { _, _ in
      said("x")
    } body: { served in
      try await withClient(served.address) { reader, writer in
        try await writer.write(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
        _ = try await reader.read { $0.hasSuffix("x") }
        #expect(try await converse(served.address, "").hasPrefix("HTTP/1.1 503 "))
        #expect(served.log.text.contains("too many connections"))
      }
    }
  }

  /// Every word that a client of a service may see.
  @Test func errorsAreForPeople() {
    let errors: [HTTPServiceError] = [
      .cannotListen(address: "a", reason: "b"), .bodyTooLarge(limit: 1), .malformedBody("chunk"),
      .stalled, .clientGone, .bodyIsOver, .wrongLength(named: 1, written: 2),
    ]
    #expect(Set(errors.map(\.diagnostic.code)).count == errors.count)
    #expect(errors.allSatisfy { $0.status >= 400 && !$0.diagnostic.message.isEmpty })
  }
}
