import ArgumentParser
import Console
import StackProtocol

/// Puts a kept state in place.
struct SnapshotRestore: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Put a kept state in place; the present one is kept too.",
    usage: "homebase db snapshot restore NAME")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @Argument(help: "The snapshot's name.") var name: String

  func validate() throws { try checkSnapshotName(name) }

  func run(in session: Session) throws {
    let place = try session.project()
    let stack = try session.connect(to: place)
    session.output.note("restoring the database of \(place.root)")
    let report = try stack.ask(SnapshotRestoreRequest(snapshot: name))
    try session.output.show(SnapshotText(report: report, verb: .restored))
  }
}
