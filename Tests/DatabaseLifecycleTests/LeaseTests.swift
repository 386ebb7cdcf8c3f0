import Diagnostics
import PostgresClient
import TestCluster
import Testing

@testable import DatabaseLifecycle

@Suite struct LeaseTests {
  /// Databases of a lease hold what the live one holds, know nothing of each other, and go with it.
  @Test func copiesLiveAndEnd() async throws {
    try await withDatabase { folder, database in
      _ = try await database.query("insert into notes values (50, 'live')")
      let lease = try await database.lease(.live)
      let one = try await lease.make()
      let two = try await lease.make()
      try await withConnection(one, of: database) {
        _ = try await $0.query("delete from notes")
      }
      #expect(try await bodies(two, of: database) == ["seeded", "live"])
      #expect(try await rows(database, "select body from notes order by id") == ["seeded", "live"])

      try await lease.drop(one)
      let third = try await lease.make()
      #expect(try await bodies(third, of: database) == ["seeded", "live"])
      await #expect(throws: LeaseError.self) { try await lease.drop("postgres") }

      await lease.end()
      #expect(
        try await rows(database, "select datname from pg_database where datname ~ 'lease'") == [])
      await #expect(throws: LeaseError.self) { try await lease.make() }
      #expect(await lease.count == 3)
    }
  }

  /// A template that was handed out is made anew when one more is wanted.
  @Test func theTemplateItselfCanBeHandedOut() async throws {
    try await withDatabase { folder, database in
      let lease = try await database.lease(.live)
      let copy = try await lease.make()
      let template = try await lease.giveOutTemplate()
      #expect(template != copy)
      try await withConnection(template, of: database) {
        _ = try await $0.query("delete from notes")
      }
      _ = try await database.query("insert into notes values (70, 'later')")
      #expect(try await bodies(try await lease.make(), of: database) == ["seeded", "later"])
      #expect(try await bodies(copy, of: database) == ["seeded"])
      await lease.end()
      #expect(
        try await rows(database, "select datname from pg_database where datname ~ 'lease'") == [])
    }
  }

  /// What was done in a promoted copy is in all that come after it.
  @Test func aPromotedCopyIsTheTemplate() async throws {
    try await withDatabase { folder, database in
      let lease = try await database.lease(.live)
      let first = try await lease.make()
      try await withConnection(first, of: database) {
        _ = try await $0.query("insert into notes values (60, 'prepared')")
      }
      try await lease.promote(first)
      #expect(try await bodies(try await lease.make(), of: database) == ["seeded", "prepared"])
      #expect(try await rows(database, "select body from notes") == ["seeded"])
      await #expect(throws: LeaseError.self) { try await lease.drop(first) }
      await lease.end()
      #expect(
        try await rows(database, "select datname from pg_database where datname ~ 'lease'") == [])
    }
  }

  /// A fresh one is what a reset would give, whatever was done to the live database.
  @Test func freshIsAsAfterAReset() async throws {
    try await withDatabase { folder, database in
      _ = try await database.query("delete from notes")
      let lease = try await database.lease(.fresh)
      #expect(try await bodies(try await lease.make(), of: database) == ["seeded"])
      await lease.end()
    }
  }

  /// An extension that is not installed is named, with nothing left behind.
  @Test func extensionsAreMadeOrNamed() async throws {
    try await withDatabase { folder, database in
      let lease = try await database.lease(.live, extensions: ["hstore"])
      let found = try await withConnection(try await lease.make(), of: database) {
        try await $0.query("select extname from pg_extension where extname = 'hstore'").rows
      }
      #expect(found == [["hstore"]])
      await lease.end()

      let error = await #expect(throws: LeaseError.self) {
        try await database.lease(.live, extensions: ["no_such_extension"])
      }
      #expect(error?.diagnostic.code == "extension_missing")
      #expect(
        try await rows(database, "select datname from pg_database where datname ~ 'lease'") == [])
    }
  }

  /// A client that goes away while its first database is being made leaves nothing.
  @Test func aCancelledBeginningLeavesNothing() async throws {
    try await withDatabase { folder, database in
      for steps in [0, 1, 20, 200, 1_000, 3_000] {
        let task = Task { try await database.lease(.live, extensions: ["hstore"]) }
        for _ in 0..<steps { await Task.yield() }
        task.cancel()
        if let lease = try? await task.value { await lease.end() }
      }
      let left = try await rows(database, "select datname from pg_database where datname ~ 'lease'")
      #expect(left == [])
    }
  }

  /// What a killed supervisor left is dropped by its next start.
  @Test func theNextStartDropsWhatWasLeft() async throws {
    try await withDatabase { folder, database in
      let lease = try await database.lease(.live)
      _ = try await lease.make()
      _ = try await database.open()
      #expect(
        try await rows(database, "select datname from pg_database where datname ~ 'lease'") == [])
    }
  }
}

private func withConnection<Result: Sendable>(
  _ name: String, of database: ProjectDatabase,
  _ body: (PostgresConnection) async throws -> Result
) async throws -> Result {
  let connection = try await PostgresConnection.connect(database.parameters(of: name))
  do {
    let result = try await body(connection)
    await connection.close()
    return result
  } catch {
    await connection.close()
    throw error
  }
}

private func bodies(_ name: String, of database: ProjectDatabase) async throws -> [String?] {
  try await withConnection(name, of: database) {
    try await $0.query("select body from notes order by id").rows.map { $0[0] }
  }
}
