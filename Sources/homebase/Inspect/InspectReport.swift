import ArgumentParser
import Console
import DatabaseAdvice
import Diagnostics
import FoundationEssentials
import PostgresClient
import StackProtocol

/// Writes all inspections as files.
struct InspectReport: AsyncHomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write every inspection as a file of comma-separated values.",
    usage: "homebase inspect report [--output-dir DIR] [--db-url URL]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: DatabaseTarget

  @Option(
    help: ArgumentHelp("Where the report's folder is made.", valueName: "dir"),
    completion: .directory)
  var outputDir = "."

  func runAsync(in session: Session) async throws {
    let base =
      outputDir.hasPrefix("/") ? outputDir : "\(session.process.workingDirectory)/\(outputDir)"
    // The day, in UTC, as the Supabase CLI names its folder.
    let folder = "\(base)/\(Timestamp.now.description.prefix(10))"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Diagnostic(
        code: "unwritable_file", message: "cannot make the folder \(folder)",
        hint: "name another one with --output-dir")
    }
    let report = try await target.withConnection(in: session) { connection in
      var report = Report(folder: folder, files: [], left: [])
      for inspection in Inspection.all {
        do {
          let result = try await inspect(inspection, connection)
          let document = QueryResult(
            columns: result.columns.map(\.name), types: result.columns.map(\.typeOID),
            texts: result.rows)
          let file = "\(inspection.name.split(separator: "-").joined(separator: "_")).csv"
          try Data(document.csv.utf8).write(to: URL(filePath: "\(folder)/\(file)"))
          report.files.append(file)
        } catch let error as Diagnostic where error.code == "statements_not_counted" {
          report.left.append(inspection.name)
        }
      }
      return report
    }
    try session.output.show(report)
  }

  private struct Report: Encodable, TextPresentable, Sendable {
    var folder: String
    var files: [String]
    var left: [String]

    func lines(for terminal: Terminal) -> [String] {
      let missing =
        left.isEmpty ? "" : " · without \(left.joined(separator: ", ")): no pg_stat_statements"
      return [
        "\(terminal.output.green("wrote")) \(spoken(files.count, "file")) to \(folder)\(missing)"
      ]
    }
  }
}
