import Diagnostics
import MockData
import PostgresClient
import SQLScript
import SchemaCatalog
import TestCluster
import Testing

@Suite struct GeneratorTests {
  /// PostgreSQL is the judge: it takes every row, for several seeds, and they are all there.
  @Test(arguments: [
    AwkwardSchemas.supabase, AwkwardSchemas.types, AwkwardSchemas.checks, AwkwardSchemas.links,
  ])
  func awkwardSchemasAreFilled(schema: String) async throws {
    let seed = UInt64.random(in: 0...999_999)
    for rows in [1, 3, 30] {
      try await withSchema(schema) { connection in
        let catalog = try await Catalog.read(
          from: connection, schemas: ["public", "Odd Schema", "auth"])
        let script = generate(catalog, rows: rows, seed: seed)
        #expect(
          script.diagnostics.filter { $0.code != "mock_unchecked" }.map(\.message).allSatisfy {
            rows > 3 && ($0.contains("checks") || $0.contains("3 of"))
          }, "seed \(seed): \(script.diagnostics.map(\.message))")
        try await insert(script, connection, seed: seed)
      }
    }
  }

  /// A table that cannot be filled is named with the reason, and the others are filled.
  @Test func whatCannotBeFilledIsSaid() async throws {
    try await withSchema(AwkwardSchemas.impossible) { connection in
      let catalog = try await Catalog.read(from: connection, schemas: ["public"])
      let script = generate(catalog, rows: 10, seed: 7)
      let said = script.diagnostics.map(\.message).sorted()
      let expected = [
        "2 of 10 rows for public.few: the key few_pkey has no more different values",
        "no rows for public.c1: its foreign keys form a cycle that cannot start",
        "no rows for public.c2: its foreign keys form a cycle that cannot start",
        "no rows for public.child: public.never has no row that child_never_id_fkey could point at",
        "no rows for public.never: no value was found that the check never_n_check accepts",
        "no rows for public.nowhere: it has no partitions",
        "no rows for public.strange: the column snapshot is required and its type pg_snapshot is not"
          + " known",
        "the check unknown_n_check of public.unknown is not understood",
      ]
      #expect(said == expected)
      try await insert(script, connection, seed: 7)
      #expect(script.rows[QualifiedName("public", "fine")] == 10)
      #expect(script.rows[QualifiedName("public", "optional")] == 10)
    }
  }

  /// The file is committed and reviewed: it must not change by itself.
  @Test func theSameSeedGivesTheSameText() async throws {
    try await withSchema(AwkwardSchemas.links) { connection in
      let catalog = try await Catalog.read(from: connection, schemas: ["public"])
      let first = generate(catalog, rows: 12, seed: 42)
      #expect(generate(catalog, rows: 12, seed: 42).sql == first.sql)
      #expect(generate(catalog, rows: 12, seed: 43).sql != first.sql)
      #expect(first.sql.contains("--rows 12 --seed 42`"))
    }
  }

  /// Running the file a second time adds nothing and breaks nothing.
  @Test func rowsThatAreThereStay() async throws {
    try await withSchema(AwkwardSchemas.supabase) { connection in
      let catalog = try await Catalog.read(from: connection, schemas: ["public"])
      let script = generate(catalog, rows: 5, seed: 1)
      try await insert(script, connection, seed: 1)
      _ = try await connection.execute(script.sql)
      let count = try await connection.query("select count(*) from public.members").firstValue
      #expect(count == "5")
    }
  }

  /// A project with its own users gets rows that belong to them.
  @Test func existingUsersAreUsed() async throws {
    try await withSchema(AwkwardSchemas.supabase) { connection in
      let id = "11111111-1111-4111-8111-111111111111"
      _ = try await connection.execute(
        """
        insert into auth.users (id, email, raw_user_meta_data) values
        ('\(id)', 'a@example.com', '{"username": "ann", "full_name": "Ann"}')
        """)
      let catalog = try await Catalog.read(from: connection, schemas: ["public"])
      let existing = try await existingRows(of: catalog, from: connection)
      let script = generate(catalog, rows: 4, seed: 9, existing: existing)
      #expect(!script.sql.contains("\"auth\".\"users\""))
      _ = try await connection.execute(script.sql)
      let users = try await connection.query(
        "select distinct created_by from public.organisations where created_by is not null")
      #expect(users.rows == [[id]])
    }
  }

  /// What we invent passes our own check for real people's data.
  @Test func inventedRowsPassTheLint() async throws {
    for schema in [AwkwardSchemas.supabase, AwkwardSchemas.types, AwkwardSchemas.checks] {
      try await withSchema(schema) { connection in
        let catalog = try await Catalog.read(from: connection, schemas: ["public"])
        let script = generate(catalog, rows: 200, seed: .random(in: 0...999_999))
        #expect(lint(script.sql, file: "seed.sql").map(\.message) == [])
      }
    }
  }

  // MARK: - Helpers

  private func withSchema(
    _ schema: String, _ body: (PostgresConnection) async throws -> Void
  ) async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withDatabase { name in
      try await cluster.withConnection(to: name) { connection in
        _ = try await connection.execute(schema)
        try await body(connection)
      }
    }
  }

  /// Runs the script and counts the rows of every table.
  private func insert(
    _ script: MockScript, _ connection: PostgresConnection, seed: UInt64
  ) async throws {
    let statements = Script(script.sql).statements
    do {
      _ = try await connection.execute(script.sql)
    } catch {
      if case .server(let failure, _) = error {
        let place = failure.position.map {
          String(script.sql.dropFirst(max(0, $0 - 200)).prefix(400))
        }
        Issue.record("seed \(seed): \(failure.message) \(failure.detail ?? "")\n\(place ?? "")")
      }
      throw error
    }
    #expect(!statements.isEmpty || script.rows.values.allSatisfy { $0 == 0 })
    for (table, expected) in script.rows {
      let name = "\(quoteIdentifier(table.schema)).\(quoteIdentifier(table.name))"
      let count = try await connection.query("select count(*) from \(name)").firstValue
      #expect(count == String(expected), "seed \(seed): \(table)")
    }
  }
}
