import ArgumentParser
import Console
import Diagnostics

/// The options that every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The project's root, instead of looking upward.", valueName: "dir"),
    completion: .directory)
  var workdir: String?

  @Option(help: ArgumentHelp("The stack, instead of the project's own.", valueName: "name"))
  var stack: String?

  @Option(help: ArgumentHelp("How results are written: text or json.", valueName: "format"))
  var outputFormat: Output.Format?

  @Flag(help: "Say on standard error what is done on the way.")
  var debug = false

  @Flag(help: "Answer every question with yes.")
  var yes = false

  @Flag(help: "Paint nothing.")
  var noColor = false
}

extension Output.Format: ExpressibleByArgument {}

/// A command of homebase: it gets a session instead of reaching for the process.
protocol HomebaseCommand: ParsableCommand, Sendable {
  /// The options that every command takes.
  var global: GlobalOptions { get }

  /// Does the work.
  ///
  /// - Parameter session: The project, the supervisor and the output at hand.
  /// - Throws: Any error; it is shown as a `Diagnostic`, which decides on the exit code.
  func run(in session: Session) throws
}

/// A command that has to wait for something else than the supervisor.
protocol AsyncHomebaseCommand: HomebaseCommand {
  /// Does the work.
  ///
  /// - Parameter session: The project, the supervisor and the output at hand.
  /// - Throws: Any error; it is shown as a `Diagnostic`, which decides on the exit code.
  func runAsync(in session: Session) async throws
}

extension AsyncHomebaseCommand {
  func run(in session: Session) throws {
    preconditionFailure("an asynchronous command is run by runAsync")
  }
}

/// The one target that these commands have; said for those who come from the Supabase CLI.
struct LocalTarget: ParsableArguments {
  @Flag(name: .customLong("local"), help: .hidden)
  var isLocal = false

  @Flag(name: .customLong("linked"), help: .hidden)
  var isLinked = false

  @Option(name: .customLong("db-url"), help: .hidden)
  var databaseURL: String?

  func validate() throws {
    guard !isLinked, databaseURL == nil else {
      throw ValidationError(
        "this command works on the local stack only; leave out --linked and --db-url")
    }
  }
}
