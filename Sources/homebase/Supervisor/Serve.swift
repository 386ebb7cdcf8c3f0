import ArgumentParser
import DatabaseWorkers
import Diagnostics
import Gateway
import PostgresClient
import RESTService

/// A service that the supervisor starts in a process of its own; not for people.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Be one of the stack's services.", shouldDisplay: false,
    subcommands: [ServeWorkers.self, ServeGateway.self, ServeREST.self])
}

/// Runs what the database asks for: jobs at a time, HTTP requests.
struct ServeWorkers: AsyncHomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "workers", abstract: "Run the database's jobs and requests.",
    shouldDisplay: false)

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Option(help: "The folder of the server's unix socket.") var socketFolder: String
  @Option(help: "The port in the socket's name.") var port: Int
  @Option(help: "The project's database.") var database: String
  @Option(help: "The server's superuser.") var user: String
  @Option(help: "The server's data folder.") var dataFolder: String

  func runAsync(in session: Session) async throws {
    let output = session.process.standardOutput
    await Workers(
      parameters: ConnectionParameters(
        host: socketFolder, port: port, database: database, user: user), dataFolder: dataFolder,
      log: { output("\($0)\n") }
    ).run()
  }
}

/// Stands at the project's port and sends requests to their services.
struct ServeGateway: AsyncHomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway", abstract: "Send the project's requests to their services.",
    shouldDisplay: false)

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Option(help: "A JSON file of doors, stacks and keys; read again on SIGHUP.")
  var configuration: String
  @Option(help: "How many event loops.") var loops = 1
  @Option(help: "A descriptor whose end is the supervisor's.") var lifeline: Int32?

  func runAsync(in session: Session) async throws {
    let output = session.process.standardOutput
    try await serveGateway(
      file: configuration, loops: loops, lifeline: lifeline, log: { output("\($0)\n") })
  }
}

/// Answers the REST requests of the stacks.
struct ServeREST: AsyncHomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "rest", abstract: "Answer the project's REST requests.", shouldDisplay: false)

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Option(help: "A JSON file of stacks, databases and keys; read again on SIGHUP.")
  var configuration: String
  @Option(help: "How many event loops.") var loops = 1
  @Option(help: "A descriptor whose end is the supervisor's.") var lifeline: Int32?

  func runAsync(in session: Session) async throws {
    let output = session.process.standardOutput
    try await serveREST(
      file: configuration, loops: loops, lifeline: lifeline, log: { output("\($0)\n") })
  }
}
