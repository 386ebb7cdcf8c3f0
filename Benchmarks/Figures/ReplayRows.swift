import Glibc

/// The last of 300 migrations edited, then a reset: only that one may be replayed.
func editRows(_ workspace: Workspace) throws -> [Figure] {
  let project = try Project.made(workspace, ["--migrations", "300"])
  let migrations = "\(project.folder)/supabase/migrations"
  guard let last = names(in: migrations).last else { throw FigureError.noSense("no migrations") }
  let original = readText("\(migrations)/\(last)") ?? ""
  try project.start()
  try project.waitForSpares(settling: 500)

  // What the server has before the last file, made without homebase.
  let admin = try project.session()
  let before = "\(project.folder)/before-last.sql"
  try concatenate(names(in: migrations).dropLast().map { "\(migrations)/\($0)" }, to: before)
  try admin.query("create database figures_before template homebase_platform owner postgres")
  try runFile(before, on: project, database: "figures_before", workspace)
  let copies = CloneFloor(admin, template: "figures_before")

  var resets: [Double] = []
  var floors: [Double] = []
  var replayed: [Int] = []
  var ofFile: [Double] = []
  for index in -1..<workspace.options.count(20, quick: 4) {
    try copies.measure(1)
    try admin.query("create database figures_edit template figures_before owner postgres")
    let session = try project.session(database: "figures_edit", user: "postgres")
    let file = try session.time("begin;\n\\i \(migrations)/\(last)\ncommit;")
    session.close()
    try admin.query("drop database figures_edit")

    try project.waitForSpares(settling: 300)
    try write("\(original)\n-- Edit \(index).\n", to: "\(migrations)/\(last)")
    let (took, report) = try project.reset()
    guard index >= 0 else { continue }
    resets.append(took)
    replayed.append(report.replayed.count)
    ofFile.append(file)
    floors.append(copies.bare.median + file)
  }
  let reset = Times(resets)
  let floor = Times(floors).median
  let files = replayed.max() ?? 0
  let faster = copies.fileCopy.median + Times(ofFile).median
  return [
    Figure(
      what: "the last of 300 migrations edited, then `db reset`",
      ours: "\(reset.summary); \(files) file\(files == 1 ? "" : "s") run",
      floor: "\(copies.summary), plus the file's own \(show(Times(ofFile).median)) ms",
      ratio: "\(showRatio(reset.median / floor)) (\(showRatio(reset.median / faster)))",
      goal: "≤ 3 ×", isMet: reset.median <= 3 * floor)
  ]
}

/// 300 migrations applied to an empty project, beside one psql with one transaction.
func replayRows(_ workspace: Workspace) throws -> [Figure] {
  let project = try Project.made(workspace, ["--migrations", "300"])
  let migrations = "\(project.folder)/supabase/migrations"
  let aside = "\(project.folder)/aside"
  let all = "\(project.folder)/all.sql"
  try concatenate(names(in: migrations).map { "\(migrations)/\($0)" }, to: all)
  guard rename(migrations, aside) == 0, mkdir(migrations, 0o755) == 0 else {
    throw FigureError.noSense("cannot empty \(migrations)")
  }
  try project.start()
  let admin = try project.session()

  var ours: [Double] = []
  var floors: [Double] = []
  for index in -1..<workspace.options.count(7, quick: 2) {
    try project.waitForSpares(settling: 300)
    try admin.query("create database figures_replay template homebase_platform owner postgres")
    let floor = try runFile(all, on: project, database: "figures_replay", workspace)
    try admin.query("drop database figures_replay")

    try run(["/bin/cp", "-r", "\(aside)/.", migrations], environment: workspace.environment)
    let took = try project.homebase(["migration", "up"]).milliseconds
    try run(["/bin/rm", "-rf", migrations], environment: workspace.environment)
    mkdir(migrations, 0o755)
    _ = try project.reset()
    guard index >= 0 else { continue }
    ours.append(took)
    floors.append(floor)
  }

  // A reset that finds no layer of its files: clone, replay, clone.
  try run(["/bin/cp", "-r", "\(aside)/.", migrations], environment: workspace.environment)
  guard let first = names(in: migrations).first else { throw FigureError.noSense("no migrations") }
  let original = readText("\(migrations)/\(first)") ?? ""
  var resets: [Double] = []
  for index in 0..<workspace.options.count(5, quick: 1) {
    try write("-- Edit \(index).\n\(original)", to: "\(migrations)/\(first)")
    resets.append(try project.reset().milliseconds)
    try project.waitForSpares(settling: 500)
  }

  let up = Times(ours)
  let psql = Times(floors)
  let reset = Times(resets)
  return [
    Figure(
      what: "300 migrations applied (`migration up`)", ours: up.summary,
      floor: "`psql -1 -f` of the same: \(psql.summary)",
      ratio: showRatio(up.median / psql.median), goal: "≤ 1.2 ×",
      isMet: up.median <= 1.2 * psql.median),
    Figure(
      what: "`db reset` that replays all 300 and keeps two layers", ours: reset.summary,
      floor: "the same psql \(show(psql.median)) ms",
      ratio: showRatio(reset.median / psql.median), goal: "–", isMet: nil),
  ]
}

func concatenate(_ paths: [String], to target: String) throws {
  try write(paths.map { (readText($0) ?? "") + "\n" }.joined(), to: target)
}

/// Runs a file as `postgres` in one transaction, in the project's own server.
///
/// - Returns: Milliseconds of the whole psql.
@discardableResult
private func runFile(
  _ path: String, on project: Project, database: String, _ workspace: Workspace
) throws -> Double {
  let arguments =
    [workspace.psql] + (try project.server().connection)
    + ["-U", "postgres", "-d", database, "-Xq1", "-v", "ON_ERROR_STOP=1", "-f", path]
  return try run(arguments, environment: workspace.environment).milliseconds
}
