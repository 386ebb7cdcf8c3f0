import DatabaseCluster
import DatabaseLifecycle
import Diagnostics
import FoundationEssentials
import Glibc
import MockData
import PostgresClient
import ProjectConfiguration
import SchemaDump
import StackProtocol
import StackRuntime

/// Where a project is and where its state lives, as far as commands need it.
struct ProjectPlace: Sendable, Hashable {
  /// How the files are laid out.
  enum Style: String, Sendable, CaseIterable {
    /// `supabase/config.toml` and everything else in `supabase/`.
    case supabase
    /// `homebase.toml` and everything else at the root.
    case homebase
  }

  /// The project's short name.
  var name: String
  /// Its folder, absolute.
  var root: String
  /// How the files are laid out.
  var style: Style
  /// What outlives a stop: the cluster, logs, snapshots.
  var dataFolder: String
  /// The control socket's folder.
  var runtimeFolder: String

  /// The base of all folders below.
  var configurationFolder: String { style == .supabase ? "\(root)/supabase" : root }
  /// Migration files.
  var migrationsFolder: String { "\(configurationFolder)/migrations" }
  /// Seed files.
  var seedsFolder: String { "\(configurationFolder)/seeds" }
  /// pgTAP files.
  var testsFolder: String { "\(configurationFolder)/tests" }
  /// Where commands reach the supervisor.
  var controlSocket: String { "\(runtimeFolder)/control.sock" }
  /// What the supervisor itself prints.
  var supervisorLog: String { "\(logsFolder)/supervisor.log" }
  /// What the services print, a file each.
  var logsFolder: String { "\(dataFolder)/logs" }

  /// A path as a person of this project knows it.
  ///
  /// - Parameter path: Absolute.
  /// - Returns: Relative to the root where it is inside it.
  func displayPath(_ path: String) -> String {
    path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path
  }
}

/// What the executable takes from the modules below it, a closure for each.
///
/// Commands know only this, so that a test runs them without a machine around them.
struct Rooms: Sendable {
  /// Finds the project of a folder (its argument), exactly there or also above it.
  var findProject:
    @Sendable (_ folder: String, _ exactly: Bool, _ environment: [String: String]) throws ->
      ProjectPlace
  /// Makes the folders that a supervisor needs before it starts.
  var prepareFolders: @Sendable (ProjectPlace, _ environment: [String: String]) throws -> Void
  /// The status of a stack that does not run: addresses and keys as they will be.
  var stoppedStatus: @Sendable (ProjectPlace, _ environment: [String: String]) throws -> StackStatus
  /// The migration files, when there is no supervisor to ask.
  var localMigrations: @Sendable (ProjectPlace) throws -> MigrationList
  /// Looks for real people's data in seed files; no path means all of the project's.
  var lintSeeds: @Sendable (ProjectPlace, _ paths: [String]) throws -> SeedLintReport
  /// The text of a new configuration file.
  var configurationTemplate: @Sendable (ProjectPlace.Style, _ name: String) -> String
  /// What a project's configuration says.
  var loadConfiguration:
    @Sendable (ProjectPlace, _ environment: [String: String]) throws -> Configuration = {
      try Configuration.load(layout: $0.layout, environment: $1).configuration
    }
  /// Makes a dump, handing out its pieces as they come.
  var dump:
    @Sendable (
      Dump, ConnectionParameters, _ environment: [String: String],
      @escaping @Sendable (String) throws -> Void
    ) async throws -> Void = { dump, parameters, environment, write in
      try await dump.run(parameters, environment: environment, write: write)
    }
  /// What `doctor` looks at.
  var checks: [DoctorCheck]
  /// Starts a supervisor, and returns when it listens.
  var launch: @Sendable (SupervisorLaunch) throws -> Void = launchSupervisor
  /// Runs the supervisor in this process until it is told to stop; returns the exit code.
  var supervise: @Sendable (SuperviseArguments) async throws -> Int32
}

/// What the supervisor's process is told when it is started.
struct SuperviseArguments: Sendable {
  /// The project.
  var place: ProjectPlace
  /// This program's version, for the greeting.
  var version: String
  /// The process's variables.
  var environment: [String: String]
  /// Tells the command that waits for the start.
  var ready: ReadySignal
}

extension Rooms {
  /// The real modules.
  ///
  /// - Returns: Closures that call them.
  static func connected() -> Rooms {
    Rooms(
      findProject: { folder, exactly, environment in
        let layout = try ProjectLayout.discover(from: folder, exactly: exactly)
        return ProjectPlace(layout, try locations(of: layout.root, environment))
      },
      prepareFolders: { place, environment in
        try locations(of: place.root, environment).createFolders()
      },
      stoppedStatus: { place, environment in
        try readStoppedStatus(of: place, environment)
      },
      localMigrations: { try listMigrationFiles(in: $0) },
      lintSeeds: { place, paths in
        try lintSeedFiles(of: place, paths) { lint($0, file: $1) }
      },
      configurationTemplate: { style, name in
        let installed = try? PostgresInstallation.find(
          preferringMajor: 17, environment: ProcessInfo.processInfo.environment)
        return initTemplate(
          style: style == .supabase ? .supabase : .homebase, projectID: name,
          majorVersion: installed?.version.major)
      },
      checks: DoctorCheck.all,
      supervise: { arguments in
        try await runDaemon(
          root: arguments.place.root, environment: arguments.environment,
          version: arguments.version, isListening: { arguments.ready.listening() })
      })
  }
}

extension ProjectPlace {
  init(_ layout: ProjectLayout, _ locations: StateLocations) {
    self.init(
      name: layout.name, root: layout.root,
      style: layout.style == .supabase ? .supabase : .homebase,
      dataFolder: locations.dataFolder, runtimeFolder: locations.runtimeFolder)
  }

  /// The layout as its own module knows it.
  var layout: ProjectLayout {
    ProjectLayout(root: root, style: style == .supabase ? .supabase : .homebase)
  }
}

private func locations(
  of root: String, _ environment: [String: String]
) throws -> StateLocations {
  try StateLocations.locate(projectRoot: root, environment: environment, userID: geteuid())
}

/// The addresses and keys that the stack will have, with the ports that it had last.
private func readStoppedStatus(
  of place: ProjectPlace, _ environment: [String: String]
) throws -> StackStatus {
  let (configuration, warnings) = try Configuration.load(
    layout: place.layout, environment: environment)
  let memory = PortMemory(file: try locations(of: place.root, environment).portsFile)
  var ports = ServicePorts(preferredBy: configuration)
  ports.api = ports.api.map { memory[$0] ?? $0 }
  ports.database = ports.database.map { memory[$0] ?? $0 }
  ports.studio = ports.studio.map { memory[$0] ?? $0 }
  ports.mail = ports.mail.map { memory[$0] ?? $0 }
  let variables = StatusVariables(
    configuration: configuration, keys: ProjectKeys(configuration), ports: ports)
  return StackStatus(
    project: configuration.projectID, stack: "local", state: .stopped,
    urls: variables.urls.byName,
    keys: variables.keys.byName,
    warnings: warnings.isEmpty ? nil : warnings)
}

/// The migration files by their names, without asking a database.
private func listMigrationFiles(in place: ProjectPlace) throws -> MigrationList {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: place.migrationsFolder)) ?? []
  let entries = names.sorted().compactMap { name -> MigrationEntry? in
    guard let (version, title) = DatabaseLifecycle.Migration.parse(fileName: name) else {
      return nil
    }
    return MigrationEntry(
      version: version, name: title,
      file: place.displayPath("\(place.migrationsFolder)/\(name)"), isLocal: true, isApplied: nil)
  }
  return MigrationList(migrations: entries)
}

/// Reads seed files and looks through each.
///
/// - Parameters:
///   - place: The project; without paths, its `seed.sql` and everything in `seeds/`.
///   - paths: Files, or folders whose SQL files are meant.
///   - lint: Takes a text and the name of its file.
/// - Returns: What was found, in the order of the files.
/// - Throws: A diagnostic when a file cannot be read.
func lintSeedFiles(
  of place: ProjectPlace, _ paths: [String], _ lint: (String, String) -> [Diagnostic]
) throws -> SeedLintReport {
  var isFolder = false
  func kind(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
  }
  let seeds = ["\(place.configurationFolder)/seed.sql", place.seedsFolder]
  let chosen = paths.isEmpty ? seeds.filter { kind($0) } : paths
  var files: [String] = []
  for path in chosen {
    guard kind(path) else {
      throw Diagnostic(
        code: "no_such_file", message: "there is no file \(path)", category: .usage)
    }
    guard isFolder else {
      files.append(path)
      continue
    }
    let below = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
    files += below.filter { $0.hasSuffix(".sql") }.sorted().map { "\(path)/\($0)" }
  }
  var findings: [Diagnostic] = []
  for file in files {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Diagnostic(code: "unreadable_file", message: "the file \(file) cannot be read")
    }
    findings += lint(String(decoding: data, as: UTF8.self), place.displayPath(file))
  }
  return SeedLintReport(findings: findings, files: files.count)
}
