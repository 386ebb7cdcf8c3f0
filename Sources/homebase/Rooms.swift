import Diagnostics
import FoundationEssentials
import Glibc
import StackProtocol

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
  /// Where commands reach the supervisor.
  var controlSocket: String { "\(runtimeFolder)/control.sock" }
  /// What the supervisor itself prints.
  var supervisorLog: String { "\(dataFolder)/logs/supervisor.log" }

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
        try findProjectPlace(folder, exactly: exactly, environment: environment)
      },
      prepareFolders: { place, _ in try makeStateFolders(of: place) },
      stoppedStatus: { place, _ in
        StackStatus(project: place.name, stack: "local", state: .stopped)
      },
      localMigrations: { try listMigrationFiles(in: $0) },
      lintSeeds: { _, _ in throw notBuiltIn("seed lint") },
      configurationTemplate: { _, name in "project_id = \"\(name)\"\n" },
      checks: DoctorCheck.all,
      supervise: { _ in throw notBuiltIn("supervise") })
  }
}

private func notBuiltIn(_ what: String) -> Diagnostic {
  Diagnostic(code: "not_built_in", message: "this build of homebase has no \(what)")
}
