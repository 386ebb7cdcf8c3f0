import ArgumentParser
import Diagnostics
import Dispatch
import PostgresClient
import StackProtocol

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

  @Option(name: [.customShort("p"), .customLong("password")], help: .hidden)
  var password: String?

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
    var url = databaseURL
    if url == nil { url = try session.connect().ask(AddressesRequest()).urls["DB_URL"] }
    guard let url else {
      throw Diagnostic(
        code: "stack_stopped", message: "the stack does not run",
        hint: "`homebase start` starts it")
    }
    var parameters = try ConnectionParameters(url: url)
    if let password { parameters.password = password }
    return parameters
  }

  /// How the database is reached, asked on a thread of its own: the control socket's calls stand
  /// still, and tasks have few threads.
  ///
  /// - Parameter session: Asks the stack for its address.
  /// - Returns: Parameters for a connection.
  /// - Throws: As `parameters(in:)`.
  func parametersAside(in session: Session) async throws -> ConnectionParameters {
    let target = self
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try target.parameters(in: session) })
      }
    }
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
    let connection = try await connect(to: parametersAside(in: session))
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

extension DatabaseTarget {
  private func connect(to parameters: ConnectionParameters) async throws -> PostgresConnection {
    do {
      return try await PostgresConnection.connect(parameters)
    } catch {
      var diagnostic = Diagnostic(describing: error)
      if databaseURL != nil {
        // What the error advises is about the stack.
        diagnostic.hint = "check what --db-url says: host, port, user, password, database"
      }
      throw diagnostic
    }
  }
}

/// Lists that are typed with commas or as several options.
///
/// - Parameter values: As they were typed.
/// - Returns: Each by itself, blanks left out.
func listed(_ values: [String]) -> [String] {
  values.flatMap { $0.split(separator: ",") }
    .map { $0.split(separator: " ").joined(separator: " ") }.filter { !$0.isEmpty }
}
