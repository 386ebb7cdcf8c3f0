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

  // For scripts written for the Supabase CLI: data is kept anyway, and a folder has one project.
  @Flag(name: .customLong("backup"), help: .hidden)
  var keepsData = false

  @Option(name: .customLong("project-id"), help: .hidden)
  var projectID: String?

  @Flag(name: .customLong("all"), help: .hidden)
  var isForAll = false

  func validate() throws {
    if keepsData, deletesData { throw ValidationError("give --backup or --no-backup, not both") }
  }

  func run(in session: Session) throws {
    let began = ContinuousClock.now
    let place = try session.project()
    if let projectID, projectID != place.name {
      throw Diagnostic(
        code: "other_project",
        message: "the project in \(place.root) is \(place.name), not \(projectID)",
        hint: "say where the other one is with --workdir", category: .usage)
    }
    if isForAll { session.output.note("stops \(place.name) only: one project at a time") }
    let hadData = FileManager.default.fileExists(atPath: place.dataFolder)
    if deletesData, hadData {
      session.output.note("this deletes \(place.dataFolder)")
      let question = "delete the database, files and snapshots of \(place.name) for good?"
      guard session.output.confirm(question) else { throw UnwellResult() }
    }
    let hasRun = try session.stopSupervisor(of: place, StopRequest(deletesData: deletesData))
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
    document.wasRunning = hasRun
    try session.output.show(
      StopText(status: document, deletesData: deletesData, hadData: hadData))
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
