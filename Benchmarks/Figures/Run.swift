import Glibc
import Synchronization

/// A program that was run to its end.
struct Run {
  var milliseconds: Double
  /// As a shell says it: 128 and the signal's number when one ended it.
  var status: Int32
  var output: String
  var errorOutput: String
}

enum FigureError: Error, CustomStringConvertible {
  case notStarted(String, errno: Int32)
  case failed(String, status: Int32, output: String)
  case interrupted
  case noSense(String)

  var description: String {
    switch self {
    case .notStarted(let program, let code):
      "\(program) does not start: \(String(cString: strerror(code)))"
    case .failed(let command, let status, let output):
      "\(command) ended with \(status): \(lastLine(of: output))"
    case .interrupted: "interrupted"
    case .noSense(let text): text
    }
  }
}

private func lastLine(of text: String) -> String {
  let lines = text.split(separator: "\n").suffix(3)
  return lines.isEmpty ? "it said nothing" : lines.joined(separator: " · ")
}

/// Set by SIGINT and SIGTERM: what runs is ended, and everything is cleaned up.
private let isInterrupted = Atomic<Bool>(false)

func wasInterrupted() -> Bool { isInterrupted.load(ordering: .relaxed) }

/// Keeps a descriptor from the programs that are run; there is one thread only.
func closeOnExec(_ descriptor: Int32) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }

func installInterruptHandlers() {
  for number in [SIGINT, SIGTERM, SIGHUP] {
    // Not `signal`: it would go on waiting for a child after the handler.
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in isInterrupted.store(true, ordering: .relaxed) }
    sigaction(number, &action, nil)
  }
  signal(SIGPIPE, SIG_IGN)
}

/// Runs a program and measures from before its start to after its end.
///
/// What it prints goes to files without a name, not to pipes: a daemon that keeps them open
/// would keep a reader waiting.
///
/// - Parameters:
///   - arguments: The absolute path first.
///   - environment: All of it.
///   - check: Whether an exit code other than 0 is an error.
///   - isCleanup: Whether it runs even after an interrupt.
/// - Returns: The time, the exit code and what was printed.
/// - Throws: `FigureError`.
@discardableResult
func run(
  _ arguments: [String], environment: [String: String], check: Bool = true,
  isCleanup: Bool = false
) throws -> Run {
  guard isCleanup || !wasInterrupted() else { throw FigureError.interrupted }
  let output = try anonymousFile()
  let errors = try anonymousFile()
  defer {
    close(output)
    close(errors)
  }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_adddup2(&actions, output, 1)
  posix_spawn_file_actions_adddup2(&actions, errors, 2)

  let start = ContinuousClock.now
  let pid = try spawn(arguments, environment: environment, actions: &actions)
  var status: Int32 = 0
  while waitpid(pid, &status, 0) < 0 && errno == EINTR {
    if wasInterrupted() { kill(pid, SIGTERM) }
  }
  let elapsed = ContinuousClock.now - start

  let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  let result = Run(
    milliseconds: milliseconds(elapsed), status: code, output: contents(of: output),
    errorOutput: contents(of: errors))
  guard isCleanup || !wasInterrupted() else { throw FigureError.interrupted }
  if check && code != 0 {
    throw FigureError.failed(
      arguments.joined(separator: " "), status: code, output: result.output + result.errorOutput)
  }
  return result
}

private func anonymousFile() throws -> Int32 {
  var template = Array("/tmp/homebase-figures-output.XXXXXX".utf8CString)
  let descriptor = mkstemp(&template)
  guard descriptor >= 0 else { throw FigureError.noSense("cannot make a file in /tmp") }
  unlink(template)
  closeOnExec(descriptor)
  return descriptor
}

/// Starts a program with signals as a shell would leave them.
func spawn(
  _ arguments: [String], environment: [String: String],
  actions: inout posix_spawn_file_actions_t
) throws -> pid_t {
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var defaults = sigset_t()
  sigemptyset(&defaults)
  sigaddset(&defaults, SIGPIPE)
  posix_spawnattr_setsigdefault(&attributes, &defaults)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

  let argv = arguments.map { strdup($0) } + [nil]
  let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
  defer { for pointer in argv + envp { free(pointer) } }
  var pid: pid_t = 0
  let code = posix_spawn(&pid, arguments[0], &actions, &attributes, argv, envp)
  guard code == 0 else { throw FigureError.notStarted(arguments[0], errno: code) }
  return pid
}

/// What a file holds, from its beginning.
private func contents(of descriptor: Int32) -> String {
  lseek(descriptor, 0, SEEK_SET)
  return String(decoding: readAll(descriptor), as: UTF8.self)
}

func readAll(_ descriptor: Int32) -> [UInt8] {
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(descriptor, &buffer, buffer.count)
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { return bytes }
    bytes.append(contentsOf: buffer[..<count])
  }
}

func pause(milliseconds: Int) throws { try pause(microseconds: milliseconds * 1000) }

func pause(microseconds: Int) throws {
  guard !wasInterrupted() else { throw FigureError.interrupted }
  usleep(useconds_t(microseconds))
}

// MARK: - Files

func readText(_ path: String) -> String? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  return String(decoding: readAll(descriptor), as: UTF8.self)
}

func write(_ text: String, to path: String) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw FigureError.noSense("cannot write \(path)") }
  defer { close(descriptor) }
  guard writeAll(Array(text.utf8), to: descriptor) else {
    throw FigureError.noSense("cannot write \(path)")
  }
}

func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { return false }
    rest = rest.dropFirst(count)
  }
  return true
}

func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// The names in a folder, sorted by their bytes.
func names(in folder: String) -> [String] {
  guard let directory = opendir(folder) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
}
