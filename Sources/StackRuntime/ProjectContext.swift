import DatabaseLifecycle
package import Diagnostics
import FoundationEssentials
import Glibc
package import ProjectConfiguration
import Synchronization

/// A project as it is on disk at one moment: layout, configuration, keys, where its state lives.
package struct ProjectContext: Sendable {
  package var layout: ProjectLayout
  package var configuration: Configuration
  package var keys: ProjectKeys
  package var locations: StateLocations
  package var warnings: [Diagnostic]
  package var environment: [String: String]

  /// Reads a project.
  ///
  /// - Parameters:
  ///   - root: The project's folder, or one below it.
  ///   - exactly: Whether it must be the project's own folder.
  ///   - environment: The variables of the command.
  /// - Returns: The project.
  /// - Throws: `ProjectLayoutError`, `ConfigurationError` with file and line.
  package static func load(
    root: String, exactly: Bool = true, environment: [String: String]
  ) throws -> ProjectContext {
    let layout = try ProjectLayout.discover(from: root, exactly: exactly)
    let (configuration, warnings) = try Configuration.load(layout: layout, environment: environment)
    return ProjectContext(
      layout: layout, configuration: configuration, keys: ProjectKeys(configuration),
      locations: try StateLocations.locate(
        projectRoot: layout.root, environment: environment, userID: geteuid()),
      warnings: warnings, environment: environment)
  }

  /// The variables that a compose file's `${NAME}` stands for: the shell's, then those of `.env*`.
  var variables: [String: String] {
    (try? ProjectEnvironment.load(layout: layout, process: environment).values) ?? environment
  }

  /// What a project's own services find in their environment.
  ///
  /// - Parameters:
  ///   - ports: What the stack really listens on.
  ///   - leftOut: Services that a start has left out.
  /// - Returns: The command's variables, with the stack's addresses and keys.
  func serviceEnvironment(
    ports: ServicePorts, leavingOut leftOut: Set<String> = []
  ) -> [String: String] {
    var result = environment
    let variables = StatusVariables(
      configuration: configuration, keys: keys, ports: ports, leavingOut: leftOut)
    result.merge(variables.all.byName) { _, own in own }
    return result
  }

  /// What the project's database is made of.
  ///
  /// - Parameters:
  ///   - platformHash: Of the server and the platform's SQL.
  ///   - hasVectorIndexes: Whether pgvector itself is installed.
  /// - Returns: The inputs of `DatabaseLifecycle`.
  func lifecycleInputs(platformHash: String, hasVectorIndexes: Bool) -> LifecycleInputs {
    LifecycleInputs(
      layout: layout, configuration: configuration, jwtSecret: keys.jwtSecret,
      platformHash: platformHash, hasVectorIndexes: hasVectorIndexes)
  }
}

/// A project's context, read anew only when one of its files has changed.
///
/// A reset asks for it each time: a few `stat` calls instead of parsing a file.
final class ProjectContextCache: Sendable {
  private struct Entry {
    var context: ProjectContext
    var stamps: [String]
  }

  private let root: String
  private let environment: [String: String]
  private let entry = Mutex<Entry?>(nil)

  init(root: String, environment: [String: String]) {
    self.root = root
    self.environment = environment
  }

  /// The project as its files are now.
  ///
  /// - Returns: The context, from memory when nothing has changed.
  /// - Throws: What `ProjectContext.load` throws.
  func current() throws -> ProjectContext {
    if let entry = entry.withLock({ $0 }), entry.stamps == stamps(of: entry.context.layout) {
      return entry.context
    }
    // Taken before the files are read: a change in between is seen the next time.
    let before = stamps(of: try ProjectLayout.discover(from: root, exactly: true))
    let context = try ProjectContext.load(root: root, environment: environment)
    entry.withLock { $0 = Entry(context: context, stamps: before) }
    return context
  }

  /// The state of every file that may say something: one that appears counts as a change.
  private func stamps(of layout: ProjectLayout) -> [String] {
    // Both of them, whatever the layout: one that appears may change it.
    let configurations = ["homebase.toml", "supabase/config.toml"].map { "\(layout.root)/\($0)" }
    let files = configurations + ProjectEnvironment.files(of: layout, process: environment)
    return files.map { path in
      var status = stat()
      guard stat(path, &status) == 0 else { return "-" }
      return "\(status.st_ino).\(status.st_size).\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        + ".\(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)"
    }
  }
}
