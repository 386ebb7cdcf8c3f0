import ArgumentParser
import Console
import StackProtocol

/// Applies the migrations that are pending.
struct MigrationUp: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Apply the migrations that are pending; rows stay.",
    usage: "homebase migration up [--include-all]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: LocalTarget

  @Flag(help: "Apply files older than the last applied one too.")
  var includeAll = false

  func run(in session: Session) throws {
    let report = try session.connect().ask(MigrationUpRequest(includeAll: includeAll))
    for warning in report.warnings ?? [] { session.output.warn(warning) }
    try session.output.show(report)
  }
}
