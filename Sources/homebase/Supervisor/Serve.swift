import ArgumentParser
import DatabaseWorkers
import Diagnostics
import PostgresClient

/// A service that the supervisor starts in a process of its own; not for people.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Be one of the stack's services.", shouldDisplay: false,
    subcommands: [ServeWorkers.self])
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
