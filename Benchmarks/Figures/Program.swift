// figures: measures what Benchmarks/README.md promises, and prints the table.
//
// Each `…Rows.swift` is a group of rows; `Project.swift` is a project that homebase runs,
// `BareServer.swift` and `PsqlSession.swift` are the floors beside it. It imports nothing of
// homebase: it runs the program as a person would, and knows only what CLI.md promises.
// Never: a figure without the floor of the same minute, or a process that outlives the run.

import Glibc

@main
struct Program {
  static let groups = [
    RowGroup(name: "commands", explanation: "status and --version", measure: commandRows),
    RowGroup(name: "reset", explanation: "reset with a spare, and the swap", measure: resetRows),
    RowGroup(name: "sizes", explanation: "reset at 11 MB, 550 MB, 5 GB", measure: sizeRows),
    RowGroup(name: "burst", explanation: "20 resets without a pause", measure: burstRows),
    RowGroup(name: "edit", explanation: "the last of 300 migrations edited", measure: editRows),
    RowGroup(name: "replay", explanation: "300 migrations replayed", measure: replayRows),
    RowGroup(name: "diff", explanation: "db diff on 300 tables", measure: diffRows),
    RowGroup(
      name: "types", explanation: "gen types on 300 and 10,000 tables, through views, and --watch",
      measure: typeRows),
    RowGroup(name: "warm", explanation: "start of a cluster that exists", measure: warmStartRows),
    RowGroup(name: "cold", explanation: "start on an empty cache", measure: coldStartRows),
    RowGroup(name: "test", explanation: "60 pgTAP files", measure: testRows),
    RowGroup(name: "extensions", explanation: "pgmq, pg_net, pg_cron", measure: extensionRows),
    RowGroup(
      name: "api", explanation: "REST and gateway beside pgbench, and the schema cache",
      measure: apiRows),
    RowGroup(
      name: "gateway", explanation: "the gateway alone, and 1 GB through it", measure: gatewayRows),
    RowGroup(name: "memory", explanation: "supervisor and guardian", measure: memoryRows),
    RowGroup(name: "children", explanation: "100 supervised children", measure: childrenRows),
  ]

  static func main() {
    let arguments = CommandLine.arguments
    if arguments.count == 4, arguments[1] == "respond", let port = UInt16(arguments[3]) {
      InstantServer.run(path: arguments[2], port: port)
    }
    installInterruptHandlers()
    do {
      let options = try Options(
        Array(CommandLine.arguments.dropFirst()), groups: groups.map(\.name))
      exit(try measure(options) ? 0 : 1)
    } catch {
      _ = writeAll(Array("figures: \(error)\n".utf8), to: 2)
      exit(2)
    }
  }

  /// Measures the groups, one after the other; one that fails is a row that says so.
  ///
  /// - Returns: Whether all could be measured, whatever the figures.
  private static func measure(_ options: Options) throws -> Bool {
    let load = loadAverage()
    let start = ContinuousClock.now
    let workspace = try Workspace(options)
    defer { workspace.cleanUp() }
    var figures: [Figure] = []
    var isComplete = true
    for group in groups where options.only.isEmpty || options.only.contains(group.name) {
      workspace.say("\(group.name): \(group.explanation)")
      do {
        figures += try group.measure(workspace)
      } catch FigureError.interrupted {
        workspace.say("interrupted: cleaning up")
        return false
      } catch {
        isComplete = false
        workspace.say("\(group.name): not measured: \(error)")
        figures.append(
          Figure(
            what: group.explanation, ours: "not measured", floor: "–", ratio: "–", goal: "–",
            isMet: false))
      }
      workspace.endAll()
    }
    let text = report(
      figures, workspace: workspace, load: load, took: ContinuousClock.now - start)
    _ = writeAll(Array(text.utf8), to: 1)
    if let output = options.output { try write(text, to: output) }
    return isComplete
  }
}
