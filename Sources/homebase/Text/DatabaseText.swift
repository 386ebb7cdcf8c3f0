import Console
import FoundationEssentials
import StackProtocol

private func undoHint(_ snapshot: String?) -> String {
  snapshot == nil ? "" : " · undo with: homebase undo"
}

extension ResetReport: TextPresentable {
  func lines(for terminal: Terminal) -> [String] {
    let done = "\(terminal.output.green("reset")) in \(spoken(took.duration))"
    // Seeds and migrations that ran anew are why this one took longer.
    let files = replayed.isEmpty ? [] : ["applied \(spoken(replayed.count, "file")) anew:"]
    let shown = replayed.count > 8 ? replayed.prefix(7) + ["…"] : replayed[...]
    return files + shown.map { "  \($0)" } + [done + undoHint(snapshot)]
  }
}

extension UndoReport: TextPresentable {
  func lines(for terminal: Terminal) -> [String] {
    let what = reason.map { "undid the \($0)" } ?? "restored \(restored)"
    let when = from.map {
      " of \(spoken(ago: .seconds(Timestamp.now.date.timeIntervalSince($0.date))))"
    }
    return [
      "\(terminal.output.green(what))\(when ?? "") in \(spoken(took.duration))"
        + (snapshot.map { " · back with: homebase db snapshot restore \($0)" } ?? "")
    ]
  }
}

/// What was done with a snapshot, as JSON its report.
struct SnapshotText: Encodable, TextPresentable {
  /// What was done.
  enum Verb: String {
    case saved
    case restored
    case removed
  }

  var report: SnapshotReport
  var verb: Verb

  func encode(to encoder: any Encoder) throws { try report.encode(to: encoder) }

  func lines(for terminal: Terminal) -> [String] {
    let size = report.sizeInBytes.map { " (\(spoken(sizeInBytes: $0)))" } ?? ""
    let done = terminal.output.green(verb.rawValue)
    let time = spoken(report.took.duration)
    let pruned = (report.pruned ?? []).map { "removed the old snapshot \($0) to make room" }
    switch verb {
    case .saved:
      return ["\(done) \(report.name)\(size) in \(time)"] + pruned
        + ["bring it back with: homebase db snapshot restore \(report.name)"]
    case .restored:
      return ["\(done) \(report.name) in \(time)\(undoHint(report.snapshot))"] + pruned
    case .removed:
      return ["\(done) \(report.name)\(size) in \(time)"]
    }
  }
}

extension SnapshotList: TextPresentable {
  func lines(for terminal: Terminal) -> [String] {
    guard !snapshots.isEmpty else {
      return ["no snapshots yet · make one with: homebase db snapshot save NAME"]
    }
    let now = Timestamp.now.date
    var table = Table([.init("name"), .init("made"), .init("size", .right), .init("reason")])
    for snapshot in snapshots {
      let age = Duration.seconds(now.timeIntervalSince(snapshot.createdAt.date))
      table.rows.append([
        visible(snapshot.name), spoken(ago: age), spoken(sizeInBytes: snapshot.sizeInBytes),
        visible(snapshot.reason),
      ])
    }
    let hasUndo = snapshots.contains { $0.reason != "manual" }
    return table.lines(width: terminal.width, palette: terminal.output)
      + (hasUndo
        ? ["undo states: the last 5 are kept, 2 GiB at most · named snapshots stay until removed"]
        : [])
  }
}

extension QueryResult: TextPresentable, JSONPresentable {
  func lines(for terminal: Terminal) -> [String] {
    (earlier ?? []).flatMap { $0.lines(for: terminal) + [""] } + ownLines(for: terminal)
  }

  private func ownLines(for terminal: Terminal) -> [String] {
    let names = columnNames
    guard !names.isEmpty else {
      let time = took.map { "in \(spoken($0.duration))" }
      // SQL of comments alone has no command.
      let done = command.flatMap { $0.isEmpty ? nil : $0 } ?? "done"
      return [[done, time].compactMap { $0 }.joined(separator: " ")]
    }
    var cells = rows.map { row in names.map { visible((row[$0] ?? .null).cellText) } }
    let time = took.map { " in \(spoken($0.duration))" } ?? ""
    let end = [terminal.output.dim("\(spoken(count, "row"))\(time)")]
    if let width = terminal.width {
      let widths = names.indices.map { column in
        ([visible(names[column])] + cells.map { $0[column] }).map(displayWidth).max() ?? 0
      }
      guard let longest = Self.longestCell(widths, in: width) else {
        return records(cells, names, width, terminal.output) + end
      }
      cells = cells.map { $0.map { fitted($0, to: longest) } }
    }
    let table = Table(
      names.enumerated().map { Table.Column(visible($1), isNumeric($1, $0) ? .right : .left) },
      rows: cells)
    return table.lines(width: terminal.width, palette: terminal.output) + end
  }

  /// To how many columns cells are cut so that a row stays on its line; nil when too little of
  /// them would be left.
  private static func longestCell(_ widths: [Int], in width: Int) -> Int? {
    let room = width - 2 * (widths.count - 1)
    if widths.reduce(0, +) <= room { return widths.max() ?? 1 }
    return stride(from: room, through: 16, by: -1).first { longest in
      widths.reduce(0) { $0 + min($1, longest) } <= room
    }
  }

  /// Rows with more columns than a screen has, one value a line.
  private func records(
    _ cells: [[String]], _ names: [String], _ width: Int, _ palette: Palette
  ) -> [String] {
    cells.enumerated().flatMap { number, row in
      [palette.dim("row \(number + 1)")]
        + Table(rows: zip(names, row).map { [visible($0), $1] }).lines(width: width - 2)
        .map { "  \($0)" }
    }
  }

  /// The rows as comma-separated values with a head.
  ///
  /// Source: RFC 4180, with line feeds, as `psql --csv` writes it; null is empty.
  var csv: String {
    func line(_ cells: [String]) -> String {
      cells.map(quoted).joined(separator: ",") + "\n"
    }
    let names = columnNames
    guard !names.isEmpty else { return "" }
    return line(names)
      + rows.map { row in line(names.map { (row[$0] ?? .null).cellText }) }.joined()
  }

  private func quoted(_ cell: String) -> String {
    guard cell.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return cell }
    return "\""
      + cell.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }

  private var columnNames: [String] {
    columns ?? rows.first.map { $0.keys.sorted() } ?? []
  }

  private func isNumeric(_ name: String, _ column: Int) -> Bool {
    if let types, types.indices.contains(column) {
      return [20, 21, 23, 26, 700, 701, 1700].contains(types[column])
    }
    // From a supervisor that sends no types.
    let values = rows.compactMap { $0[name] }.filter { $0 != .null }
    return !values.isEmpty
      && values.allSatisfy { value in
        switch value {
        case .integer, .number, .decimal: true
        default: false
        }
      }
  }
}
