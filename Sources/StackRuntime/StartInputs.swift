import Diagnostics
import FoundationEssentials
import ProjectConfiguration

/// What a start takes from the project's files, and a reset does not.
struct StartInputs: Sendable, Equatable {
  private let ports: ServicePorts
  private let settings: [String: String]
  private let password: String
  private let composeFile: Data?

  init(_ project: ProjectContext) {
    ports = ServicePorts(preferredBy: project.configuration)
    settings = project.configuration.database.settings
    password = project.configuration.database.password.value
    composeFile = project.layout.composeFile.flatMap { FileManager.default.contents(atPath: $0) }
  }

  /// What to tell whoever edited the files since.
  ///
  /// - Parameters:
  ///   - now: As the files are.
  ///   - layout: Where they are.
  /// - Returns: A warning; nil when a restart would change nothing.
  func change(to now: StartInputs, layout: ProjectLayout) -> Diagnostic? {
    guard self != now else { return nil }
    let file = composeFile != now.composeFile ? layout.composeFile : layout.configurationFile
    return Diagnostic(
      code: "restart_needed",
      message: "\(file.map { layout.displayPath($0) } ?? "the configuration") was edited since the "
        + "stack was started",
      hint: "`homebase restart` takes its ports, settings and services as they are now")
  }
}
