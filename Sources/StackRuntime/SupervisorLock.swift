import Diagnostics
import Glibc

/// One supervisor a project's data, whatever the runtime folder of the shell that started it.
///
/// The control socket's folder follows `XDG_RUNTIME_DIR`, which differs between a login, `sudo` and
/// cron; the data does not. So the lock is kept beside the data, and says where the socket is.
package struct SupervisorLock: ~Copyable {
  /// What the lock's file says about who has it.
  package struct Owner: Sendable, Hashable {
    /// The supervisor's process.
    package var pid: Int32
    /// Where it listens.
    package var controlSocket: String
  }

  private let descriptor: Int32

  deinit { close(descriptor) }

  private static func file(in dataFolder: String) -> String { "\(dataFolder)/supervisor.lock" }

  /// Takes the lock for this process, which has it until the process ends or the value does.
  ///
  /// - Parameters:
  ///   - dataFolder: The project's, which exists.
  ///   - controlSocket: Where this process will listen.
  /// - Returns: The lock.
  /// - Throws: A diagnostic that names the supervisor that has it.
  package static func take(
    dataFolder: String, controlSocket: String
  ) throws -> SupervisorLock {
    let path = file(in: dataFolder)
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure("open", path) }
    let lock = SupervisorLock(descriptor: descriptor)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      guard errno == EWOULDBLOCK else { throw failure("flock", path) }
      let owner = owner(in: dataFolder)
      throw Diagnostic(
        code: "already_running",
        message: "a supervisor\(owner.map { " (pid \($0.pid))" } ?? "") already has this project",
        hint: "see it with `homebase status`, end it with `homebase stop`")
    }
    let text = Array("\(getpid())\n\(controlSocket)\n".utf8)
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count
    else { throw failure("write", path) }
    return lock
  }

  /// The supervisor that has the lock at this moment.
  ///
  /// - Parameter dataFolder: The project's; it need not exist.
  /// - Returns: Nil when nobody has it: what a dead supervisor wrote does not count.
  package static func holder(dataFolder: String) -> Owner? {
    let descriptor = open(file(in: dataFolder), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // A shared lock, given back at once: two that look do not take each other for a supervisor.
    if flock(descriptor, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK { return nil }
    return owner(in: dataFolder)
  }

  private static func owner(in dataFolder: String) -> Owner? {
    let descriptor = open(file(in: dataFolder), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    guard count > 0 else { return nil }
    let lines = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
    guard lines.count == 2, let pid = Int32(lines[0]), pid > 1 else { return nil }
    return Owner(pid: pid, controlSocket: String(lines[1]))
  }

  private static func failure(_ call: String, _ path: String) -> Diagnostic {
    Diagnostic(
      code: "supervisor_lock_failed",
      message: "\(call) failed for \(path): \(String(cString: strerror(errno)))",
      hint: "the folder must be yours and its disk not full; `homebase doctor` looks at both")
  }
}
