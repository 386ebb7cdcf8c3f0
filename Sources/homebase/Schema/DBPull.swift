import ArgumentParser
import Console
import Diagnostics
import StackProtocol

/// Takes another database's schema over as a migration.
struct DBPull: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Write what another database has and the migrations do not as a migration.",
    usage: "homebase db pull [NAME] --db-url URL [-s SCHEMA,...]",
    discussion: "Without migrations that is the whole schema.")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: DatabaseTarget
  @OptionGroup var engines: DiffEngines

  @Argument(help: "The migration's name.")
  var name = "remote_schema"

  @Option(
    name: [.short, .long], parsing: .singleValue,
    help: ArgumentHelp("Only these schemas.", valueName: "schema"))
  var schema: [String] = []

  func validate() throws {
    guard target.databaseURL != nil else {
      throw ValidationError(
        target.isLocal
          ? "the stack's own database is compared by `homebase db diff`"
          : "name the database with --db-url")
    }
    if MigrationFile.safeName(name).isEmpty {
      throw ValidationError("a migration's name needs a letter or a digit")
    }
  }

  func run(in session: Session) throws {
    let place = try session.project()
    let stack = try session.connect(to: place)
    guard let url = target.databaseURL else { return }
    let report = try stack.ask(
      DiffRequest(databaseURL: url, schemas: listed(schema), checksHistory: true))
    guard let made = try session.show(report, fileName: name, in: place) else {
      if report.sql.isEmpty { throw UnwellResult() }
      return
    }
    // Another database is written to when somebody says so, never for want of an answer.
    let question = "enter it in the remote database's migration history?"
    guard session.output.confirm(question, silence: false) else {
      session.output.note("not entered in the remote migration history; --yes enters it")
      return
    }
    let entered = try stack.ask(HistoryRecordRequest(databaseURL: url, version: made.version))
    session.output.note(
      "entered \(entered.repaired.joined(separator: ", ")) in the remote migration history")
  }
}
