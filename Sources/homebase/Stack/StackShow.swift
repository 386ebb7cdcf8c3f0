import ArgumentParser
import Console
import StackProtocol

/// Shows how the stack is.
struct StackShow: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the stack's services, addresses and keys.",
    usage: "homebase status [-o env|json|pretty|toml|yaml] [--override-name NAME=NEW,...]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var listing: StatusListing

  func run(in session: Session) throws {
    let place = try session.project()
    let status = try session.connectIfRunning(to: place)?.ask(StatusRequest())
    try listing.show(
      try status ?? session.process.rooms.stoppedStatus(place, session.process.environment),
      in: session
    ) { .status }
  }
}

/// How addresses and keys are listed, as the Supabase CLI does it.
struct StatusListing: ParsableArguments {
  /// A notation of names and values.
  enum Notation: String, ExpressibleByArgument, CaseIterable {
    case env
    case json
    case pretty
    case toml
    case yaml
  }

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Addresses and keys only: env, json, toml or yaml.", valueName: "notation"))
  var notation: Notation?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Other names, such as api.url=NEXT_PUBLIC_URL.", valueName: "name=new"))
  var overrideName: [String] = []

  func validate() throws {
    for pair in pairs where pair.count != 2 || pair.contains("") {
      throw ValidationError(
        "--override-name takes NAME=NEW, such as api.url=NEXT_PUBLIC_SUPABASE_URL")
    }
  }

  private var pairs: [[String]] {
    overrideName.flatMap { $0.split(separator: ",") }
      .map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
      .map { $0.map(String.init) }
  }

  /// Shows a status in the notation that was asked for.
  ///
  /// - Parameters:
  ///   - status: The stack.
  ///   - session: Its output takes it.
  ///   - occasion: What the text begins with.
  /// - Throws: An encoding error.
  func show(
    _ status: StackStatus, in session: Session, _ occasion: () -> StatusText.Occasion
  ) throws {
    let overrides = Dictionary(pairs.map { ($0[0], $0[1]) }) { _, last in last }
    let names = status.environment(overriding: overrides)
    switch notation {
    case nil, .pretty:
      try session.output.show(StatusText(status: status, occasion: occasion()))
    case .json:
      try session.output.show(json: Dictionary(uniqueKeysWithValues: names.map { ($0, $1) }))
    case .env:
      session.output.show(lines: names.map { "\($0.name)=\(shellQuoted($0.value))" })
    case .toml:
      session.output.show(lines: names.map { "\($0.name) = \(doubleQuoted($0.value))" })
    case .yaml:
      session.output.show(lines: names.map { "\($0.name): \(doubleQuoted($0.value))" })
    }
  }
}

/// Quotes as TOML, YAML and JSON read it alike.
private func doubleQuoted(_ text: String) -> String {
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": quoted += "\\\""
    case "\\": quoted += "\\\\"
    case "\n": quoted += "\\n"
    case "\r": quoted += "\\r"
    case "\t": quoted += "\\t"
    default: quoted.unicodeScalars.append(scalar)
    }
  }
  return quoted + "\""
}

/// Quotes as a shell and the readers of `.env` files read it alike.
private func shellQuoted(_ text: String) -> String {
  var quoted = "\""
  for scalar in text.unicodeScalars {
    if ["\"", "\\", "$", "`"].contains(scalar) { quoted += "\\" }
    quoted.unicodeScalars.append(scalar)
  }
  return quoted + "\""
}
