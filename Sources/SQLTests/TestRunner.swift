import Diagnostics
import PostgresClient
import ProcessSupervision
import Synchronization

/// Runs test files, some at a time, each in a database of its own.
///
/// Files at the beginning that commit (`000-setup.sql`) prepare the database for the others: they
/// run first, one after the other, and every other file's database has what they left.
/// A database is used again when a file provably left nothing in it: it committed nothing, and
/// sequences, which no rollback takes back, are set back. Any other is given back for a fresh one.
package struct TestRunner: Sendable {
  private let files: [TestFile]
  private let workers: Int
  /// How many files at the beginning prepare the database for the others.
  package let setupFiles: Int
  /// Whether some of the others are likely to change their database.
  package let expectsChanges: Bool
  private let folders: [String]
  private let psql: String?
  private let display: @Sendable (String) -> String

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - files: In the order in which they are reported.
  ///   - workers: How many run at a time.
  ///   - folders: Where `\i` looks.
  ///   - psql: The program for files that need it; nil when there is none.
  ///   - display: How a path is shown.
  package init(
    files: [TestFile], workers: Int, folders: [String], psql: String?,
    display: @escaping @Sendable (String) -> String
  ) {
    self.files = files
    self.workers = max(1, min(workers, files.count))
    let setupFiles = files.prefix { $0.preparesOthers }.count
    self.setupFiles = setupFiles
    expectsChanges = files.dropFirst(setupFiles).contains { file in
      file.commits
        || (try? PsqlInterpreter.unknownCommand(
          in: file.path, folders: folders, display: display)) ?? nil != nil
    }
    self.folders = folders
    self.psql = psql
    self.display = display
  }

  /// Runs all files.
  ///
  /// - Parameters:
  ///   - source: Gives databases.
  ///   - onReport: Called for each file, in the order of the files.
  /// - Returns: What became of all of them.
  /// - Throws: `SQLTestError` when files cannot be run at all; failed tests are in the report.
  package func run(
    on source: any TestDatabaseSource, onReport: @escaping @Sendable (TestFileReport) -> Void
  ) async throws -> TestReport {
    let began = ContinuousClock.now
    // Before anything runs: a file that nobody here can run is said at once.
    var needsPsql: Set<Int> = []
    for (index, file) in files.enumerated() {
      if let unknown = try PsqlInterpreter.unknownCommand(
        in: file.path, folders: folders, display: display)
      {
        guard psql != nil else {
          throw SQLTestError.needsPsql(command: unknown.command, location: unknown.location)
        }
        needsPsql.insert(index)
      }
    }
    let board = Board(count: files.count, onReport: onReport)
    let forPsql = needsPsql
    try await prepare(source, board, forPsql)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<workers {
        group.addTask { try await work(source, board, forPsql) }
      }
      try await group.waitForAll()
    }
    return TestReport(
      files: board.reports, tookInMilliseconds: milliseconds(since: began),
      databases: board.databases)
  }

  /// Runs the files that prepare the database for the others.
  private func prepare(
    _ source: any TestDatabaseSource, _ board: Board, _ needsPsql: Set<Int>
  ) async throws {
    if setupFiles == 0 { return }
    let open = try await OpenDatabase.open(try await source.take())
    board.countDatabase()
    for _ in 0..<setupFiles {
      guard let index = board.next() else { break }
      let (report, _) =
        needsPsql.contains(index)
        ? try await runByPsql(files[index], open) : try await run(files[index], open)
      board.put(report, at: index)
      // The next one begins as a new session would.
      _ = try? await open.connection.execute("discard all")
    }
    await open.close()
    if board.hasMore { try await source.promote(open.database) }
  }

  private func work(
    _ source: any TestDatabaseSource, _ board: Board, _ needsPsql: Set<Int>
  ) async throws {
    var open: OpenDatabase?
    while let index = board.next() {
      let current: OpenDatabase
      if let open {
        current = open
      } else {
        current = try await OpenDatabase.open(try await source.take())
        board.countDatabase()
      }
      open = current
      let (report, leftovers) =
        needsPsql.contains(index)
        ? try await runByPsql(files[index], current) : try await run(files[index], current)
      board.put(report, at: index)
      var isClean = !leftovers.mayRemain
      if isClean { isClean = await current.restore() }
      if !isClean {
        await current.close()
        open = nil
        if board.hasMore { await source.giveBack(current.database) }
      }
    }
    await open?.close()
  }

  private func run(
    _ file: TestFile, _ open: OpenDatabase
  ) async throws -> (TestFileReport, Leftovers) {
    let began = ContinuousClock.now
    var interpreter = PsqlInterpreter(
      connection: open.connection, database: open.database.parameters.database,
      user: open.database.parameters.user, notices: open.notices, folders: folders,
      display: display)
    try await interpreter.run(file.path)
    var reader = TAPReader()
    for line in interpreter.output {
      reader.read(line.text, file: line.file == file.name ? nil : line.file, line: line.line)
    }
    let errors = interpreter.messages.filter { $0.isError }.map { message in
      Diagnostic(
        code: "test_error",
        message: message.text + (message.sqlstate.map { " (\($0))" } ?? "")
          + (message.detail.map { ": \($0)" } ?? ""), hint: message.hint,
        location: SourceLocation(file: message.file, line: message.line),
        sqlstate: message.sqlstate)
    }
    return (
      report(file, reader, errors, exitCode: interpreter.exitCode, began), interpreter.leftovers
    )
  }

  private func report(
    _ file: TestFile, _ reader: TAPReader, _ errors: [Diagnostic], exitCode: Int,
    _ began: ContinuousClock.Instant
  ) -> TestFileReport {
    var flaws = reader.flaws
    if exitCode != 0 { flaws.append("stopped at an error (exit code \(exitCode))") }
    return TestFileReport(
      file: file.name, hasPassed: flaws.isEmpty && !reader.tests.contains { $0.hasFailed },
      skipReason: reader.skipReason, planned: reader.plan, tests: reader.tests, flaws: flaws,
      errors: errors, exitCode: exitCode, tookInMilliseconds: milliseconds(since: began))
  }

  /// Runs a file as `pg_prove` does.
  private func runByPsql(
    _ file: TestFile, _ open: OpenDatabase
  ) async throws -> (TestFileReport, Leftovers) {
    let began = ContinuousClock.now
    let parameters = open.database.parameters
    var environment = currentEnvironment()
    for name in environment.keys where name.hasPrefix("PG") { environment[name] = nil }
    environment["PGHOST"] = parameters.host
    environment["PGPORT"] = String(parameters.port)
    environment["PGUSER"] = parameters.user
    environment["PGDATABASE"] = parameters.database
    if let password = parameters.password { environment["PGPASSWORD"] = password }
    let result = try await runTool(
      [
        psql ?? "psql", "--no-psqlrc", "--no-align", "--quiet", "--pset", "pager=off", "--pset",
        "tuples_only=true", "--set", "ON_ERROR_STOP=1", "--file", file.path,
      ], environment: environment, workingDirectory: folders.first)
    var reader = TAPReader()
    for line in result.output.split(separator: "\n") { reader.read(String(line)) }
    let errors = result.errorOutput.split(separator: "\n").filter { $0.contains("ERROR:") }.map {
      line in
      // `psql:FILE:LINE: ERROR:  message`
      let parts = line.split(separator: ":", maxSplits: 4, omittingEmptySubsequences: false)
      let number = parts.count > 3 ? Int(parts[2]) : nil
      return Diagnostic(
        code: "test_error",
        message: String(parts.last ?? line).split(separator: " ").joined(separator: " "),
        location: number.map { SourceLocation(file: display(String(parts[1])), line: $0) })
    }
    var leftovers = Leftovers()
    leftovers.noteUnseen()
    let code = result.status.code.map { Int($0) } ?? 1
    return (report(file, reader, errors, exitCode: code, began), leftovers)
  }
}

private func milliseconds(since began: ContinuousClock.Instant) -> Double {
  let (seconds, attoseconds) = (ContinuousClock.now - began).components
  return Double(seconds) * 1000 + (Double(attoseconds) / 1e13).rounded() / 100
}

/// Hands out files and gathers reports, telling them in order.
private final class Board: Sendable {
  private struct State {
    var next = 0
    var told = 0
    var databases = 0
    var reports: [TestFileReport?]
  }

  private let state: Mutex<State>
  private let onReport: @Sendable (TestFileReport) -> Void

  init(count: Int, onReport: @escaping @Sendable (TestFileReport) -> Void) {
    state = Mutex(State(reports: Array(repeating: nil, count: count)))
    self.onReport = onReport
  }

  var reports: [TestFileReport] { state.withLock { $0.reports.compactMap { $0 } } }
  var databases: Int { state.withLock { $0.databases } }

  var hasMore: Bool { state.withLock { $0.next < $0.reports.count } }

  func countDatabase() { state.withLock { $0.databases += 1 } }

  func next() -> Int? {
    state.withLock { state in
      guard state.next < state.reports.count else { return nil }
      state.next += 1
      return state.next - 1
    }
  }

  func put(_ report: TestFileReport, at index: Int) {
    state.withLock { state in
      state.reports[index] = report
      while state.told < state.reports.count, let report = state.reports[state.told] {
        onReport(report)
        state.told += 1
      }
    }
  }
}
