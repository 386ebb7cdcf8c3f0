import ArgumentParser
import Console
import Diagnostics
import FoundationEssentials
import StackProtocol

/// Stops the stack.
struct StackStop: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "Stop the stack and keep its data.",
    usage: "homebase stop [--no-backup]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Flag(name: .customLong("no-backup"), help: "Delete the stack's data and its snapshots too.")
  var deletesData = false

  func run(in session: Session) throws {
    let began = ContinuousClock.now
    let place = try session.project()
    if deletesData {
      let question = "delete the database, files and snapshots of \(place.name) for good?"
      guard session.output.confirm(question) else { throw UnwellResult() }
    }
    let status = try session.stopSupervisor(of: place, StopRequest(deletesData: deletesData))
    if deletesData {
      try removeFolder(place.dataFolder)
      try removeFolder(place.runtimeFolder)
    }
    // Also a project whose configuration is broken by now can be stopped.
    let environment = session.process.environment
    var document =
      (try? session.process.rooms.stoppedStatus(place, environment))
      ?? StackStatus(project: place.name, stack: "local", state: .stopped)
    document.took = Milliseconds(.now - began)
    document.wasRunning = status != nil
    try session.output.show(StopText(status: document, deletesData: deletesData))
  }

  private func removeFolder(_ folder: String) throws {
    guard FileManager.default.fileExists(atPath: folder) else { return }
    do {
      try FileManager.default.removeItem(atPath: folder)
    } catch {
      throw Diagnostic(
        code: "data_not_deleted", message: "the folder \(folder) could not be deleted",
        hint: "the stack is stopped; remove the folder as the user who owns it")
    }
  }
}
