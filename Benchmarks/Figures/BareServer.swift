import Glibc

/// A PostgreSQL server as its own tools make and start it: the floor of ours.
final class BareServer {
  let dataFolder: String
  private let folder: String
  private let workspace: Workspace
  private let port = 5432

  /// Where clients reach it, as options of psql; over its unix socket, where it trusts.
  var connection: [String] { ["-h", folder, "-p", String(port)] }

  init(_ workspace: Workspace) throws {
    self.workspace = workspace
    folder = try workspace.freshFolder("bare", forServer: true)
    dataFolder = "\(folder)/data"
    workspace.keep(self)
  }

  /// Creates the cluster.
  ///
  /// - Returns: Milliseconds.
  func initialise() throws -> Double {
    try tool([
      "initdb", "-D", dataFolder, "-U", "supabase_admin", "-A", "trust", "-E", "UTF8",
      "--locale=C.UTF-8", "--no-sync", "--no-instructions",
    ]).milliseconds
  }

  /// Takes a copy of a stopped cluster.
  func copy(of other: String) throws {
    try run(["/bin/cp", "-a", other, dataFolder], environment: workspace.environment)
    try workspace.giveToServer(dataFolder)
  }

  /// What starts the server and does not wait for it.
  var startCommand: [String] {
    workspace.asServer([
      "\(workspace.binFolder)/pg_ctl", "-W", "-s", "-D", dataFolder, "-l", "\(folder)/log",
      "-o", "-F -p \(port) -k \(folder) -c listen_addresses=''", "start",
    ])
  }

  /// What succeeds when the server lets somebody in.
  func attempt(user: String = "supabase_admin", database: String) -> [String] {
    [workspace.psql] + connection + ["-U", user, "-d", database, "-XqAtc", "select 1"]
  }

  /// Starts the server and connects with psql until that works.
  ///
  /// `pg_ctl -w` looks every 100 ms only; so it is told not to wait, and psql tries at once.
  ///
  /// - Parameters:
  ///   - user: A superuser of the cluster.
  ///   - database: One that is there.
  /// - Returns: Milliseconds from before `pg_ctl` to after the first answer.
  /// - Throws: `FigureError`.
  func start(user: String = "supabase_admin", database: String) throws -> Double {
    let start = ContinuousClock.now
    try run(startCommand, environment: workspace.environment)
    let attempt = attempt(user: user, database: database)
    while try run(attempt, environment: workspace.environment, check: false).status != 0 {
      if milliseconds(ContinuousClock.now - start) > 60_000 {
        throw FigureError.noSense("bare server: \(readText("\(folder)/log") ?? "no log")")
      }
    }
    return milliseconds(ContinuousClock.now - start)
  }

  /// Runs files as one psql.
  ///
  /// - Returns: Milliseconds of the whole psql.
  func runFile(
    _ path: String, user: String, database: String, options: [String]
  ) throws -> Double {
    let arguments =
      [workspace.psql] + connection
      + ["-U", user, "-d", database, "-Xq"] + options + ["-f", path]
    return try run(arguments, environment: workspace.environment).milliseconds
  }

  func stop() throws {
    try tool(["pg_ctl", "-s", "-w", "-m", "fast", "-D", dataFolder, "stop"])
  }

  /// Ends it whatever it does, and deletes its folder.
  func destroy() {
    if exists("\(dataFolder)/postmaster.pid") {
      _ = try? tool(
        ["pg_ctl", "-s", "-w", "-m", "immediate", "-D", dataFolder, "stop"], isCleanup: true)
    }
    _ = try? run(["/bin/rm", "-rf", folder], environment: workspace.environment, isCleanup: true)
  }

  @discardableResult
  private func tool(_ arguments: [String], isCleanup: Bool = false) throws -> Run {
    let command = ["\(workspace.binFolder)/\(arguments[0])"] + arguments.dropFirst()
    return try run(
      workspace.asServer(command), environment: workspace.environment, check: !isCleanup,
      isCleanup: isCleanup)
  }
}
