import ArgumentParser
import Console
import Diagnostics
import StackProtocol

/// Goes back to an earlier migration.
struct MigrationDown: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "down",
    abstract: "Go back to an earlier migration: a reset without the last ones.",
    usage: "homebase migration down [--last N | --version V]",
    discussion: """
      As in the Supabase CLI the database is built anew up to that migration, with seeds; what was \
      there is kept as a snapshot: `homebase undo` brings it back.
      """)

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: LocalTarget

  @Option(
    help: ArgumentHelp("How many applied migrations to go back; 1 if not said.", valueName: "n"))
  var last: Int?

  @Option(help: ArgumentHelp("The migration that is the last one then.", valueName: "version"))
  var version: String?

  func validate() throws {
    if version != nil, last != nil { throw ValidationError("give --version or --last, not both") }
    if let last, last < 1 { throw ValidationError("--last takes a number from 1 on") }
    if let version, version.isEmpty || !version.allSatisfy({ $0.isASCII && $0.isNumber }) {
      throw ValidationError("--version takes a migration's number, such as 20260114093000")
    }
  }

  func run(in session: Session) throws {
    let place = try session.project()
    let stack = try session.connect(to: place)
    let applied = try stack.ask(MigrationListRequest()).migrations.filter { $0.isApplied == true }
    let goal = try goal(of: applied.map(\.version))
    session.output.note("resetting the database of \(place.root) to the migration \(goal)")
    let report = try stack.ask(ResetRequest(version: goal))
    for warning in report.warnings ?? [] { session.output.warn(warning) }
    try session.output.show(report)
  }

  /// The version that is the last one afterwards.
  private func goal(of applied: [String]) throws -> String {
    if let version {
      guard applied.contains(version) else {
        throw Diagnostic(
          code: "migration_not_applied", message: "the migration \(version) is not applied",
          hint: "`homebase migration list` shows what is; `homebase migration up` goes forward",
          category: .usage)
      }
      return version
    }
    let last = last ?? 1
    guard applied.count > last else {
      throw Diagnostic(
        code: "migration_down_too_far",
        message: "--last must be smaller than the number of applied migrations, \(applied.count)",
        hint: "`homebase db reset --last \(applied.count)` gives a database without any",
        category: .usage)
    }
    return applied[applied.count - last - 1]
  }
}
