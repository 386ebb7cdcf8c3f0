import ArgumentParser
import Console
import DatabaseAdvice
import SchemaCatalog

/// Looks at the bodies of functions.
struct DBLint: AsyncHomebaseCommand {
  /// From which level on.
  enum Level: String, ExpressibleByArgument, CaseIterable {
    case warning, error
  }

  /// From which level on the command fails.
  enum FailLevel: String, ExpressibleByArgument, CaseIterable {
    case none, warning, error
  }

  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Look for mistakes in the bodies of the database's functions.",
    usage: "homebase db lint [-s SCHEMA]... [--level warning|error] [--fail-on LEVEL]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: DatabaseTarget

  @Option(
    name: [.short, .customLong("schema")], parsing: .singleValue,
    help: ArgumentHelp("Only this schema, and others by saying it again.", valueName: "schema"))
  var schemas: [String] = []

  @Option(help: ArgumentHelp("Leave out what is below: warning or error.", valueName: "level"))
  var level = Level.warning

  @Option(
    help: ArgumentHelp("End with 1 from this level on: none, warning or error.", valueName: "level")
  )
  var failOn = FailLevel.none

  func runAsync(in session: Session) async throws {
    let place = try session.project()
    let origins = migrationOrigins(of: place)
    let chosen = schemas.flatMap { $0.split(separator: ",").map(String.init) }
    let lint = try await target.withConnection(in: session) { connection in
      try await SchemaNames.check(chosen, on: connection)
      return try await FunctionLint.run(
        on: connection, schemas: chosen, showsWarnings: level == .warning, origins: origins)
    }
    if !lint.isThorough {
      session.output.note(
        "plpgsql_check is not installed: only what the server itself can tell "
          + "(sudo apt-get install postgresql-15-plpgsql-check)")
    }
    switch session.output.format {
    case .json: try session.output.show(json: lint.reports)
    case .text: session.output.show(lines: lint.lines(for: session.output.terminal))
    }
    let issues = lint.reports.flatMap(\.issues)
    let fails =
      switch failOn {
      case .none: false
      case .warning: !issues.isEmpty
      case .error: issues.contains { $0.isError }
      }
    if fails { throw UnwellResult() }
  }
}
