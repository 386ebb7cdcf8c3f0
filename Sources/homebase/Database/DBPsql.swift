import ArgumentParser
import Console
import Diagnostics
import FoundationEssentials
import Glibc
import StackProtocol

/// Opens psql in the stack's database.
struct DBPsql: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "psql", abstract: "Open psql in the stack's database.",
    usage: "homebase db psql [-- PSQL-ARGUMENTS]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Argument(parsing: .allUnrecognized, help: "Handed to psql as they are.")
  var arguments: [String] = []

  func run(in session: Session) throws {
    let addresses = try session.connect().ask(AddressesRequest())
    guard let url = addresses.urls["DB_URL"], let address = URLComponents(string: url) else {
      throw Diagnostic(code: "no_database", message: "the stack has no database")
    }
    guard let psql = findPsql(session.process.environment) else {
      throw Diagnostic(
        code: "psql_not_found", message: "there is no psql on this machine",
        hint: "sudo apt-get install postgresql-client")
    }
    // In variables, not in arguments, which every user can list.
    let variables = [
      "PGHOST": address.host, "PGPORT": address.port.map(String.init), "PGUSER": address.user,
      "PGPASSWORD": address.password, "PGDATABASE": String(address.path.dropFirst()),
    ]
    for (name, value) in variables {
      if let value { setenv(name, value, 1) }
    }
    var list = (["psql"] + arguments.drop { $0 == "--" }).map { strdup($0) } + [nil]
    execv(psql, &list)
    throw Diagnostic(
      code: "psql_failed", message: "cannot run \(psql): \(String(cString: strerror(errno)))")
  }
}

/// Finds psql: where `HOMEBASE_PG_BIN` says, on the path, or where Debian keeps it.
///
/// - Parameter environment: The process's variables.
/// - Returns: Nil when it is not installed.
func findPsql(_ environment: [String: String]) -> String? {
  let path = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map(String.init)
  let chosen = environment["HOMEBASE_PG_BIN"].map { [$0] } ?? []
  let debian = stride(from: 20, through: 12, by: -1).map { "/usr/lib/postgresql/\($0)/bin" }
  return (chosen + path + debian).map { "\($0)/psql" }.first { access($0, X_OK) == 0 }
}
