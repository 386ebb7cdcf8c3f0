package import Diagnostics
import Glibc

/// What can go wrong between a command and the supervisor.
package enum ControlSocketError: Error, Hashable {
  /// There is no socket file: nothing was started.
  case noSocket(path: String)
  /// There is a socket file and nobody behind it: the supervisor died.
  case nobodyListens(path: String)
  /// Somebody listens there already.
  case alreadyListening(path: String)
  /// A path longer than a unix socket can have.
  case pathTooLong(path: String)
  /// The socket's folder belongs to somebody else.
  case folderNotPrivate(folder: String)
  /// Somebody listens but did not greet in time.
  case silent(path: String)
  /// The two sides speak different versions of the wire.
  case protocolMismatch(ControlGreeting)
  /// The other side closed in the middle of a request.
  case connectionLost
  /// A message that is not what the wire says.
  case malformed(String)
  /// A line longer than the limit.
  case lineTooLong
  /// A system call failed.
  case system(call: String, path: String, code: Int32)
}

extension ControlSocketError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .noSocket, .nobodyListens:
      Diagnostic(
        code: "not_running", message: "the stack is not running",
        hint: "start it with `homebase start`")
    case .alreadyListening(let path):
      Diagnostic(
        code: "already_running", message: "a supervisor already listens at \(path)",
        hint: "see it with `homebase status`, end it with `homebase stop`")
    case .pathTooLong(let path):
      Diagnostic(
        code: "socket_path_too_long",
        message: "the socket's path has \(path.utf8.count) bytes, 107 are possible: \(path)",
        hint: "set XDG_RUNTIME_DIR to a folder with a shorter name")
    case .folderNotPrivate(let folder):
      Diagnostic(
        code: "folder_not_private",
        message: "the folder \(folder) is not ours: another user could read along",
        hint: "remove it as its owner, or set XDG_RUNTIME_DIR to a folder of your own")
    case .silent(let path):
      Diagnostic(
        code: "supervisor_silent", message: "the supervisor at \(path) does not answer",
        hint: "wait a moment and try again; `homebase restart` replaces a supervisor that hangs")
    case .protocolMismatch(let greeting):
      Diagnostic(
        code: "protocol_mismatch",
        message: greeting.protocol < ControlWire.version
          ? "the stack runs an older homebase (\(greeting.version)) than this command"
          : "the stack runs a newer homebase (\(greeting.version)) than this command",
        hint: greeting.protocol < ControlWire.version
          ? "take the new one with `homebase restart`; your data stays"
          : "update this homebase, or take its version with `homebase restart`; your data stays")
    case .connectionLost:
      Diagnostic(
        code: "connection_lost", message: "the supervisor ended before it answered",
        hint: "`homebase status` says what runs, `homebase logs` what happened")
    case .malformed(let what):
      Diagnostic(code: "malformed_message", message: "a message was not understood: \(what)")
    case .lineTooLong:
      Diagnostic(
        code: "message_too_long",
        message: "a message is longer than \(ControlWire.longestLineInBytes >> 20) MB")
    case .system(let call, let path, let code):
      Diagnostic(
        code: "control_socket_failed",
        message: "\(call) failed for \(path): \(String(cString: strerror(code)))",
        hint: code == EACCES
          ? "run the command as the user who started the stack" : nil)
    }
  }
}
