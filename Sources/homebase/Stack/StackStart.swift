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

  func run(in session: Session) throws {
    let place = try session.project()
    let stack = try session.connectOrStart(place)
    let status = try stack.ask(StartRequest(exclude: serviceNames(exclude)))
    try listing.show(status, in: session) { .start }
    if status.state == .degraded || status.state == .stopped { throw UnwellResult() }
  }
}

/// Our names for services that people know by those of the containers.
///
/// - Parameter words: As typed: names, with commas between or not.
/// - Returns: Names of the graph; what has no counterpart here is left out.
func serviceNames(_ words: [String]) -> [String] {
  // supabase/cli, `start -x`: the container names.
  let known: [String: String?] = [
    "gotrue": "auth", "storage-api": "storage", "kong": "gateway", "mailpit": "mailbox",
    "inbucket": "mailbox", "mail": "mailbox", "postgrest": "rest", "edge-runtime": "functions",
    "postgres-meta": nil, "imgproxy": nil, "logflare": nil, "vector": nil, "supavisor": nil,
    "analytics": nil, "pooler": nil,
  ]
  var names: [String] = []
  for word in words.flatMap({ $0.split(separator: ",") }).map(String.init) {
    guard let name = known[word, default: word], !names.contains(name) else { continue }
    names.append(name)
  }
  return names
}
