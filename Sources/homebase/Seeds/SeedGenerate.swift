import ArgumentParser
import Console
import StackProtocol

/// Makes mock rows.
struct SeedGenerate: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Fill tables with mock rows: the same seed makes the same rows.",
    usage: "homebase seed generate [--rows N] [--seed S] [--table T]... [--sql]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Option(help: ArgumentHelp("Rows for each table.", valueName: "n"))
  var rows = 100

  @Option(help: ArgumentHelp("The number that makes the rows.", valueName: "number"))
  var seed: UInt64?

  @Option(
    name: .customLong("table"), parsing: .singleValue,
    help: ArgumentHelp("Only this table, and others by saying it again.", valueName: "table"))
  var tables: [String] = []

  @Flag(
    name: .customLong("sql"), help: "Write SQL to standard output; the database stays as it is.")
  var writesSQL = false

  func validate() throws {
    if rows < 1 { throw ValidationError("--rows takes a number from 1 on") }
  }

  func run(in session: Session) throws {
    let report = try session.connect().ask(
      SeedGenerateRequest(rows: rows, seed: seed, tables: tables, returnsSQL: writesSQL))
    if writesSQL, session.output.format == .text {
      session.output.note("-- seed \(report.seed)")
      return session.output.show(raw: report.sql ?? "")
    }
    try session.output.show(report)
  }
}
