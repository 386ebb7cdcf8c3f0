import ArgumentParser
import Console
import StackProtocol

/// Puts a fresh database in place.
struct DBReset: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "reset",
    abstract: "Put a fresh database in place: migrations and seeds applied, services kept running.",
    usage: "homebase db reset [--no-seed] [--version V | --last N] [--sql-paths PATH]...",
    discussion: "What was there is kept as a snapshot: `homebase undo` brings it back.")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: LocalTarget

  @Flag(name: .customLong("no-seed"), help: "Leave out the seed files.")
  var skipsSeeds = false

  @Option(help: ArgumentHelp("Apply migrations up to this one only.", valueName: "version"))
  var version: String?

  @Option(help: ArgumentHelp("Leave out so many of the last migrations.", valueName: "n"))
  var last: Int?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Seed files instead of the configured ones.", valueName: "path"),
    completion: .file(extensions: ["sql"]))
  var sqlPaths: [String] = []

  func validate() throws {
    if version != nil, last != nil { throw ValidationError("give --version or --last, not both") }
    if let last, last < 0 { throw ValidationError("--last takes a number from 0 on") }
    if let version, version.isEmpty || !version.allSatisfy({ $0.isASCII && $0.isNumber }) {
      throw ValidationError("--version takes a migration's number, such as 20260114093000")
    }
    if skipsSeeds, !sqlPaths.isEmpty {
      throw ValidationError("give --no-seed or --sql-paths, not both")
    }
  }

  func run(in session: Session) throws {
    let place = try session.project()
    let stack = try session.connect(to: place)
    session.output.note("resetting the database of \(place.root)")
    let report = try stack.ask(
      ResetRequest(seeds: !skipsSeeds, version: version, last: last, sqlPaths: sqlPaths))
    for warning in report.warnings ?? [] { session.output.warn(warning) }
    try session.output.show(report)
  }
}
