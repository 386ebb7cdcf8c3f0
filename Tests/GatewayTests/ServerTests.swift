import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix
import ProcessSupervision
import Synchronization
import TestSockets
import Testing

@testable import Gateway

/// Doors, loops, and the end; as a process too.
@Suite struct ServerTests {
  private static let head = "Host: a\r\napikey: sb_publishable_one\r\n"
  private static let get = "GET /rest/v1/x HTTP/1.1\r\n\(head)\r\n"

  /// A listening socket on loopback, as a supervisor holds it.
  private func listen() throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(
      AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && Glibc.listen(descriptor, 64) == 0
          && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard descriptor >= 0, isListening else { throw Failure("listen: \(errno)") }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// A port that was held while the stack was down is taken over, not opened again.
  @Test func descriptorsAreInherited() async throws {
    let held = try listen()
    try await withWorld { configuration, _ in
      configuration.listeners.append(.init(descriptor: held.descriptor, stack: "main"))
    } body: { world in
      #expect(world.server.ports.contains(held.port))
      let answer = try await GatewayTests.get(
        held.port, "/rest/v1/x", ["apikey: sb_publishable_one"])
      #expect(answer.contains("x-homebase-stack: main\n"))
    }
  }

  @Test func severalLoopsServe() async throws {
    try await withWorld(
      { configuration, _ in
        configuration.limits = .init()
        configuration.limits?.pauseTimeoutMilliseconds = 60_000
      }, loops: 3,
      body: { world in
        // Connections go to the loops in turn; each stays.
        for _ in 0..<6 {
          let answer = try await converse(
            world.port,
            Self.get + Self.get.replacing("\r\n\r\n", with: "\r\nConnection: close\r\n\r\n"))
          #expect(answer.components(of: "HTTP/1.1 200 OK").count == 3)
        }
        let counters = await world.server.counters()
        #expect(counters.connections == 6 && counters.requests == 12)
        // A loop has its own connections to services.
        #expect(counters.upstreamConnections == 3)
        #expect(await world.server.pause("main"))
        try await withThrowingTaskGroup(of: String.self) { group in
          for _ in 0..<6 {
            group.addTask { try await GatewayTests.get(world.port, "/rest/v1/x") }
          }
          while await world.server.counters().requests < 18 { await Task.yield() }
          #expect(await world.server.counters().upstreamConnections == 3)
          await world.server.resume("main", generation: 2)
          for try await answer in group {
            #expect(answer.contains("x-homebase-generation: 2\n"), "\(answer)")
          }
        }
      })
  }

  /// What has begun is finished; nothing new begins.
  @Test func stopsAreGraceful() async throws {
    let answers = Mutex<[@Sendable () -> Void]>([])
    let service = rawService { buffer, context in
      if String(buffer: buffer).contains("/idle") {
        RawService.say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nidle", context)
        return
      }
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      let loop = context.eventLoop
      answers.withLock { list in
        list.append {
          loop.execute {
            RawService.say("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfinished", bound.value)
          }
        }
      }
    }
    let (idles, idle) = AsyncStream.makeStream(of: Void.self)
    try await withWorld(service: service) { world in
      async let first: Void = withClient(world.port) { reader, writer in
        try await writer.write(
          ByteBuffer(string: "GET /rest/v1/idle HTTP/1.1\r\n\(Self.head)\r\n"))
        _ = try await reader.read { $0.hasSuffix("idle") }
        idle.yield()
        #expect(try await reader.readAll() == "")
        idle.yield()
      }
      var iterator = idles.makeAsyncIterator()
      await iterator.next()
      async let second = converse(world.port, Self.get + Self.get)
      while answers.withLock({ $0.isEmpty }) { await Task.yield() }
      async let stopped: Void = world.server.stop(grace: .seconds(60))
      // The idle one is closed at once, and with it the door.
      await iterator.next()
      for answer in answers.withLock({ $0 }) { answer() }
      let last = try await second
      #expect(last.contains("Connection: close\r\n") && last.hasSuffix("finished"), "\(last)")
      #expect(last.components(of: "HTTP/1.1 ").count == 2)
      try await first
      await stopped
      await #expect(throws: (any Error).self) { try await converse(world.port, Self.get) }
    }
  }

  /// A request that does not end is not waited for beyond its grace.
  @Test func stopsAreBounded() async throws {
    try await withWorld { world in
      try await withClient(world.port) { reader, writer in
        try await writer.write(
          ByteBuffer(string: "GET /rest/v1/hang HTTP/1.1\r\n\(Self.head)\r\n"))
        while await world.server.counters().upstreamConnections == 0 { await Task.yield() }
        await world.server.stop(grace: .milliseconds(20))
        #expect(((try? await reader.readAll()) ?? "") == "")
      }
    }
  }

  // MARK: As a process

  /// A gateway in a process of its own: descriptor 3 is its door, 4 its lifeline.
  private struct Program {
    var child: ChildProcess
    var port: Int
    /// The lifeline's end that a supervisor has.
    var lifeline: Int32
    var file: String
    var control: String
    var configuration: GatewayConfiguration
  }

  private func withProgram(_ body: (Program) async throws -> Void) async throws {
    let held = try listen()
    var pipes: [Int32] = [0, 0]
    guard pipe(&pipes) == 0 else { throw Failure("pipe") }
    for descriptor in pipes { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    defer { for descriptor in [held.descriptor, pipes[0], pipes[1]] { close(descriptor) } }
    try await withWorld { world in
      var configuration = world.configuration
      configuration.listeners = [.init(descriptor: 3)]
      configuration.control = "\(world.folder)/control.sock"
      let file = "\(world.folder)/gateway.json"
      try JSONEncoder().encode(configuration).write(to: URL(filePath: file))
      let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      let program = own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/homebase"
      let child = try await ChildProcess.spawn(
        ChildRequest(
          executable: program,
          arguments: ["homebase", "serve", "gateway", "--configuration", file, "--lifeline", "4"],
          environment: currentEnvironment(), workingDirectory: world.folder,
          descriptors: [nil, nil, nil, held.descriptor, pipes[0]], deathSignal: SIGKILL))
      do {
        try await body(
          Program(
            child: child, port: held.port, lifeline: pipes[1], file: file,
            control: configuration.control ?? "", configuration: configuration))
      } catch {
        child.send(SIGKILL)
        _ = await child.waitForExit()
        throw error
      }
      child.send(SIGKILL)
      _ = await child.waitForExit()
    }
  }

  private func say(_ line: String, _ program: Program) async throws -> String {
    // The door is open before the control socket is.
    while true {
      do {
        return try await converse(
          .unix(program.control), "\(line) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      } catch {
        guard program.child.exitStatus == nil else { throw error }
        await Task.yield()
      }
    }
  }

  /// The supervisor may be killed: its end of the lifeline goes with it, and so does the gateway.
  @Test func theLifelineEndsIt() async throws {
    try await withProgram { program in
      let answer = try await GatewayTests.get(program.port, "/rest/v1/x")
      #expect(answer.contains("GET /x\n"))
      // A word on it would do as well as its end, which the test's copy of the pipe would hide.
      #expect(write(program.lifeline, "x", 1) == 1)
      #expect(await program.child.waitForExit() == ExitStatus(code: 0))
      #expect(!FileManager.default.fileExists(atPath: program.control))
    }
  }

  @Test func signalsAreHeard() async throws {
    try await withProgram { program in
      #expect(try await say("GET /health", program).hasPrefix("HTTP/1.1 200 "))
      _ = try await say("POST /stacks/main/resume?generation=5", program)
      let answer = try await GatewayTests.get(program.port, "/rest/v1/x")
      #expect(answer.contains("x-homebase-generation: 5\n"))
      // A broken file changes nothing, and the answer says why.
      try Data("{".utf8).write(to: URL(filePath: program.file))
      #expect(try await say("POST /reload", program).hasPrefix("HTTP/1.1 400 "))
      #expect(try await GatewayTests.get(program.port, "/rest/v1/x").contains("GET /x\n"))
      var changed = program.configuration
      changed.stacks[0].id = "other"
      try JSONEncoder().encode(changed).write(to: URL(filePath: program.file))
      program.child.send(SIGHUP)
      while try await !GatewayTests.get(program.port, "/rest/v1/x").contains("-stack: other\n") {
        await Task.yield()
      }
      program.child.send(SIGTERM)
      #expect(await program.child.waitForExit() == ExitStatus(code: 0))
    }
  }
}
