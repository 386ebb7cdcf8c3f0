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
  let status = try project.status()
  guard let supervisor = status.supervisor?.pid, let guardian = parent(of: supervisor) else {
    throw FigureError.noSense("status names no supervisor")
  }
  let family = isHomebase(guardian) ? [supervisor, guardian] : [supervisor]
  let busy = try family.map(proportionalSize).reduce(0, +)
  try pause(milliseconds: 12_000)
  let ours = try proportionalSize(of: supervisor)
  let guards = try family.dropFirst().map(proportionalSize).reduce(0, +)
  let server = try status.services.compactMap(\.pid).map(proportionalSize).reduce(0, +)
  let sum = ours + guards
  return [
    Figure(
      what: "memory (PSS) of supervisor and guardian, after 10 resets",
      ours: "at rest \(show(ours)) + \(show(guards)) = \(show(sum)) MiB; "
        + "right after a command \(show(busy)) MiB",
      floor: "the postmaster alone \(show(server)) MiB",
      ratio: showRatio(sum / server), goal: "≤ 15 MiB", isMet: max(sum, busy) <= 15)
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
func proportionalSize(of pid: Int32) throws -> Double {
  guard
    let line = readText("/proc/\(pid)/smaps_rollup")?.split(separator: "\n")
      .first(where: { $0.hasPrefix("Pss:") }), let kibibytes = Double(line.filter(\.isNumber))
  else { throw FigureError.noSense("cannot read the memory of \(pid)") }
  return kibibytes / 1024
}
