import FoundationEssentials
import Glibc
import Synchronization
import Testing

@testable import ProcessSupervision

/// The guardian is tried with a small C program of its own: this process has threads, and cannot
/// be forked into one.
@Suite struct GuardianTests {
  /// The promise of the house: after kill -9 of the supervisor nothing is left, whatever it is.
  @Test func nothingOutlivesAKilledSupervisor() async throws {
    try await withGuarded([
      "sleep 1000 & wait",
      "trap '' TERM; (setsid sleep 1000 &) ; while :; do sleep 1000; done",
      "kill -STOP $$; sleep 1000",
      "(setsid sh -c 'trap \"\" TERM INT HUP; sleep 1000 & wait; sleep 1000' &); exit",
    ]) { guarded in
      kill(guarded.supervisor, SIGKILL)
      #expect(await guarded.end() == ExitStatus(code: 137))
      #expect(guarded.survivors.isEmpty)
    }
  }

  /// Services that can end in order get the time for it.
  @Test func anOrderlyEndIsWaitedFor() async throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await withGuarded([
      "trap 'sleep 0.1; echo done > \(folder)/done; exit' TERM; echo > \(folder)/up; "
        + "while :; do sleep 1000 & wait; done"
    ]) { guarded in
      while access("\(folder)/up", F_OK) != 0 { await Task.yield() }
      kill(guarded.supervisor, SIGKILL)
      _ = await guarded.end()
      #expect(access("\(folder)/done", F_OK) == 0)
    }
  }

  /// TERM to the guardian is TERM to the supervisor, whose exit code is the guardian's.
  @Test func signalsAndExitCodesPassThrough() async throws {
    try await withGuarded(["sleep 1000"]) { guarded in
      kill(guarded.guardian, SIGTERM)
      #expect(await guarded.end() == ExitStatus(code: 42))
      #expect(guarded.survivors.isEmpty)
    }
  }

  /// A guardian that is killed takes the supervisor along in order; direct children follow it.
  @Test func killedGuardianEndsTheSupervisor() async throws {
    try await withGuarded(["exec sleep 1000"]) { guarded in
      kill(guarded.guardian, SIGKILL)
      #expect(await guarded.end() == ExitStatus(signal: SIGKILL))
      while !guarded.survivors.isEmpty { await Task.yield() }
    }
  }

  /// The guardian must hold nothing open: who reads our output waits for its end.
  @Test func guardianHoldsNothingOpen() async throws {
    try await withGuarded(["exec sleep 1000"]) { guarded in
      while ProcessTable.entry(of: guarded.guardian)?.name != "homebase-guard" {
        await Task.yield()
      }
      let open = try FileManager.default.contentsOfDirectory(
        atPath: "/proc/\(guarded.guardian)/fd")
      #expect(Set(open).isSubset(of: ["0", "1", "2"]))
    }
  }
}

@Suite struct SweepTests {
  /// Supervisor and guardian killed in one instant: the next start ends what they left.
  @Test func leftoversOfAKilledSupervisorAreEnded() async throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let logs = ServiceLogs(folder: folder)
    let file = "\(folder)/processes.json"
    let supervisor = try ServiceSupervisor(
      services: [
        ServiceDefinition(
          name: "a",
          command: [
            "/bin/sh", "-c",
            "(setsid sh -c 'trap \"\" TERM; echo > up; sleep 1000 & wait; sleep 1000' &); "
              + "sleep 1000 & wait",
          ],
          workingDirectory: folder, probe: .command(["/bin/sh", "-c", "test -e up"]))
      ], logs: logs, recordFile: file)
    let pid = try #require(try await supervisor.start().first?.pid)
    // A supervisor that lives is none of our business.
    #expect(await sweepLeftovers(recordFile: file).isEmpty)
    #expect(isAlive(pid))
    // The record of one that is gone; a stranger that now has a child's old pid is not touched.
    let bystander = try await ChildProcess.spawn(
      ChildRequest(executable: "/bin/sleep", arguments: ["sleep", "1000"], environment: [:]))
    while access(file, F_OK) != 0 { await Task.yield() }
    var record = try #require(ProcessRecord.read(file))
    record.supervisor = .init(service: "", pid: 1, startTime: 0)
    record.parent = record.supervisor
    record.children.append(
      .init(service: "b", pid: bystander.pid, startTime: bystander.startTime + 1))
    let copy = "\(folder)/old.json"
    record.write(to: copy)
    let found = await sweepLeftovers(recordFile: copy)
    #expect(found.count >= 3)
    #expect(found.allSatisfy { $0.service == "a" && !isAlive($0.pid) })
    #expect(!isAlive(pid))
    #expect(bystander.exitStatus == nil && isAlive(bystander.pid))
    #expect(access(copy, F_OK) != 0)
    bystander.send(SIGKILL)
    _ = await bystander.waitForExit()
    await supervisor.stop()
  }

  /// A record of another boot or a broken one must end nothing.
  @Test func oldAndBrokenRecordsAreForgotten() async throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = "\(folder)/processes.json"
    let own = ProcessRecord.Entry(
      service: "me", pid: getpid(), startTime: ProcessTable.startTime(of: getpid()) ?? 0)
    let gone = ProcessRecord.Entry(service: "", pid: 1, startTime: 0)
    ProcessRecord(
      boot: "another", instance: "x", supervisor: gone, parent: gone, children: [own]
    ).write(to: file)
    #expect(await sweepLeftovers(recordFile: file).isEmpty)
    try "{\"boot\": \"".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(await sweepLeftovers(recordFile: file).isEmpty)
    #expect(await sweepLeftovers(recordFile: file).isEmpty)
  }
}

/// A supervisor in miniature with its guardian.
private struct Guarded {
  let child: ChildProcess
  let supervisor: Int32
  let guardian: Int32
  let mark: String

  func end() async -> ProcessSupervision.ExitStatus { await child.waitForExit() }

  /// Whoever bears the mark and runs.
  var survivors: [Int32] {
    ProcessTable.allPIDs().filter {
      isAlive($0) && ProcessTable.environmentValue("GUARDED", of: $0) == mark
    }
  }
}

private func withGuarded(_ scripts: [String], _ body: (Guarded) async throws -> Void) async throws {
  let folder = try temporaryFolder()
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let program = try await GuardedProgram.shared.path()
  let output = open("\(folder)/out", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
  defer { close(output) }
  let mark = ServiceMark.newInstance()
  let child = try await ChildProcess.spawn(
    ChildRequest(
      executable: program, arguments: ["guarded"] + scripts,
      environment: ["GUARDED": mark, "PATH": "/usr/bin:/bin"],
      descriptors: [nil, output, output], deathSignal: 0))
  var words: [Substring] = []
  while words.count < 3, child.exitStatus == nil {
    words = try String(contentsOfFile: "\(folder)/out", encoding: .utf8).split {
      $0 == " " || $0 == "\n"
    }
    await Task.yield()
  }
  try #require(words.count == 3)
  let guarded = Guarded(
    child: child, supervisor: try #require(Int32(words[1])),
    guardian: try #require(Int32(words[2])), mark: mark)
  do {
    try await body(guarded)
  } catch {
    for pid in guarded.survivors { kill(pid, SIGKILL) }
    throw error
  }
  for pid in guarded.survivors { kill(pid, SIGKILL) }
}

/// Where the C program lies; it is needed until the last test has ended.
private let folderToRemove = Mutex("")

/// The C program, compiled once a run by the compiler that Swift brings along.
private actor GuardedProgram {
  static let shared = GuardedProgram()
  private var making: Task<String, any Error>?

  func path() async throws -> String {
    let task = making ?? Task { try await Self.make() }
    making = task
    return try await task.value
  }

  private static func make() async throws -> String {
    let folder = try temporaryFolder()
    folderToRemove.withLock { $0 = folder }
    atexit {
      let folder = folderToRemove.withLock { $0 }
      for name in ["guarded", "guarded.c", ""] { remove("\(folder)/\(name)") }
    }
    let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    try source.write(toFile: "\(folder)/guarded.c", atomically: true, encoding: .utf8)
    let path = currentEnvironment()["PATH"]
    let compiler =
      try (try? CommandLookup.find("clang", path: path)) ?? CommandLookup.find("cc", path: path)
    let result = try await runTool([
      compiler, "-I\(root)/Sources/CProcess/include", "-o", "\(folder)/guarded",
      "\(folder)/guarded.c", "\(root)/Sources/CProcess/CProcess.c",
    ])
    try #require(result.status.isSuccess, "\(result.errorOutput)")
    return "\(folder)/guarded"
  }

  /// Guardian first, then a shell for each argument, each with a death signal; says "ready" and
  /// its own and the guardian's pid; waits for TERM and ends with 42.
  private static let source = #"""
    #include "CProcess.h"

    #include <signal.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>

    extern char **environ;

    int main(int count, char **arguments) {
      if (homebase_guardian_run(NULL) != 0) return 99;
      int code = -1;
      for (int i = 1; i < count; i++) {
        if (strncmp(arguments[i], "exit:", 5) == 0) {
          code = atoi(arguments[i] + 5);
          continue;
        }
        char *child[] = {"sh", "-c", arguments[i], NULL};
        int descriptors[] = {0, 1, 2};
        homebase_spawn_request request = {
          .executable = "/bin/sh", .arguments = child, .environment = environ,
          .descriptors = descriptors, .descriptor_count = 3, .death_signal = SIGTERM, .mask = -1};
        homebase_spawn_result result = homebase_spawn(&request);
        if (result.pid == 0) return 98;
      }
      sigset_t term;
      sigemptyset(&term);
      sigaddset(&term, SIGTERM);
      sigprocmask(SIG_BLOCK, &term, NULL);
      printf("ready %d %d\n", (int)getpid(), (int)getppid());
      fflush(stdout);
      if (code >= 0) return code;
      int got = 0;
      sigwait(&term, &got);
      return 42;
    }
    """#
}
