import ArgumentParser
import Console
import Diagnostics
import FoundationEssentials
import StackProtocol

/// Runs SQL in the stack's database.
struct DBQuery: HomebaseCommand {
  /// How rows are written.
  enum Notation: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
    case csv
  }

  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Run SQL in the stack's database and show the rows.",
    usage: "homebase db query SQL | -f FILE | < FILE  [-o table|json|csv]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: LocalTarget

  @Argument(help: "The SQL; left out: the file, or standard input.")
  var sql: String?

  @Option(name: [.short, .long], help: "A file with the SQL.", completion: .file())
  var file: String?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("How rows are written: table, json or csv.", valueName: "notation"))
  var notation: Notation?

  func validate() throws {
    if sql != nil, file != nil { throw ValidationError("give SQL or --file, not both") }
    if global.outputFormat == .json, let notation, notation != .json {
      throw ValidationError(
        "give --output-format json or -o \(notation.rawValue), not both")
    }
  }

  func run(in session: Session) throws {
    let text = try sql ?? readFile() ?? readInput(session)
    guard text.contains(where: { !$0.isWhitespace }) else { throw Self.nothingToRun }
    let result: QueryResult
    do {
      result = try session.connect().ask(QueryRequest(sql: text))
    } catch var failure as Diagnostic {
      if let file { failure.location?.file = file }
      throw failure
    }
    switch notation {
    case nil: try session.output.show(result)
    case .table: session.output.show(lines: result.lines(for: session.output.terminal))
    case .json: try session.output.show(json: result)
    case .csv: session.output.show(raw: result.csv)
    }
    guard result.isRolledBack != true else {
      session.output.warn(
        Diagnostic(
          code: "rolled_back",
          message: "rolled back: the SQL began a transaction and did not commit it",
          hint: "end it with commit, or leave out begin: all of it is one transaction anyway"))
      throw UnwellResult()
    }
  }

  private static let nothingToRun = Diagnostic(
    code: "no_sql", message: "there is no SQL to run",
    hint: "homebase db query 'select 1', or -f FILE, or pipe it in", category: .usage)

  private func readFile() throws -> String? {
    guard let file else { return nil }
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Diagnostic(
        code: "unreadable_file", message: "the file \(file) cannot be read", category: .usage)
    }
    return String(decoding: data, as: UTF8.self)
  }

  private func readInput(_ session: Session) throws -> String {
    guard let bytes = try session.process.readStandardInput(), !bytes.isEmpty else {
      throw Self.nothingToRun
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
