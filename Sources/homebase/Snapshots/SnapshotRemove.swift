import ArgumentParser
import Console
import StackProtocol

/// Deletes a kept state.
struct SnapshotRemove: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Delete a kept state.",
    usage: "homebase db snapshot remove NAME", aliases: ["rm"])

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @Argument(help: "The snapshot's name.") var name: String

  func validate() throws { try checkSnapshotName(name) }

  func run(in session: Session) throws {
    let place = try session.project()
    guard session.output.confirm("delete the snapshot \"\(name)\" of \(place.name) for good?")
    else { throw UnwellResult() }
    let report = try session.connect(to: place).ask(SnapshotRemoveRequest(snapshot: name))
    try session.output.show(SnapshotText(report: report, verb: .removed))
  }
}
