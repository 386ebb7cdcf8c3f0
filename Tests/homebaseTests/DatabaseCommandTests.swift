import Console
import ControlSocket
import Diagnostics
import FoundationEssentials
import StackProtocol
import Testing

@testable import homebase

@Suite struct DatabaseCommandTests {
  /// The command of the day: one line, with the way back.
  @Test func reset() async throws {
    try await withWorld(running: true) { request, _ in
      let reset = try request.arguments(as: ResetRequest.self)
      return ResetReport(
        took: Milliseconds(.milliseconds(14)), source: reset.seeds ? .spare : .replay,
        replayed: reset.sqlPaths + [reset.version, reset.last.map { "\($0)" }].compactMap { $0 },
        snapshot: "reset-1")
    } body: { world async throws in
      let text = try await world.run(["db", "reset", "--yes"])
      #expect(text.code == 0)
      #expect(text.output == "reset in 14 ms · undo with: homebase undo\n")
      #expect(text.errors == "resetting the database of \(world.place.root)\n")
      let json = try await world.run([
        "db", "reset", "--version", "20260101000000", "--sql-paths", "a.sql", "--sql-paths", "b",
        "--output-format", "json",
      ])
      #expect(
        json.output
          == #"{"replayed":["a.sql","b","20260101000000"],"snapshot":"reset-1","source":"spare","#
          + #""took_ms":14}"# + "\n")
      let last = try await world.run(["db", "reset", "--no-seed", "--last", "2", "--local"])
      #expect(
        last.output == "applied 1 file anew:\n  2\nreset in 14 ms · undo with: homebase undo\n")
    }
  }

  /// A broken migration: exit code 1, place and hint for people and scripts.
  @Test func aBrokenMigration() async throws {
    let failure = Diagnostic(
      code: "migration_failed", message: "migration failed: no table (42P01)",
      hint: "your database is unchanged",
      location: SourceLocation(file: "supabase/migrations/1_a.sql", line: 3), sqlstate: "42P01")
    try await withWorld(running: true) { _, _ in
      throw failure
    } body: { world async throws in
      let text = try await world.run(["db", "reset"])
      #expect(text.code == 1)
      #expect(
        text.errors == """
          resetting the database of \(world.place.root)
          error: migration failed: no table (42P01)
            at supabase/migrations/1_a.sql:3
          hint: your database is unchanged

          """)
      let json = try await world.run(["db", "reset", "--output-format", "json"])
      #expect(json.code == 1 && json.output.contains(#""line":3"#))
    }
  }

  /// What policy refuses ends with its own exit code.
  @Test func aRefusal() async throws {
    let refusal = Diagnostic(code: "no", message: "not here", category: .refused)
    try await withWorld(running: true) { _, _ in
      throw refusal
    } body: { world async throws in
      #expect(try await world.run(["db", "reset"]).code == 3)
    }
  }

  /// Nothing runs: every command that needs the stack says the same.
  @Test(arguments: [
    "db reset", "undo", "db snapshot list", "db query x", "migration up", "logs", "seed",
    "restart web", "db psql",
  ])
  func nothingRuns(line: String) async throws {
    try await withWorld(running: false) { world async throws in
      let ran = try await world.run(line.split(separator: " ").map(String.init))
      #expect(ran.code == 1)
      #expect(
        ran.errors
          == "error: the stack is not running\nhint: start it with `homebase start`\n")
    }
  }

  /// Old undo states go by themselves: the list must say so, where there are any.
  @Test func theLimitOfUndoStatesIsSaid() {
    func last(_ reason: String) -> String? {
      SnapshotList(snapshots: [
        Snapshot(name: "s", createdAt: .now, sizeInBytes: 1, reason: reason)
      ]).lines(for: .init()).last
    }
    #expect(last("reset")?.contains("the last 5 are kept, 2 GiB at most") == true)
    #expect(last("manual")?.contains("kept") == false)
  }

  @Test func snapshots() async throws {
    let hour = Timestamp(Date().addingTimeInterval(-3700))
    try await withWorld(running: true) { request, _ in
      switch request.command {
      case "snapshot.list":
        SnapshotList(snapshots: [
          Snapshot(name: "before", createdAt: hour, sizeInBytes: 11 << 20, reason: "manual")
        ])
      case "undo":
        UndoReport(
          took: Milliseconds(.milliseconds(5)), restored: "reset-1", from: hour, reason: "reset",
          snapshot: "undo-1")
      default:
        SnapshotReport(
          name: try request.arguments(as: SnapshotSaveRequest.self).snapshot,
          took: Milliseconds(.milliseconds(60)), sizeInBytes: 11 << 20,
          snapshot: request.command == "snapshot.restore" ? "s" : nil,
          pruned: request.command == "snapshot.save" ? ["old"] : nil)
      }
    } body: { world async throws in
      func text(_ line: String) async throws -> String {
        try await world.run(line.split(separator: " ").map(String.init)).output
      }
      #expect(
        try await text("db snapshot save before") == """
          saved before (11 MB) in 60 ms
          removed the old snapshot old to make room
          bring it back with: homebase db snapshot restore before

          """)
      #expect(
        try await text("db snapshot restore before")
          == "restored before in 60 ms · undo with: homebase undo\n")
      #expect(try await text("db snapshot remove before") == "removed before (11 MB) in 60 ms\n")
      #expect(
        try await text("db snapshot list")
          == "name    made      size  reason\nbefore  1 h ago  11 MB  manual\n")
      #expect(
        try await text("undo")
          == "undid the reset of 1 h ago in 5.0 ms"
          + " · back with: homebase db snapshot restore undo-1\n")
    }
  }

  /// A screen is narrow: long cells are cut, many columns stand below each other.
  @Test func wideRowsFitTheScreen() {
    let text = JSONValue.string(String(repeating: "long ", count: 20))
    let few = QueryResult(columns: ["id", "body"], values: [[.integer(1), text]])
    #expect(
      few.lines(for: Terminal(width: 40))
        == ["id  body", " 1  long long long long long long long …", "1 row"])
    let many = QueryResult(
      columns: ["id", "b", "c", "d"], values: [[.integer(1), text, text, text]])
    #expect(
      many.lines(for: Terminal(width: 30)) == [
        "row 1", "  id  1", "  b   long long long long lon…", "  c   long long long long lon…",
        "  d   long long long long lon…", "1 row",
      ])
    #expect(few.lines(for: Terminal()).joined().contains("long long long long long long long long"))
  }

  /// Rows for people, for scripts and for spreadsheets.
  @Test func queries() async throws {
    try await withWorld(running: true) { request, _ in
      let asked = try request.arguments(as: QueryRequest.self)
      #expect(asked.sql == "select 1")
      return QueryResult(
        columns: ["id", "name"],
        values: [[.integer(1), .string("a, \"b\"\n")], [.integer(22), .null]],
        took: Milliseconds(.milliseconds(2)))
    } body: { world async throws in
      try world.write("select 1", to: "q.sql")
      let text = try await world.run(["db", "query", "select 1"])
      #expect(text.output == "id  name\n 1  a, \"b\"\\n\n22\n2 rows in 2.0 ms\n")
      let csv = try await world.run(["db", "query", "-f", "\(world.place.root)/q.sql", "-o", "csv"])
      #expect(csv.output == "id,name\n1,\"a, \"\"b\"\"\n\"\n22,\n")
      let json = try await world.run(["db", "query", "-o", "json"], input: "select 1")
      #expect(
        json.output
          == #"{"columns":["id","name"],"count":2,"rows":[{"id":1,"name":"a, \"b\"\n"},"#
          + #"{"id":22,"name":null}],"took_ms":2}"# + "\n")
      let none = try await world.run(["db", "query"])
      #expect(none.code == 2 && none.errors.hasPrefix("error: there is no SQL to run"))
      let both = try await world.run(
        ["db", "query", "select 1", "-o", "csv", "--output-format", "json"])
      #expect(both.code == 2 && both.output.contains("give --output-format json or -o csv"))
      let blank = try await world.run(["db", "query", " "])
      #expect(blank.code == 2 && blank.errors.hasPrefix("error: there is no SQL to run"))
    }
  }

  /// Every result with columns is shown, and what is not kept is said.
  @Test func severalStatements() async throws {
    try await withWorld(running: true) { _, _ in
      var last = QueryResult(
        columns: [], types: [], texts: [], affectedRows: 1, command: "INSERT 0 1")
      last.earlier = [
        QueryResult(
          columns: ["p", "b"], types: [1700, 16], texts: [["12.30", "t"]], command: "SELECT 1")
      ]
      last.isRolledBack = true
      return last
    } body: { world async throws in
      let text = try await world.run(["db", "query", "begin; select …; insert …"])
      #expect(text.code == 1)
      #expect(text.output == "    p  b\n12.30  t\n1 row\n\nINSERT 0 1\n")
      #expect(text.errors.hasPrefix("warning: rolled back: the SQL began a transaction"))
      let json = try await world.run(["db", "query", "begin", "--output-format", "json"])
      #expect(
        json.output
          == #"{"columns":[],"command":"INSERT 0 1","count":1,"rolled_back":true,"rows":[]}"# + "\n"
      )
    }
  }
}
