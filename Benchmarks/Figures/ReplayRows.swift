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
  try runFile(before, on: project, database: "figures_before", workspace, options: ["-1"])
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

  // What the Supabase CLI promises, and we: a transaction a file, with its history row.
  let each = "\(project.folder)/each.sql"
  try write(
    names(in: aside).map { name in
      """
      begin;
      reset all;
      reset role;
      \(readText("\(aside)/\(name)") ?? "")
      insert into supabase_migrations.schema_migrations (version, name, statements)
      values ('\(name.prefix(14))', 'figures', array[
        $figures$\(readText("\(aside)/\(name)") ?? "")$figures$]);
      commit;

      """
    }.joined(), to: each)

  var ours: [Double] = []
  var floors: [Double] = []
  var transactions: [Double] = []
  for index in -1..<workspace.options.count(7, quick: 2) {
    try project.waitForSpares(settling: 300)
    let floor = try timeFile(all, on: project, admin, workspace, options: ["-1"])
    let transaction = try timeFile(each, on: project, admin, workspace)

    try run(["/bin/cp", "-r", "\(aside)/.", migrations], environment: workspace.environment)
    let took = try project.homebase(["migration", "up"]).milliseconds
    try run(["/bin/rm", "-rf", migrations], environment: workspace.environment)
    mkdir(migrations, 0o755)
    _ = try project.reset()
    guard index >= 0 else { continue }
    ours.append(took)
    floors.append(floor)
    transactions.append(transaction)
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
      floor: "`psql -1 -f` of the same: \(psql.summary); psql with a transaction and a history row "
        + "a file \(show(Times(transactions).median)) ms",
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

/// Runs a file in a copy of the platform, which is dropped again.
///
/// - Returns: Milliseconds of the whole psql.
private func timeFile(
  _ path: String, on project: Project, _ admin: PsqlSession, _ workspace: Workspace,
  options: [String] = []
) throws -> Double {
  try admin.query("create database figures_replay template homebase_platform owner postgres")
  let took = try runFile(
    path, on: project, database: "figures_replay", workspace, options: options)
  try admin.query("drop database figures_replay")
  return took
}

/// Runs a file as `postgres` in the project's own server.
///
/// - Returns: Milliseconds of the whole psql.
@discardableResult
private func runFile(
  _ path: String, on project: Project, database: String, _ workspace: Workspace,
  options: [String]
) throws -> Double {
  let arguments =
    [workspace.psql] + (try project.server().connection)
    + ["-U", "postgres", "-d", database, "-Xq", "-v", "ON_ERROR_STOP=1"] + options + ["-f", path]
  return try run(arguments, environment: workspace.environment).milliseconds
}
