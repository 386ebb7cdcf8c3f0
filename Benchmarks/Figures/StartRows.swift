import Glibc

/// Starts of a cluster that exists, beside its bare server.
func warmStartRows(_ workspace: Workspace) throws -> [Figure] {
  let project = try Project.sample(workspace)
  try project.start()
  try project.waitForSpares()
  let dataFolder = try project.server().dataFolder
  try project.stop()
  let bare = try BareServer(workspace)
  try bare.copy(of: dataFolder)

  var starts: [Double] = []
  var floors: [Double] = []
  for index in -1..<workspace.options.count(20, quick: 4) {
    let floor = try bare.start(database: "homebase")
    try bare.stop()
    let took = try project.start()
    try project.waitForSpares()
    try project.stop()
    guard index >= 0 else { continue }
    starts.append(took)
    floors.append(floor)
  }
  let start = Times(starts)
  let floor = Times(floors)
  return [
    Figure(
      what: "warm `start` until every service is healthy", ours: start.summary,
      floor: "`pg_ctl start` until psql connects, same cluster: \(floor.summary)",
      ratio: showRatio(start.median / floor.median), goal: "≤ 3 ×",
      isMet: start.median <= 3 * floor.median)
  ]
}

/// First starts with nothing in the cache, beside `initdb`, a start and the same SQL by psql.
func coldStartRows(_ workspace: Workspace) throws -> [Figure] {
  let project = try Project.sample(workspace)
  try project.start()
  let scripts = try ColdScripts(project, workspace)
  try project.homebase(["stop", "--no-backup", "--yes"])

  var starts: [Double] = []
  var floors: [Double] = []
  var parts: [[Double]] = [[], [], []]
  for _ in 0..<workspace.options.count(7, quick: 2) {
    let bare = try BareServer(workspace)
    let created = try bare.initialise()
    let started = try bare.start(database: "postgres")
    let ran = try scripts.run(on: bare)
    bare.destroy()
    floors.append(created + started + ran)
    for (index, part) in [created, started, ran].enumerated() { parts[index].append(part) }

    // The platform's image of the runs before.
    try run(
      ["/bin/rm", "-rf", "\(workspace.folder)/cache"], environment: workspace.environment)
    mkdir("\(workspace.folder)/cache", 0o755)
    starts.append(try project.start())
    try project.homebase(["stop", "--no-backup", "--yes"])
  }
  let start = Times(starts)
  let floor = Times(floors)
  let shares = parts.map { show(Times($0).median) }
  return [
    Figure(
      what: "cold `start`, empty cache", ours: start.summary,
      floor: "\(floor.summary): initdb \(shares[0]) + start \(shares[1]) + SQL \(shares[2])",
      ratio: showRatio(start.median / floor.median), goal: "≤ 2 ×",
      isMet: start.median <= 2 * floor.median)
  ]
}

/// The SQL that a first start runs: roles and platform as `pg_dump` writes them, the project's own.
private struct ColdScripts {
  private let platform: String
  private let own: String

  init(_ project: Project, _ workspace: Workspace) throws {
    let (_, connection) = try project.server()
    let admin = try project.session()
    // Nobody may connect to the template itself.
    try admin.query("create database figures_platform template homebase_platform")
    let dump = { (arguments: [String]) in
      try figures.run(
        ["\(workspace.binFolder)/\(arguments[0])"] + connection + ["-U", "supabase_admin"]
          + arguments.dropFirst(), environment: workspace.environment
      ).output
    }
    platform = "\(project.folder)/platform.sql"
    let roles = try dump(["pg_dumpall", "--roles-only", "--no-role-passwords"])
    // Of its own databases `postgres` is the owner.
    let owner = "alter database postgres owner to postgres;\n"
    try write(roles + owner + dump(["pg_dump", "figures_platform"]), to: platform)
    try admin.query("drop database figures_platform")
    admin.close()

    own = "\(project.folder)/own.sql"
    let files = ["migrations", "seeds"].flatMap { folder in
      names(in: "\(project.folder)/\(folder)").filter { $0.hasSuffix(".sql") }
        .map { "\(project.folder)/\(folder)/\($0)" }
    }
    // One transaction a file: an enum value that one adds is of use in the next.
    try write(files.map { "begin;\n\\i \($0)\ncommit;\n" }.joined(), to: own)
  }

  /// Runs them in a server that has only just been made.
  ///
  /// - Returns: Milliseconds of both psqls.
  func run(on server: BareServer) throws -> Double {
    // Three statements of a dump fail: `supabase_admin` and `public` are there already.
    try server.runFile(platform, user: "supabase_admin", database: "postgres", options: [])
      + server.runFile(
        own, user: "postgres", database: "postgres", options: ["-v", "ON_ERROR_STOP=1"])
  }
}
