import DatabaseCluster
import Diagnostics
import PostgresClient
import Synchronization
import TestCluster
import Testing

@testable import DatabaseLifecycle

@Suite struct ResetTests {
  /// A reset gives what the files say, whatever was done to the database before.
  @Test func resetGivesWhatTheFilesSay() async throws {
    try await withDatabase { folder, database in
      _ = try await database.query("insert into notes values (99, 'mine'); create table extra ()")
      let outcome = try await database.reset()
      #expect(outcome.replayed.isEmpty)
      #expect(try await rows(database, "select body from notes order by id") == ["seeded"])
      #expect(try await rows(database, "select to_regclass('public.extra')") == [nil])
      #expect(
        try await rows(database, "select version from supabase_migrations.schema_migrations")
          == ["1", "2"])
    }
  }

  /// With a spare ready nothing is run and nothing is copied.
  @Test func aReadySpareIsClaimed() async throws {
    try await withDatabase { folder, database in
      await database.waitForMaintenance()
      let outcome = try await database.reset()
      #expect(outcome.source == .spare)
    }
  }

  /// More resets than spares: each still gives a whole database.
  @Test func resetsOutrunSpares() async throws {
    try await withDatabase { folder, database in
      for _ in 0..<6 {
        _ = try await database.query("delete from notes")
        _ = try await database.reset()
        #expect(try await rows(database, "select count(*) from notes") == ["1"])
      }
    }
  }

  /// A typo in a migration must not cost a developer the rows that were there.
  @Test func aBrokenMigrationKeepsTheOldDatabase() async throws {
    try await withDatabase { folder, database in
      _ = try await database.query("insert into notes values (7, 'keep me')")
      try folder.write(
        "migrations/3_broken.sql", "create table half ();\n\nselect 1 from nowhere;\n")
      let error = await #expect(throws: LifecycleError.self) { try await database.reset() }
      let diagnostic = try #require(error?.diagnostic)
      #expect(diagnostic.location?.file == "migrations/3_broken.sql")
      #expect(diagnostic.location?.line == 3)
      #expect(diagnostic.sqlstate == "42P01")
      #expect(diagnostic.excerpt.contains { $0.contains("from nowhere") })
      #expect(try await rows(database, "select body from notes where id = 7") == ["keep me"])
      #expect(try await rows(database, "select to_regclass('public.half')") == [nil])

      try folder.remove("migrations/3_broken.sql")
      #expect(try await database.reset().replayed.isEmpty)
    }
  }

  /// The edit of a day touches the last file: only that one runs again.
  @Test func onlyTheEditedMigrationAndSeedsReplay() async throws {
    try await withDatabase { folder, database in
      await database.waitForMaintenance()
      try folder.write("migrations/2_more.sql", "alter table notes add column two int;")
      let outcome = try await database.reset()
      #expect(outcome.source == .replay)
      #expect(outcome.replayed == ["migrations/2_more.sql", "seeds/notes.sql"])
      #expect(try await rows(database, "select two from notes") == [nil])
    }
  }

  /// An edited seed leaves the migrations alone.
  @Test func onlySeedsReplayWhenASeedChanged() async throws {
    try await withDatabase { folder, database in
      await database.waitForMaintenance()
      try folder.write("seeds/notes.sql", "insert into notes values (2, 'other');")
      #expect(try await database.reset().replayed == ["seeds/notes.sql"])
      #expect(try await rows(database, "select body from notes") == ["other"])
    }
  }

  /// `--no-seed`, `--version` and `--last` leave out what they name, and plain resets stay plain.
  @Test func partsCanBeLeftOut() async throws {
    try await withDatabase { folder, database in
      _ = try await database.reset(ResetOptions(leavesOutSeeds: true))
      #expect(try await rows(database, "select count(*) from notes") == ["0"])
      _ = try await database.reset(ResetOptions(leavesOutSeeds: true, version: "1"))
      #expect(
        try await rows(database, "select version from supabase_migrations.schema_migrations")
          == ["1"])
      _ = try await database.reset(ResetOptions(leavesOutSeeds: true, leavesOutLast: 2))
      #expect(try await rows(database, "select to_regclass('public.notes')") == [nil])
      await #expect(throws: LifecycleError.self) {
        try await database.reset(ResetOptions(version: "9"))
      }
      _ = try await database.reset()
      #expect(try await rows(database, "select count(*) from notes") == ["1"])
    }
  }

  /// Two people, or a person and an editor, press the key at once.
  @Test func resetsAtOnceEachSucceed() async throws {
    try await withDatabase { folder, database in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 { group.addTask { _ = try await database.reset() } }
        try await group.waitForAll()
      }
      #expect(try await rows(database, "select count(*) from notes") == ["1"])
    }
  }

  /// A client that reconnects sees its connection end, and never that there is no database.
  @Test func clientsNeverHearThatTheDatabaseDoesNotExist() async throws {
    try await withDatabase { folder, database in
      let access = await database.access
      let clients = (0..<4).map { _ in
        Task {
          var states: Set<String> = []
          while !Task.isCancelled {
            do {
              let connection = try await access.connect(to: "postgres", as: "postgres")
              _ = try await connection.query("select count(*) from notes")
              await connection.close()
            } catch let error as PostgresError {
              if let state = error.sqlstate { states.insert(state) }
            }
          }
          return states
        }
      }
      for _ in 0..<15 { _ = try await database.reset() }
      var states: Set<String> = []
      for client in clients {
        client.cancel()
        states.formUnion(try await client.value)
      }
      #expect(!states.contains("3D000"), "\(states)")
      #expect(!states.contains("55000"), "\(states)")
    }
  }

  /// A session in a transaction ends with `admin_shutdown`, and does not hold the reset up.
  @Test func openSessionsEnd() async throws {
    try await withDatabase { folder, database in
      let session = try await database.access.connect(to: "postgres", as: "postgres")
      _ = try await session.query("begin")
      _ = try await database.reset()
      await #expect(throws: PostgresError.self) { try await session.query("select 1") }
    }
  }

  /// Settings of the database follow it into each clone, also lists such as a search path.
  @Test func databaseSettingsSurvive() async throws {
    try await withDatabase { folder, database in
      try folder.write(
        "migrations/3_settings.sql",
        """
        alter database postgres set statement_timeout to '77s';
        alter role postgres in database postgres set search_path to "$user", public, extensions;
        """)
      _ = try await database.reset()
      await database.waitForMaintenance()
      _ = try await database.reset()
      #expect(try await rows(database, "show statement_timeout") == ["77s"])
      #expect(
        try await rows(database, "select current_setting('search_path')") == [
          "\"$user\", public, extensions"
        ])

      try folder.remove("migrations/3_settings.sql")
      _ = try await database.reset()
      #expect(try await rows(database, "show statement_timeout") != ["77s"])
    }
  }

  /// A role that a migration makes outlives its database; the replay must not stumble over it.
  @Test func rolesOfMigrationsSurviveReplays() async throws {
    try await withDatabase { folder, database in
      try folder.write(
        "migrations/3_role.sql", "create role reader login; grant select on notes to reader;")
      _ = try await database.reset()
      try folder.write(
        "migrations/3_role.sql",
        "create role reader with nologin in role anon; grant select on notes to reader;")
      _ = try await database.reset()
      #expect(
        try await rows(database, "select rolcanlogin from pg_roles where rolname = 'reader'")
          == ["f"])
      #expect(
        try await rows(database, "select pg_has_role('reader', 'anon', 'member')") == ["t"])
    }
  }

  /// A role in use must be told from one that only homebase's copies still name.
  @Test func rolesInUseAreNamedWithoutCopies() async throws {
    try await withDatabase { folder, database in
      try folder.write(
        "migrations/3_role.sql", "create role reader; grant select on notes to reader;")
      _ = try await database.reset()
      await database.waitForMaintenance()
      try folder.write("migrations/4_gone.sql", "drop role reader;")
      let error = await #expect(throws: LifecycleError.self) { try await database.reset() }
      let diagnostic = try #require(error?.diagnostic)
      #expect(diagnostic.sqlstate == "2BP01")
      #expect(diagnostic.message.contains("privileges for table notes"))
      #expect(!diagnostic.message.contains("in database"))
      #expect(diagnostic.hint?.contains("drop owned by \"reader\"") == true)
      // The advice works.
      try folder.write(
        "migrations/4_gone.sql",
        "grant reader to postgres; drop owned by \"reader\"; drop role reader;")
      _ = try await database.reset()

      try folder.write(
        "migrations/4_gone.sql",
        "revoke all on notes from reader; do $$ begin execute 'drop role reader'; end $$;")
      let other = await #expect(throws: LifecycleError.self) { try await database.reset() }
      #expect(other?.diagnostic.message.contains("in database") == false)
      #expect(other?.diagnostic.hint?.contains("write DROP ROLE outside of code") == true)
    }
  }

  /// A mistyped path must not cost the seeds without a word.
  @Test func seedsWithoutAFileAreSaid() async throws {
    try await withDatabase { folder, database in
      _ = try await database.query("insert into notes values (7, 'keep me')")
      let error = await #expect(throws: LifecycleError.self) {
        try await database.reset(ResetOptions(seedPatterns: ["./nosuch.sql"]))
      }
      #expect(error?.diagnostic.code == "seed_not_found" && error?.diagnostic.category == .usage)
      #expect(try await rows(database, "select body from notes where id = 7") == ["keep me"])

      #expect(try await database.reset().warnings.isEmpty)
      try folder.write("migrations/skipped.sql", "")
      try folder.remove("seeds/notes.sql")
      #expect(
        try await database.reset().warnings.map(\.code)
          == ["migration_skipped", "seed_pattern_unmatched"])
      #expect(try await database.pendingMigrations().skipped.map(\.code) == ["migration_skipped"])
      try folder.remove("migrations/1_notes.sql")
      try folder.remove("migrations/2_more.sql")
      #expect(
        try await database.reset(ResetOptions(leavesOutSeeds: true)).warnings.map(\.code)
          == ["no_migrations", "migration_skipped"])
    }
  }

  /// What fails must say what is safe and what to do.
  @Test func failuresSayWhatToDo() async throws {
    try await withDatabase { folder, database in
      let seeds = await #expect(throws: LifecycleError.self) {
        try await database.reset(ResetOptions(leavesOutLast: 2))
      }
      #expect(seeds?.diagnostic.code == "seed_failed")
      #expect(seeds?.diagnostic.hint?.contains("add --no-seed") == true)

      try folder.write("migrations/3_open.sql", "create table open (id int")
      let open = await #expect(throws: LifecycleError.self) { try await database.reset() }
      #expect(open?.diagnostic.message.contains("is never closed (42601)") == true)
      #expect(open?.diagnostic.hint?.contains("your database is unchanged") == true)
      #expect(
        open?.ofFirstStart.diagnostic.hint?.contains("runs with the platform's schema alone")
          == true)
    }
  }

  /// What a killed process leaves is gone after the next start, and all that was kept is there.
  @Test func theNextStartMendsWhatACrashLeft() async throws {
    try await withDatabase { folder, database in
      await database.waitForMaintenance()
      let access = await database.access
      let admin = try await access.connect(to: Ledger.database, as: access.superuser)
      _ = try await admin.query("create database homebase_build_999 template homebase_platform")
      _ = try await admin.pipeline([Ledger.record("homebase_spare_998", kind: .spare, key: "x")])

      let second = ProjectDatabase(cluster: access.cluster, inputs: { folder.inputs })
      #expect(try await second.open() == nil)
      let names = try await admin.query("select datname from pg_database")[column: "datname"]
      #expect(!names.contains("homebase_build_999"))
      let kept = try await Ledger.entries(admin)
      #expect(!kept.contains { $0.name == "homebase_spare_998" })
      #expect(try await second.reset().replayed.isEmpty)
      await second.close()
      await admin.close()
    }
  }
}

@Suite struct SnapshotTests {
  /// Undo after a reset brings back every row, and undo can itself be undone.
  @Test func undoBringsBackWhatAResetTook() async throws {
    try await withDatabase { folder, database in
      _ = try await database.query("insert into notes values (7, 'mine')")
      let outcome = try await database.reset()
      #expect(outcome.snapshot != nil)
      let undone = try await database.undo()
      #expect(undone.restored.name == outcome.snapshot)
      #expect(try await rows(database, "select body from notes where id = 7") == ["mine"])
      let name = try #require(undone.outcome.snapshot)
      _ = try await database.restoreSnapshot(name)
      #expect(try await rows(database, "select count(*) from notes") == ["1"])
    }
  }

  /// A saved state can be restored again and again.
  @Test func aSnapshotStaysAfterRestoring() async throws {
    try await withDatabase { folder, database in
      _ = try await database.query("insert into notes values (7, 'mine')")
      _ = try await database.saveSnapshot("before")
      for _ in 0..<3 {
        _ = try await database.query("delete from notes")
        _ = try await database.restoreSnapshot("before")
        #expect(try await rows(database, "select count(*) from notes") == ["2"])
      }
      #expect(try await database.snapshots().contains { $0.name == "before" })
      _ = try await database.removeSnapshot("before")
      #expect(try await !database.snapshots().contains { $0.name == "before" })
    }
  }

  /// Wrong names are answered with the right ones.
  @Test func wrongNamesAreNamed() async throws {
    try await withDatabase { folder, database in
      await #expect(throws: LifecycleError.self) { try await database.undo() }
      _ = try await database.saveSnapshot("one")
      await #expect(throws: LifecycleError.self) { try await database.saveSnapshot("one") }
      let error = await #expect(throws: LifecycleError.self) {
        try await database.restoreSnapshot("two")
      }
      #expect(error?.diagnostic.hint?.contains("one") == true)
    }
  }

  /// Snapshots that nobody asked for do not fill the disk.
  @Test func oldAutomaticSnapshotsGo() async throws {
    var limits = ProjectDatabase.Limits()
    limits.automaticSnapshots = 2
    try await withDatabase(limits: limits) { folder, database in
      _ = try await database.saveSnapshot("mine")
      for _ in 0..<5 { _ = try await database.reset() }
      await database.waitForMaintenance()
      let kept = try await database.snapshots()
      #expect(kept.filter { $0.reason == "reset" }.count == 2)
      #expect(kept.contains { $0.name == "mine" })
    }
  }

  /// With a clock that was set back, what was used last would else be the first to go.
  @Test func theLayerUsedLastStaysWhateverTheClockSays() async throws {
    var limits = ProjectDatabase.Limits()
    limits.layers = 1
    try await withDatabase(limits: limits) { folder, database in
      await database.waitForMaintenance()
      let access = await database.access
      let admin = try await access.connect(to: Ledger.database, as: access.superuser)
      _ = try await admin.query(
        "update homebase.databases set used_at = used_at + interval '1 day'")
      await admin.close()
      for seed in ["two", "three"] {
        try folder.write("seeds/notes.sql", "insert into notes values (2, '\(seed)');")
        _ = try await database.reset()
        await database.waitForMaintenance()
      }
      try folder.write("seeds/notes.sql", "insert into notes values (2, 'two');")
      #expect(try await database.reset().replayed.isEmpty)
    }
  }
}

@Suite struct MigrationRunnerTests {
  /// What the server refuses in a transaction runs alone, and the rest of the file with it.
  @Test func concurrentIndexesRunAlone() async throws {
    try await withDatabase { folder, database in
      try folder.write(
        "migrations/3_index.sql",
        """
        create table t (a int, b int);
        create index concurrently t_a on t (a);
        insert into t values (1, 2);
        """)
      _ = try await database.reset()
      #expect(
        try await rows(
          database, "select indisvalid from pg_index where indexrelid = 't_a'::regclass") == ["t"])
      #expect(try await rows(database, "select b from t") == ["2"])
    }
  }

  /// Files with BEGIN and COMMIT of their own mean what they say.
  @Test func ownTransactionsAreRespected() async throws {
    try await withDatabase { folder, database in
      try folder.write(
        "migrations/3_own.sql",
        "begin;\ncreate table one ();\ncommit;\nbegin;\ncreate table two ();\ncommit;\n")
      _ = try await database.reset()
      #expect(
        try await rows(database, "select count(*) from pg_tables where tablename in ('one', 'two')")
          == ["2"])
      #expect(
        try await rows(
          database, "select name from supabase_migrations.schema_migrations where version = '3'")
          == ["own"])
    }
  }

  /// A dump's data belongs in a seed.
  @Test func copyFromStdinWorksInSeeds() async throws {
    try await withDatabase { folder, database in
      try folder.write(
        "seeds/notes.sql",
        "copy public.notes (id, body) from stdin;\n1\tone\n2\ttwo\\n lines\n\\.\nselect 1;\n")
      _ = try await database.reset()
      #expect(try await rows(database, "select count(*) from notes") == ["2"])

      try folder.write(
        "seeds/notes.sql", "copy notes (id, body) from stdin;\n1\tone\nx\ttwo\n\\.\n")
      let error = await #expect(throws: LifecycleError.self) { try await database.reset() }
      #expect(error?.diagnostic.location?.line == 3)
    }
  }

  /// Settings and roles of one file do not reach the next.
  @Test func sessionsAreResetBetweenFiles() async throws {
    try await withDatabase { folder, database in
      try folder.write(
        "migrations/3_a.sql", "set search_path to extensions; set role authenticated;")
      try folder.write("migrations/4_b.sql", "create table here (); select 1 from notes;")
      _ = try await database.reset()
      #expect(try await rows(database, "select to_regclass('public.here')::text") == ["here"])
    }
  }

  /// What is wrong with a file is said with its line.
  @Test(arguments: [
    ("select 1;\nselect 'open;\nselect 2;\n", 2, "42601"),
    ("select 1;\nselect $$ open;\n", 2, "42601"),
    ("create table ok ();\ncreate tabel oops ();\n", 2, "42601"),
    ("\\connect other\n", 1, "42601"),
    ("select 1;\n\nselect * from notes where nobody = 1;", 3, "42703"),
    ("do $$ begin\n  perform 1 / 0;\nend $$;", 1, "22012"),
    ("\u{FEFF}select 1;\r\nselect nothing;\r\n", 2, "42703"),
  ])
  func brokenFiles(text: String, line: Int, sqlstate: String) async throws {
    try await withDatabase { folder, database in
      try folder.write("migrations/3_x.sql", text)
      do {
        _ = try await database.reset()
        Issue.record("it was accepted: \(text)")
      } catch {
        let diagnostic = Diagnostic(describing: error)
        #expect(diagnostic.location?.file == "migrations/3_x.sql")
        #expect(diagnostic.location?.line == line, "\(diagnostic)")
        #expect(diagnostic.sqlstate == sqlstate, "\(diagnostic)")
      }
    }
  }

  /// A file of more statements than one pipeline holds is still all or nothing.
  @Test func aLongFileIsOneTransaction() async throws {
    try await withDatabase { folder, database in
      var text = "create table many (i int);\n"
      for number in 0..<2500 { text += "insert into many values (\(number));\n" }
      try folder.write("migrations/3_many.sql", text)
      _ = try await database.reset()
      #expect(try await rows(database, "select count(*) from many") == ["2500"])

      try folder.write("migrations/4_many.sql", text.replacing("many", with: "more") + "oops;\n")
      let states = try await database.migrationStates().states
      #expect(states.map(\.isApplied) == [true, true, true, false])
      await #expect(throws: LifecycleError.self) { try await database.migrateUp() }
      #expect(try await rows(database, "select to_regclass('public.more')") == [nil])
    }
  }
}

@Suite struct HistoryTests {
  /// Applied, pending, edited and lost files are told apart.
  @Test func statesCompareVersionNameAndContent() async throws {
    try await withDatabase { folder, database in
      try folder.write("migrations/2_more.sql", "alter table notes add column edited int;")
      try folder.write("migrations/3_new.sql", "select 1;")
      _ = try await database.query(
        "insert into supabase_migrations.schema_migrations values ('0', '{}', 'lost')")
      let states = try await database.migrationStates().states
      #expect(states.map(\.version) == ["0", "1", "2", "3"])
      #expect(states.map(\.isApplied) == [true, true, true, false])
      #expect(states.map(\.content) == [.unknown, .same, .changed, .unknown])
      #expect(states[0].file == nil)
    }
  }

  /// A file that got another number or name is told from a new one, with what to do.
  @Test func renumberedAndRenamedFilesAreNamed() async throws {
    try await withDatabase { folder, database in
      try folder.remove("migrations/2_more.sql")
      try folder.write("migrations/5_more.sql", "alter table notes add column more int;")
      let (states, warnings) = try await database.migrationStates()
      #expect(states.map(\.version) == ["1", "2", "5"])
      #expect(states.map(\.renumberedFrom) == [nil, nil, "2"])
      #expect(warnings.map(\.code) == ["migration_renumbered"])
      let error = await #expect(throws: LifecycleError.self) { try await database.migrateUp() }
      #expect(error?.diagnostic.code == "migration_renumbered")
      #expect(error?.diagnostic.hint?.contains("repair 2 --status reverted") == true)
      _ = try await database.repairHistory(["2"], isApplied: false)
      _ = try await database.repairHistory(["5"], isApplied: true)
      #expect(try await database.migrateUp() == [])

      try folder.remove("migrations/1_notes.sql")
      try folder.write(
        "migrations/1_called_else.sql", "create table notes (id int primary key, body text);")
      try folder.write("migrations/5_more.sql", "alter table notes add column more text;")
      let later = try await database.migrationStates()
      #expect(later.warnings.map(\.code) == ["migration_renamed", "migration_edited"])
      #expect(later.states.map(\.content) == [.changed, .changed])
    }
  }

  /// `up` applies what is pending, and refuses what does not fit the history.
  @Test func upAppliesPendingFiles() async throws {
    try await withDatabase { folder, database in
      try folder.write("migrations/3_new.sql", "create table new ();")
      #expect(try await database.migrateUp() == ["migrations/3_new.sql"])
      #expect(try await database.migrateUp() == [])

      try folder.write("migrations/0_late.sql", "create table late ();")
      await #expect(throws: LifecycleError.self) { try await database.migrateUp() }
      #expect(try await database.migrateUp(includesAll: true) == ["migrations/0_late.sql"])

      try folder.remove("migrations/3_new.sql")
      let error = await #expect(throws: LifecycleError.self) { try await database.migrateUp() }
      #expect(error?.diagnostic.hint?.contains("repair") == true)
      _ = try await database.repairHistory(["3"], isApplied: false)
      #expect(try await database.migrateUp() == [])
    }
  }

  /// Ordinary files are sent together: the first failure still ends it, and says which file it was.
  @Test func filesBehindABrokenOneDoNotRun() async throws {
    try await withDatabase { folder, database in
      for number in 310..<350 {
        try folder.write("migrations/\(number)_t.sql", "create table t\(number) (i int);")
      }
      try folder.write(
        "migrations/341_t.sql",
        """
        create table t341 (i int unique deferrable initially deferred);
        insert into t341 values (1), (1);
        """)
      // Where a block would change the meaning there is none: a procedure may commit.
      try folder.write(
        "migrations/320_t.sql",
        """
        create procedure keep() language plpgsql as $$ begin create table t320 (); commit; end $$;
        """)
      try folder.write("migrations/321_t.sql", "call keep();")
      let begun = Mutex<[String]>([])
      let progress = LifecycleProgress { step, subject in
        if step == .migration { begun.withLock { $0.append(subject) } }
      }
      let error = await #expect(throws: LifecycleError.self) {
        try await database.migrateUp(progress: progress)
      }
      #expect(error?.diagnostic.sqlstate == "23505")
      #expect(error?.diagnostic.location?.file == "migrations/341_t.sql")
      #expect(begun.withLock { $0 } == (310...341).map { "migrations/\($0)_t.sql" })
      #expect(
        try await rows(
          database,
          """
          select unnest(array[max(version), to_regclass('t320')::text, to_regclass('t341')::text,
            to_regclass('t342')::text]) from supabase_migrations.schema_migrations
          """) == ["340", "t320", nil, nil])

      try folder.write("migrations/341_t.sql", "create table t341 (i int);")
      #expect(try await database.migrateUp().count == 9)
    }
  }

  /// A seed that ran as it is now is not run twice; one that is named is.
  @Test func seedsRunByHand() async throws {
    try await withDatabase { folder, database in
      try folder.write("seeds/notes.sql", "insert into notes values (5, 'by hand');")
      #expect(try await database.seed().applied == ["seeds/notes.sql"])
      #expect(try await rows(database, "select body from notes where id = 5") == ["by hand"])
      let again = try await database.seed()
      #expect(again.applied.isEmpty && again.warnings.map(\.code) == ["seeds_unchanged"])
      _ = try await database.query("delete from notes")
      #expect(try await database.seed(["seeds/notes.sql"]).applied == ["seeds/notes.sql"])
    }
  }
}

/// Runs a test with a project of two migrations and a seed, on a cluster of its own.
func withDatabase(
  limits: ProjectDatabase.Limits = ProjectDatabase.Limits(),
  settings: ClusterSettings = ClusterSettings(), gate: SwapGate = .none,
  _ body: (TemporaryFolder, ProjectDatabase) async throws -> Void
) async throws {
  let folder = try TemporaryFolder()
  try folder.write("migrations/1_notes.sql", "create table notes (id int primary key, body text);")
  try folder.write("migrations/2_more.sql", "alter table notes add column more int;")
  try folder.write("seeds/notes.sql", "insert into notes (id, body) values (1, 'seeded');")
  try await withOwnCluster(settings: settings) { cluster in
    let database = ProjectDatabase(
      cluster: cluster, limits: limits, gate: gate, inputs: { folder.inputs })
    _ = try await database.open()
    do {
      try await body(folder, database)
    } catch {
      await database.close()
      throw error
    }
    await database.close()
  }
}

/// The first column of a query's rows.
func rows(_ database: ProjectDatabase, _ sql: String) async throws -> [String?] {
  try await database.query(sql).last?.rows.map { $0.first ?? nil } ?? []
}
