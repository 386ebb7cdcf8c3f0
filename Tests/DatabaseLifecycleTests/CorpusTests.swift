import DatabaseCluster
import Diagnostics
import FoundationEssentials
import Glibc
import PostgresClient
import ProcessSupervision
import ProjectConfiguration
import Synchronization
import TestCluster
import Testing

@testable import DatabaseLifecycle

/// Projects of other people's styles, kept in `Tests/Corpora`.
@Suite struct CorpusTests {
  /// A project that works on the platform works here without a change to it.
  @Test func projectsOfEachStyleGiveWhatTheyExpect() async throws {
    let projects = try ["dump-baseline", "own-transactions", "procedural", "accounts"]
      .map(CorpusProject.init)
    // The accounts are the only ones that ask something of the cluster.
    let settings = projects.map { $0.configuration.database.settings }.last
    try await withCorpusDatabase(settings: settings.map { ClusterSettings(parameters: $0) }) {
      box, database in
      for project in projects {
        try await Self.check(project, box, database)
      }
    }
  }

  private static func check(
    _ project: CorpusProject, _ box: InputsBox, _ database: ProjectDatabase
  ) async throws {
    let expected = try table(project.corpus + "/expected.tsv")
    func values(_ kind: String) -> [[String]] {
      expected.filter { $0.first == kind }.map { Array($0.dropFirst()) }
    }
    box.use(project)
    let files = try ProjectFiles.list(project.inputs, fingerprints: FileFingerprints())
    let warnings = (project.warnings + files.warnings).map {
      "\($0.message) \($0.location?.file ?? "")"
    }
    let skipped = files.warnings.filter { $0.code == "migration_skipped" }
      .compactMap { $0.location?.file.split(separator: "/").last.map(String.init) }
    #expect(skipped.sorted() == values("skipped").map { $0[0] }.sorted(), "\(project.name)")
    for warning in values("warning") {
      #expect(
        warnings.contains { $0.contains(warning[0]) }, "\(project.name): \(warning) of \(warnings)")
    }
    // From nothing, from a layer, and from a spare: all three must be the same database.
    for round in 0..<3 {
      let outcome = try await database.reset()
      #expect(outcome.replayed.isEmpty == (round > 0), "\(project.name) \(outcome)")
      let history = try await answers(
        database, "select version, name from supabase_migrations.schema_migrations order by 1")
      #expect(history == values("applied"), "\(project.name)")
      let seeded = values("seeded").map { $0[0] }
      if !seeded.isEmpty {
        #expect(files.seeds.map(\.name) == seeded, "\(project.name)")
        let noted = try await answers(
          database, "select path from supabase_migrations.seed_files order by 1")
        #expect(noted.map { $0[0] } == seeded.sorted(), "\(project.name)")
      }
      for check in values("check") {
        do {
          let answer = try await answers(database, check[0]).first?.first
          #expect(answer == check[1], "\(project.name), round \(round): \(check[0])")
        } catch {
          Issue.record("\(project.name), round \(round): \(check[0]): \(error)")
        }
      }
      if round == 1 { await database.waitForMaintenance() }
    }
  }

  /// What is wrong with a file is said with its place, and costs nobody a row.
  ///
  /// The rows of `broken/expectations.tsv` share a cluster; there are two, for two cores.
  @Test(arguments: 0..<2) func brokenProjectsAreRefusedAsExpected(part: Int) async throws {
    let expectations = try table(corporaFolder + "/broken/expectations.tsv").map(Expectation.init)
    #expect(expectations.count > 30)
    let good = try CorpusProject("broken/only-good")
    try await withCorpusDatabase { box, database in
      for (index, expectation) in expectations.enumerated() where index % 2 == part {
        let project = try CorpusProject("broken/" + expectation.folder)
        box.use(good)
        _ = try await database.reset()
        _ = try await database.query("create table public.marker (id int)")
        box.use(project)
        do {
          switch expectation.outcome {
          case "applied":
            _ = try await database.migrateUp()
            _ = try await database.reset()
          case "seed refused":
            try await refused(expectation, database) { _ = try await database.reset() }
            try await refused(expectation, database) { _ = try await database.seed() }
          default:
            try await refused(expectation, database) { _ = try await database.reset() }
            try await refused(expectation, database) { _ = try await database.migrateUp() }
          }
        } catch {
          Issue.record("\(expectation.folder): \(Diagnostic(describing: error))")
        }
      }
      await database.waitForMaintenance()
    }
  }

  private func refused(
    _ expectation: Expectation, _ database: ProjectDatabase, _ operation: () async throws -> Void
  ) async throws {
    let folder = expectation.folder
    do {
      try await operation()
      Issue.record("\(folder) was accepted")
    } catch {
      let diagnostic = Diagnostic(describing: error)
      #expect(diagnostic.location?.file == expectation.file, "\(folder): \(diagnostic)")
      #expect(diagnostic.location?.line == expectation.line, "\(folder): \(diagnostic)")
      #expect(diagnostic.sqlstate == expectation.sqlstate, "\(folder): \(diagnostic)")
      #expect(diagnostic.hint != nil, "\(folder): \(diagnostic)")
      if expectation.line != nil, diagnostic.code.hasSuffix("_failed"), folder != "copy-data" {
        #expect(!diagnostic.excerpt.isEmpty, "\(folder): \(diagnostic)")
      }
    }
    // The database of before is there, and nothing of the file.
    let left = try await answers(
      database,
      """
      select to_regclass('public.marker')::text, to_regclass('public.half')::text,
        (select count(*) from supabase_migrations.schema_migrations
         where version > '20250101999999'),
        (select count(*) from supabase_migrations.seed_files)
      """)
    #expect(left == [["marker", nil, "0", "0"]], "\(folder)")
    // Nor is a session left in a transaction.
    let open = try await answers(
      database,
      "select count(*) from pg_stat_activity where state like 'idle in transaction%'")
    #expect(open == [["0"]], "\(folder)")
  }

  /// A project of 300 files: what was not edited does not run again.
  @Test func threeHundredFilesReplayOnlyTheEditedOne() async throws {
    let folder = try CopiedFolder()
    let made = try await runTool([
      "/bin/bash", corporaFolder + "/../../Benchmarks/make-project", folder.path + "/made",
    ])
    try #require(made.status.isSuccess, "\(made.errorOutput)")
    let project = try CorpusProject(name: "made", folder: folder, root: folder.path + "/made")
    try await withCorpusDatabase { box, database in
      box.use(project)
      let outcome = try await database.reset()
      #expect(outcome.replayed.count >= 300)
      await database.waitForMaintenance()
      let count = try await answers(
        database, "select count(*) from supabase_migrations.schema_migrations")
      #expect(count == [["300"]])

      let files = try ProjectFiles.list(project.inputs, fingerprints: FileFingerprints())
      let last = try #require(files.migrations.last)
      for number in 0..<2 {
        let text = String(decoding: try readFile(last.path), as: UTF8.self)
        try Data("\(text)\ncreate table public.edited_\(number) ();\n".utf8)
          .write(to: URL(filePath: last.path))
        let edited = try await database.reset()
        #expect(
          edited.replayed == [project.inputs.displayPath(last.path)]
            + files.seeds.map { project.inputs.displayPath($0.path) })
      }
      await database.waitForMaintenance()
      #expect(try await database.reset().source == .spare)
    }
  }
}

/// The projects of this repository's `Tests/Corpora`.
private let corporaFolder: String = {
  let parts = #filePath.split(separator: "/").dropLast(2)
  return "/" + parts.joined(separator: "/") + "/Corpora"
}()

/// A row of `broken/expectations.tsv`.
private struct Expectation {
  var folder: String
  var file: String?
  var line: Int?
  var sqlstate: String?
  var outcome: String

  init(_ row: [String]) {
    func given(_ column: Int) -> String? { row[column] == "-" ? nil : row[column] }
    folder = row[0]
    file = given(1)
    line = given(2).flatMap { Int($0) }
    sqlstate = given(3)
    outcome = row[4]
  }
}

/// A copy of a corpus, laid out as the project it stands for.
private struct CorpusProject: Sendable {
  let name: String
  /// Where the original is.
  let corpus: String
  let folder: CopiedFolder
  let configuration: Configuration
  let warnings: [Diagnostic]
  let inputs: LifecycleInputs

  init(_ name: String) throws {
    let folder = try CopiedFolder()
    let root = folder.path + "/project"
    try FileManager.default.copyItem(atPath: corporaFolder + "/" + name, toPath: root)
    try FileManager.default.moveItem(
      atPath: root + "/supabase/migration-files", toPath: root + "/supabase/migrations")
    try self.init(name: name, folder: folder, root: root)
  }

  init(name: String, folder: CopiedFolder, root: String) throws {
    self.name = name
    self.folder = folder
    corpus = corporaFolder + "/" + name
    let layout = try ProjectLayout.discover(from: root, exactly: true)
    (configuration, warnings) = try Configuration.load(layout: layout, environment: [:])
    inputs = LifecycleInputs(
      layout: layout, configuration: configuration,
      jwtSecret: ProjectKeys(configuration).jwtSecret, platformHash: "test")
  }
}

/// A folder that is gone when nobody needs it.
private final class CopiedFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/homebase-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw LifecycleError.unreadable(path: "/tmp", reason: systemReason())
    }
    path = String(cString: made)
    chmod(path, 0o755)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Which project's files count now: one keeper may be shown several, one after the other.
private final class InputsBox: Sendable {
  private let inputs: Mutex<LifecycleInputs>

  init(_ inputs: LifecycleInputs) { self.inputs = Mutex(inputs) }

  var current: LifecycleInputs { inputs.withLock { $0 } }

  func use(_ project: CorpusProject) { inputs.withLock { $0 = project.inputs } }
}

/// Runs a test with a database that starts as the only good one of the broken projects.
private func withCorpusDatabase(
  settings: ClusterSettings? = nil, _ body: (InputsBox, ProjectDatabase) async throws -> Void
) async throws {
  let first = try CorpusProject("broken/only-good")
  let box = InputsBox(first.inputs)
  try await withOwnCluster(settings: settings ?? ClusterSettings()) { cluster in
    let database = ProjectDatabase(cluster: cluster, inputs: { box.current })
    do {
      _ = try await database.open()
      try await body(box, database)
    } catch {
      await database.close()
      throw error
    }
    await database.close()
  }
}

/// The rows of a table of texts between tabs; lines that start with # are for people.
private func table(_ path: String) throws -> [[String]] {
  String(decoding: try readFile(path), as: UTF8.self).split(separator: "\n")
    .filter { !$0.hasPrefix("#") }
    .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
}

private func answers(_ database: ProjectDatabase, _ sql: String) async throws -> [[String?]] {
  try await database.query(sql).last?.rows ?? []
}
