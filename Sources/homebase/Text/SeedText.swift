import Console
import StackProtocol

private func tableLines(_ tables: [SeedGenerateReport.Table], _ terminal: Terminal) -> [String] {
  Table(
    [.init(), .init("", .right), .init()],
    rows: tables.map {
      let note = $0.note.map { $0.split(separator: ": ").last.map(String.init) ?? $0 } ?? ""
      return [visible($0.name), spoken($0.rows, "row"), terminal.output.dim(visible(note))]
    }
  ).lines().map { "  \($0)" }
}

extension SeedReport: TextPresentable {
  func lines(for terminal: Terminal) -> [String] {
    let undo = snapshot == nil ? "" : " · undo with: homebase undo"
    let made = (rows ?? []).reduce(0) { $0 + $1.rows }
    if files.isEmpty, let rows {
      let done =
        made == 0
        ? "no rows made: tables that have rows already are left as they are"
        : "\(terminal.output.green("made")) \(spoken(made, "row")) in"
          + " \(spoken(rows.count { $0.rows > 0 }, "table")) in \(spoken(took.duration))\(undo)"
      return tableLines(rows, terminal) + [done]
    }
    return files.map { "  \($0)" } + tableLines(rows ?? [], terminal) + [
      "\(terminal.output.green("seeded")) from \(spoken(files.count, "file"))"
        + " in \(spoken(took.duration))\(undo)"
    ]
  }
}

extension SeedGenerateReport: TextPresentable {
  func lines(for terminal: Terminal) -> [String] {
    let undo = snapshot == nil ? "" : " · undo with: homebase undo"
    let total = tables.reduce(0) { $0 + $1.rows }
    guard total > 0 else {
      return tableLines(tables, terminal) + [
        "no rows made: tables that have rows already are left as they are",
        "fill empty ones: homebase db reset --no-seed, then this command again",
      ]
    }
    return tableLines(tables, terminal) + [
      "\(terminal.output.green("made")) \(spoken(total, "row")) in"
        + " \(spoken(tables.count, "table")) in \(spoken(took.duration))\(undo)",
      "the same rows again with the same --rows and --seed \(seed)",
    ]
  }
}

extension DoctorReport: TextPresentable {
  func lines(for terminal: Terminal) -> [String] {
    let palette = terminal.output
    let table = Table(
      rows: checks.map { check in
        [check.isOK ? palette.green("ok") : palette.red("fix"), check.name, visible(check.detail)]
      })
    var lines = table.lines()
    let broken = checks.filter { !$0.isOK }
    for check in broken {
      if let fix = check.fix { lines.append("\(check.name): \(palette.cyan(fix))") }
    }
    lines.append(broken.isEmpty ? "all is well" : "\(spoken(broken.count, "thing")) to mend")
    return lines
  }
}
