import Glibc

/// The commands that people and scripts call most, beside a process that does nothing.
func commandRows(_ workspace: Workspace) throws -> [Figure] {
  let project = try Project.sample(workspace)
  try project.start()
  try project.waitForSpares(settling: 500)
  let address = try address(of: project)

  var statuses: [Double] = []
  var versions: [Double] = []
  var psqls: [Double] = []
  var nothings: [Double] = []
  for index in -5..<workspace.options.count(200, quick: 40) {
    let status = try project.homebase(["status"]).milliseconds
    let version = try run(
      [workspace.options.homebase, "--version"], environment: workspace.environment
    ).milliseconds
    let psql = try run(
      [workspace.psql, address, "-XqAtc", "select 1"], environment: workspace.environment
    ).milliseconds
    let nothing = try run(["/bin/true"], environment: workspace.environment).milliseconds
    guard index >= 0 else { continue }
    statuses.append(status)
    versions.append(version)
    psqls.append(psql)
    nothings.append(nothing)
  }
  let status = Times(statuses)
  let version = Times(versions)
  let psql = Times(psqls).median
  let nothing = Times(nothings).median
  return [
    Figure(
      what: "`homebase status`", ours: status.summary,
      floor: "`psql -c 'select 1'` \(show(psql)) ms, `/bin/true` \(show(nothing)) ms",
      ratio: showRatio(status.median / psql), goal: "≤ 25 ms", isMet: status.median <= 25),
    Figure(
      what: "`homebase --version`", ours: version.summary,
      floor: "`psql -c 'select 1'` \(show(psql)) ms, `/bin/true` \(show(nothing)) ms",
      ratio: showRatio(version.median / psql), goal: "≤ 15 ms", isMet: version.median <= 15),
  ]
}

/// What the supervisor and its guardian take, after work and at rest.
func memoryRows(_ workspace: Workspace) throws -> [Figure] {
  let project = try Project.sample(workspace)
  try project.start()
  for _ in 0..<10 {
    try project.waitForSpares()
    _ = try project.reset()
  }
  try project.waitForSpares(settling: 2000)
  let status = try project.status()
  guard let supervisor = status.supervisor?.pid, let guardian = parent(of: supervisor) else {
    throw FigureError.noSense("status names no supervisor")
  }
  let ours = try proportionalSize(of: supervisor)
  let guards = isHomebase(guardian) ? try proportionalSize(of: guardian) : 0
  let server = try status.services.compactMap(\.pid).map(proportionalSize).reduce(0, +)
  let sum = ours + guards
  return [
    Figure(
      what: "memory (PSS) of supervisor and guardian, after 10 resets",
      ours: "\(show(ours)) + \(show(guards)) = \(show(sum)) MiB",
      floor: "the postmaster alone \(show(server)) MiB",
      ratio: showRatio(sum / server), goal: "≤ 15 MiB", isMet: sum <= 15)
  ]
}

private func parent(of pid: Int32) -> Int32? {
  readText("/proc/\(pid)/status")?.split(separator: "\n")
    .first { $0.hasPrefix("PPid:") }.flatMap { Int32($0.filter(\.isNumber)) }
}

private func isHomebase(_ pid: Int32) -> Bool {
  readText("/proc/\(pid)/cmdline")?.contains("homebase") ?? false
}

/// A process's share of memory in MiB.
private func proportionalSize(of pid: Int32) throws -> Double {
  guard
    let line = readText("/proc/\(pid)/smaps_rollup")?.split(separator: "\n")
      .first(where: { $0.hasPrefix("Pss:") }), let kibibytes = Double(line.filter(\.isNumber))
  else { throw FigureError.noSense("cannot read the memory of \(pid)") }
  return kibibytes / 1024
}

/// 100 children under supervision, beside a shell that starts the same and leaves them.
func childrenRows(_ workspace: Workspace) throws -> [Figure] {
  let count = 100
  var compose = "services:\n"
  for index in 1...count {
    compose += "  sleeper-\(index):\n    command: [\"sleep\", \"3600\"]\n"
  }
  let project = try Project.written(
    workspace,
    ["homebase.toml": "project_id = \"sleepers\"\n", "compose/local.yaml": compose])
  let script = """
    i=0
    while [ $i -lt \(count) ]; do sleep 3600 >/dev/null 2>&1 & echo $!; i=$((i + 1)); done
    """
  var starts: [Double] = []
  var floors: [Double] = []
  for index in -1..<workspace.options.count(20, quick: 4) {
    let start = ContinuousClock.now
    let shell = try run(["/bin/sh", "-c", script], environment: workspace.environment)
    let pids = shell.output.split(separator: "\n").compactMap { Int32($0) }
    // The shell is done before its last children have become what they are to be.
    while pids.contains(where: { readText("/proc/\($0)/comm")?.hasPrefix("sleep") != true }) {
      usleep(200)
    }
    let floor = milliseconds(ContinuousClock.now - start)
    for pid in pids { kill(pid, SIGKILL) }
    let took = try project.start()
    let healthy = try project.status().services.count { $0.state == "healthy" }
    guard healthy >= count else {
      throw FigureError.noSense("\(healthy) of \(count) children are healthy")
    }
    try project.stop()
    guard index >= 0 else { continue }
    starts.append(took)
    floors.append(floor)
  }
  let start = Times(starts)
  let floor = Times(floors)
  return [
    Figure(
      what: "\(count) supervised children, `start` to healthy", ours: start.summary,
      floor: "`sh` starting the same \(count): \(floor.summary)",
      ratio: showRatio(start.median / floor.median), goal: "≤ 2 ×",
      isMet: start.median <= 2 * floor.median)
  ]
}
