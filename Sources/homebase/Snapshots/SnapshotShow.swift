import ArgumentParser
import Console
import StackProtocol

/// Lists the kept states.
struct SnapshotShow: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the kept states, newest first.",
    usage: "homebase db snapshot list", aliases: ["ls"])

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  func run(in session: Session) throws {
    try session.output.show(session.connect().ask(SnapshotListRequest()))
  }
}
