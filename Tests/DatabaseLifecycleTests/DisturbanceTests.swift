import DatabaseCluster
import Diagnostics
import FoundationEssentials
import Glibc
import PostgresClient
import Testing

@testable import DatabaseLifecycle

/// What people and servers do to a cluster beside homebase.
@Suite struct DisturbanceTests {
  /// Whoever tidies up with psql must not lose the reset by it.
  @Test func databasesDroppedByHandAreMadeAnew() async throws {
    try await withDatabase { folder, database in
      let access = await database.access
      let admin = try await access.connect(to: Ledger.database, as: access.superuser)
      for kind in ["spare", "layer", "postgres"] {
        await database.waitForMaintenance()
        let names = try await admin.query(
          "select datname from pg_database where datname like $1", ["%\(kind)%"])
        for name in names[column: "datname"].compactMap({ $0 }) {
          _ = try await admin.query("drop database \(quoteIdentifier(name)) with (force)")
        }
        _ = try await database.reset()
        #expect(try await rows(database, "select body from notes") == ["seeded"], "\(kind)")
      }
      await admin.close()
    }
  }

  /// A replication slot, a prepared transaction and a long query hold a database; none holds a
  /// reset.
  @Test func slotsPreparedTransactionsAndQueriesHoldNothingUp() async throws {
    let settings = ClusterSettings(parameters: ["max_prepared_transactions": "4"])
    try await withDatabase(settings: settings) { folder, database in
      let access = await database.access
      let session = try await access.connect(to: Ledger.live, as: access.superuser)
      _ = try await session.query("select pg_create_logical_replication_slot('slot', 'pgoutput')")
      _ = try await session.execute("begin; insert into notes values (8, 'two phases')")
      _ = try await session.query("prepare transaction 'mine'")
      let query = Task { try await session.query("select pg_sleep(600)") }
      _ = try await database.reset()
      await #expect(throws: PostgresError.self) { try await query.value }
      #expect(try await rows(database, "select body from notes") == ["seeded"])
      _ = try await database.undo()
      await database.waitForMaintenance()
      #expect(try await rows(database, "select body from notes") == ["seeded"])
    }
  }

  /// A database that cannot be dropped does not keep the next reset from being prepared.
  @Test func oneDatabaseThatStaysIsNoEnd() async throws {
    var limits = ProjectDatabase.Limits()
    limits.automaticSnapshots = 0
    try await withDatabase(limits: limits) { folder, database in
      await database.waitForMaintenance()
      let access = await database.access
      let admin = try await access.connect(to: Ledger.database, as: access.superuser)
      _ = try await admin.query("alter database postgres is_template true")
      for _ in 0..<2 {
        #expect(try await database.reset().source == .spare)
        await database.waitForMaintenance()
        #expect(await database.spareCount().ready == 2)
      }
      let second = ProjectDatabase(cluster: access.cluster, inputs: { folder.inputs })
      #expect(try await second.open() == nil)
      await second.close()
      await admin.close()
    }
  }

  /// Ctrl-C cancels what was asked for: nothing half-done stays, and the next command works.
  @Test(arguments: ["reset", "up"]) func whatIsCancelledLeavesNothing(call: String) async throws {
    try await withDatabase { folder, database in
      await database.waitForMaintenance()
      _ = try await database.query("insert into notes values (9, 'mine')")
      let access = await database.access
      let admin = try await access.connect(to: Ledger.database, as: access.superuser)
      func databases() async throws -> Set<String?> {
        Set(try await admin.query("select datname from pg_database")[column: "datname"])
      }
      let before = try await databases()
      try folder.write("migrations/3_half.sql", "create table half ();")
      try folder.write(
        "migrations/4_long.sql",
        """
        create table long ();
        do $$ begin execute $q$comment on database postgres is 'gone'$q$; end $$;
        select pg_sleep(600);
        """)
      let work = Task {
        if call == "up" {
          _ = try await database.migrateUp()
        } else {
          _ = try await database.reset()
        }
      }
      // The event: the server is in the middle of the last file.
      while try await admin.query(
        "select 1 from pg_stat_activity where state = 'active' and query = 'select pg_sleep(600)'"
      ).rows.isEmpty {}
      work.cancel()
      await #expect(throws: (any Error).self) { try await work.value }

      #expect(
        try await rows(
          database,
          """
          select unnest(array[(select body from notes where id = 9), to_regclass('half')::text,
            to_regclass('long')::text, shobj_description(oid, 'pg_database')])
          from pg_database where datname = current_database()
          """) == ["mine", call == "up" ? "half" : nil, nil, nil])
      let left = try await databases().subtracting(before)
      #expect(left.allSatisfy { $0?.hasPrefix("homebase_layer_") == true }, "\(left)")

      try folder.write("migrations/4_long.sql", "create table long ();")
      _ = try await database.reset()
      #expect(try await rows(database, "select to_regclass('long')::text") == ["long"])
      await admin.close()
    }
  }

  /// A table's file that nobody has goes before the database is put aside; all others stay.
  @Test func filesOfNoTableGo() async throws {
    try await withDatabase { folder, database in
      _ = try await database.reset()
      let access = await database.access
      let admin = try await access.connect(
        to: Ledger.live, as: access.superuser)
      let path = try #require(
        try await admin.query(
          "select 'base/' || oid from pg_database where datname = current_database()"
        ).firstValue)
      let live = access.dataFolder + "/" + path
      let before = Set(OrphanFiles.files(in: live).map(\.name))
      for name in ["4000000001", "4000000001.1", "4000000001_fsm"] {
        try Data([1]).write(to: URL(filePath: "\(live)/\(name)"))
      }
      try Data().write(to: URL(filePath: "\(live)/4000000002"))

      let other = try await access.connect(to: Ledger.live, as: "postgres")
      _ = try await other.query("begin")
      let orphans = OrphanFiles(connection: admin, dataFolder: access.dataFolder)
      #expect(try await orphans.remove() == false)
      #expect(OrphanFiles.files(in: live).filter { $0.filenode == "4000000001" }.count == 3)
      _ = try await other.query("commit")
      await other.close()

      await admin.close()
      await database.noteLostConnection()
      _ = try await database.reset()
      let after = Set(OrphanFiles.files(in: live).map(\.name))
      #expect(after.isSuperset(of: before))
      #expect(!after.contains { $0.hasPrefix("4000000001") })
      #expect(FileManager.default.fileExists(atPath: "\(live)/4000000002"))
    }
  }

  /// What the migrations make can be looked at while a seed is broken, and no reset finds it.
  @Test func aBrokenSeedIsNoPartOfTheReference() async throws {
    try await withDatabase { folder, database in
      try folder.write("migrations/3_more.sql", "create table later ();")
      try folder.write("seeds/notes.sql", "insert into nowhere values (1);")
      let found = try await database.withReference { reference in
        try await reference.connection.query(
          "select to_regclass('later')::text, (select count(*) from notes)")
      }
      #expect(found.rows == [["later", "0"]])
      await database.waitForMaintenance()
      let error = await #expect(throws: LifecycleError.self) { try await database.reset() }
      #expect(error?.diagnostic.code == "seed_failed")
    }
  }

  /// A folder that a killed server was still copying is found by its name; a file is none.
  @Test func foldersOfDatabasesAreListed() throws {
    let folder = try TemporaryFolder()
    for name in ["base", "base/5", "base/16384", "base/pgsql_tmp"] {
      mkdir(folder.path + "/" + name, 0o755)
    }
    try folder.write("base/17", "")
    let folders = DatabaseFolders(dataFolder: folder.path)
    #expect(
      folders.list(changedBefore: .max).sorted()
        == [folder.path + "/base/16384", folder.path + "/base/5"])
    #expect(folders.list(changedBefore: 1).isEmpty)
  }
}

@Suite struct ClusterWideObjectTests {
  /// The same role twice in one history is an error on the platform; a replay is not.
  @Test func oneHistoryMakesARoleOnce() async throws {
    try await withDatabase { folder, database in
      try folder.write(
        "migrations/3_role.sql", "create role reader; grant select on notes to reader;")
      for comment in ["a", "b"] {
        try folder.write(
          "migrations/1_notes.sql", "create table notes (id int, body text); -- \(comment)")
        _ = try await database.reset()
      }
      try folder.write("migrations/4_again.sql", "select 1;\ncreate role reader;")
      let error = await #expect(throws: LifecycleError.self) { try await database.reset() }
      #expect(error?.diagnostic.sqlstate == "42710")
      #expect(error?.diagnostic.location?.line == 2)

      // Older copies still name the role, so that the server would refuse to drop it.
      try folder.write(
        "migrations/4_again.sql", "drop owned by reader; drop role reader; create role reader;")
      let gone = await #expect(throws: LifecycleError.self) { try await database.reset() }
      #expect(gone?.diagnostic.sqlstate == "42501", "postgres is no member of the role")
      try folder.write(
        "migrations/4_again.sql",
        "revoke all on notes from reader; drop role reader; create role reader;")
      _ = try await database.reset()
      try folder.write("migrations/4_again.sql", "drop role reader;")
      let refused = await #expect(throws: LifecycleError.self) { try await database.reset() }
      #expect(refused?.diagnostic.sqlstate == "2BP01")

      // Code that makes a role cannot be answered before it runs: at least it is said what to do.
      try folder.write("migrations/4_again.sql", "do $$ begin create role writer; end $$;")
      _ = try await database.reset()
      try folder.write("migrations/1_notes.sql", "create table notes (id int, body text); -- c")
      let twice = await #expect(throws: LifecycleError.self) { try await database.reset() }
      #expect(twice?.diagnostic.sqlstate == "42710")
      #expect(twice?.diagnostic.hint?.contains("outlive a reset") == true)
    }
  }

  /// `alter database postgres` means the database that the migration is for, and no other.
  @Test func databaseSettingsReachTheNewDatabaseOnly() async throws {
    try await withDatabase { folder, database in
      func dynamic(_ value: String) -> String {
        "do $$ begin execute $q$alter database postgres set statement_timeout to '\(value)'$q$; "
          + "execute $q$comment on database postgres is 'of \(value)'$q$; "
          + "execute 'grant create on database postgres to authenticated'; end $$;"
      }
      func settings() async throws -> [String?] {
        try await rows(
          database,
          """
          select unnest(array[current_setting('statement_timeout'), current_setting('lock_timeout'),
            shobj_description(oid, 'pg_database'),
            has_database_privilege('authenticated', oid, 'create')::text,
            has_database_privilege('anon', oid, 'connect')::text])
          from pg_database where datname = current_database()
          """)
      }
      try folder.write("migrations/3_dynamic.sql", dynamic("66s"))
      try folder.write(
        "migrations/4_direct.sql",
        """
        alter database postgres set lock_timeout to '5s';
        grant temporary on database postgres to anon;
        """)
      // The second round builds on a layer, the third says what is set already.
      let edits = [
        ("5_last", "select 1;"), ("5_last", "select 2;"),
        ("1_notes", "create table notes (id int, body text);"),
      ]
      for (name, text) in edits {
        try folder.write("migrations/\(name).sql", text)
        _ = try await database.reset()
        #expect(try await settings() == ["66s", "5s", "of 66s", "true", "true"], "\(text)")
      }

      try folder.write("migrations/3_dynamic.sql", dynamic("11s"))
      try folder.write(
        "migrations/5_last.sql", "select 1;\nalter database postgres set nothing_such to 1;")
      let error = await #expect(throws: LifecycleError.self) { try await database.reset() }
      #expect(error?.diagnostic.location?.line == 2)
      #expect(try await settings() == ["66s", "5s", "of 66s", "true", "true"])

      for name in ["3_dynamic", "5_last"] { try folder.write("migrations/\(name).sql", "") }
      _ = try await database.reset()
      #expect(try await settings() == ["0", "5s", nil, "false", "true"])
    }
  }
}
