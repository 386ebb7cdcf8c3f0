import DatabaseCluster
import Diagnostics
import PostgresClient
import TestCluster
import Testing

@testable import DatabaseAdvice

@Suite struct AdviceTests {
  /// A project with one mistake of each kind, as a migration would make them.
  static let mistakes = """
    create table public.parents (id int primary key, email text unique);
    alter table public.parents enable row level security;
    create table public.children (
      id int primary key, parent int references public.parents (id), owner uuid);
    alter table public.children enable row level security;
    create policy "own children" on public.children for select to authenticated
      using (auth.uid() = owner);
    create policy "all children" on public.children for select to authenticated
      using ((select auth.uid()) = owner);
    create policy "any insert" on public.children for insert to anon with check (true);
    create policy "by metadata" on public.children for delete to authenticated
      using ((select auth.jwt()) -> 'user_metadata' ->> 'role' = 'admin');
    create table public.open (secret text, kind regproc);
    create policy "unasked" on public.open for select using (true);
    create view public.people as select id, email from auth.users;
    create materialized view public.counts as select count(*) from public.parents;
    create index one on public.children (owner);
    create index two on public.children (owner);
    create extension citext with schema public;
    create function public.definer() returns int language sql security definer as 'select 1';
    create table public.profiles (
      id int primary key, phone text references auth.users (phone));
    alter table public.profiles enable row level security;
    insert into storage.buckets (id, name, public) values ('pictures', 'pictures', true);
    create policy "list" on storage.objects for select using (bucket_id = 'pictures');
    """

  /// Each mistake is found by its rule, at the statement that made it.
  @Test func everyMistakeIsFound() async throws {
    try await withPlatform { connection in
      _ = try await connection.execute(Self.mistakes)
      var origins = ObjectOrigins()
      origins.read(Self.mistakes, file: "migrations/1_mistakes.sql")
      let advice = try await advise(
        on: connection, exposedSchemas: ["public"], categories: [.security, .performance],
        level: .info, origins: origins)
      let found = Set(advice.map(\.name))
      let expected: Set<String> = [
        "auth_users_exposed", "policy_exists_rls_disabled", "security_definer_view",
        "rls_disabled_in_public", "rls_references_user_metadata", "fkey_to_auth_unique",
        "sensitive_columns_exposed", "function_search_path_mutable", "extension_in_public",
        "materialized_view_in_api", "unsupported_reg_types", "rls_policy_always_true",
        "public_bucket_allows_listing", "anon_security_definer_function_executable",
        "authenticated_security_definer_function_executable", "rls_enabled_no_policy",
        "auth_rls_initplan", "multiple_permissive_policies", "duplicate_index",
        "unindexed_foreign_keys", "no_primary_key", "unused_index",
      ]
      #expect(found == expected)
      #expect(advice.map(\.level) == advice.map(\.level).sorted(by: >))
      #expect(Set(advice.map(\.cacheKey)).count == advice.count)

      func line(_ rule: String) -> Int? { advice.first { $0.name == rule }?.line }
      #expect(line("auth_rls_initplan") == 6)
      #expect(advice.count { $0.name == "auth_rls_initplan" } == 1)
      #expect(line("rls_disabled_in_public") == 13)
      #expect(line("unindexed_foreign_keys") == 3)
      #expect(line("duplicate_index") == 18)
      #expect(line("function_search_path_mutable") == 20)
      #expect(line("security_definer_view") == 15)
    }
  }

  /// What only some projects have: queues, foreign tables, GraphQL, anonymous users, old versions.
  @Test func rarerMistakesAreFound() async throws {
    try await withPlatform(superuser: true) { connection in
      _ = try await connection.execute(
        """
        set role postgres;
        create extension pgmq;
        select pgmq.create('jobs');
        create extension "basejump-supabase_test_helpers" version '0.0.5' schema extensions;
        create extension pg_graphql;
        create table public.rows (id int, filler text);
        alter table public.rows enable row level security;
        create policy "signed in" on public.rows for select to authenticated using (true);
        create table public.settled (id int primary key);
        alter table public.settled enable row level security;
        create policy "permanent" on public.settled for select to authenticated
          using ((select (auth.jwt() ->> 'is_anonymous')::boolean) is false);
        create policy "servants" on public.settled for all to service_role using (true);
        revoke all on public.settled from anon;
        alter table public.rows set (autovacuum_enabled = off);
        insert into public.rows select 1, repeat('x', 200) from generate_series(1, 120000);
        delete from public.rows where ctid >= '(300,0)';
        reset role;
        create foreign data wrapper nothing;
        create server nowhere foreign data wrapper nothing;
        create foreign table public.remote (id int) server nowhere;
        grant select (id) on public.remote to authenticated;
        grant select on public.remote to anon;
        """)
      _ = try await connection.query("analyze public.rows")
      await #expect(throws: PostgresError.self) {
        _ = try await connection.query(
          "create unique index concurrently half on public.rows (id)")
      }
      try await loseReplicationSlot("left_behind", connection)

      var advice = try await advise(
        on: connection, exposedSchemas: ["public", "pgmq_public"],
        categories: [.security, .performance], level: .info, origins: ObjectOrigins(),
        allowsAnonymousSignIns: true)
      func objects(_ rule: String) -> [String] {
        advice.filter { $0.name == rule }.map { $0.metadata["name"] ?? "" }
      }
      #expect(objects("foreign_table_in_api") == ["remote"])
      #expect(objects("insecure_queue_exposed_in_api") == ["q_jobs"])
      #expect(objects("extension_versions_outdated") == ["basejump-supabase_test_helpers"])
      #expect(objects("table_bloat") == ["rows"])
      #expect(objects("auth_allow_anonymous_sign_ins") == ["rows"])
      #expect(objects("pg_graphql_anon_table_exposed") == ["remote", "rows"])
      #expect(
        objects("pg_graphql_authenticated_table_exposed") == ["remote", "rows", "settled"])
      #expect(objects("invalid_index") == ["rows"])
      #expect(objects("unused_replication_slot") == ["left_behind"])
      #expect(advice.first { $0.name == "unused_replication_slot" }?.level == .error)

      // Without GraphQL and anonymous users there is nothing to say of them.
      _ = try await connection.query("drop extension pg_graphql")
      advice = try await advise(
        on: connection, exposedSchemas: ["public"], categories: [.security], level: .info,
        origins: ObjectOrigins())
      #expect(objects("auth_allow_anonymous_sign_ins") == [])
      #expect(objects("pg_graphql_anon_table_exposed") == [])
      #expect(objects("pg_graphql_authenticated_table_exposed") == [])
      #expect(objects("insecure_queue_exposed_in_api") == [])
    }
  }

  /// Every rule of the list is one that a test has seen to find something.
  @Test func rulesHaveTheirNumbers() {
    let numbers = Set(adviceRules.map(\.number))
    #expect(numbers.sorted() == (1...31).map { ($0 < 10 ? "000" : "00") + "\($0)" })
    #expect(Set(adviceRules.map { "\($0.name) \($0.level)" }).count == adviceRules.count)
  }

  /// What is written as the rules advise, and the platform itself, is left in peace.
  @Test func goodSchemasAreLeftInPeace() async throws {
    try await withPlatform { connection in
      _ = try await connection.execute(
        """
        create table public.notes (
          id bigint generated always as identity primary key,
          user_id uuid not null references auth.users (id), body text);
        create index on public.notes (user_id);
        alter table public.notes enable row level security;
        create policy "own" on public.notes to authenticated
          using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
        create view public.my_notes with (security_invoker = on) as select * from public.notes;
        create function public.good() returns int language sql set search_path = '' as 'select 1';
        create extension if not exists citext with schema extensions;
        """)
      let advice = try await advise(
        on: connection, exposedSchemas: ["public"], categories: [.security, .performance],
        level: .warn, origins: ObjectOrigins())
      #expect(advice.map(\.detail) == [])
      let security = try await advise(
        on: connection, exposedSchemas: ["public"], categories: [.security], level: .info,
        origins: ObjectOrigins())
      #expect(security.map(\.detail) == [])
    }
  }

  /// Every inspection is a query that runs.
  @Test func inspectionsRun() async throws {
    try await withPlatform { connection in
      _ = try await connection.execute("create table public.t (a int primary key)")
      for inspection in Inspection.all {
        do throws(PostgresError) {
          let result = try await inspection.run(on: connection)
          #expect(!result.columns.isEmpty, "\(inspection.name)")
        } catch {
          // Statements are counted only where the server was started for it.
          let needsCounting = ["outliers", "calls"].contains(inspection.name)
          #expect(
            needsCounting && ["42P01", "55000"].contains(error.sqlstate), "\(inspection.name)")
        }
        #expect(inspection.abstract.hasSuffix("."))
        #expect(
          inspection.successor.map { name in Inspection.all.contains { $0.name == name } } ?? true)
      }
    }
  }

  /// Mistakes in bodies are found, with plpgsql_check or without, and nothing stays of the look.
  @Test func functionsAreLookedAt() async throws {
    try await withPlatform { connection in
      let script = """
        create table public.rows (a int);
        create function public.good() returns int language plpgsql as
          $$ begin return (select a from public.rows limit 1); end $$;
        set check_function_bodies = off;
        create function public.broken() returns int language sql as 'select b from nowhere';
        """
      _ = try await connection.execute(script)
      var origins = ObjectOrigins()
      origins.read(script, file: "1.sql")
      let lint = try await FunctionLint.run(
        on: connection, schemas: ["public"], showsWarnings: true, origins: origins)
      #expect(lint.reports.map(\.function) == ["public.broken"])
      #expect(lint.reports.first?.issues.map(\.sqlState) == ["42P01"])
      #expect(lint.reports.first?.line == 5)
      #expect(lint.functions == 2)
      let extensions = try await connection.query(
        "select count(*) from pg_extension where extname = 'plpgsql_check'")
      #expect(extensions.firstValue == "0")
      let others = try await FunctionLint.run(
        on: connection, schemas: ["other"], showsWarnings: true, origins: origins)
      #expect(others.reports.isEmpty && others.functions == 0)
    }
  }

  /// Names are found with their schema and without, quoted, of more words than one.
  @Test func originsAreFound() {
    var origins = ObjectOrigins()
    origins.read(
      """
      create table if not exists "public"."Notes" (id int);

      create policy "see all" on public."Notes" using (true);
      create or replace function f(a int) returns int language sql as 'select 1';
      create unique index concurrently i on public."Notes" (id);
      alter table public."Notes" add constraint "c" check (id > 0);
      create materialized view v as select 1;
      """, file: "a.sql")
    func line(_ type: String, _ name: String, _ part: String? = nil) -> Int? {
      origins.find(type: type, schema: "public", name: name, part: part)?.line
    }
    #expect(line("table", "Notes") == 1)
    #expect(line("table", "Notes", "see all") == 3)
    #expect(line("function", "f") == 4)
    #expect(line("table", "Notes", "i") == 5)
    #expect(line("table", "Notes", "c") == 6)
    #expect(line("materialized view", "v") == 7)
    #expect(line("table", "other") == nil)
  }
}

/// A database with the platform in it, as the role of a project's migrations or as the superuser.
private func withPlatform(
  superuser: Bool = false, _ body: (PostgresConnection) async throws -> Void
) async throws {
  try await withOwnCluster { cluster in
    let admin = try await PostgresConnection.connect(cluster.adminParameters())
    _ = try await admin.query(
      "create database advice template \(PlatformSchema.templateDatabase) owner postgres")
    await admin.close()
    let connection = try await PostgresConnection.connect(
      cluster.parameters(
        database: "advice", user: superuser ? PlatformSchema.superuser : "postgres"))
    do {
      try await body(connection)
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
  }
}

/// Makes a replication slot, and more log than the server keeps for it.
private func loseReplicationSlot(
  _ name: String, _ connection: PostgresConnection
) async throws {
  _ = try await connection.query("select pg_create_physical_replication_slot($1, true)", [name])
  _ = try await connection.query("alter system set max_slot_wal_keep_size = '1MB'")
  _ = try await connection.query("select pg_reload_conf()")
  // The server takes the setting in its own time.
  for _ in 1...200 {
    _ = try await connection.query("select pg_logical_emit_message(false, 'test', 'more')")
    _ = try await connection.query("select pg_switch_wal()")
    _ = try await connection.query("checkpoint")
    let status = try await connection.query(
      "select wal_status from pg_replication_slots where slot_name = $1", [name])
    if status.firstValue == "lost" { return }
  }
  Issue.record("the slot keeps its log")
}
