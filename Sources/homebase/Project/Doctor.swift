import ArgumentParser
import Console
import Diagnostics
import FoundationEssentials
import Glibc
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
  static let all = [project, postgres, freeSpace, runtimeFolder, supervisor]

  /// Whether there is a project here.
  static let project = DoctorCheck { place, _ in
    guard let place else {
      return [
        DoctorReport.Check(
          name: "project", isOK: false, detail: "no project in this folder or above it",
          fix: "homebase init")
      ]
    }
    return [
      DoctorReport.Check(name: "project", isOK: true, detail: "\(place.name) in \(place.root)")
    ]
  }

  /// Whether PostgreSQL's programs are there.
  static let postgres = DoctorCheck { _, environment in
    let folders =
      (environment["HOMEBASE_PG_BIN"].map { [$0] } ?? [])
      + stride(from: 20, through: 12, by: -1).map { "/usr/lib/postgresql/\($0)/bin" }
      + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    guard
      let folder = folders.first(where: {
        access("\($0)/postgres", X_OK) == 0 && access("\($0)/initdb", X_OK) == 0
      })
    else {
      return [
        DoctorReport.Check(
          name: "postgresql", isOK: false, detail: "no postgres and initdb were found",
          fix: "sudo apt-get install postgresql-15")
      ]
    }
    return [DoctorReport.Check(name: "postgresql", isOK: true, detail: folder)]
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
    let isOK = free >= 1 << 30
    return [
      DoctorReport.Check(
        name: "disk space", isOK: isOK, detail: "\(spoken(sizeInBytes: free)) free at \(folder)",
        fix: isOK ? nil : "make 1 GB free, or set XDG_DATA_HOME to a folder on a larger disk")
    ]
  }

  /// Whether the control socket's folder is ours alone.
  static let runtimeFolder = DoctorCheck { place, _ in
    guard let place else { return [] }
    let folder = place.runtimeFolder
    let name = "runtime folder"
    if "\(folder)/control.sock".utf8.count > 107 {
      return [
        DoctorReport.Check(
          name: name, isOK: false, detail: "the path is too long for a socket: \(folder)",
          fix: "set XDG_RUNTIME_DIR to a folder with a shorter name")
      ]
    }
    var facts = stat()
    guard lstat(folder, &facts) == 0 else {
      return [DoctorReport.Check(name: name, isOK: true, detail: "\(folder) will be made")]
    }
    let isOK = facts.st_mode & S_IFMT == S_IFDIR && facts.st_uid == geteuid()
    return [
      DoctorReport.Check(
        name: name, isOK: isOK,
        detail: isOK ? folder : "\(folder) is not a folder of this user",
        fix: isOK ? nil : "remove it as its owner: sudo rm -r '\(folder)'")
    ]
  }

  /// Whether the supervisor, if one runs, is of this version.
  static let supervisor = DoctorCheck { place, _ in
    guard let place, let found = supervisorVersion(at: place.controlSocket) else { return [] }
    let isOK = found == homebaseVersion
    return [
      DoctorReport.Check(
        name: "supervisor", isOK: isOK,
        detail: "homebase \(found) runs, this is \(homebaseVersion)",
        fix: isOK ? nil : "homebase restart")
    ]
  }
}
