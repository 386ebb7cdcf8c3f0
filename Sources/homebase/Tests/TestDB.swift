import ArgumentParser
import Console
import Diagnostics
import FoundationEssentials
import Glibc
import PostgresClient
import SQLTests

/// Runs pgTAP tests.
struct TestDB: AsyncHomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "db",
    abstract: "Run the pgTAP tests, each file in a copy of the database of its own.",
    usage: "homebase test db [PATH]... [--db-url URL] [--jobs N]",
    discussion: """
      Files end in .sql or .pg; without a path all of the tests folder run. The copies are made of \
      the live database as it is, whose sessions are renewed for that moment; nothing of a test \
      stays. Files at the beginning that commit, such as 000-setup.sql, run first, also before \
      files that are named, and all others see what they left. With --db-url the files run in that \
      database itself, one after the other, and only those that are named.
      """)

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: DatabaseTarget

  @Argument(help: "Files or folders; none: the project's tests folder.", completion: .file())
  var paths: [String] = []

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Files at a time; default: a core each.", valueName: "n"))
  var jobs: Int?

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs takes a number from 1 on") }
  }

  func runAsync(in session: Session) async throws {
    let place = try session.project()
    let folder = session.process.workingDirectory
    let chosen =
      paths.isEmpty
      ? [place.testsFolder] : paths.map { $0.hasPrefix("/") ? $0 : "\(folder)/\($0)" }
    guard !paths.isEmpty || FileManager.default.fileExists(atPath: place.testsFolder) else {
      throw SQLTestError.noTests(folder: place.displayPath(place.testsFolder))
    }
    var files = try TestFile.find(in: chosen, display: place.displayPath)
    if !paths.isEmpty, target.databaseURL == nil {
      files = TestFile.prepared(files, from: place.testsFolder, display: place.displayPath)
    }
    let cores = jobs ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let workers = target.databaseURL == nil ? min(cores, files.count) : 1
    let text = TestText(names: files.map(\.name), terminal: session.output.terminal)
    let output = session.output

    let runner = TestRunner(
      files: files, workers: workers, folders: [place.testsFolder, place.root],
      psql: findPsql(session.process.environment), display: place.displayPath)
    func run(_ source: any TestDatabaseSource) async throws -> TestReport {
      try await runner.run(on: source) { report in
        if output.format == .text { output.show(lines: text.lines(report)) }
      }
    }
    let report: TestReport
    if target.databaseURL != nil {
      let database = try await GivenDatabase.open(target.parameters(in: session))
      do {
        report = try await run(database)
        await database.close()
      } catch {
        await database.close()
        throw error
      }
    } else {
      let databases = LeasedDatabases(
        count: workers, reserves: runner.expectsChanges, preparesFirst: runner.setupFiles > 0,
        extensions: ["pgtap"]
      ) { try session.connect(to: place) }
      report = try await run(databases)
    }
    switch output.format {
    case .text: output.show(lines: text.summary(report))
    case .json: try output.show(json: report)
    }
    if !report.hasPassed { throw UnwellResult() }
  }
}
