import FoundationEssentials
import Glibc

/// The folder of one run, the programs that it measures, and all that has to be undone.
final class Workspace {
  let options: Options
  /// Passable for the server's user, as PostgreSQL refuses root.
  let folder: String
  let binFolder: String
  let psql: String
  let postgresVersion: String
  private(set) var homebaseVersion = "not measured"
  /// Of every program that is measured: nothing of the caller's projects or sessions.
  let environment: [String: String]

  private var projects: [Project] = []
  private var servers: [BareServer] = []
  private var sessions: [PsqlSession] = []
  private var counter = 0

  var isRoot: Bool { geteuid() == 0 }

  init(_ options: Options) throws {
    self.options = options
    let shell = ProcessInfo.processInfo.environment
    var template = Array("\(shell["TMPDIR"] ?? "/tmp")/homebase-figures.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw FigureError.noSense("cannot make a temporary folder in \(shell["TMPDIR"] ?? "/tmp")")
    }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    chmod(folder, 0o755)

    var environment = ["LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"]
    for name in ["PATH", "HOMEBASE_PG_BIN", "USER", "LOGNAME"] { environment[name] = shell[name] }
    environment["HOME"] = "\(folder)/home"
    environment["XDG_DATA_HOME"] = "\(folder)/data"
    environment["XDG_CACHE_HOME"] = "\(folder)/cache"
    environment["XDG_RUNTIME_DIR"] = "\(folder)/run"
    self.environment = environment
    for name in ["home", "data", "cache"] { mkdir("\(folder)/\(name)", 0o755) }
    mkdir("\(folder)/run", 0o700)

    let candidates =
      [shell["HOMEBASE_PG_BIN"]].compactMap { $0 }
      + [15, 16, 17, 14].map { "/usr/lib/postgresql/\($0)/bin" }
    guard let bin = candidates.first(where: { exists("\($0)/initdb") }) else {
      rmdir(folder)
      throw FigureError.noSense("no PostgreSQL found: run onboarding/run, or set HOMEBASE_PG_BIN")
    }
    binFolder = bin
    psql = exists("\(bin)/psql") ? "\(bin)/psql" : "/usr/bin/psql"
    let words = try run(["\(bin)/postgres", "--version"], environment: environment).output
      .split(whereSeparator: \.isWhitespace)
    postgresVersion = words.count > 2 ? String(words[2]) : "unknown"
    homebaseVersion =
      try run([options.homebase, "--version"], environment: environment).output
      .split(whereSeparator: \.isWhitespace).last.map(String.init) ?? "unknown"
  }

  /// A name that no other part of this run uses.
  func freshFolder(_ name: String, forServer: Bool = false) throws -> String {
    counter += 1
    let path = "\(folder)/\(name)-\(counter)"
    guard mkdir(path, forServer ? 0o700 : 0o755) == 0 else {
      throw FigureError.noSense("cannot make \(path)")
    }
    if forServer { try giveToServer(path) }
    return path
  }

  /// Gives a folder and all in it to the user that PostgreSQL runs as.
  func giveToServer(_ path: String) throws {
    guard isRoot else { return }
    try run(["/bin/chown", "-R", "postgres:", path], environment: environment)
  }

  /// A command line as the user that PostgreSQL runs as.
  func asServer(_ arguments: [String]) -> [String] {
    guard isRoot else { return arguments }
    return [
      "/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--",
    ] + arguments
  }

  func freeGibibytes() -> Int {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return 0 }
    return Int((UInt64(status.f_bavail) * UInt64(status.f_frsize)) >> 30)
  }

  func keep(_ project: Project) { projects.append(project) }
  func keep(_ server: BareServer) { servers.append(server) }
  func keep(_ session: PsqlSession) { sessions.append(session) }

  /// Ends what a group of rows left running, and deletes its data.
  func endAll() {
    for session in sessions { session.close() }
    for server in servers { server.destroy() }
    for project in projects { project.destroy() }
    sessions = []
    servers = []
    projects = []
  }

  func cleanUp() {
    endAll()
    _ = try? run(
      ["/bin/rm", "-rf", folder], environment: environment, check: false, isCleanup: true)
  }

  func say(_ text: String) {
    _ = writeAll(Array("figures: \(text)\n".utf8), to: 2)
  }
}
