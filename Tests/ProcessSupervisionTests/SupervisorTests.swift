import CProcess
import Diagnostics
import FoundationEssentials
import Glibc
import Testing

@testable import ProcessSupervision

@Suite struct SupervisorTests {
  /// The order is the whole promise of depends_on: a service must find what it needs.
  @Test func startsInOrderAndStopsInReverse() async throws {
    try await withSupervisor { folder in
      [
        shell(
          "first", "echo up first >> order; trap 'echo down first >> order; exit' TERM; \(idle)",
          in: folder, probe: .command(["/bin/sh", "-c", "test -s order"])),
        shell(
          "second", "echo up second >> order; trap 'echo down second >> order; exit' TERM; \(idle)",
          in: folder, dependencies: [Dependency("first", .healthy)],
          probe: .command(["/bin/sh", "-c", "grep -q 'up second' order"])),
        shell(
          "third", "echo up third >> order; trap 'echo down third >> order; exit' TERM; \(idle)",
          in: folder, dependencies: [Dependency("second", .healthy)],
          probe: .command(["/bin/sh", "-c", "grep -q 'up third' order"])),
      ]
    } body: { supervisor, folder in
      let status = try await supervisor.start()
      #expect(status.map(\.state) == [.healthy, .healthy, .healthy])
      await supervisor.stop()
      #expect(
        try String(contentsOfFile: "\(folder)/order", encoding: .utf8) == """
          up first
          up second
          up third
          down third
          down second
          down first

          """)
    }
  }

  /// kill -9 of a service: it is back, and status says what happened to the one before.
  @Test func killedServiceIsRestartedAndRemembered() async throws {
    try await withSupervisor { folder in
      [shell("worker", "echo one; echo two >&2; \(idle)", in: folder, restart: .always)]
    } body: { supervisor, _ in
      let before = try #require(try await supervisor.start().first)
      let pid = try #require(before.pid)
      var events = await supervisor.events().makeAsyncIterator()
      kill(pid, SIGKILL)
      while let event = await events.next(), event.state != .healthy {}
      let after = try #require(await supervisor.status().first)
      #expect(after.state == .healthy)
      #expect(after.pid != pid)
      #expect(after.restarts == 1)
      #expect(after.lastExit?.status.signalName == "KILL")
      #expect(Set(after.lastExit?.lastLines ?? []) == ["one", "two"])
      #expect((after.residentBytes ?? 0) > 0)
    }
  }

  /// A service that cannot run must be given up, said so, and its last words kept.
  @Test func crashLoopIsGivenUp() async throws {
    try await withSupervisor { folder in
      [
        shell(
          "broken", "echo cannot open the door; exit 7", in: folder, restart: .onFailure(most: nil),
          limits: RestartLimits(count: 2, firstDelay: .milliseconds(1)))
      ]
    } body: { supervisor, folder in
      // With a probe it could never be healthy for a moment between two crashes.
      let status = try await settled(supervisor, "broken", .failed)
      #expect(status.reason == "given up after 2 restarts: ended with exit code 7")
      #expect(status.lastExit?.lastLines == ["cannot open the door"])
      #expect(status.restarts == 2)
      let error = await #expect(throws: SupervisionError.self) {
        try await supervisor.waitUntilHealthy("broken")
      }
      #expect(error?.diagnostic.excerpt == ["broken | cannot open the door"])
      await supervisor.logs.flush()
      let log = LogArchive(folder: folder).tail(services: ["broken"])
      #expect(log.contains { $0.stream == .supervisor && $0.text.hasPrefix("given up") })
    }
  }

  /// What forks away, in any depth and session, must be gone with its service.
  @Test func escapeesAreFound() async throws {
    try await withSupervisor { folder in
      [
        shell(
          "forker",
          """
          (setsid sh -c 'echo $$ > escaped; exec sleep 1000' &)
          (sh -c 'trap "" TERM HUP; (setsid sh -c "trap \\"\\" TERM; echo \\$\\$ > deep; \(idle)" &)' &)
          \(idle)
          """, in: folder,
          probe: .command(["/bin/sh", "-c", "test -s escaped && test -s deep"]),
          grace: .milliseconds(100))
      ]
    } body: { supervisor, folder in
      #expect(try await supervisor.start().map(\.state) == [.healthy])
      let escaped = try pid(in: "\(folder)/escaped")
      let deep = try pid(in: "\(folder)/deep")
      #expect(isAlive(escaped) && isAlive(deep))
      await supervisor.stop()
      #expect(!isAlive(escaped))
      #expect(!isAlive(deep))
    }
  }

  /// A crash must not leave the old instance's children on the port of the new one.
  @Test func leftoversEndBeforeARestart() async throws {
    try await withSupervisor { folder in
      [
        shell(
          "pair", "sh -c 'trap \"\" TERM; echo $$ > child; \(idle)' & \(idle)", in: folder,
          probe: .command(["/bin/sh", "-c", "test -s child"]), restart: .always,
          grace: .milliseconds(50))
      ]
    } body: { supervisor, folder in
      let main = try #require(try await supervisor.start().first?.pid)
      let child = try pid(in: "\(folder)/child")
      var events = await supervisor.events().makeAsyncIterator()
      kill(main, SIGKILL)
      while let event = await events.next(), event.state != .healthy {}
      #expect(!isAlive(child))
    }
  }

  /// A service that ignores TERM must not hold up `stop` for longer than its grace.
  @Test func ignoringTermEndsInKill() async throws {
    try await withSupervisor { folder in
      [
        shell(
          "stubborn", "trap '' TERM; touch ready; \(idle)", in: folder,
          probe: .command(["/bin/sh", "-c", "test -e ready"]), grace: .milliseconds(30))
      ]
    } body: { supervisor, _ in
      let pid = try #require(try await supervisor.start().first?.pid)
      await supervisor.stop()
      #expect(!isAlive(pid))
      #expect(await supervisor.status().first?.lastExit?.status.signalName == "KILL")
    }
  }

  /// A stopped (SIGSTOP) service takes no TERM until it is woken.
  @Test func stoppedProcessIsWokenToEnd() async throws {
    try await withSupervisor { folder in
      [shell("frozen", "kill -STOP $$; \(idle)", in: folder)]
    } body: { supervisor, _ in
      let pid = try #require(try await supervisor.start().first?.pid)
      while ProcessTable.entry(of: pid)?.state != "T" { await Task.yield() }
      await supervisor.stop()
      #expect(await supervisor.status().first?.lastExit?.status.signalName == "TERM")
    }
  }

  /// A migration-like one-shot must be done before, and only once.
  @Test func oneShotsCompleteBeforeTheirDependents() async throws {
    try await withSupervisor { folder in
      [
        shell(
          "app", "cat made; \(idle)", in: folder,
          dependencies: [Dependency("prepare", .completedSuccessfully)]),
        shell("prepare", "echo ready > made", in: folder),
      ]
    } body: { supervisor, _ in
      let status = try await supervisor.start()
      #expect(status.map(\.state) == [.healthy, .stopped])
      #expect(status[1].hasCompleted && status[1].lastExit?.status.code == 0)
    }
  }

  /// One broken optional service must not take the others with it.
  @Test func optionalFailureBlocksNobody() async throws {
    try await withSupervisor { folder in
      [
        shell("extra", "exit 1", in: folder),
        ServiceDefinition(name: "missing", command: ["no-such-program-here"]),
        shell(
          "app", idle, in: folder,
          dependencies: [
            Dependency("extra", .healthy, isRequired: false),
            Dependency("missing", .healthy, isRequired: false),
          ]),
        shell("strict", idle, in: folder, dependencies: [Dependency("missing", .healthy)]),
      ]
    } body: { supervisor, _ in
      let status = try await supervisor.start()
      #expect(status[1].state == .failed)
      #expect(status[1].reason == "no-such-program-here was not found")
      #expect(status[2].state == .healthy)
      #expect(status[3].state == .failed)
      #expect(status[3].reason == "waits for missing, which failed")
    }
  }

  /// TCP, HTTP and a closure of the program: each must see the moment a service is there.
  @Test func probesSeeReadiness() async throws {
    let listener = try Listener()
    try await withSupervisor { folder in
      [
        shell(
          "tcp", idle, in: folder, probe: .tcp(host: "127.0.0.1", port: listener.port)),
        shell(
          "http", idle, in: folder,
          probe: .http(host: "localhost", port: listener.port, path: "/health")),
        shell(
          "sick", idle, in: folder,
          probe: .http(host: "127.0.0.1", port: listener.port, path: "/missing"),
          timing: ProbeTiming(interval: .milliseconds(10), retries: 1)),
        shell("custom", idle, in: folder, probe: .custom { true }),
        shell(
          "hanging", idle, in: folder,
          probe: .custom {
            try? await Task.sleep(for: .seconds(1000))
            return true
          },
          timing: ProbeTiming(interval: .milliseconds(10), timeout: .milliseconds(5), retries: 1)),
        shell(
          "closed", idle, in: folder, probe: .tcp(host: "127.0.0.1", port: 1),
          timing: ProbeTiming(interval: .milliseconds(10), retries: 1)),
      ]
    } body: { supervisor, _ in
      let status = try await supervisor.start()
      #expect(
        status.map(\.state) == [.healthy, .healthy, .failed, .healthy, .failed, .failed])
      #expect(status[2].reason?.hasSuffix("answered 404") == true)
      #expect(status[4].reason?.contains("took longer") == true)
      #expect(status[5].reason?.contains("Connection refused") == true)
      #expect(status[2].pid != nil)
    }
    listener.close()
  }

  /// Restart by hand takes along who asked for it, and counts no crash.
  @Test func restartByHandTakesDependentsAlong() async throws {
    try await withSupervisor { folder in
      [
        shell("base", idle, in: folder),
        shell(
          "along", idle, in: folder,
          dependencies: [Dependency("base", .healthy, restartsAlong: true)]),
        shell("apart", idle, in: folder, dependencies: [Dependency("base", .healthy)]),
      ]
    } body: { supervisor, _ in
      let before = try await supervisor.start()
      try await supervisor.restart("base")
      try await supervisor.waitUntilHealthy("along")
      let after = await supervisor.status()
      #expect(after.map(\.state) == [.healthy, .healthy, .healthy])
      #expect(after[0].pid != before[0].pid)
      #expect(after[1].pid != before[1].pid)
      #expect(after[2].pid == before[2].pid)
      #expect(after.map(\.restarts) == [0, 0, 0])
    }
  }

  /// `start -x NAME`: the rest runs, also who depends on it.
  @Test func excludedServicesStayDown() async throws {
    try await withSupervisor { folder in
      [
        shell("auth", idle, in: folder),
        shell("app", idle, in: folder, dependencies: [Dependency("auth", .healthy)]),
      ]
    } body: { supervisor, _ in
      let status = try await supervisor.start(excluding: ["auth"])
      #expect(status.map(\.state) == [.stopped, .healthy])
      #expect(status[0].isLeftOut)
      let error = await #expect(throws: SupervisionError.self) {
        _ = try await supervisor.start(excluding: ["aut"])
      }
      #expect(error == .unknownService("aut", nearest: "auth"))
    }
  }

  /// A hundred services must start and stop as one does.
  @Test func aHundredServices() async throws {
    try await withSupervisor { folder in
      (0..<100).map {
        ServiceDefinition(name: "s\($0)", command: ["sleep", "1000"])
      }
    } body: { supervisor, _ in
      let status = try await supervisor.start()
      #expect(status.allSatisfy { $0.state == .healthy })
      await supervisor.stop()
      #expect(status.compactMap(\.pid).allSatisfy { !isAlive($0) })
    }
  }

  /// Descriptors (sockets that the supervisor holds) arrive as 3, 4 and so on, few or many, and
  /// nothing of them stays open on the way.
  @Test(arguments: [1, 4, 5, 20])
  func allHeldDescriptorsArrive(count: Int) async throws {
    var reader: Int32 = -1
    var writer: Int32 = -1
    try #require(homebase_pipe(&reader, &writer) == 0)
    let held = writer
    try await withSupervisor { folder in
      var service = shell(
        "taker", "ls /proc/$$/fd | sort -n > all; mv all got; \(idle)", in: folder,
        probe: .command(["/bin/sh", "-c", "test -s got"]))
      service.descriptors = [Int32](repeating: held, count: count)
      return [service]
    } body: { supervisor, folder in
      try await supervisor.start()
      let got = try String(contentsOfFile: "\(folder)/got", encoding: .utf8)
      let numbers = got.split(separator: "\n").compactMap { Int($0) }
      #expect(Set(numbers).isSuperset(of: 0..<(3 + count)))
      await supervisor.stop()
    }
    close(held)
    var byte: UInt8 = 0
    // Another test's child may have it for a moment, until its exec.
    var end = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
    try #require(poll(&end, 1, 30_000) == 1, "somebody still has the pipe's other end")
    #expect(read(reader, &byte, 1) == 0)
    close(reader)
  }

  /// The number that a service finds a held descriptor under is part of its contract.
  @Test func heldDescriptorsArriveFromThree() async throws {
    let held = open("/dev/null", O_RDONLY | O_CLOEXEC)
    try await withSupervisor { folder in
      var service = shell(
        "taker", "readlink /proc/$$/fd/3 > got; \(idle)", in: folder,
        probe: .command(["/bin/sh", "-c", "test -s got"]))
      service.descriptors = [held]
      return [service]
    } body: { supervisor, folder in
      try await supervisor.start()
      #expect(try String(contentsOfFile: "\(folder)/got", encoding: .utf8) == "/dev/null\n")
    }
    close(held)
  }
}

/// A shell's wait for ever that ends at once with TERM: `sleep` in the foreground would delay traps.
private let idle = "sleep 1000 & wait"

private func shell(
  _ name: String, _ script: String, in folder: String, dependencies: [Dependency] = [],
  probe: HealthProbe? = nil, timing: ProbeTiming = ProbeTiming(),
  restart: RestartPolicy = .never, limits: RestartLimits = RestartLimits(),
  grace: Duration = .seconds(10)
) -> ServiceDefinition {
  ServiceDefinition(
    name: name, command: ["/bin/sh", "-c", script], workingDirectory: folder,
    dependencies: dependencies, probe: probe, probeTiming: timing, restart: restart,
    restartLimits: limits, stopGracePeriod: grace)
}

/// Starts nothing yet; stops all at the end, whatever happened.
private func withSupervisor(
  _ services: (String) -> [ServiceDefinition],
  body: (ServiceSupervisor, String) async throws -> Void
) async throws {
  let folder = try temporaryFolder()
  let supervisor = try ServiceSupervisor(
    services: services(folder), logs: ServiceLogs(folder: folder),
    recordFile: "\(folder)/processes.json")
  do {
    try await body(supervisor, folder)
  } catch {
    await supervisor.stop()
    throw error
  }
  await supervisor.stop()
  try? FileManager.default.removeItem(atPath: folder)
}

private func settled(
  _ supervisor: ServiceSupervisor, _ name: String, _ state: SupervisionGraph.State
) async throws -> ServiceStatus {
  var events = await supervisor.events().makeAsyncIterator()
  try await supervisor.start()
  while let status = await supervisor.status().first(where: { $0.name == name }) {
    if status.state == state { return status }
    _ = await events.next()
  }
  throw CancellationError()
}

func temporaryFolder() throws -> String {
  var template = Array("/tmp/homebase-process-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { throw CancellationError() }
  return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

func isAlive(_ pid: Int32) -> Bool {
  guard let entry = ProcessTable.entry(of: pid) else { return false }
  return entry.state != "Z"
}

func pid(in file: String) throws -> Int32 {
  let text = try String(contentsOfFile: file, encoding: .utf8)
  return try #require(Int32(text.split(separator: "\n").first ?? ""))
}

/// Answers `/health` with 200 and all else with 404, on a thread of its own.
private final class Listener: Sendable {
  let port: Int
  private let descriptor: Int32

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard bound else { throw CancellationError() }
    port = Int(UInt16(bigEndian: address.sin_port))
    startThread(named: "test-http") {
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = read(client, &buffer, buffer.count)
        let isHealth = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
          .hasPrefix("GET /health ")
        let answer = "HTTP/1.1 \(isHealth ? "200 OK" : "404 Not Found")\r\n\r\n"
        _ = answer.withCString { send(client, $0, answer.utf8.count, Int32(MSG_NOSIGNAL)) }
        Glibc.close(client)
      }
    }
  }

  func close() {
    shutdown(descriptor, Int32(SHUT_RDWR))
    Glibc.close(descriptor)
  }
}
