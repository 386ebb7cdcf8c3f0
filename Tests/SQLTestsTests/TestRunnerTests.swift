import Diagnostics
import FoundationEssentials
import PostgresClient
import Synchronization
import TestCluster
import Testing

@testable import SQLTests

@Suite struct TestRunnerTests {
  /// Files that roll back share a database, and what they read is as it was at first.
  @Test func aDatabaseIsUsedAgain() async throws {
    let files = (1...4).map { number in
      (
        "\(number)_test.sql",
        """
        begin;
        insert into t values (\(number));
        select '1..1';
        select case when count(*) = 1 and nextval('s') = 8 then 'ok 1' else 'not ok 1' end from t;
        set role pg_monitor;
        rollback;
        """
      )
    }
    try await withRun(files) { report, source in
      #expect(report.result == "PASS")
      #expect(report.files.map(\.file) == ["1_test.sql", "2_test.sql", "3_test.sql", "4_test.sql"])
      #expect(report.databases == 1)
      #expect(source.returned == 0)
    }
  }

  /// What a file commits is never seen by another one.
  @Test(arguments: [
    "create table left_behind ();", "begin; create table left_behind (); commit;",
    "do $$ begin create table left_behind (); end $$;",
    "begin; select 1; end; create table left_behind ();",
  ])
  func whatIsCommittedStaysAlone(statement: String) async throws {
    let look = """
      select '1..1', '';
      select case when to_regclass('left_behind') is null then 'ok 1' else 'not ok 1' end;
      """
    try await withRun(
      [
        ("a.sql", "begin;\(look) rollback;"),
        ("b.sql", "\(statement)\n\\echo 1..1\n\\echo ok 1"), ("c.sql", "begin;\(look) rollback;"),
      ]
    ) { report, source in
      #expect(report.files[2].tests.map(\.isOK) == [true])
      #expect(report.databases == 2)
      #expect(source.returned == 1 && source.promoted == 0)
    }
  }

  /// Files at the beginning that commit prepare the database of all others.
  @Test func setupFilesComeFirst() async throws {
    let look = """
      create extension if not exists plpgsql;
      begin; select '1..1';
      select case when to_regclass('made') is null then 'not ok 1' else 'ok 1' end;
      rollback;
      """
    try await withRun([
      ("000-setup.sql", "create table made ();\n\\echo 1..1\n\\echo ok 1"),
      ("001-setup.sql", look), ("a.sql", look), ("b.sql", look),
    ]) { report, source in
      #expect(report.files.map(\.hasPassed) == [true, true, true, true])
      #expect(source.promoted == 1 && source.returned == 0)
    }
    try await withRun([("a.sql", look), ("b.sql", "create table made ();"), ("c.sql", look)]) {
      report, source in
      #expect(report.files[2].tests.map(\.isOK) == [false])
      #expect(source.promoted == 0)
    }
  }

  /// psql's commands work; a failing test is shown with the line of its statement.
  @Test func scriptsOfPsql() async throws {
    let script = """
      \\set name 'world'
      \\ir helper.inc
      \\if :{?helped}
        \\echo ok 1 - :name
      \\elif true
        \\echo not ok 1
      \\else
        select no_such_function();
      \\endif
      select 2 as number, 'x' as letter \\gset my_
      select 'ok ' || :my_number || ' - ' || :'my_letter';
      create temp table c (a int);
      copy c from stdin;
      3
      \\.
      select format('select %L', 'ok ' || a) from c \\gexec

      select
        'not ok 4 - here';
      \\echo 1..4
      """
    try await withRun(
      [("a.sql", script)], beside: ["helper.inc": "\\set helped yes\n\\echo # helped\n"]
    ) { report, _ in
      let file = report.files[0]
      #expect(file.tests.map(\.description) == ["world", "x", "", "here"])
      #expect(file.tests.map(\.isOK) == [true, true, true, false])
      #expect(file.failed.map(\.line) == [18])
      #expect(file.flaws.isEmpty && file.errors.isEmpty)
      #expect(report.result == "FAIL")
    }
  }

  /// An error stops the file, as pg_prove runs it, and names its line.
  @Test func errorsStopTheFile() async throws {
    try await withRun(
      [
        ("a.sql", "begin;\n\\echo 1..2\n\\echo ok 1\n\nselect\n  nothing;\n\\echo ok 2"),
        ("b.sql", "\\set ON_ERROR_STOP 0\nselect nothing;\n\\echo 1..1\n\\echo ok 1"),
        (
          "c.sql",
          "\\set ON_ERROR_ROLLBACK 1\n\\set ON_ERROR_STOP 0\nbegin;\nselect nothing;\n"
            + "select '1..1';\nselect 'ok 1';\nrollback;"
        ),
      ]
    ) { report, _ in
      #expect(report.files.map(\.hasPassed) == [false, true, true])
      #expect(report.files[0].exitCode == 3)
      #expect(report.files[0].errors.map(\.location?.line) == [6])
      #expect(report.files[0].errors.map(\.sqlstate) == ["42703"])
    }
  }

  /// What only psql understands needs psql, which is said with its place before anything runs.
  @Test func unknownCommandsNeedPsql() async throws {
    let folder = try Folder(["a.sql": "select 1;\n\\copy t from 'x'\n"])
    let source = Source()
    let runner = TestRunner(
      files: [TestFile(path: folder.path + "/a.sql", name: "a.sql")], workers: 1,
      folders: [folder.path], psql: nil, display: folder.display)
    let error = await #expect(throws: SQLTestError.self) {
      try await runner.run(on: source) { _ in }
    }
    #expect(
      error == .needsPsql(command: "\\copy", location: SourceLocation(file: "a.sql", line: 2)))
    #expect(source.taken == 0)
  }

  /// A new file passes as it is, apart from pgTAP's own functions.
  @Test func theTemplateIsOneTransaction() {
    let text = testTemplate(named: "it's")
    #expect(text.hasPrefix("begin;") && text.contains("rollback;") && !text.contains("it's"))
  }
}

/// Runs files with one worker on databases of the shared server.
private func withRun(
  _ files: [(name: String, text: String)], beside others: [String: String] = [:],
  _ body: (TestReport, Source) async throws -> Void
) async throws {
  let folder = try Folder(
    others.merging(files.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first }))
  let source = Source()
  let runner = TestRunner(
    files: files.map { TestFile(path: "\(folder.path)/\($0.name)", name: $0.name) }, workers: 1,
    folders: [folder.path], psql: nil, display: folder.display)
  do {
    try await body(try await runner.run(on: source) { _ in }, source)
  } catch {
    await source.dropAll()
    throw error
  }
  await source.dropAll()
}

/// Databases with a table of no rows and a sequence at 7, on the shared server.
private final class Source: TestDatabaseSource {
  private let state = Mutex<(names: [String], returned: Int, promoted: Int)>(([], 0, 0))
  private static let last = Mutex(0)

  var taken: Int { state.withLock { $0.names.count } }
  var returned: Int { state.withLock { $0.returned } }
  var promoted: Int { state.withLock { $0.promoted } }

  func take() async throws -> TestDatabase {
    let cluster = try await TemporaryCluster.shared()
    let number = Self.last.withLock { last in
      last += 1
      return last
    }
    let name = "sql_tests_\(ProcessInfo.processInfo.processIdentifier)_\(number)"
    let promoted = state.withLock { state in state.promoted > 0 ? state.names.first : nil }
    try await cluster.withConnection {
      _ = try await $0.query("create database \(name) template \(promoted ?? "template0")")
    }
    if promoted == nil {
      try await cluster.withConnection(to: name) {
        _ = try await $0.execute(
          "create table t (a int); create sequence s; select setval('s', 7)")
      }
    }
    state.withLock { $0.names.append(name) }
    let parameters = cluster.parameters(database: name)
    return TestDatabase(parameters: parameters, keeper: parameters)
  }

  func giveBack(_ database: TestDatabase) async {
    state.withLock { $0.returned += 1 }
  }

  func promote(_ database: TestDatabase) async throws {
    state.withLock { $0.promoted += 1 }
  }

  func dropAll() async {
    guard let cluster = try? await TemporaryCluster.shared() else { return }
    for name in state.withLock({ $0.names }) {
      try? await cluster.withConnection {
        _ = try await $0.query("drop database if exists \(name) with (force)")
      }
    }
  }
}

/// A folder of files, removed with the value.
private final class Folder: Sendable {
  let path: String

  init(_ files: [String: String]) throws {
    path = FileManager.default.temporaryDirectory.path + "/homebase-sql-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in files {
      try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var display: @Sendable (String) -> String {
    let prefix = path + "/"
    return { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0 }
  }
}
