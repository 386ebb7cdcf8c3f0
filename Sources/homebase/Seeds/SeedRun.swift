import ArgumentParser
import Console
import StackProtocol

/// Runs the seed files.
struct SeedRun: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the seed files in the database as it is.",
    usage: "homebase seed [--profile P] [--rows N]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Option(help: ArgumentHelp("A named set of seeds.", valueName: "name"))
  var profile: String?

  @Option(help: ArgumentHelp("Mock rows to add to each table after it.", valueName: "n"))
  var rows: Int?

  func validate() throws {
    if let rows, rows < 1 { throw ValidationError("--rows takes a number from 1 on") }
  }

  func run(in session: Session) throws {
    let report = try session.connect().ask(SeedRequest(profile: profile, rows: rows))
    for warning in report.warnings ?? [] { session.output.warn(warning) }
    try session.output.show(report)
  }
}
