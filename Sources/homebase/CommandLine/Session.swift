import Console
import Diagnostics
import FoundationEssentials
import Glibc
import StackProtocol

/// What surrounds a command: the process's own, or a test's.
struct ProcessContext: Sendable {
  /// The process's variables.
  var environment: [String: String]
  /// Where the command was typed.
  var workingDirectory: String
  /// What is known about the standard descriptors.
  var terminal: Terminal
  /// The other modules, as far as commands need them.
  var rooms: Rooms
  /// Takes results.
  var standardOutput: Output.Sink = writeResult
  /// Takes all else.
  var standardError: Output.Sink = { writeAll($0, to: STDERR_FILENO) }
  /// Reads what is piped in to its end; nil when nothing is.
  var readStandardInput: @Sendable () throws -> [UInt8]? = readPipedInput

  /// The context of this process.
  ///
  /// - Returns: A new context.
  static func current() -> ProcessContext {
    let environment = ProcessInfo.processInfo.environment
    return ProcessContext(
      environment: environment, workingDirectory: currentFolder(),
      terminal: .detect(environment: environment), rooms: .connected())
  }

  /// Makes the output of a command.
  ///
  /// - Parameters:
  ///   - format: How results are written.
  ///   - assumesYes: Whether every question is answered with yes.
  ///   - isColoured: False paints nothing.
  /// - Returns: A new output.
  func output(
    format: Output.Format, assumesYes: Bool = false, isColoured: Bool = true
  ) -> Output {
    var terminal = terminal
    if !isColoured {
      terminal.output = .plain
      terminal.errors = .plain
    }
    return Output(
      format: format, terminal: terminal, assumesYes: assumesYes, standardOutput: standardOutput,
      standardError: standardError)
  }
}

/// One command at work: its options, its output, its project.
struct Session: Sendable {
  /// What surrounds the command.
  let process: ProcessContext
  /// Where it speaks.
  let output: Output
  /// Whether it says what it does on the way.
  let isDebugging: Bool
  private let workdir: String?
  private let stackName: String?

  /// Makes the session of one command.
  ///
  /// An option counts before `HOMEBASE_…`, that before `SUPABASE_…`.
  ///
  /// - Parameters:
  ///   - process: What surrounds the command.
  ///   - options: What was typed.
  init(process: ProcessContext, options: GlobalOptions) {
    let environment = process.environment
    self.process = process
    workdir = options.workdir ?? setting("WORKDIR", environment)
    stackName = options.stack ?? setting("STACK", environment)
    isDebugging = options.debug || isTrue(setting("DEBUG", environment))
    output = process.output(
      format: options.outputFormat ?? requestedFormat([], environment: environment),
      assumesYes: options.yes || isTrue(setting("YES", environment)),
      isColoured: !options.noColor)
  }

  /// The project that the command is about.
  ///
  /// - Returns: Where it is and where its state lives.
  /// - Throws: A diagnostic when there is none.
  func project() throws -> ProjectPlace {
    if let stackName, !["local", "default"].contains(stackName) {
      throw Diagnostic(
        code: "no_such_stack", message: "there is no stack \"\(stackName)\"",
        hint: "leave out --stack for the project's own", category: .usage)
    }
    let place = try process.rooms.findProject(
      chosenFolder ?? process.workingDirectory, chosenFolder != nil, process.environment)
    debug("project in \(place.root), layout \(place.style.rawValue), state in \(place.dataFolder)")
    return place
  }

  /// The folder that `--workdir` names, absolute; nil when it was not given.
  var chosenFolder: String? {
    workdir.map { $0.hasPrefix("/") ? $0 : "\(process.workingDirectory)/\($0)" }
  }

  /// Says something on the way, for `--debug`.
  ///
  /// - Parameter line: Made only when it is wanted.
  func debug(_ line: @autoclosure () -> String) {
    if isDebugging { process.standardError("debug: \(line())\n") }
  }
}

/// A setting of the environment: homebase's own name, else the Supabase CLI's.
///
/// - Parameters:
///   - name: Without the prefix.
///   - environment: The process's variables.
/// - Returns: Nil when it is not set, or empty.
func setting(_ name: String, _ environment: [String: String]) -> String? {
  for prefix in ["HOMEBASE_", "SUPABASE_"] {
    if let value = environment[prefix + name], !value.isEmpty { return value }
  }
  return nil
}

private func isTrue(_ value: String?) -> Bool {
  ["1", "true", "yes", "on", "t", "y"].contains(value?.lowercased() ?? "")
}

private func currentFolder() -> String {
  guard let path = getcwd(nil, 0) else { return "." }
  defer { free(path) }
  return String(cString: path)
}

/// Reads standard input to its end when it is a pipe or a file; a terminal is not waited for.
///
/// - Returns: Nil when nothing is piped in.
/// - Throws: A diagnostic when it cannot be read.
@Sendable func readPipedInput() throws -> [UInt8]? {
  var facts = stat()
  guard fstat(STDIN_FILENO, &facts) == 0 else { return nil }
  let kind = facts.st_mode & S_IFMT
  guard kind == S_IFIFO || kind == S_IFREG else { return nil }
  var bytes: [UInt8] = []
  let room = 64 << 10
  while true {
    let (count, code) = withUnsafeTemporaryAllocation(byteCount: room, alignment: 1) { chunk in
      let count = read(STDIN_FILENO, chunk.baseAddress, room)
      let code = errno
      if count > 0 { bytes.append(contentsOf: chunk[..<count]) }
      return (count, code)
    }
    if count == 0 { return bytes }
    if count < 0, code != EINTR {
      throw Diagnostic(
        code: "unreadable_input",
        message: "standard input cannot be read: \(String(cString: strerror(code)))")
    }
  }
}
