import PostgresClient

/// How psql prints rows: `\pset`, `\t`, `\a`, `\x`.
struct ResultText: Sendable {
  var isAligned = false
  var showsTuplesOnly = true
  var isExpanded = false
  var separator = "|"
  var null = ""
  var title: String?

  /// The lines of a result.
  func lines(_ result: PostgresResult) -> [String] {
    let cells = result.rows.map { row in row.map { $0 ?? null } }
    let names = result.columns.map(\.name)
    if isExpanded {
      return cells.enumerated().flatMap { number, row in
        (showsTuplesOnly ? [] : ["[ RECORD \(number + 1) ]"])
          + zip(names, row).map { isAligned ? "\($0) | \($1)" : "\($0)\(separator)\($1)" }
      }
    }
    var lines: [String] = []
    if isAligned {
      let widths = names.indices.map { column in
        max(showsTuplesOnly ? 0 : names[column].count, cells.map { $0[column].count }.max() ?? 0)
      }
      func row(_ cells: [String]) -> String {
        " "
          + zip(cells, widths).map { cell, width in
            cell + String(repeating: " ", count: max(0, width - cell.count))
          }.joined(separator: " | ")
      }
      if !showsTuplesOnly {
        lines.append(row(names))
        lines.append(widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "+"))
      }
      lines += cells.map { row($0) }
    } else {
      if !showsTuplesOnly { lines.append(names.joined(separator: separator)) }
      lines += cells.map { $0.joined(separator: separator) }
    }
    if !showsTuplesOnly {
      lines.append("(\(cells.count) row\(cells.count == 1 ? "" : "s"))")
    }
    // A value may hold line ends: each of its lines is a line of the output.
    return lines.flatMap { line in
      line.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// Takes `\pset name value`; what changes nothing here is taken in silence.
  mutating func set(_ name: String, _ value: String?) {
    func toggled(_ current: Bool) -> Bool {
      value.flatMap { PsqlVariables.boolean($0) } ?? !current
    }
    switch name {
    case "format": isAligned = value.map { "aligned".hasPrefix($0) || $0 == "wrapped" } ?? false
    case "t", "tuples_only": showsTuplesOnly = toggled(showsTuplesOnly)
    case "x", "expanded", "vertical": isExpanded = toggled(isExpanded)
    case "fieldsep": separator = value ?? "|"
    case "null": null = value ?? ""
    default: break
    }
  }
}
