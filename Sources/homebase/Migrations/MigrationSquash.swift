import ArgumentParser
import Console
import StackProtocol

/// Puts one migration in the place of several.
struct MigrationSquash: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "squash",
    abstract: "Put one migration in the place of all, or of those up to a version.",
    usage: "homebase migration squash [--version V]",
    discussion: "The schema stays the same. What migrations do besides is not taken over: rows, "
      + "roles and their settings, jobs, queues, secrets.")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: LocalTarget

  @Option(help: ArgumentHelp("The last migration to take.", valueName: "version"))
  var version: String?

  func validate() throws {
    if let version, version.isEmpty || !version.allSatisfy({ $0.isASCII && $0.isNumber }) {
      throw ValidationError("--version takes a migration's number, such as 20260114093000")
    }
  }

  func run(in session: Session) throws {
    let report = try session.connect().ask(SquashRequest(version: version))
    for warning in report.warnings ?? [] { session.output.warn(warning) }
    try session.output.show(report)
  }
}

extension SquashReport: TextPresentable {
  func lines(for terminal: Terminal) -> [String] {
    guard !removed.isEmpty else { return ["\(file) is the only migration already"] }
    return removed.map { "  removed \($0)" } + [
      "squashed \(spoken(removed.count + 1, "migration")) into \(terminal.output.bold(file))"
    ]
  }
}
