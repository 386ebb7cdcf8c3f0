import ArgumentParser
import Console
import DatabaseAdvice
import Diagnostics
import FoundationEssentials
import ProjectConfiguration

/// Looks the database over.
struct DBAdvisors: AsyncHomebaseCommand {
  /// What to look for.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case all, security, performance

    var categories: Set<AdviceCategory> {
      switch self {
      case .all: [.security, .performance]
      case .security: [.security]
      case .performance: [.performance]
      }
    }
  }

  /// From which level on.
  enum Level: String, ExpressibleByArgument, CaseIterable {
    case info, warn, error

    var level: AdviceLevel { AdviceLevel(rawValue: rawValue.uppercased()) ?? .info }
  }

  /// From which level on the command fails.
  enum FailLevel: String, ExpressibleByArgument, CaseIterable {
    case none, info, warn, error

    var level: AdviceLevel? { AdviceLevel(rawValue: rawValue.uppercased()) }
  }

  static let configuration = CommandConfiguration(
    commandName: "advisors",
    abstract: "Look the database over: what is unsafe or slow, and which migration made it.",
    usage: "homebase db advisors [--type security|performance] [--level info|warn|error]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: DatabaseTarget

  @Option(help: ArgumentHelp("What to look for: all, security or performance.", valueName: "type"))
  var type = Kind.all

  @Option(help: ArgumentHelp("Leave out what is below: info, warn or error.", valueName: "level"))
  var level = Level.warn

  @Option(
    help: ArgumentHelp(
      "End with 1 from this level on: none, info, warn or error.", valueName: "level"))
  var failOn = FailLevel.none

  func runAsync(in session: Session) async throws {
    let place = try session.project()
    let (configuration, _) = try Configuration.load(
      layout: place.layout, environment: session.process.environment)
    let origins = migrationOrigins(of: place)
    let advice = try await target.withConnection(in: session) { connection in
      try await advise(
        on: connection, exposedSchemas: configuration.api.schemas, categories: type.categories,
        level: level.level, origins: origins,
        allowsAnonymousSignIns: configuration.auth.enableAnonymousSignIns)
    }
    switch session.output.format {
    // As the platform gives it: an array.
    case .json: try session.output.show(json: advice)
    case .text:
      session.output.show(lines: AdviceText(advice: advice).lines(for: session.output.terminal))
    }
    if let limit = failOn.level, advice.contains(where: { $0.level >= limit }) {
      throw UnwellResult()
    }
  }
}

/// Reads what each migration of a project made.
///
/// - Parameter place: The project.
/// - Returns: Nothing for files that cannot be read.
func migrationOrigins(of place: ProjectPlace) -> ObjectOrigins {
  var origins = ObjectOrigins()
  let names = (try? FileManager.default.contentsOfDirectory(atPath: place.migrationsFolder)) ?? []
  for name in names.sorted() where name.hasSuffix(".sql") {
    let path = "\(place.migrationsFolder)/\(name)"
    guard let data = FileManager.default.contents(atPath: path) else { continue }
    origins.read(String(decoding: data, as: UTF8.self), file: place.displayPath(path))
  }
  return origins
}
