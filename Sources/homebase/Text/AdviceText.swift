import Console
import DatabaseAdvice

/// What was found in a database, grouped by rule.
struct AdviceText {
  /// The most serious first.
  var advice: [Advice]

  func lines(for terminal: Terminal) -> [String] {
    let palette = terminal.output
    guard !advice.isEmpty else { return [palette.green("nothing") + " to advise"] }
    var lines: [String] = []
    var rules: [String] = []
    for finding in advice where !rules.contains(finding.name) { rules.append(finding.name) }
    for rule in rules {
      let findings = advice.filter { $0.name == rule }
      guard let first = findings.first else { continue }
      let level =
        switch first.level {
        case .error: palette.red("error")
        case .warn: palette.yellow("warn ")
        case .info: palette.dim("info ")
        }
      lines.append("\(level)  \(palette.bold(first.title)) \(palette.dim("(\(rule))"))")
      for finding in findings {
        lines.append("       \(visible(finding.detail))")
        if let file = finding.file {
          lines.append(
            "         at \(palette.cyan(visible(file) + (finding.line.map { ":\($0)" } ?? "")))")
        }
      }
      lines.append("       \(palette.cyan("hint:")) \(first.fix)")
      lines.append("")
    }
    let counts = AdviceLevel.allCases.reversed().compactMap { level -> String? in
      let count = advice.count { $0.level == level }
      let noun = ["ERROR": "error", "WARN": "warning", "INFO": "remark"][level.rawValue] ?? ""
      return count == 0 ? nil : spoken(count, noun)
    }
    lines.append(counts.joined(separator: ", "))
    return lines
  }
}

extension FunctionLint: TextPresentable {
  func lines(for terminal: Terminal) -> [String] {
    let palette = terminal.output
    guard !reports.isEmpty else {
      return [palette.green("no mistakes") + " in \(spoken(functions, "function"))"]
    }
    var lines: [String] = []
    for report in reports {
      let place = report.file.map { " at \($0)\(report.line.map { ":\($0)" } ?? "")" } ?? ""
      lines.append("\(palette.bold(visible(report.function)))\(palette.cyan(visible(place)))")
      for issue in report.issues {
        let level = issue.isError ? palette.red(issue.level) : palette.yellow(issue.level)
        let state = issue.sqlState.map { " (\($0))" } ?? ""
        lines.append("  \(level): \(visible(issue.message))\(state)")
        if let statement = issue.statement {
          lines.append(
            "    line \(statement.lineNumber)" + (statement.text.map { ": \(visible($0))" } ?? ""))
        }
        if let detail = issue.detail { lines.append("    \(visible(detail))") }
        if let hint = issue.hint { lines.append("    \(palette.cyan("hint:")) \(visible(hint))") }
      }
    }
    let count = reports.reduce(0) { $0 + $1.issues.count }
    lines.append("")
    lines.append(
      "\(spoken(count, "mistake")) in \(spoken(reports.count, "function")) of \(functions)")
    return lines
  }
}
