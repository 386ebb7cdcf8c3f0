import FoundationEssentials
import PostgresClient
import SQLScript
import TestCluster
import Testing

@Suite struct ServerJudgeTests {
  /// The server's own refusal (25001) decides, not our reading of the manual.
  @Test func theServerRefusesWhatWeSayItRefuses() async throws {
    let statements = [
      "create index concurrently i on t (a)", "create index i on t (a)",
      "drop index concurrently i1",
      "drop index i1", "reindex index concurrently i1", "reindex (concurrently) table t",
      "reindex (concurrently off) table t", "reindex table t", "reindex schema public",
      "reindex database %d", "reindex system %d", "vacuum", "vacuum (analyze) t", "analyze t",
      "alter system set work_mem = '4MB'", "cluster", "cluster verbose",
      "cluster t using i1", "cluster (verbose) t using i1", "create database x_never",
      "drop database if exists x_never", "alter database %d set work_mem = '4MB'",
      "alter database %d set tablespace pg_default", "create tablespace x location '/nowhere'",
      "drop tablespace if exists x", "alter tablespace pg_default set (seq_page_cost = 1)",
      "create subscription s connection '' publication p",
      "create subscription s connection 'dbname=x' publication p with (connect = false)",
      "discard all", "discard plans", "discard temp",
      "alter table parted detach partition part1 concurrently",
      "alter table only parted detach partition part1", "alter type mood add value 'new'",
      "alter table parted detach partition part1 finalize", "commit prepared 'x'",
      "rollback prepared 'x'", "refresh materialized view concurrently m", "lock table t",
      "truncate t", "listen x", "notify x", "checkpoint", "create extension hstore",
      "set role none",
      "do $$ begin perform 1; end $$", "create role x_never", "drop owned by x_nobody",
    ]
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withDatabase { name in
      try await cluster.withConnection(to: name) { connection in
        _ = try await connection.execute(
          """
          create table t (a int not null); create index i1 on t (a);
          create type mood as enum ('sad');
          create table parted (a int) partition by list (a);
          create table part1 partition of parted for values in (1);
          create materialized view m as select 1 as a; create unique index on m (a);
          """)
        for statement in statements {
          let sql =
            (statement.split(separator: "%d", omittingEmptySubsequences: false)
              .joined(by: name))
          _ = try await connection.execute("begin")
          var sqlstate: String?
          do throws(PostgresError) {
            _ = try await connection.query(sql)
          } catch {
            sqlstate = error.sqlstate
          }
          _ = try await connection.execute("rollback")
          let fact = try #require(Script(sql).statements.first).refusesTransaction
          #expect(fact == (sqlstate == "25001"), "\(sql): \(sqlstate ?? "accepted")")
        }
      }
    }
  }

  /// 150 scripts that PostgreSQL ships, with every trick of twenty years in them.
  @Test func theScriptsOfPostgresSplitAsItsParserSays() throws {
    let folder = "/usr/share/postgresql/15/extension"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".sql") }
    try #require(names.count > 20)
    for name in names {
      let data = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
      let script = try Script(bytes: Array(data), file: name)
      #expect(script.flatMap(\.piece) == script.bytes, "\(name)")
      // `@extowner@` is filled in by CREATE EXTENSION.
      for statement in script.statements
      where !statement.isMetaCommand && !statement.text.contains("@ext") {
        #expect(
          SyntaxCheck(statement.text) == .valid(statements: 1), "\(name):\(statement.line)")
      }
    }
  }

  /// The caret stands where the server's own parser stumbled, through BOM, CRLF and wide letters.
  @Test func theServersPositionLeadsToTheWord() async throws {
    let text =
      "\u{FEFF}select 1;\r\n-- \u{1F600}\r\nselect 'é\u{4E16}', id,\r\n\toops from\r\n no_such;\r\n"
    let script = Script(text)
    let statement = try #require(script.statements.last)
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection { connection in
      let error = await #expect(throws: PostgresError.self) {
        try await connection.query(statement.text)
      }
      guard case .server(let failure, _) = error else { return }
      let found = excerpt(of: script, statement: statement, serverPosition: failure.position)
      #expect(found.line == 5)
      #expect(found.column == 2)
      #expect(found.lines.suffix(2) == ["5 |  no_such;", "  |  ^"])
    }
  }
}

extension Sequence where Element: StringProtocol {
  fileprivate func joined(by separator: String) -> String {
    map { String($0) }.joined(separator: separator)
  }
}
