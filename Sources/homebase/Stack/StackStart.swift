import ArgumentParser
import Console
import Diagnostics
import StackProtocol

/// Starts the stack.
struct StackStart: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Start the stack; a second start says that it runs, and shows its status.",
    usage: "homebase start [-x SERVICE,...] [-o env|json|pretty|toml|yaml]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Option(
    name: [.customShort("x"), .customLong("exclude")], parsing: .singleValue,
    help: ArgumentHelp("Services to leave out, with commas between.", valueName: "service"))
  var exclude: [String] = []

  @OptionGroup var listing: StatusListing

  // For scripts written for the Supabase CLI: an unhealthy stack stays up here anyway.
  @Flag(name: .customLong("ignore-health-check"), help: .hidden)
  var ignoresHealth = false

  func validate() throws {
    if ServiceNames.own(for: exclude).contains("postgres") {
      throw ValidationError("postgres cannot be left out: it is the database")
    }
  }

  func run(in session: Session) throws {
    let place = try session.project()
    let stack = try session.connectOrStart(place)
    let status = try stack.ask(StartRequest(exclude: ServiceNames.own(for: exclude)))
    try listing.show(status, in: session) { .start }
    if status.state == .degraded || status.state == .stopped { throw UnwellResult() }
  }
}
