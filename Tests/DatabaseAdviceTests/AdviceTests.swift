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

/// A database with the platform in it, as the role of a project's migrations.
private func withPlatform(_ body: (PostgresConnection) async throws -> Void) async throws {
  try await withOwnCluster { cluster in
    let admin = try await PostgresConnection.connect(cluster.adminParameters())
    _ = try await admin.query(
      "create database advice template \(PlatformSchema.templateDatabase) owner postgres")
    await admin.close()
    let connection = try await PostgresConnection.connect(
      cluster.parameters(database: "advice", user: "postgres"))
    do {
      try await body(connection)
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
  }
}
