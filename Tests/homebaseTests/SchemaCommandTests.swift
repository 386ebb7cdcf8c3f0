import ControlSocket
import FoundationEssentials
import PostgresClient
import SchemaDump
import StackProtocol
import Synchronization
import Testing

@testable import homebase

@Suite struct SchemaCommandTests {
  private static let change = DiffReport(
    took: Milliseconds(.milliseconds(30)),
    sql: "drop view public.v;\n\ncreate view x as select 1;\n",
    drops: ["drop view public.v"])
  private static let nothing = DiffReport(took: Milliseconds(.zero), sql: "", drops: [])

  /// The SQL alone is on standard output, so that it can be piped into a file.
  @Test func diffShowsTheMigration() async throws {
    try await withWorld(running: true) { request, _ in
      let arguments = try request.arguments(as: DiffRequest.self)
      return arguments.schemas == ["public", "app"] ? Self.change : Self.nothing
    } body: { world async throws in
      let ran = try await world.run(["db", "diff", "-s", "public, app"])
      #expect(ran.code == 0)
      #expect(ran.output == Self.change.sql)
      #expect(
        ran.errors.contains("it drops something") && ran.errors.contains("drop view public.v"))
      let none = try await world.run(["db", "diff", "--use-migra"])
      #expect(none.code == 0 && none.output == "" && none.errors == "No schema changes found\n")
      let json = try await world.run(["db", "diff", "--output-format", "json"])
      #expect(json.output == #"{"drops":[],"sql":"","took_ms":0}"# + "\n")
    }
  }

  @Test func diffWritesAMigration() async throws {
    try await withWorld(running: true) { _, _ in
      Self.change
    } body: { world async throws in
      let ran = try await world.run(["db", "diff", "-f", "new view", "--local"])
      #expect(ran.code == 0)
      let file = ran.output.split(separator: "\n").first?.dropFirst("made ".count) ?? ""
      #expect(file.hasPrefix("supabase/migrations/20") && file.hasSuffix("_new_view.sql"))
      #expect(world.read(String(file)) == Self.change.sql)
      #expect(ran.errors.contains("--status applied"))
      let json = try await world.run(["db", "diff", "-f", "two", "--output-format", "json"])
      #expect(json.output.contains(#""file":"supabase/migrations/20"#))
    }
  }

  /// The remote history is edited only when that was asked or agreed to.
  @Test func pullWritesAndRecords() async throws {
    try await withWorld(running: true) { request, _ in
      guard request.command == HistoryRecordRequest.name else {
        #expect(try request.arguments(as: DiffRequest.self).checksHistory)
        return Self.change
      }
      let version = try request.arguments(as: HistoryRecordRequest.self).version
      return MigrationRepairReport(repaired: [version], status: .applied)
    } body: { world async throws in
      let url = "postgresql://postgres:secret@db.example.org/postgres"
      let silent = try await world.run(["db", "pull", "first", "--db-url", url])
      #expect(silent.code == 0)
      #expect(silent.output.contains("_first.sql"))
      #expect(silent.errors.contains("not entered"))
      #expect(world.requests == ["diff"])
      let ran = try await world.run(["db", "pull", "--db-url", url, "--yes"])
      #expect(ran.code == 0)
      #expect(ran.output.contains("_remote_schema.sql"))
      #expect(world.requests == ["diff", "diff", "history.record"])
      #expect(!(ran.output + ran.errors).contains("secret"))
    }
  }

  @Test(arguments: [
    (["db", "diff", "--linked"], "--linked names a hosted project"),
    (["db", "pull"], "name the database with --db-url"),
    (["db", "pull", "--local"], "homebase db diff"),
    (["db", "dump", "--data-only", "--role-only"], "not both"),
    (["db", "dump", "-x", "public.t"], "give --data-only"),
    (["db", "diff", "--local", "--db-url", "postgres://x"], "not both"),
    (["db", "dump", "--db-url", "mysql://u:secret@x"], "the address is no postgresql:"),
    (["migration", "squash", "--version", "x"], "takes a migration's number"),
  ])
  func wrongUsage(_ arguments: [String], _ message: String) async throws {
    try await withWorld(running: false) { world async throws in
      let ran = try await world.run(arguments)
      #expect(ran.code == 2)
      #expect(ran.errors.contains(message))
      #expect(!ran.errors.contains("secret"))
    }
  }

  @Test func dumpAsksForTheStacksDatabase() async throws {
    try await withWorld(running: true) { _, _ in
      StackStatus(
        project: "p", stack: "local", state: .running,
        urls: ["DB_URL": "postgresql://postgres:postgres@127.0.0.1:54322/postgres"])
    } body: { world async throws in
      let ran = try await world.run(["db", "dump", "--dry-run", "--data-only", "-x", "public.t"])
      #expect(ran.code == 0)
      #expect(ran.output.hasPrefix("PGHOST=127.0.0.1 PGPORT=54322 PGUSER=postgres"))
      #expect(ran.output.contains("--column-inserts"))
      #expect(!ran.output.contains("PGPASSWORD"))
    }
  }

  /// A dump that failed leaves neither half a file nor its scratch file.
  @Test func unreachableDatabasesLeaveNoFile() async throws {
    try await withWorld(running: false) { world async throws in
      let ran = try await world.run(
        ["db", "dump", "-f", "out.sql", "--db-url", "postgresql://u:secret@127.0.0.1:1/x"])
      #expect(ran.code == 1)
      #expect(ran.errors.contains("error: cannot connect to u@127.0.0.1:1/x"))
      #expect(!ran.errors.contains("secret"))
      #expect(world.read("out.sql") == nil && world.read("out.sql.unfinished") == nil)
      let left = try FileManager.default.subpathsOfDirectory(atPath: world.folder)
      #expect(!left.contains { $0.hasSuffix(".unfinished") })
    }
  }

  @Test func squashSaysWhatIsLeft() async throws {
    try await withWorld(running: true) { request, _ in
      let version = try request.arguments(as: SquashRequest.self).version
      return SquashReport(
        took: Milliseconds(.zero), file: "migrations/2_b.sql",
        removed: version == nil ? ["migrations/1_a.sql"] : [])
    } body: { world async throws in
      #expect(
        try await world.run(["migration", "squash"]).output
          == "  removed migrations/1_a.sql\nsquashed 2 migrations into migrations/2_b.sql\n")
      #expect(
        try await world.run(["migration", "squash", "--version", "1"]).output
          == "migrations/2_b.sql is the only migration already\n")
    }
  }
}
