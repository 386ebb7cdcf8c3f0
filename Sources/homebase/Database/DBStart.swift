import ArgumentParser
import Console
import StackProtocol

/// Starts PostgreSQL and what it needs.
struct DBStart: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Start the database without the other services.",
    usage: "homebase db start")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  func run(in session: Session) throws {
    let place = try session.project()
    let status = try session.connectOrStart(place).ask(StartRequest(only: ["postgres"]))
    try session.output.show(StatusText(status: status, occasion: .start))
    if status.state == .degraded || status.state == .stopped { throw UnwellResult() }
  }
}
