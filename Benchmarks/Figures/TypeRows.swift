import FoundationEssentials
import Glibc

/// `gen types` on 300 tables and on 10,000, beside pg_dump's reading of the same catalog; through
/// many views; and how long `--watch` takes to see a statement.
func typeRows(_ workspace: Workspace) throws -> [Figure] {
  let project = try Project.made(workspace, ["--migrations", "1"])
  try project.start()
  let connection = try project.server().connection
  let dump =
    workspace.psql.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/pg_dump"
  func times(_ count: Int) throws -> (types: Times, dumps: Times) {
    var types: [Double] = []
    var dumps: [Double] = []
    for index in -2..<count {
      let ours = try project.homebase(["gen", "types", "--output", "\(project.folder)/types.ts"])
      let floor = try run(
        [dump] + connection + [
          "-U", "postgres", "-d", "postgres", "-s", "-n", "public", "-f", "/dev/null",
        ],
        environment: workspace.environment)
      guard index >= 0 else { continue }
      types.append(ours.milliseconds)
      dumps.append(floor.milliseconds)
    }
    return (Times(types), Times(dumps))
  }
  try project.makeTables(1...300)
  let few = try times(workspace.options.count(60, quick: 10))
  let watched = try watchTimes(workspace, project, count: workspace.options.count(40, quick: 8))
  let views = try viewTimes(workspace, project)
  // In pieces: one transaction would need more locks than the server has.
  for start in stride(from: 301, through: 10_000, by: 300) {
    try project.makeTables(start...min(start + 299, 10_000))
  }
  let many = try times(workspace.options.count(10, quick: 3))
  let growth = many.types.median / few.types.median
  return [
    Figure(
      what: "`gen types` on 300 tables", ours: few.types.summary,
      floor: "`pg_dump -s` of the same \(few.dumps.summary)",
      ratio: showRatio(few.types.median / few.dumps.median), goal: "≤ 60 ms",
      isMet: few.types.median <= 60),
    Figure(
      what: "the same on 10,000 tables",
      ours: "\(many.types.summary), \(showRatio(growth)) that of 300",
      floor: "`pg_dump -s` of the same \(many.dumps.summary)",
      ratio: showRatio(many.types.median / many.dumps.median), goal: "≤ 40 × that of 300",
      isMet: growth <= 40),
    Figure(
      what: "200 views of a table with 50 keys", ours: views.two.summary,
      floor: "100 views \(views.one.summary)",
      ratio: showRatio(views.two.median / views.one.median), goal: "≤ 2.2 ×",
      isMet: views.two.median <= 2.2 * views.one.median),
    Figure(
      what: "a statement is committed → `--watch` has written", ours: watched.summary,
      floor: "–", ratio: "–", goal: "≤ 300 ms", isMet: watched.median <= 300),
  ]
}

/// From the end of a statement in psql to the change of the file, looked at each half millisecond.
private func watchTimes(
  _ workspace: Workspace, _ project: Project, count: Int
) throws -> Times {
  let file = "\(project.folder)/watched.ts"
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  for descriptor in Int32(0)...2 {
    posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
  }
  let watcher = try spawn(
    [
      workspace.options.homebase, "--workdir", project.folder, "gen", "types", "--watch",
      "--output", file,
    ],
    environment: workspace.environment, actions: &actions)
  defer {
    kill(watcher, SIGTERM)
    waitpid(watcher, nil, 0)
  }
  let deadline = ContinuousClock.now + .seconds(120)
  func waitUntil(_ isSo: () -> Bool) throws {
    while !isSo() {
      guard ContinuousClock.now < deadline else {
        throw FigureError.noSense("gen types --watch does not write")
      }
      try pause(microseconds: 500)
    }
  }
  func inode() -> ino_t {
    var facts = stat()
    return stat(file, &facts) == 0 ? facts.st_ino : 0
  }
  try waitUntil { inode() != 0 }
  try pause(milliseconds: 500)
  let session = try project.session(database: "postgres", user: "postgres")
  var times: [Double] = []
  for index in 0..<count {
    let before = inode()
    try session.query("alter table public.t1 add column w\(index) int")
    let began = ContinuousClock.now
    try waitUntil { inode() != before }
    times.append(milliseconds(ContinuousClock.now - began))
    try pause(milliseconds: 37)
  }
  return Times(times)
}

/// A table with 50 foreign keys, through 100 views of all its columns and through 200.
private func viewTimes(_ workspace: Workspace, _ project: Project) throws -> (
  one: Times, two: Times
) {
  func run(_ sql: String) throws { _ = try project.homebase(["db", "query", sql]) }
  func times() throws -> Times {
    var times: [Double] = []
    for index in -1..<workspace.options.count(20, quick: 5) {
      let ran = try project.homebase([
        "gen", "types", "-s", "viewed", "--output", "\(project.folder)/viewed.ts",
      ])
      if index >= 0 { times.append(ran.milliseconds) }
    }
    return Times(times)
  }
  func view(_ range: ClosedRange<Int>) throws {
    try run(
      """
      do $$ begin for i in \(range.lowerBound)..\(range.upperBound) loop
        execute format('create view viewed.v%s as select * from viewed.hub', i);
      end loop; end $$
      """)
  }
  try run(
    """
    do $$ begin
      create schema viewed;
      for i in 1..50 loop execute format('create table viewed.k%s (id int primary key)', i); end loop;
      execute (select format('create table viewed.hub (%s)', string_agg(
        format('k%1$s int references viewed.k%1$s', i), ', ')) from generate_series(1, 50) i);
    end $$
    """)
  try view(1...100)
  let one = try times()
  try view(101...200)
  return (one, try times())
}
