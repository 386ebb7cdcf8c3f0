import ArgumentParser
import Console
import StackProtocol

/// Edits the history without running a migration.
struct MigrationRepair: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair", abstract: "Edit the history without running a migration.",
    usage: "homebase migration repair [VERSION]... --status applied|reverted")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: LocalTarget

  @Argument(help: "The versions; none: all files.")
  var versions: [String] = []

  @Option(help: ArgumentHelp("What the history shall say.", valueName: "status"))
  var status: MigrationRepairStatus

  func validate() throws {
    for version in versions where !version.allSatisfy({ $0.isASCII && $0.isNumber }) {
      throw ValidationError("\"\(version)\" is no version: a migration's number, without its name")
    }
  }

  func run(in session: Session) throws {
    let place = try session.project()
    if versions.isEmpty {
      let question = "mark all migrations of \(place.name) as \(status.rawValue)?"
      guard session.output.confirm(question, silence: false) else {
        session.output.note("nothing was changed; name the versions, or say --yes")
        throw UnwellResult()
      }
    }
    try session.output.show(
      session.connect(to: place).ask(MigrationRepairRequest(versions: versions, status: status)))
  }
}

extension MigrationRepairStatus: ExpressibleByArgument {}
