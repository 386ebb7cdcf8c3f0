import Glibc

/// 100 children under supervision, beside a shell that starts the same processes.
func childrenRows(_ workspace: Workspace) throws -> [Figure] {
  let count = 100
  var compose = "services:\n  postgres:\n    x-homebase: postgres\n"
  for index in 1...count {
    compose += "  sleeper-\(index):\n    command: [\"sleep\", \"3600\"]\n"
  }
  let project = try Project.written(
    workspace, ["homebase.toml": "project_id = \"sleepers\"\n", "compose/local.yaml": compose])
  let alone = try Project.written(workspace, ["homebase.toml": "project_id = \"alone\"\n"])
  try project.start()
  try project.waitForSpares()
  let dataFolder = try project.server().dataFolder
  try project.stop()
  try alone.start()
  try alone.waitForSpares()
  try alone.stop()
  let bare = try BareServer(workspace)
  try bare.copy(of: dataFolder)

  var starts: [Double] = []
  var withoutThem: [Double] = []
  var floors: [Double] = []
  for index in -1..<workspace.options.count(20, quick: 4) {
    let floor = try startByShell(count, bare, workspace)
    try bare.stop()
    let took = try project.start()
    let healthy = try project.status().services.count { $0.state == "healthy" }
    guard healthy > count else {
      throw FigureError.noSense("\(healthy) of \(count + 1) services are healthy")
    }
    try project.stop()
    let base = try alone.start()
    try alone.stop()
    guard index >= 0 else { continue }
    starts.append(took)
    withoutThem.append(base)
    floors.append(floor)
  }
  let start = Times(starts)
  let floor = Times(floors)
  return [
    Figure(
      what: "\(count) supervised children beside postgres, `start` to healthy",
      ours: "\(start.summary); without them \(show(Times(withoutThem).median)) ms",
      floor: "`sh` starting the same \(count + 1), until psql connects: \(floor.summary)",
      ratio: showRatio(start.median / floor.median), goal: "≤ 2 ×",
      isMet: start.median <= 2 * floor.median)
  ]
}

/// Starts a server and so many children as a shell script would, then ends the children.
///
/// - Returns: Milliseconds until psql has an answer and every child has become what it is to be.
private func startByShell(
  _ count: Int, _ bare: BareServer, _ workspace: Workspace
) throws -> Double {
  let script = """
    \(quoted(bare.startCommand)) &
    i=0
    while [ $i -lt \(count) ]; do sleep 3600 >/dev/null 2>&1 & echo $!; i=$((i + 1)); done
    until \(quoted(bare.attempt(database: "homebase"))) >/dev/null 2>&1; do :; done
    """
  let start = ContinuousClock.now
  let shell = try run(["/bin/sh", "-c", script], environment: workspace.environment)
  let pids = shell.output.split(separator: "\n").compactMap { Int32($0) }
  defer { for pid in pids { kill(pid, SIGKILL) } }
  while pids.contains(where: { readText("/proc/\($0)/comm")?.hasPrefix("sleep") != true }) {
    try pause(milliseconds: 0)
  }
  return milliseconds(ContinuousClock.now - start)
}

/// Words as a shell reads them back.
private func quoted(_ words: [String]) -> String {
  words.map { word in
    "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }.joined(separator: " ")
}
