import Glibc

/// A reset with a spare ready, beside a psql, and the swap beside two bare renames.
func resetRows(_ workspace: Workspace) throws -> [Figure] {
  let project = try Project.sample(workspace)
  try project.start()
  let admin = try project.session()
  let address = try address(of: project)
  let renames = try RenameFloor(admin)

  var resets: [Double] = []
  var halts: [Double] = []
  var inside: [Double] = []
  var psqls: [Double] = []
  var versions: [Double] = []
  var swaps: [Double] = []
  var withoutSpare = 0
  for index in -3..<workspace.options.count(200, quick: 30) {
    try project.waitForSpares()
    let (took, report) = try project.reset()
    let psql = try run(
      [workspace.psql, address, "-XqAtc", "select 1"], environment: workspace.environment)
    let version = try run(
      [workspace.options.homebase, "--version"], environment: workspace.environment)
    let swap = try renames.time()
    guard index >= 0 else { continue }
    resets.append(took)
    inside.append(report.took_ms)
    if let halt = report.halt_ms { halts.append(halt) }
    if report.source != "spare" { withoutSpare += 1 }
    psqls.append(psql.milliseconds)
    versions.append(version.milliseconds)
    swaps.append(swap)
  }

  let reset = Times(resets)
  let psql = Times(psqls)
  let swap = Times(halts)
  let bare = Times(swaps)
  let note = withoutSpare == 0 ? "" : ", \(withoutSpare) without a spare"
  return [
    Figure(
      what: "`db reset`, whole command, spare ready",
      ours: reset.summary + note,
      floor: "`psql -c 'select 1'` \(show(psql.median)) ms, "
        + "`homebase --version` \(show(Times(versions).median)) ms",
      ratio: showRatio(reset.median / psql.median), goal: "≤ 25 ms / 60 ms",
      isMet: reset.median <= 25 && reset.percentile(99) <= 60),
    Figure(
      what: "the reset inside the supervisor (`took_ms`)", ours: Times(inside).summary,
      floor: "–", ratio: "–", goal: "–", isMet: nil),
    Figure(
      what: "the swap inside the server (`halt_ms`)",
      ours: halts.isEmpty ? "not in the document" : swap.summary,
      floor: "two bare `ALTER DATABASE … RENAME` in one transaction \(show(bare.median)) ms",
      ratio: showRatio(swap.median / bare.median), goal: "≤ 3 ms", isMet: swap.median <= 3),
  ]
}

func address(of project: Project) throws -> String {
  guard let address = try project.status().urls["DB_URL"] else {
    throw FigureError.noSense("status has no DB_URL")
  }
  return address
}

/// Two databases that change names, as the swap of a reset does at the least.
private final class RenameFloor {
  private let admin: PsqlSession
  private var names = ["figures_a", "figures_b", "figures_c"]

  init(_ admin: PsqlSession) throws {
    self.admin = admin
    for name in names.prefix(2) {
      try admin.query("create database \(name) template template0 strategy file_copy")
    }
  }

  func time() throws -> Double {
    let took = try admin.time(
      "alter database \(names[0]) rename to \(names[2])\\; "
        + "alter database \(names[1]) rename to \(names[0]);")
    names = [names[0], names[2], names[1]]
    return took
  }
}

// MARK: - Sizes

/// The same reset while the database, its layers and its spares hold more and more.
func sizeRows(_ workspace: Workspace) throws -> [Figure] {
  if workspace.options.isQuick {
    workspace.say("sizes: left out by --quick")
    return []
  }
  var figures: [Figure] = []
  for (label, megabytes, count, gibibytesFree) in [("550 MB", 540, 20, 8), ("5 GB", 5000, 5, 40)] {
    let free = workspace.freeGibibytes()
    guard free >= gibibytesFree else {
      figures.append(
        Figure(
          what: "`db reset` with \(label)",
          ours: "left out: \(free) GiB free, "
            + "\(gibibytesFree) wanted", floor: "–", ratio: "–", goal: "≤ 1.5 ×", isMet: nil))
      continue
    }
    // Both run at the same time, so that a noisy minute is one for both.
    let small = try Project.made(workspace, ["--migrations", "12"])
    let big = try Project.made(
      workspace, ["--migrations", "12", "--rows-megabytes", String(megabytes)])
    try small.start()
    workspace.say("sizes: \(label): loading")
    try big.start()
    var ofSmall: [Double] = []
    var ofBig: [Double] = []
    var withoutSpare = 0
    let settling = megabytes > 1000 ? 3000 : 500
    for index in -1..<count {
      try small.waitForSpares()
      try big.waitForSpares(settling: settling)
      let first = try small.reset()
      let second = try big.reset()
      guard index >= 0 else { continue }
      ofSmall.append(first.milliseconds)
      ofBig.append(second.milliseconds)
      if second.report.source != "spare" { withoutSpare += 1 }
    }
    let floor = Times(ofSmall)
    let times = Times(ofBig)
    let note = withoutSpare == 0 ? "" : ", \(withoutSpare) without a spare"
    figures.append(
      Figure(
        what: "`db reset` with \(label) in the database and in every spare",
        ours: times.summary + note, floor: "with 11 MB, taking turns: \(floor.summary)",
        ratio: showRatio(times.median / floor.median), goal: "≤ 1.5 ×",
        isMet: times.median <= 1.5 * floor.median))
    workspace.endAll()
  }
  return figures
}

// MARK: - Without a pause

/// 20 resets in a row: the spares run out, and a reset cannot be faster than the copy it needs.
func burstRows(_ workspace: Workspace) throws -> [Figure] {
  var figures = [try burst(workspace, "11 MB", try Project.sample(workspace))]
  workspace.endAll()
  if !workspace.options.isQuick, workspace.freeGibibytes() >= 12 {
    let big = try Project.made(workspace, ["--migrations", "12", "--rows-megabytes", "540"])
    figures.append(try burst(workspace, "550 MB", big))
  }
  return figures
}

private func burst(
  _ workspace: Workspace, _ label: String, _ project: Project
) throws -> Figure {
  try project.start()
  try project.waitForSpares(settling: 500)
  let admin = try project.session()
  let copies = CloneFloor(admin, template: try project.newestLayer(admin))
  let times = workspace.options.count(8, quick: 4)
  try copies.measure(times)

  try project.waitForSpares(settling: 500)
  var resets: [Double] = []
  var sources: [String: Int] = [:]
  for _ in 0..<20 {
    let (took, report) = try project.reset()
    resets.append(took)
    sources[report.source, default: 0] += 1
  }
  try project.waitForSpares(settling: 500)
  try copies.measure(times)

  let reset = Times(resets)
  let counts = sources.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
  return Figure(
    what: "20 resets in a row, no pause, \(label)",
    ours: "\(reset.summary); \(counts.joined(separator: ", "))", floor: copies.summary,
    ratio:
      "worst \(copies.showRatio(of: reset.worst)); median \(copies.showRatio(of: reset.median))",
    goal: "each ≤ 1.5 ×", isMet: reset.worst <= 1.5 * copies.bare.median)
}

/// What a copy of a database costs the server: as it comes, and by the faster strategy.
final class CloneFloor {
  private let admin: PsqlSession
  private let template: String
  private var bareTimes: [Double] = []
  private var fileCopyTimes: [Double] = []

  var bare: Times { Times(bareTimes) }
  var fileCopy: Times { Times(fileCopyTimes) }

  var summary: String {
    "`CREATE DATABASE … TEMPLATE` \(show(bare.median)) ms, "
      + "with `STRATEGY FILE_COPY` \(show(fileCopy.median)) ms (n = \(bare.count))"
  }

  init(_ admin: PsqlSession, template: String) {
    self.admin = admin
    self.template = template
  }

  func measure(_ times: Int) throws {
    for _ in 0..<times {
      bareTimes.append(try copy(options: ""))
      fileCopyTimes.append(try copy(options: " strategy file_copy"))
    }
  }

  func copy(options: String) throws -> Double {
    let took = try admin.time("create database figures_copy template \(template)\(options);")
    try admin.query("drop database figures_copy")
    return took
  }

  /// Against the bare copy, which the goal names, and against the faster one.
  func showRatio(of time: Double) -> String {
    "\(figures.showRatio(time / bare.median)) (\(figures.showRatio(time / fileCopy.median)))"
  }
}
