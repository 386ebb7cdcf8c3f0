import Diagnostics
import Glibc
import Testing

@testable import ProcessSupervision

@Suite struct ToolTests {
  /// Every initdb, pg_dump and git call depends on both outputs arriving whole and apart.
  @Test func outputsAndExitCodeArrive() async throws {
    let result = try await runTool(
      ["/bin/sh", "-c", "cat; echo wrong >&2; exit 3"], input: "hello")
    #expect(result.output == "hello")
    #expect(result.errorOutput == "wrong\n")
    #expect(result.status == ExitStatus(code: 3))
    #expect(!result.status.isSuccess)
  }

  /// A tool ended by a signal must not look like a failed one.
  @Test func signalIsNamed() async throws {
    let result = try await runTool(["/bin/sh", "-c", "kill -9 $$"])
    #expect(result.status.signalName == "KILL")
    #expect(result.status.code == nil)
  }

  /// Input larger than a pipe, output larger than a pipe: neither side may wait for the other.
  @Test func largeInputAndOutputDoNotBlock() async throws {
    let text = String(repeating: "0123456789abcdef\n", count: 60_000)
    let result = try await runTool(["/bin/cat"], input: text)
    #expect(result.output == text)
  }

  /// A tool that never reads its input must not end homebase with SIGPIPE.
  @Test func unreadInputIsHarmless() async throws {
    let text = String(repeating: "x", count: 1_000_000)
    let result = try await runTool(["/bin/true"], input: text)
    #expect(result.status.isSuccess)
  }

  /// A hanging tool must not hang the command, whatever it does with TERM.
  @Test func timeoutEndsTheWholeGroup() async throws {
    let error = await #expect(throws: ProcessError.self) {
      _ = try await runTool(
        ["/bin/sh", "-c", "trap '' TERM; sleep 1000 & wait; sleep 1000"],
        timeout: .milliseconds(50))
    }
    #expect(error?.diagnostic.code == "tool_timed_out")
  }

  /// Ctrl-C in a command must end the tool that it waits for.
  @Test func cancellationEndsTheTool() async throws {
    let task = Task { try await runTool(["/bin/sleep", "1000"]) }
    task.cancel()
    await #expect(throws: CancellationError.self) { _ = try await task.value }
  }

  /// The message must name the step that failed, not just a number.
  @Test func failedStartNamesItsStage() async throws {
    let missing = await #expect(throws: ProcessError.self) {
      _ = try await runTool(["/no/such/tool"])
    }
    #expect(
      missing
        == .notStarted(executable: "/no/such/tool", stage: .execute, errno: ENOENT, detail: ""))
    let folder = await #expect(throws: ProcessError.self) {
      _ = try await runTool(["/bin/true"], workingDirectory: "/no/such/folder")
    }
    #expect(
      folder?.diagnostic.message
        == "/bin/true could not be started: the folder /no/such/folder: No such file or directory")
  }

  /// PostgreSQL refuses root: its tools must run as another user, in all of its groups.
  @Test(.enabled(if: geteuid() == 0)) func anotherUserIsTakenOnWhole() async throws {
    let user = try UserIdentity.named("nobody")
    let result = try await runTool(
      ["/bin/sh", "-c", "id -u; id -ru; id -g; echo $HOME; grep Groups /proc/self/status"],
      user: user)
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines[0] == String(user.userID))
    #expect(lines[1] == String(user.userID))
    #expect(lines[2] == String(user.groupID))
    #expect(lines[3] == user.home)
    #expect(lines[4].split(separator: "\t").last.map(String.init)?.contains("0 ") != true)
  }

  /// A wrong name must be said before anything is started.
  @Test func unknownUserIsAnError() {
    #expect(throws: ProcessError.unknownUser("no-such-user-here")) {
      _ = try UserIdentity.named("no-such-user-here")
    }
  }

  /// A child must not inherit descriptors: a held lock or socket would outlive its owner.
  @Test func descriptorsDoNotLeak() async throws {
    let leak = open("/dev/null", O_RDONLY)
    defer { close(leak) }
    let result = try await runTool(["/bin/ls", "/proc/self/fd"])
    let names = Set(result.output.split(separator: "\n").map(String.init))
    #expect(names.subtracting(["0", "1", "2", "3"]).isEmpty)
  }

  /// Children made while the pool's threads come and go must all be reaped: no zombies.
  @Test func manyToolsAtOnce() async throws {
    try await withThrowingTaskGroup(of: String.self) { group in
      for number in 0..<60 {
        group.addTask {
          try await runTool(["/bin/echo", "\(number)"]).output
        }
      }
      var seen: Set<String> = []
      for try await output in group { seen.insert(output) }
      #expect(seen.count == 60)
    }
  }
}
