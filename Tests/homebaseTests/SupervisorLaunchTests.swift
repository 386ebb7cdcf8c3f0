import Diagnostics
import FoundationEssentials
import Glibc
import Testing

@testable import homebase

@Suite struct SupervisorLaunchTests {
  /// The command waits until the supervisor says that it listens, and not longer.
  @Test func itListens() async throws {
    try await launch(
      """
      echo "$@" > "$3/args"
      ls /proc/$$/fd | tr '\\n' ' ' > "$3/fds"
      cut -d' ' -f6 /proc/$$/stat > "$3/session"; echo $$ > "$3/pid"
      sleep 600 3>&- & echo $! > "$3/child"
      echo '{"pid":5}' >&3
      """
    ) { world, error in
      #expect(error == nil)
      let root = world.place.root
      #expect(world.read("args") == "supervise --workdir \(root) --ready-descriptor 3\n")
      #expect(world.read("session") == world.read("pid"))
      if let child = world.read("child").flatMap({ Int32($0.dropLast()) }) { kill(child, SIGKILL) }
    }
  }

  /// Why it cannot start is shown as if the command had failed itself.
  @Test func itSaysWhyNot() async throws {
    try await launch(
      #"echo '{"error":{"code":"port_taken","message":"port 1 is taken"}}' >&3"#
    ) { _, error in
      #expect(error?.code == "port_taken")
    }
  }

  /// A supervisor that dies without a word: its log's last lines.
  @Test func itDies() async throws {
    try await launch("echo starting; echo 'out of luck' >&2; exit 3") { world, error in
      #expect(error?.code == "supervisor_died")
      #expect(error?.excerpt == ["starting", "out of luck"])
      #expect(error?.hint?.contains(world.place.supervisorLog) == true)
    }
  }

  @Test func thereIsNoProgram() async throws {
    try await withWorld(running: false) { world async throws in
      let error = #expect(throws: Diagnostic.self) {
        try launchSupervisor(
          SupervisorLaunch(place: world.place, environment: [:], program: "/nowhere"))
      }
      #expect(error?.code == "supervisor_not_started")
    }
  }

  private func launch(
    _ script: String, _ check: (World, Diagnostic?) throws -> Void
  ) async throws {
    try await withWorld(running: false) { world async throws in
      let program = "\(world.folder)/supervisor"
      try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: program))
      chmod(program, 0o755)
      let launch = SupervisorLaunch(
        place: world.place, environment: ["PATH": "/usr/bin:/bin"], program: program)
      let error = try await onThread { () -> Diagnostic? in
        while true {
          do {
            try launchSupervisor(launch)
            return nil
          } catch let error as Diagnostic {
            // A child that another test makes at this moment holds the script open for writing.
            guard error.message.hasSuffix("Text file busy") else { return error }
          }
        }
      }
      try check(world, error)
    }
  }
}
