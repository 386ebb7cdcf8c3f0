import ArgumentParser
import Console
import Diagnostics
import Glibc
import StackProtocol

/// Shows what a database has and the migrations do not.
struct DBDiff: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show what the database has and the migrations do not, as a migration.",
    usage: "homebase db diff [-f NAME] [-s SCHEMA,...] [--db-url URL]",
    discussion: "Grants, policies, triggers on managed tables, publications and buckets included.")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: DatabaseTarget
  @OptionGroup var engines: DiffEngines

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write it as a new migration of this name.", valueName: "name"))
  var file: String?

  @Option(
    name: [.short, .long], parsing: .singleValue,
    help: ArgumentHelp("Only these schemas.", valueName: "schema"))
  var schema: [String] = []

  func validate() throws {
    if let file, MigrationFile.safeName(file).isEmpty {
      throw ValidationError("a migration's name needs a letter or a digit")
    }
  }

  func run(in session: Session) throws {
    let place = try session.project()
    let report = try session.connect(to: place).ask(
      DiffRequest(databaseURL: target.databaseURL, schemas: listed(schema)))
    let written = try session.show(report, fileName: file, in: place)
    guard let written else { return }
    session.output.note(
      "it is not marked as applied: `homebase migration repair \(written.version) "
        + "--status applied` does that, `homebase db reset` starts afresh")
  }
}

/// Words of the Supabase CLI for its several engines: there is but one here.
struct DiffEngines: ParsableArguments {
  @Flag(name: .customLong("use-migra"), help: .hidden) var usesMigra = false
  @Flag(name: .customLong("use-pgadmin"), help: .hidden) var usesPgAdmin = false
  @Flag(name: .customLong("use-pg-schema"), help: .hidden) var usesPgSchema = false
  @Flag(name: .customLong("use-pg-delta"), help: .hidden) var usesPgDelta = false
  @Option(name: .customLong("diff-engine"), help: .hidden) var engine: String?
}

extension Session {
  /// Shows a difference, or writes it as a migration.
  ///
  /// - Parameters:
  ///   - report: The supervisor's answer.
  ///   - fileName: The migration's name; nil shows it.
  ///   - place: The project.
  /// - Returns: The file; nil when none was written.
  /// - Throws: A diagnostic when it cannot be written.
  func show(
    _ report: DiffReport, fileName: String?, in place: ProjectPlace
  ) throws -> MigrationFile? {
    for warning in report.warnings ?? [] { output.warn(warning) }
    if !report.drops.isEmpty {
      output.warn(
        Diagnostic(
          code: "diff_drops", message: "it drops something; look at these before you apply it",
          hint: report.drops.joined(separator: "\n      ")))
    }
    var made: MigrationFile?
    if let fileName, !report.sql.isEmpty {
      made = try MigrationFile.make(
        named: fileName, in: place.migrationsFolder, sql: Array(report.sql.utf8), now: time(nil))
    }
    if output.format == .json {
      try output.show(
        json: WrittenDiff(report: report, file: made.map { place.displayPath($0.path) }))
    } else if report.sql.isEmpty {
      output.note("No schema changes found")
    } else if let made {
      output.show(lines: ["made \(output.terminal.output.bold(place.displayPath(made.path)))"])
    } else {
      output.show(raw: report.sql)
    }
    return made
  }
}

/// A difference, and the file that holds it now.
private struct WrittenDiff: Encodable {
  var report: DiffReport
  var file: String?

  private enum CodingKeys: String, CodingKey { case file }

  func encode(to encoder: any Encoder) throws {
    try report.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(file, forKey: .file)
  }
}
