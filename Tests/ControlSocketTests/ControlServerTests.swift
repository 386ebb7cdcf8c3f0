import Diagnostics
import FoundationEssentials
import Glibc
import Synchronization
import Testing

@testable import ControlSocket

@Suite struct ControlServerTests {
  struct Echo: Codable, Sendable, Hashable {
    var word: String
    var count: Int?
  }

  /// The everyday case: a command asks, sees steps, and has its result.
  @Test func answersWithProgressAndResult() async throws {
    try await withServer { request, reply in
      let echo = try request.arguments(as: Echo.self)
      reply.progress(ControlProgress(step: "one", message: "the first", completed: 1, total: 2))
      reply.progress(ControlProgress(step: "two", message: "the second"))
      return try JSONEncoder().encode(Echo(word: "\(request.command) \(echo.word)\n", count: 2))
    } body: { path in
      let (result, steps) = try await offPool {
        let client = try ControlClient.connect(path: path)
        #expect(client.greeting == ControlGreeting(protocol: 1, version: "9.9.9", pid: getpid()))
        var steps: [String] = []
        let result: Echo = try client.call("say", arguments: Echo(word: "é")) {
          steps.append("\($0.step) \($0.completed ?? 0)/\($0.total ?? 0)")
        }
        return (result, steps)
      }
      #expect(result == Echo(word: "say é\n", count: 2))
      #expect(steps == ["one 1/2", "two 0/0"])
    }
  }

  /// A failed work arrives as it was thrown: code, place, hint, exit code.
  @Test func errorsArriveWhole() async throws {
    let failure = Diagnostic(
      code: "migration_failed", message: "no", hint: "mend it",
      location: SourceLocation(file: "a.sql", line: 3), sqlstate: "42P01", category: .refused)
    try await withServer { _, _ in
      throw failure
    } body: { path in
      let error = await #expect(throws: Diagnostic.self) {
        try await offPool { () -> Echo in
          try ControlClient.connect(path: path).call("fail", arguments: Echo(word: ""))
        }
      }
      #expect(error == failure)
    }
  }

  /// Wrong arguments name the member, so that a script's author finds it.
  @Test(arguments: [
    (#"{"id":1,"command":"c"}"#, "c: word is missing"),
    (#"{"id":1,"command":"c","arguments":{"word":5}}"#, "c: arguments.word is no String"),
    (#"{"id":1,"command":"c","arguments":{"word":null}}"#, "word is null"),
  ])
  func wrongArgumentsAreNamed(line: String, reason: String) async throws {
    try await withServer { request, _ in
      Data("\"\(try request.arguments(as: Echo.self).word)\"".utf8)
    } body: { path in
      let lines = try await offPool { try converse(path, line + "\n", answers: 1) }
      #expect(lines[1].contains(reason), "\(lines)")
    }
  }

  /// Two people, one slow request: neither waits for the other.
  @Test func clientsAndRequestsRunBesideEachOther() async throws {
    let gate = AsyncStream<Void>.makeStream()
    try await withServer { request, _ in
      if request.command == "wait" { for await _ in gate.stream { break } }
      if request.command == "open" { gate.continuation.yield() }
      return Data("\"\(request.command) \(request.id)\"".utf8)
    } body: { path in
      async let waiting = offPool {
        try converse(
          path,
          #"{"id":1,"command":"wait"}"# + "\n" + #"{"id":2,"command":"quick"}"# + "\n", answers: 1)
      }
      let first = try await waiting
      #expect(first[1] == #"{"id":2,"result":"quick 2"}"#)
      let other = try await offPool { () -> String in
        try ControlClient.connect(path: path).call("open", arguments: Echo(word: ""))
      }
      #expect(other == "open 1")
    }
  }

  /// A closed terminal must not leave a long work running behind.
  @Test func aClientThatGoesCancelsItsRequest() async throws {
    let events = AsyncStream<String>.makeStream()
    try await withServer { _, _ in
      events.continuation.yield("started")
      try? await Task.sleep(for: .seconds(600))
      events.continuation.yield(Task.isCancelled ? "cancelled" : "slept")
      return Data("1".utf8)
    } body: { path in
      let descriptor = try await offPool { try rawConnect(path) }
      rawSend(descriptor, #"{"id":1,"command":"sleep"}"# + "\n")
      var iterator = events.stream.makeAsyncIterator()
      #expect(await iterator.next() == "started")
      close(descriptor)
      #expect(await iterator.next() == "cancelled")
    }
  }

  /// Whatever arrives, the server says what is wrong, closes, and serves the next client.
  @Test(arguments: [
    "\u{0}\u{1}\u{2}", "GET / HTTP/1.1\r", "{", "[1,2]", "null", #"{"id":"x","command":"c"}"#,
    #"{"id":1}"#, #"{"command":"c"}"#, #"{"id":1,"command":"c"} trailing"#,
    #"{"id":99999999999999999999,"command":"c"}"#,
  ])
  func garbageIsRefused(line: String) async throws {
    try await withServer { _, _ in
      Data("1".utf8)
    } body: { path in
      let lines = try await offPool {
        try converse(path, line + "\n" + #"{"id":7,"command":"c"}"# + "\n", answers: .max)
      }
      #expect(lines.count == 2)
      #expect(lines.last?.hasPrefix(#"{"id":0,"error":{"#) == true)
      #expect(lines.last?.contains("malformed_message") == true)
      let next = try await offPool { () -> Int in
        try ControlClient.connect(path: path).call("c", arguments: Echo(word: ""))
      }
      #expect(next == 1)
    }
  }

  /// A line without an end must not fill the supervisor's memory.
  @Test func overlongLinesAreRefused() async throws {
    try await withServer { _, _ in
      Data("1".utf8)
    } body: { path in
      let lines = try await offPool { () -> [String] in
        let descriptor = try rawConnect(path)
        defer { close(descriptor) }
        let piece = String(repeating: "x", count: 1 << 20)
        for _ in 0..<10 { rawSend(descriptor, piece) }
        return rawLines(descriptor, answers: .max)
      }
      #expect(lines.last?.contains("message_too_long") == true)
    }
    let error = await #expect(throws: ControlSocketError.self) {
      try await withServer { _, _ in
        Data("1".utf8)
      } body: { path in
        try await offPool { () -> Int in
          let word = String(repeating: "x", count: 9 << 20)
          return try ControlClient.connect(path: path).call("c", arguments: Echo(word: word))
        }
      }
    }
    #expect(error == .lineTooLong)
  }

  /// A client that never reads is dropped before it costs more than a bounded memory.
  @Test func aClientThatNeverReadsIsDropped() async throws {
    let sent = Atomic(0)
    let ends = AsyncStream<Bool>.makeStream()
    try await withServer { _, reply in
      let message = String(repeating: "x", count: 1 << 20)
      while !Task.isCancelled {
        reply.progress(ControlProgress(step: "flood", message: message))
        sent.add(1, ordering: .relaxed)
        await Task.yield()
      }
      ends.continuation.yield(true)
      return Data("1".utf8)
    } body: { path in
      let descriptor = try await offPool { try rawConnect(path) }
      rawSend(descriptor, #"{"id":1,"command":"flood"}"# + "\n")
      for await _ in ends.stream { break }
      close(descriptor)
    }
    // How many depends on which comes first: too much that waits, or too long.
    #expect(sent.load(ordering: .relaxed) >= 1)
  }

  /// A log read page by page is sent at the reader's speed, and whole.
  @Test func streamsWaitForTheReader() async throws {
    let count = 3000
    let ahead = Atomic(0)
    try await withServer { _, reply in
      for number in 1...count {
        try await reply.stream(Echo(word: String(repeating: "x", count: 1000), count: number))
        ahead.store(number, ordering: .relaxed)
      }
      return Data("\(count)".utf8)
    } body: { path in
      let (seen, lead) = try await offPool { () -> ([Int], Int) in
        let client = try ControlClient.connect(path: path)
        var seen: [Int] = []
        var lead = 0
        let total: Int = try client.call(
          "logs", arguments: Echo(word: ""), reporting: Echo.self
        ) { line in
          seen.append(line.count ?? 0)
          lead = max(lead, ahead.load(ordering: .relaxed) - seen.count)
        }
        #expect(total == count)
        return (seen, lead)
      }
      #expect(seen == Array(1...count))
      #expect(lead < 2000)
    }
  }

  /// A page of an endless log that nobody reads on must not keep the handler after the client.
  @Test func aStreamEndsWithItsClient() async throws {
    let ends = AsyncStream<Bool>.makeStream()
    try await withServer { _, reply in
      defer { ends.continuation.yield(true) }
      while true { try await reply.stream(Echo(word: String(repeating: "x", count: 10_000))) }
    } body: { path in
      let descriptor = try await offPool { try rawConnect(path) }
      rawSend(descriptor, #"{"id":1,"command":"logs"}"# + "\n")
      _ = try await offPoolValue { rawLines(descriptor, answers: 3) }
      close(descriptor)
      for await _ in ends.stream { break }
    }
  }

  /// One client cannot start more work at once than the limit.
  @Test func tooManyRequestsAreRefused() async throws {
    try await withServer { _, _ in
      try await Task.sleep(for: .seconds(600))
      return Data("1".utf8)
    } body: { path in
      let lines = try await offPool { () -> [String] in
        let requests = (1...ControlWire.mostRequestsAtOnce + 1).map {
          "{\"id\":\($0),\"command\":\"c\"}\n"
        }
        return try converse(path, requests.joined(), answers: 1)
      }
      #expect(lines[1].hasPrefix(#"{"id":65,"error":{"#) && lines[1].contains("too_many_requests"))
    }
  }

  /// `stop` answers what it can, and the socket's file is gone after it.
  @Test func stopCancelsAndAnswers() async throws {
    let started = AsyncStream<Void>.makeStream()
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/control.sock"
    let server = ControlServer(path: path, version: "1") { _, _ in
      started.continuation.yield()
      try await Task.sleep(for: .seconds(600))
      return Data("1".utf8)
    }
    try server.start()
    async let answer = offPool {
      try converse(path, #"{"id":1,"command":"c"}"# + "\n", answers: .max)
    }
    for await _ in started.stream { break }
    await server.stop()
    #expect(try await answer.last?.contains(#""code":"cancelled""#) == true)
    #expect(access(path, F_OK) != 0)
    await server.stop()
  }

  // MARK: The file

  /// A supervisor that was killed leaves its file; the next start needs nothing from the user.
  @Test func aStaleSocketIsReplaced() async throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/control.sock"
    let dead = try makeUnixSocket(for: path, isBlocking: true)
    #expect(try withUnixAddress(path) { bind(dead, $0, $1) } == 0)
    close(dead)
    #expect(throws: ControlSocketError.nobodyListens(path: path)) {
      try ControlClient.connect(path: path)
    }

    let server = ControlServer(path: path, version: "1") { _, _ in Data("1".utf8) }
    try server.start()
    let answer = try await offPool { () -> Int in
      try ControlClient.connect(path: path).call("c", arguments: Echo(word: ""))
    }
    #expect(answer == 1)
    await server.stop()
  }

  /// Two supervisors of one project would fight over its data.
  @Test func aSecondServerIsRefused() async throws {
    try await withServer { _, _ in
      Data("1".utf8)
    } body: { path in
      let second = ControlServer(path: path, version: "1") { _, _ in Data("2".utf8) }
      #expect(throws: ControlSocketError.alreadyListening(path: path)) { try second.start() }
      unlink(path + ".lock")
      #expect(throws: ControlSocketError.alreadyListening(path: path)) { try second.start() }
      let answer = try await offPool { () -> Int in
        try ControlClient.connect(path: path).call("c", arguments: Echo(word: ""))
      }
      #expect(answer == 1)
    }
  }

  /// `restart` must know when the old supervisor has let go of the socket.
  @Test func theEndCanBeWaitedFor() async throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/c.sock"
    #expect(ControlClient.waitUntilFree(path: path, timeout: .zero))
    let server = ControlServer(path: path, version: "1") { _, _ in Data("1".utf8) }
    try server.start()
    #expect(!ControlClient.waitUntilFree(path: path, timeout: .zero))
    let connected = AsyncStream<Void>.makeStream()
    async let hasEnded = offPool {
      let client = try ControlClient.connect(path: path)
      let isEarly = client.waitForEnd(timeout: .milliseconds(1))
      connected.continuation.yield()
      return (isEarly, client.waitForEnd(timeout: .seconds(60)))
    }
    for await _ in connected.stream { break }
    await server.stop()
    #expect(try await hasEnded == (false, true))
    #expect(ControlClient.waitUntilFree(path: path, timeout: .seconds(60)))
  }

  /// Whoever can reach the socket owns the stack: only the user may.
  @Test func theSocketIsPrivate() async throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    chmod(folder, 0o755)
    let server = ControlServer(path: folder + "/c.sock", version: "1") { _, _ in Data() }
    try server.start()
    #expect(mode(of: folder) == 0o711)
    #expect(mode(of: folder + "/c.sock") == 0o600)
    await server.stop()

    #expect(throws: ControlSocketError.folderNotPrivate(folder: "/proc/self")) {
      try ControlServer(path: "/proc/self/c.sock", version: "1") { _, _ in Data() }.start()
    }
    let long = folder + "/" + String(repeating: "n", count: 100)
    #expect(throws: ControlSocketError.pathTooLong(path: long)) {
      try ControlServer(path: long, version: "1") { _, _ in Data() }.start()
    }
  }

  private func mode(of path: String) -> mode_t {
    var facts = stat()
    return lstat(path, &facts) == 0 ? facts.st_mode & 0o777 : 0
  }
}
