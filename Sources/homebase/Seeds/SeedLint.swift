import ArgumentParser
import Console
import Diagnostics
import StackProtocol

/// Looks for real people's data in seed files.
struct SeedLint: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract:
      "Look for real people's data in seed files: addresses, phones, identity numbers, cards.",
    usage: "homebase seed lint [PATH]...")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Argument(help: "Files or folders; none: all seeds of the project.", completion: .file())
  var paths: [String] = []

  func run(in session: Session) throws {
    let report = try session.process.rooms.lintSeeds(try session.project(), paths)
    try session.output.show(report)
    if !report.findings.isEmpty { throw UnwellResult(exitCode: 3) }
  }
}

/// What a look at the seed files found.
struct SeedLintReport: Sendable, Hashable, Encodable, TextPresentable {
  /// Each with its place.
  var findings: [Diagnostic]
  /// How many files were read.
  var files: Int

  func lines(for terminal: Terminal) -> [String] {
    var lines = findings.flatMap { finding -> [String] in
      var lines = finding.lines(label: "found")
      lines[0] = terminal.output.red("found:") + lines[0].dropFirst("found:".count)
      return lines
    }
    let summary =
      findings.isEmpty
      ? terminal.output.green("nothing") + " that looks like real people's data"
      : spoken(findings.count, "place") + " that may be real people's data"
    lines.append("\(summary) in \(spoken(files, "file"))")
    return lines
  }
}
