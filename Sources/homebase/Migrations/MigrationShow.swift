import ArgumentParser
import Console
import StackProtocol

/// Compares the files with the database's history.
struct MigrationShow: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Compare the migration files with the database's history.",
    usage: "homebase migration list", aliases: ["ls"])

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: LocalTarget

  func run(in session: Session) throws {
    let place = try session.project()
    let list = try session.connectIfRunning(to: place)?.ask(MigrationListRequest())
    if list == nil {
      session.output.note("the stack is not running: files only, `homebase start` compares them")
    }
    let shown = try list ?? session.process.rooms.localMigrations(place)
    for warning in shown.warnings ?? [] { session.output.warn(warning) }
    try session.output.show(shown)
  }
}
