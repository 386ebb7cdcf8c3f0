import Diagnostics
import FoundationEssentials
import Glibc
import Testing

@testable import ProcessSupervision

/// PostgreSQL is the hardest child: it forks into other sessions and writes over its environment.
@Suite(.enabled(if: access("\(binaries)/postgres", X_OK) == 0))
struct PostgresProcessTests {
  /// After kill -9 the backends of the one before hold its memory: they must go before the next.
  @Test func killedServerIsBackAtTheFirstAttempt() async throws {
    try await withServer { supervisor, folder in
      let pid = try #require(await supervisor.status().first?.pid)
      // A client whose backend is busy when its postmaster dies.
      let client = try await ChildProcess.spawn(
        ChildRequest(
          executable: "\(binaries)/psql",
          arguments: [
            "psql", "-h", folder, "-U", "postgres", "-c", "select pg_sleep(1000)",
          ], environment: ["PATH": "/usr/bin:/bin"]))
      while ProcessTable.descendants(of: [pid]).filter({ title(of: $0).contains("SELECT") })
        .isEmpty
      {
        await Task.yield()
      }
      let backends = ProcessTable.descendants(of: [pid])
      var events = await supervisor.events().makeAsyncIterator()
      kill(pid, SIGKILL)
      while let event = await events.next(), event.state != .healthy {}
      let status = try #require(await supervisor.status().first)
      #expect(status.restarts == 1)
      #expect(status.lastExit?.status.signalName == "KILL")
      #expect(backends.allSatisfy { !isAlive($0) })
      #expect(await client.waitForExit().isSuccess == false)
      #expect((await supervisor.status(measuringShares: true).first?.proportionalBytes ?? 0) > 0)
    }
  }

  /// `stop` leaves a cluster that was shut down, not one to recover.
  @Test func stopIsACleanShutdown() async throws {
    try await withServer { supervisor, folder in
      await supervisor.stop()
      let control = try await runTool(["\(binaries)/pg_controldata", "\(folder)/data"])
      #expect(control.output.contains("shut down\n"))
      #expect(await supervisor.status().first?.lastExit?.status == ExitStatus(code: 0))
    }
  }

  private func title(of pid: Int32) -> String {
    String(decoding: readWhole("/proc/\(pid)/cmdline") ?? [], as: UTF8.self)
  }

  private func withServer(_ body: (ServiceSupervisor, String) async throws -> Void) async throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let user = geteuid() == 0 ? try UserIdentity.named("postgres") : UserIdentity.current
    #expect(chown(folder, user.userID, user.groupID) == 0)
    let made = try await runTool(
      ["\(binaries)/initdb", "-D", "\(folder)/data", "-A", "trust", "-N", "-U", "postgres"],
      workingDirectory: folder, user: user)
    try #require(made.status.isSuccess, "\(made.errorOutput)")
    let supervisor = try ServiceSupervisor(
      services: [
        ServiceDefinition(
          name: "postgres",
          command: [
            "\(binaries)/postgres", "-F", "-D", "\(folder)/data", "-k", folder, "-h", "",
          ], workingDirectory: folder, user: user,
          probe: .command(["\(binaries)/pg_isready", "-q", "-h", folder]),
          restart: .unlessStopped, stopSignal: SIGINT, deathSignal: SIGINT)
      ], logs: ServiceLogs(folder: folder))
    do {
      #expect(try await supervisor.start().map(\.state) == [.healthy])
      try await body(supervisor, folder)
    } catch {
      await supervisor.stop()
      throw error
    }
    await supervisor.stop()
  }
}

private let binaries = "/usr/lib/postgresql/15/bin"
