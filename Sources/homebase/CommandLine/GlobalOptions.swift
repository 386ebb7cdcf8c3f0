import ArgumentParser
import Console
import Diagnostics
import PostgresClient
import StackProtocol

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

/// The database that a command is about: the stack's own, or one that an address names.
struct DatabaseTarget: ParsableArguments {
  @Flag(name: .customLong("local"), help: "The stack's own database, which is meant anyway.")
  var isLocal = false

  @Flag(name: .customLong("linked"), help: .hidden)
  var isLinked = false

  @Option(
    name: .customLong("db-url"),
    help: ArgumentHelp("Another database, percent-encoded.", valueName: "url"))
  var databaseURL: String?

  func validate() throws {
    guard !isLinked else {
      throw ValidationError("--linked names a hosted project; name its database with --db-url")
    }
    if isLocal, databaseURL != nil { throw ValidationError("give --local or --db-url, not both") }
  }

  /// How the database is reached.
  ///
  /// - Parameter session: Asks the stack for its address.
  /// - Returns: Parameters for a connection.
  /// - Throws: A diagnostic when the stack does not run, or the address is none.
  func parameters(in session: Session) throws -> ConnectionParameters {
    if let databaseURL { return try ConnectionParameters(url: databaseURL) }
    let status = try session.connect().ask(StatusRequest())
    guard let url = status.urls["DB_URL"] else {
      throw Diagnostic(code: "no_database", message: "the stack has no database")
    }
    return try ConnectionParameters(url: url)
  }

  /// Connects, does something, and closes.
  ///
  /// - Parameters:
  ///   - session: Asks the stack for its address.
  ///   - body: What to do with the connection.
  /// - Returns: What `body` returns.
  /// - Throws: What connecting and `body` throw.
  func withConnection<Result: Sendable>(
    in session: Session, _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    let connection = try await PostgresConnection.connect(parameters(in: session))
    do {
      let result = try await body(connection)
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }
}
