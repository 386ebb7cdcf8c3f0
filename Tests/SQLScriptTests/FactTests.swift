import SQLScript
import Testing

@Suite struct FactTests {
  private func first(_ text: String) throws -> SQLStatement {
    try #require(Script(text).statements.first)
  }

  /// A file with its own BEGIN and COMMIT must not be wrapped once more.
  @Test(arguments: [
    ("begin", TransactionControl.begin), ("START TRANSACTION read only", .begin),
    ("-- x\nBegin work;", .begin), ("commit", .commit), ("end transaction", .commit),
    ("commit and chain", .commit), ("rollback", .rollback), ("abort work", .rollback),
    ("rollback work to savepoint a", .rollbackToSavepoint), ("rollback to a", .rollbackToSavepoint),
    ("savepoint a", .savepoint), ("release a", .release), ("prepare transaction 'x'", .prepare),
    ("commit prepared 'x'", nil), ("prepare x as select 1", nil), ("\"begin\"", nil),
    ("do $$ begin end $$", nil), ("start", nil),
  ])
  func transactionControlIsSeen(text: String, expected: TransactionControl?) throws {
    let statement = try first(text)
    #expect(statement.transactionControl == expected)
    #expect(statement.isTransactionControl == (expected != nil))
  }

  /// These run alone; all others stay in the file's transaction.
  @Test(arguments: [
    ("create index concurrently i on t (a)", true),
    ("create unique index Concurrently on t(a)", true),
    ("create index i on t (concurrently)", false), ("create index concurrently_i on t (a)", false),
    ("drop index concurrently if exists i", true), ("drop index i", false),
    ("reindex index concurrently i", true), ("reindex (verbose, concurrently) table t", true),
    ("reindex (concurrently false) table t", false), ("reindex table t", false),
    ("reindex database d", true), ("reindex system d", true),
    ("reindex schema concurrently s", true),
    ("vacuum", true), ("vacuum (analyze) t", true), ("analyze t", false),
    ("alter system set a = 1", true), ("cluster", true), ("cluster (verbose)", true),
    ("cluster verbose", true), ("cluster t using i", false), ("cluster verbose t", false),
    ("create database d", true), ("drop database if exists d", true),
    ("alter database d set a=1", false),
    ("alter database \"d;d\" set tablespace t", true), ("create tablespace t location ''", true),
    ("drop tablespace t", true), ("alter tablespace t rename to u", false),
    ("create subscription s connection '' publication p", true),
    ("create subscription s connection '' publication p with (create_slot = false)", false),
    ("alter subscription s refresh publication", true), ("alter subscription s disable", false),
    ("alter subscription s set publication p with (refresh = false)", false),
    ("alter subscription s set (slot_name = none)", false),
    ("drop subscription s", true), ("discard all", true), ("discard plans", false),
    ("alter table a.b detach partition a.c concurrently", true),
    ("alter table if exists only \"b\" * detach partition c", false),
    ("alter table b detach partition c finalize", false),
    ("alter type t add value 'x'", false), ("commit prepared 'x'", true),
    ("refresh materialized view concurrently v", false), ("select 'vacuum'", false),
  ])
  func refusesTransactionAsTheServer(text: String, expected: Bool) throws {
    #expect(try first(text).refusesTransaction == expected, "\(text)")
  }

  /// Roles are cluster-wide: the runner must find them to keep them across resets.
  @Test(arguments: [
    ("create role App_Admin with login", "app_admin" as String?, "with login"),
    ("CREATE USER \"App \"\"A\"\"\" password 'x';", "App \"A\"", "password 'x'"),
    ("create group g", "g", ""), ("/* c */ create user Ünder", "Ünder", ""),
    ("create user mapping for x server s", nil, ""), ("create user mapping", "mapping", ""),
    ("create table role (a int)", nil, ""),
  ])
  func createdRolesAreNamedAsInTheCatalog(text: String, name: String?, options: String) throws {
    let script = Script(text)
    let role = try #require(script.statements.first).createdRole
    #expect(role?.name == name)
    guard let role else { return }
    #expect(String(decoding: script.bytes[role.optionsRange], as: UTF8.self) == options)
  }

  /// A grant names one setting, so the runner must know which a file wants to keep.
  @Test(arguments: [
    ("alter database postgres set app.settings.key = 'x'", "app.settings.key" as String?),
    ("ALTER DATABASE \"postgres\" SET \"app.Settings.key\" TO 'x'", "app.Settings.key"),
    ("alter role authenticator set pgrst.db_pre_request = 'f'", "pgrst.db_pre_request"),
    ("alter user anon in database postgres set App.Tenant = 'x'", "app.tenant"),
    ("alter database postgres set timezone = 'UTC'", nil), ("set app.tenant = 'x'", nil),
    ("alter database postgres reset all", nil), ("alter table a set (fillfactor = 10)", nil),
  ])
  func settingsOfOnesOwnAreNamed(text: String, name: String?) throws {
    #expect(try #require(Script(text).statements.first).customSetting == name)
  }

  /// No access method but pgvector's own takes the options; everything else must stay in its place.
  @Test(arguments: [
    (
      "create index on t using hnsw (v vector_l2_ops) with (m = 16)",
      "create index on t using hnsw (v vector_l2_ops)              "
    ),
    (
      "CREATE UNIQUE INDEX i ON t USING ivfflat (v) WITH (lists = 1) where a > 0",
      "CREATE UNIQUE INDEX i ON t USING ivfflat (v)                  where a > 0"
    ),
    (
      "do $x$ begin execute 'create index on t using hnsw (v) with (m=1)'; end $x$",
      "do $x$ begin execute 'create index on t using hnsw (v)           '; end $x$"
    ),
    (
      "create index on t using hnsw (v) /* é */ with (m = 1,\n ef = 2)",
      "create index on t using hnsw (v) /* é */             \n        "
    ),
    ("create index on t using gin (v) with (fastupdate = off)", nil),
    ("create index on t using hnsw (v)", nil),
    ("create table t (a text) with (fillfactor = 10)", nil),
    ("select 'using hnsw (v) with (m = 1)'", nil),
    ("create index on t using hnsw (v) with (m = 1", nil),
  ])
  func vectorIndexOptionsAreBlanked(text: String, expected: String?) throws {
    #expect(try first(text).withoutVectorIndexOptions == expected)
  }
}
