import ControlSocket
import Diagnostics
import FoundationEssentials
import Glibc

/// What a new supervisor is started with.
struct SupervisorLaunch: Sendable {
  /// The project.
  var place: ProjectPlace
  /// Its variables.
  var environment: [String: String]
  /// The program to run: this one.
  var program = "/proc/self/exe"
}

/// Makes starts of one project wait for each other.
struct StartLock {
  private let descriptor: Int32

  /// Waits for the lock.
  ///
  /// - Parameter folder: The project's data folder, which exists.
  /// - Throws: A diagnostic when the file cannot be made.
  init(folder: String) throws {
    let file = "\(folder)/start.lock"
    descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw Diagnostic(
        code: "start_lock_failed",
        message: "cannot open \(file): \(String(cString: strerror(errno)))",
        hint: "the folder must be yours; `homebase doctor` looks at it")
    }
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
  }

  /// Lets the next start go on.
  func release() { close(descriptor) }
}

/// Starts the supervisor as a session of its own, and returns when it listens.
///
/// The supervisor gets the write end of a pipe as descriptor 3 and says there that it listens, or
/// why it cannot: `ReadySignal`. Its output goes to its log.
///
/// - Parameter launch: The project and the variables.
/// - Throws: What the supervisor said, or how it ended.
@Sendable func launchSupervisor(_ launch: SupervisorLaunch) throws {
  var ends: [Int32] = [-1, -1]
  guard pipe(&ends) == 0 else { throw launchFailure("pipe", errno) }
  let (reader, writer) = (ends[0], ends[1])
  defer { close(reader) }
  let pid: pid_t
  do {
    defer { close(writer) }
    // Nothing of the shell's may stay open in a daemon; descriptor 3 is given anew below.
    closeOnExecFromThree()
    pid = try spawnSupervisor(launch, writer: writer)
  } catch {
    throw error
  }
  let said = readToEnd(reader)
  if let line = said.split(separator: UInt8(ascii: "\n")).first {
    let message = try JSONDecoder().decode(ReadySignal.Message.self, from: Data(line))
    if let error = message.error { throw error }
    return
  }
  var status: Int32 = 0
  while waitpid(pid, &status, 0) < 0, errno == EINTR {}
  throw Diagnostic(
    code: "supervisor_died", message: "the supervisor ended before it listened",
    hint: "see why in \(launch.place.supervisorLog)",
    excerpt: lastLines(of: launch.place.supervisorLog, 10))
}

/// How the supervisor tells the command that started it that it listens.
struct ReadySignal: Sendable {
  /// One line on the pipe.
  struct Message: Codable {
    /// The supervisor's process, when it listens.
    var pid: Int32?
    /// Why it does not listen.
    var error: Diagnostic?
  }

  /// The pipe's write end; nil when nobody waits.
  var descriptor: Int32?

  /// Says that the control socket can be connected to.
  func listening() { send(Message(pid: getpid())) }

  /// Says why there will be no control socket.
  ///
  /// - Parameter error: What the command shows.
  func failed(_ error: Diagnostic) { send(Message(error: error)) }

  private func send(_ message: Message) {
    guard let descriptor, var line = try? JSONEncoder().encode(message) else { return }
    line.append(UInt8(ascii: "\n"))
    signal(SIGPIPE, SIG_IGN)
    line.withUnsafeBytes { _ = write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
  }
}

private func spawnSupervisor(_ launch: SupervisorLaunch, writer: Int32) throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  let log = launch.place.supervisorLog
  // It prints next to nothing; over many starts that is still a file that only grows.
  var facts = stat()
  if stat(log, &facts) == 0, facts.st_size > 1 << 20 { rename(log, "\(log).1") }
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_addopen(
    &actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
  posix_spawn_file_actions_adddup2(&actions, writer, 3)

  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var none = sigset_t()
  var all = sigset_t()
  sigemptyset(&none)
  sigfillset(&all)
  posix_spawnattr_setsigmask(&attributes, &none)
  posix_spawnattr_setsigdefault(&attributes, &all)
  // glibc 2.26, spawn.h: POSIX_SPAWN_SETSID, which the Glibc module does not show.
  let newSession: Int32 = 0x80
  posix_spawnattr_setflags(
    &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | newSession))

  let arguments = [
    "homebase", "supervise", "--workdir", launch.place.root, "--ready-descriptor", "3",
  ]
  let variables = launch.environment.map { "\($0)=\($1)" }
  var pid: pid_t = 0
  let code = withCStrings(arguments) { argv in
    withCStrings(variables) { envp in
      posix_spawn(&pid, launch.program, &actions, &attributes, argv, envp)
    }
  }
  guard code == 0 else { throw launchFailure("posix_spawn", code) }
  return pid
}

private func launchFailure(_ call: String, _ code: Int32) -> Diagnostic {
  Diagnostic(
    code: "supervisor_not_started",
    message: "the supervisor cannot be started: \(call): \(String(cString: strerror(code)))")
}

/// Calls the body with a null-terminated array of C strings.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return (copies + [nil]).withUnsafeBufferPointer { list in
    guard let start = list.baseAddress else { preconditionFailure("the array has an end") }
    return body(start)
  }
}

private func closeOnExecFromThree() {
  guard let folder = opendir("/proc/self/fd") else { return }
  defer { closedir(folder) }
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if let number = Int32(name), number >= 3 { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
  }
}

private func readToEnd(_ descriptor: Int32) -> [UInt8] {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count > 0 {
      bytes += chunk[..<count]
      // The supervisor's children may hold the pipe longer than it speaks.
      if bytes.last == UInt8(ascii: "\n") { return bytes }
    } else if count == 0 || errno != EINTR {
      return bytes
    }
  }
}

/// The last lines of a file, for an error.
private func lastLines(of path: String, _ count: Int) -> [String] {
  guard let data = FileManager.default.contents(atPath: path) else { return [] }
  return String(decoding: data.suffix(16 << 10), as: UTF8.self)
    .split(separator: "\n").suffix(count).map(String.init)
}
