import ArgumentParser
import Console
import StackProtocol

/// Brings back the state before the last destructive command.
struct Undo: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Bring back the state before the last destructive command.",
    usage: "homebase undo")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  func run(in session: Session) throws {
    let place = try session.project()
    let stack = try session.connect(to: place)
    session.output.note("bringing back the database of \(place.root)")
    try session.output.show(stack.ask(UndoRequest()))
  }
}
