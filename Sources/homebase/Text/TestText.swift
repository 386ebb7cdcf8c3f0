import Console
import Diagnostics
import SQLTests

/// The results of tests, as pg_prove shows them.
struct TestText: Sendable {
  private let width: Int
  private let terminal: Terminal

  /// Aligns the results of some files.
  ///
  /// - Parameters:
  ///   - names: All of the files.
  ///   - terminal: Paints.
  init(names: [String], terminal: Terminal) {
    width = (names.map { displayWidth(visible($0)) }.max() ?? 0) + 2
    self.terminal = terminal
  }

  /// One file's result; what failed stands below it with its place.
  ///
  /// - Parameter report: Of the file.
  /// - Returns: A line when all passed.
  func lines(_ report: TestFileReport) -> [String] {
    let name = visible(report.file)
    let dots = String(repeating: ".", count: max(2, width - displayWidth(name)))
    let palette = terminal.output
    if report.hasPassed {
      let skipped = report.skipReason.map { "skipped" + ($0.isEmpty ? "" : ": \(visible($0))") }
      return ["\(name) \(dots) \(skipped ?? palette.green("ok"))"]
    }
    var lines = ["\(name) \(dots) \(palette.red("not ok"))"]
    for test in report.failed {
      let place = "\(visible(test.file ?? report.file))\(test.line.map { ":\($0)" } ?? "")"
      lines.append(
        "  not ok \(test.number)\(test.description.isEmpty ? "" : " - \(visible(test.description))")"
      )
      lines.append("    at \(palette.cyan(place))")
      lines += test.diagnostics.filter { !$0.contains("Failed test") }
        .map { "    #\(visible($0))" }
    }
    for error in report.errors {
      lines += error.lines(label: "error").enumerated().map { index, line in
        index == 0 && line.hasPrefix("error:")
          ? "  \(palette.red("error:"))\(visible(String(line.dropFirst("error:".count))))"
          : "  \(visible(line))"
      }
    }
    for flaw in report.flaws { lines.append("  \(flaw)") }
    if !report.failed.isEmpty {
      lines.append(
        "  failed \(report.failed.count)/\(max(report.planned ?? 0, report.tests.count)) tests")
    }
    return lines
  }

  /// The last lines: counts and the verdict.
  ///
  /// - Parameter report: Of all files.
  /// - Returns: `Files=2, Tests=10, …` and `Result: PASS`.
  func summary(_ report: TestReport) -> [String] {
    let palette = terminal.output
    var lines: [String] = []
    let bad = report.files.filter { !$0.hasPassed }
    if bad.isEmpty {
      if report.result == "PASS" { lines.append("All tests successful.") }
    } else {
      lines += ["", "Test Summary Report", "-------------------"]
      for file in bad {
        lines.append(
          "\(visible(file.file)) (Tests: \(file.tests.count) Failed: \(file.failed.count))")
        if !file.failed.isEmpty {
          let numbers = file.failed.map { String($0.number) }.joined(separator: ", ")
          lines.append("  Failed test\(file.failed.count == 1 ? "" : "s"):  \(numbers)")
        }
        lines += file.flaws.map { "  \($0)" }
      }
    }
    let took = spoken(Duration.milliseconds(Int64(report.tookInMilliseconds.rounded())))
    lines.append(
      "Files=\(report.files.count), Tests=\(report.tests), \(took)"
        + " (\(spoken(report.databases, "database")))")
    let verdict = report.hasPassed ? palette.green(report.result) : palette.red(report.result)
    lines.append("Result: \(verdict)")
    return lines
  }
}
