import ArgumentParser
import Console
import DatabaseCluster
import Diagnostics
import Glibc
import PostgresClient
import ProcessSupervision
import ProjectConfiguration
import StackProtocol

/// Says what is missing on this machine.
struct Doctor: AsyncHomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what is missing on this machine, each with the command that mends it.",
    usage: "homebase doctor")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  func runAsync(in session: Session) async throws {
    let place = try? session.project()
    var checks: [DoctorReport.Check] = []
    for check in session.process.rooms.checks {
      checks += await check.look(place, session.process.environment)
    }
    let report = DoctorReport(checks: checks)
    try session.output.show(report)
    if !report.isOK { throw UnwellResult() }
  }
}

/// One thing that `doctor` looks at.
struct DoctorCheck: Sendable {
  /// Looks; the answer is empty when there is nothing to look at, such as outside of a project.
  var look:
    @Sendable (_ place: ProjectPlace?, _ environment: [String: String]) async ->
      [DoctorReport.Check]

  /// Everything that is looked at, in the order in which it matters.
  static let all = [
    project, configuration, postgres, libpq, serverUser, freeSpace, runtimeFolder, supervisor,
    ports,
  ]

  /// Whether there is a project here.
  static let project = DoctorCheck { place, _ in
    guard let place else {
      return [
        bad(
          "project", "no project in this folder or above it",
          fix: "homebase init, or cd into a project")
      ]
    }
    return [good("project", place.root)]
  }

  /// Whether the configuration can be read, and what in it is not understood.
  static let configuration = DoctorCheck { place, environment in
    guard let place, let file = place.layout.configurationFile else { return [] }
    let name = place.displayPath(file)
    do {
      let (_, warnings) = try Configuration.load(layout: place.layout, environment: environment)
      guard let first = warnings.first else { return [good("configuration", name)] }
      let at = first.location.map { " at \($0)" } ?? ""
      let more = warnings.count == 1 ? "" : ", and \(warnings.count - 1) more: homebase start"
      return [good("configuration", "\(name), with a remark: \(first.message)\(at)\(more)")]
    } catch {
      let failure = Diagnostic(describing: error)
      return [
        bad(
          "configuration", failure.message + (failure.location.map { " at \($0)" } ?? ""),
          fix: failure.hint ?? "mend \(name)")
      ]
    }
  }

  /// Whether there is a PostgreSQL to run.
  static let postgres = DoctorCheck { place, environment in
    let wanted = place.flatMap {
      try? Configuration.load(layout: $0.layout, environment: environment).configuration
    }
    do {
      let found = try PostgresInstallation.find(
        preferringMajor: wanted?.database.majorVersion ?? 15, environment: environment)
      return [
        good(
          "postgresql",
          "\(found.version.major).\(found.version.minor) in \(found.binFolder)"
            + (found.note.map { "; \($0)" } ?? ""))
      ]
    } catch {
      let failure = Diagnostic(describing: error)
      let isMissing = failure.code == "postgres_not_installed"
      return [
        bad(
          "postgresql", failure.message,
          fix: isMissing && environment["HOMEBASE_PG_BIN"] == nil
            ? asRoot("apt-get install postgresql-15") : failure.hint)
      ]
    }
  }

  /// Whether the library that speaks to PostgreSQL can be loaded.
  static let libpq = DoctorCheck { _, _ in
    guard let problem = clientLibraryProblem() else {
      return [good("libpq", "libpq.so.5 can be loaded")]
    }
    return [bad("libpq", problem, fix: asRoot("apt-get install libpq5"))]
  }

  /// Whom PostgreSQL runs as, which refuses root.
  static let serverUser = DoctorCheck { _, environment in
    do {
      guard let user = try Cluster.serverUser(environment: environment) else { return [] }
      return [good("server user", "PostgreSQL runs as \(user.name), since it refuses root")]
    } catch {
      let failure = Diagnostic(describing: error)
      return [bad("server user", failure.message, fix: failure.hint)]
    }
  }

  /// Whether there is room for a cluster and some spares.
  static let freeSpace = DoctorCheck { place, _ in
    guard let place else { return [] }
    var folder = place.dataFolder
    while access(folder, F_OK) != 0, let slash = folder.lastIndex(of: "/"), folder.count > 1 {
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
    var facts = statvfs()
    guard statvfs(folder, &facts) == 0 else { return [] }
    let free = Int(facts.f_bavail) * Int(facts.f_frsize)
    let detail = "\(spoken(sizeInBytes: free)) free at \(folder)"
    guard free < 1 << 30 else { return [good("disk space", detail)] }
    return [
      bad(
        "disk space", "\(detail), 1 GB is needed",
        fix: geteuid() == 0
          ? "free some, or remove snapshots: homebase db snapshot list"
          : "free some, or set XDG_DATA_HOME to a folder on a larger disk")
    ]
  }

  /// Whether the control socket's folder is ours alone.
  static let runtimeFolder = DoctorCheck { place, _ in
    guard let place else { return [] }
    let folder = place.runtimeFolder
    let name = "runtime folder"
    if place.controlSocket.utf8.count > StateLocations.longestSocketPath {
      return [
        bad(
          name, "the path is too long for a socket: \(folder)",
          fix: "export XDG_RUNTIME_DIR=/tmp, or another folder with a short name")
      ]
    }
    var facts = stat()
    guard lstat(folder, &facts) == 0 else { return [good(name, "\(folder), made by a start")] }
    guard facts.st_mode & S_IFMT == S_IFDIR, facts.st_uid == geteuid() else {
      return [
        bad(name, "\(folder) is not a folder of this user", fix: asRoot("rm -r '\(folder)'"))
      ]
    }
    return [good(name, folder)]
  }

  /// Whether the supervisor, if one runs, is of this version.
  static let supervisor = DoctorCheck { place, _ in
    guard let place else { return [] }
    guard let found = supervisorVersion(at: place.controlSocket) else {
      return [good("supervisor", "not running")]
    }
    guard found == homebaseVersion else {
      return [
        bad(
          "supervisor", "homebase \(found) runs, this is \(homebaseVersion)",
          fix: "homebase restart")
      ]
    }
    return [good("supervisor", "homebase \(found) runs")]
  }

  /// Whether a start gets the ports that the configuration names.
  ///
  /// A taken one is no fault: the start takes the next free one.
  static let ports = DoctorCheck { place, environment in
    guard let place, supervisorVersion(at: place.controlSocket) == nil,
      let configuration = try? Configuration.load(
        layout: place.layout, environment: environment
      ).configuration
    else { return [] }
    let wished = ServicePorts(preferredBy: configuration)
    let named = [
      ("API", wished.api), ("database", wished.database), ("studio", wished.studio),
      ("mail", wished.mail),
    ]
    var taken: [String] = []
    for case (let name, let port?) in named {
      guard let owner = PortOwner.find(port: port) else { continue }
      taken.append("\(port) (\(name)) is taken by \(owner)")
    }
    let numbers = named.compactMap { $0.1.map(String.init) }.joined(separator: ", ")
    return [
      good(
        "ports",
        taken.isEmpty
          ? "\(numbers) are free"
          : taken.joined(separator: ", ") + "; a start takes the next free one"
      )
    ]
  }

  private static func good(_ name: String, _ detail: String) -> DoctorReport.Check {
    DoctorReport.Check(name: name, isOK: true, detail: detail)
  }

  private static func bad(
    _ name: String, _ detail: String, fix: String?
  ) -> DoctorReport.Check {
    DoctorReport.Check(name: name, isOK: false, detail: detail, fix: fix)
  }

  private static func asRoot(_ command: String) -> String {
    geteuid() == 0 ? command : "sudo \(command)"
  }
}
