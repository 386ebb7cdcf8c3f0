package import Diagnostics
import Glibc

/// What can go wrong with one process.
package enum ProcessError: Error, Hashable {
  /// The step of a spawn that failed.
  package enum Stage: Sendable, Hashable {
    case clone, descriptors, user, workingDirectory, parent, execute
  }

  case unknownUser(String)
  case commandNotFound(String, searched: String)
  case notStarted(executable: String, stage: Stage, errno: Int32, detail: String)
  case timedOut(tool: String, after: Duration)
}

extension ProcessError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .unknownUser(let name):
      Diagnostic(
        code: "unknown_user", message: "this machine has no user named \(name)",
        hint: "name an existing user, or create it: useradd --system \(name)")
    case .commandNotFound(let command, let searched):
      Diagnostic(
        code: "command_not_found", message: "\(command) was not found",
        hint: command.contains("/")
          ? "looked at \(searched); check the path and that it may be executed"
          : "looked in \(searched); install it, or write its whole path")
    case .notStarted(let executable, let stage, let errno, let detail):
      Diagnostic(
        code: "process_not_started",
        message: "\(executable) could not be started: \(stage.words(detail)): "
          + String(cString: strerror(errno)),
        hint: stage.hint(errno))
    case .timedOut(let tool, let duration):
      Diagnostic(
        code: "tool_timed_out",
        message: "\(tool) took longer than \(duration.components.seconds) s and was ended",
        hint: "run it by hand to see what it waits for")
    }
  }
}

extension ProcessError.Stage {
  fileprivate func words(_ detail: String) -> String {
    switch self {
    case .clone: "no new process"
    case .descriptors: "its open files"
    case .user: "changing to the user \(detail)"
    case .workingDirectory: "the folder \(detail)"
    case .parent: "its parent is gone"
    case .execute: "executing it"
    }
  }

  fileprivate func hint(_ errno: Int32) -> String {
    switch (self, errno) {
    case (.clone, _), (.descriptors, _):
      "the machine's limits may be reached: see `ulimit -a`"
    case (.user, _): "only root can start a process as another user"
    case (.workingDirectory, EACCES): "the user that runs it must be able to enter the folder"
    case (.workingDirectory, _): "make the folder, or correct the path"
    case (.execute, ENOEXEC): "a script needs a first line such as #!/bin/sh"
    case (.execute, EACCES): "make it executable for the user that runs it: chmod +x"
    case (.execute, _): "check that the file and its interpreter exist"
    case (.parent, _): "homebase was ending; start it again"
    }
  }
}
