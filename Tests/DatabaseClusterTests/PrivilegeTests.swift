import Diagnostics
import PostgresClient
import Testing

@testable import DatabaseCluster

/// What a role does, and what must come of it.
struct Probe: Sendable {
  /// As whom: a login role, or one that `authenticator` takes for a request.
  var role: String
  var sql: String
  /// The SQLSTATE of the refusal; nil: it works.
  var refusal: String?

  static func works(_ role: String, _ statements: String...) -> [Probe] {
    statements.map { Probe(role: role, sql: $0, refusal: nil) }
  }

  static func refuses(
    _ role: String, _ sqlstate: String = "42501", _ statements: String...
  ) -> [Probe] {
    statements.map { Probe(role: role, sql: $0, refusal: sqlstate) }
  }
}

@Suite struct PrivilegeTests {
  private static let user = "'00000000-0000-0000-0000-000000000001'"

  static let migrations = Probe.works(
    "postgres",
    // Policies and triggers on managed tables: almost every project.
    "create policy p on storage.objects for select using (bucket_id = 'avatars')",
    "create policy \"Anyone on earth\" on \"storage\".\"objects\" for insert with check (true)",
    "create policy p on storage.buckets for select using (true)",
    "create policy p on auth.users for select using (auth.uid() = id)",
    "create policy p on auth.identities for select to authenticated using (true)",
    "create policy p on realtime.messages for select to authenticated using (true)",
    "-- a comment first\n/* and another */ create policy p on storage.objects using (true)",
    "alter policy kept on storage.objects rename to other",
    "alter policy kept on storage.objects to anon using (false)",
    "drop policy kept on storage.objects",
    "drop policy if exists nothing on storage.objects",
    "do $$ begin execute format('create policy %I on storage.objects using (true)', 'x'); end $$",
    """
    do $$
    declare p record;
    begin
      for p in select * from pg_policies where schemaname = 'storage' and tablename = 'objects'
      loop execute format('drop policy %I on %I.%I', p.policyname, p.schemaname, p.tablename);
      end loop;
    end $$
    """,
    "select public.makes_policy()",
    "create trigger t after insert on auth.users for each row execute function public.does_nothing()",
    "create or replace trigger kept after insert on auth.users for each row execute function public.does_nothing()",
    "drop trigger kept on auth.users",
    "drop trigger if exists nothing on auth.users",
    "create trigger t after insert on storage.objects for each row execute function public.does_nothing()",
    "create trigger t after insert on auth.mfa_factors for each row execute function public.does_nothing()",
    // Rows of managed tables: seeds and tests.
    "create table public.owned (id uuid primary key references auth.users (id) on delete cascade)",
    "insert into auth.users (id, email, encrypted_password) values (gen_random_uuid(), 'b@example.com', crypt('secret', gen_salt('bf', 4)))",
    "update auth.users set raw_user_meta_data = '{\"name\": \"A\"}'",
    "delete from auth.users where id = \(user)",
    "insert into auth.identities (provider_id, user_id, identity_data, provider) values ('1', \(user), '{}', 'email')",
    "select count(*) from auth.sessions",
    "insert into auth.audit_log_entries (id, payload) values (gen_random_uuid(), '{}')",
    "select setval('auth.refresh_tokens_id_seq', 10)",
    "select setval('supabase_functions.hooks_id_seq', 10)",
    "grant select on auth.users to authenticated",
    "insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values ('b', 'b', true, 10, '{image/png}')",
    "insert into storage.objects (bucket_id, name, owner_id, version) values ('avatars', 'x/y.png', 'me', '1')",
    "update storage.objects set metadata = '{}'",
    "grant usage on schema storage to supabase_auth_admin",
    "grant usage on schema public to supabase_auth_admin",
    // Publications.
    "alter publication supabase_realtime add table public.notes",
    "alter publication supabase_realtime owner to postgres",
    "drop publication supabase_realtime",
    "create publication another for table public.notes",
    "select realtime.send('{\"a\": 1}', 'event', 'topic', false)",
    "insert into realtime.messages (topic, extension) values ('a', 'broadcast')",
    // Extensions.
    "create extension pg_trgm with schema extensions",
    "create extension citext with schema public",
    "create extension if not exists pgcrypto with schema extensions",
    "create extension if not exists \"uuid-ossp\" with schema extensions",
    "create extension if not exists pg_stat_statements with schema extensions",
    "select uuid_generate_v4(), gen_random_bytes(4), digest('a', 'sha256')",
    "create table public.keys (id uuid default extensions.uuid_generate_v4())",
    // Roles and settings.
    "create role app_reader nologin",
    "alter role authenticator set pgrst.db_pre_request = 'public.check'",
    "alter role authenticator set pgrst.db_aggregates_enabled = 'true'",
    "alter role anon set statement_timeout = '5s'",
    "set session_replication_role = replica",
    "set log_min_messages = debug1",
    "set role authenticated", "set role anon", "set role service_role",
    "select pg_reload_conf()",
    "select * from pg_stat_activity", "select current_setting('app.settings.jwt_secret')",
    // Own objects.
    "create schema private",
    // The hosted platform refuses these since April 2025; projects from before have them.
    "create function auth.own() returns int language sql as 'select 1'",
    "create function storage.own() returns int language sql as 'select 1'",
    "alter table storage.objects enable row level security",
    "create publication everything for all tables",
    "create function public.f() returns int language sql as 'select 1'",
    "alter default privileges in schema public revoke execute on functions from anon",
    "insert into supabase_migrations.schema_migrations (version) values ('1')",
    "notify pgrst, 'reload schema'",
    "select set_config('search_path', '', false)",
    "select graphql_public.graphql(query => '{a}')")

  static let migrationsRefused =
    Probe.refuses(
      "postgres", "42501",
      "create table auth.own (id int)",
      "create or replace function auth.uid() returns uuid language sql as 'select null::uuid'",
      "create view auth.own as select 1", "create type auth.own as enum ('a')",
      "create table storage.own (id int)", "create table realtime.own (id int)",
      "alter table storage.objects disable row level security",
      "alter table auth.users add column own text", "alter table auth.users owner to postgres",
      "alter table auth.users disable trigger all",
      "drop table auth.users cascade", "drop table storage.objects", "drop schema auth cascade",
      "drop function auth.uid()", "alter table storage.iceberg_tables force row level security",
      "create index own on auth.users (email)", "comment on table storage.objects is 'mine'",
      "comment on trigger kept on auth.users is 'mine'",
      "create policy p on storage.iceberg_tables using (true)",
      "insert into auth.schema_migrations (version) values ('1')",
      "delete from storage.objects", "delete from storage.buckets",
      "set role supabase_auth_admin", "set role supabase_storage_admin", "set role supabase_admin",
      "set session authorization supabase_admin",
      "alter role supabase_admin password 'x'", "create role boss superuser",
      "update pg_class set relowner = 10", "select pg_read_file('/etc/passwd')",
      "copy public.notes to program 'cat'", "load 'auto_explain'",
      "create event trigger e on ddl_command_end execute function public.does_nothing()",
      "alter event trigger homebase_lend disable",
      "create extension amcheck", "create extension file_fdw",
      "alter database \"\(databaseName)\" set \"app.other\" = '1'",
      "select homebase.lend()", "select * from homebase.platform")

  static let requests =
    Probe.works(
      "anon",
      "select * from public.notes", "select auth.uid(), auth.role(), auth.email(), auth.jwt()",
      "select * from storage.objects", "select * from storage.buckets",
      "select * from realtime.messages", "select extensions.uuid_generate_v4()",
      "select storage.foldername('a/b/c')", "select * from supabase_functions.hooks",
      "select graphql_public.graphql(query => '{a}')", "select * from public.made_by_postgres()")
    + Probe.refuses(
      "anon", "42501",
      "insert into public.notes (owner, body) values (gen_random_uuid(), 'a')",
      "select * from auth.users",
      "select * from auth.sessions", "create table public.own (id int)", "create schema own",
      "insert into storage.objects (bucket_id, name) values ('avatars', 'a')",
      "insert into storage.buckets (id, name) values ('c', 'c')",
      "delete from storage.objects", "select * from supabase_migrations.schema_migrations",
      "select pgbouncer.get_auth('postgres')", "select * from vault.secrets",
      "set session_replication_role = replica", "alter table public.notes add column x int",
      "insert into realtime.messages (topic, extension) values ('a', 'broadcast')")
    + Probe.works(
      "authenticated",
      "insert into public.notes (owner, body) values (\(user), 'mine')",
      "update public.notes set body = 'x'", "select * from public.notes",
      "select storage.search('', 'avatars')")
    + Probe.refuses(
      "authenticated", "42501",
      "insert into public.notes (owner, body) values (gen_random_uuid(), 'not mine')",
      "insert into auth.users (id) values (gen_random_uuid())", "truncate auth.users",
      "create policy p on public.notes using (true)", "drop table public.notes",
      "alter publication supabase_realtime add table public.notes",
      "select rolpassword from pg_authid", "create extension hstore with schema extensions")
    + Probe.works(
      "service_role",
      "insert into public.notes (owner, body) values (gen_random_uuid(), 'anybody''s')",
      "insert into storage.objects (bucket_id, name) values ('avatars', 'a')",
      "insert into storage.buckets (id, name) values ('c', 'c')",
      "insert into storage.s3_multipart_uploads (id, upload_signature, bucket_id, key, version) values ('1', 's', 'avatars', 'k', 'v')",
      "set local storage.allow_delete_query = 'true'; delete from storage.objects")
    + Probe.refuses(
      "service_role", "42501",
      "select * from auth.users", "delete from storage.objects", "create table public.own (id int)",
      "create table storage.own (id int)")

  static let services =
    Probe.works("authenticator", "set role anon", "set role authenticated", "set role service_role")
    + Probe.refuses(
      "authenticator", "42501",
      "select * from public.notes", "set role postgres", "set role supabase_admin",
      "select * from storage.objects", "create table public.own (id int)")
    + Probe.works(
      "supabase_auth_admin",
      "insert into users (id, email) values (gen_random_uuid(), 'c@example.com')",
      "create table auth.own (id int)", "alter table auth.users add column own int",
      "select * from auth.schema_migrations", "create role made_by_auth nologin")
    + Probe.refuses(
      "supabase_auth_admin", "42501",
      "select * from public.notes", "select * from storage.objects", "set role postgres",
      "create table public.own (id int)")
    + Probe.works(
      "supabase_storage_admin",
      "insert into objects (bucket_id, name) values ('avatars', 'z')", "set role anon",
      "set role service_role", "alter table storage.objects add column own int",
      "set local storage.allow_delete_query = 'true'; delete from storage.objects")
    + Probe.refuses(
      "supabase_storage_admin", "42501",
      "select * from auth.users", "set role postgres", "delete from storage.objects")
    + Probe.works(
      "supabase_read_only_user", "select * from auth.users", "select * from public.notes",
      "select * from storage.migrations")
    + Probe.refuses(
      "supabase_read_only_user", "42501",
      "insert into public.notes (body) values ('x')", "delete from auth.users",
      "create table public.own (id int)")
    + Probe.works("pgbouncer", "select * from pgbouncer.get_auth('postgres')")
    + Probe.refuses("pgbouncer", "42501", "select * from pg_authid", "select * from public.notes")
    + Probe.works(
      "supabase_admin", "alter table storage.objects add column own int",
      "create table auth.own (id int)",
      "create event trigger e on ddl_command_end execute function extensions.pgrst_ddl_watch()")

  static let databaseName = "probes"

  /// The privileges are the platform: what a hosted project may do works, what it may not is
  /// refused with the same SQLSTATE, for migrations, requests and services alike.
  @Test func everyRoleMayWhatThePlatformLetsItAndNothingElse() async throws {
    let cluster = try await SharedServer.shared.cluster()
    let admin = try await PostgresConnection.connect(cluster.adminParameters())
    _ = try await admin.query(
      "create database \(Self.databaseName) template \(PlatformSchema.templateDatabase)")
    _ = try await admin.execute(
      PlatformSchema.databaseSettings(
        database: Self.databaseName, jwtSecret: "secret", jwtExpiry: 3600))
    await admin.close()
    let migrations = try await cluster.connect(Self.databaseName, as: "postgres")
    _ = try await migrations.execute(Self.setup)
    await migrations.close()

    let probes = Self.migrations + Self.migrationsRefused + Self.requests + Self.services
    #expect(probes.count >= 150)
    var sessions: [String: PostgresConnection] = [:]
    for probe in probes {
      let isRequest = ["anon", "authenticated", "service_role"].contains(probe.role)
      let login = isRequest ? "authenticator" : probe.role
      let session: PostgresConnection
      if let open = sessions[login] {
        session = open
      } else {
        session = try await cluster.connect(Self.databaseName, as: login)
        sessions[login] = session
      }
      _ = try await session.execute("begin")
      if isRequest {
        _ = try await session.execute(
          """
          set local role \(probe.role);
          set local request.jwt.claims to '{"sub": "00000000-0000-0000-0000-000000000001"}'
          """)
      }
      var sqlstate: String?
      var message = ""
      do {
        _ = try await session.execute(probe.sql)
      } catch {
        sqlstate = error.sqlstate ?? "?"
        message = error.diagnostic.message
      }
      _ = try await session.execute("rollback; reset role; reset all")
      #expect(
        sqlstate == probe.refusal,
        "\(probe.role): \(probe.sql)\n  expected \(probe.refusal ?? "to work"), got \(sqlstate ?? "no error") \(message)"
      )
    }
    for session in sessions.values { await session.close() }

    let after = try await PostgresConnection.connect(
      cluster.adminParameters(database: Self.databaseName))
    let owners = try await after.query(
      """
      select count(*) from pg_tables
       where schemaname in ('auth', 'storage', 'realtime')
         and tableowner <> 'supabase_' || schemaname || '_admin'
         and (schemaname, tablename) <> ('realtime', 'schema_migrations')
      """)
    #expect(owners.firstValue == "0")
    await after.close()
  }

  private static let setup = """
    create table public.notes (
      id bigserial primary key, owner uuid, body text);
    alter table public.notes enable row level security;
    create policy own on public.notes using (owner = auth.uid()) with check (owner = auth.uid());
    create function public.does_nothing() returns trigger language plpgsql as
      $$ begin return new; end $$;
    create function public.made_by_postgres() returns int language sql as 'select 1';
    create function public.makes_policy() returns void language plpgsql as
      $$ begin execute 'create policy by_function on storage.objects using (true)'; end $$;
    create policy kept on storage.objects for select using (bucket_id = 'avatars');
    create trigger kept after insert on auth.users
      for each row execute function public.does_nothing();
    insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true);
    insert into auth.users (id, email)
      values ('00000000-0000-0000-0000-000000000001', 'a@example.com');
    """

  /// Bookkeeping and the template are nobody's but homebase's: a migration must not reach them.
  @Test(arguments: [
    ("homebase", "postgres", "42501"), ("homebase", "authenticator", "42501"),
    ("template1", "postgres", "42501"), ("homebase_platform", "supabase_admin", "55000"),
    ("homebase_platform", "postgres", "55000"),
  ])
  func managedDatabasesAreClosed(database: String, role: String, sqlstate: String) async throws {
    let cluster = try await SharedServer.shared.cluster()
    let error = await #expect(throws: PostgresError.self) {
      let session = try await cluster.connect(database, as: role)
      await session.close()
    }
    #expect(error?.sqlstate == sqlstate)
  }
}
