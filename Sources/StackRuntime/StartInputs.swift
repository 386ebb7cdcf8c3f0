import Diagnostics
import FoundationEssentials
import ProjectConfiguration

/// What a start takes from the project's files, and a reset does not.
struct StartInputs: Sendable, Equatable {
  private let ports: ServicePorts
  private let settings: [String: String]
  private let password: String
  private let api: APIConfiguration
  private let keys: ProjectKeys
  private let issuer: String?
  private let files: [String: Data?]

  init(_ project: ProjectContext) {
    ports = ServicePorts(preferredBy: project.configuration)
    settings = project.configuration.database.settings
    password = project.configuration.database.password.value
    api = project.configuration.api
    keys = project.keys
    issuer = project.configuration.auth.thirdParty.issuerURL
    files = [String: Data?](
      project.startFiles.map { ($0, FileManager.default.contents(atPath: $0)) },
      uniquingKeysWith: { first, _ in first })
  }

  /// What to tell whoever edited the files since.
  ///
  /// - Parameters:
  ///   - now: As the files are.
  ///   - layout: Where they are.
  /// - Returns: A warning; nil when a restart would change nothing.
  func change(to now: StartInputs, layout: ProjectLayout) -> Diagnostic? {
    guard self != now else { return nil }
    // A file that the configuration names no more, or now: that is the configuration's edit.
    let edited = now.files.keys.sorted().first {
      files[$0] != now.files[$0] && (files.keys.contains($0) || $0 == layout.composeFile)
    }
    let file = edited ?? layout.configurationFile
    return Diagnostic(
      code: "restart_needed",
      message: "\(file.map { layout.displayPath($0) } ?? "the configuration") was edited since the "
        + "stack was started",
      hint: "`homebase restart` takes its ports, settings and services as they are now")
  }
}
