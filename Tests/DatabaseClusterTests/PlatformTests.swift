import Diagnostics
import PostgresClient
import Testing

@testable import DatabaseCluster

@Suite struct PlatformTests {
  /// A changed line must give a new image; the same lines the same.
  @Test func hashIsAHashOfTheScripts() {
    #expect(PlatformSchema.hash.count == 64)
    #expect(PlatformSchema.hash.allSatisfy { $0.isHexDigit })
    #expect(PlatformSchema.scripts.map(\.name).first == "roles")
    #expect(Set(PlatformSchema.scripts.map(\.name)).count == PlatformSchema.scripts.count)
  }

  /// The attributes decide which migration works and which is refused.
  ///
  /// Roles of extensions are there when another test has made those.
  @Test func rolesHaveTheirAttributes() async throws {
    let cluster = try await SharedServer.shared.cluster()
    let admin = try await PostgresConnection.connect(cluster.adminParameters())
    let rows = try await admin.query(
      """
      select rolname || ':' ||
        case when rolsuper then 's' else '' end || case when rolinherit then 'i' else '' end ||
        case when rolcreaterole then 'r' else '' end || case when rolcreatedb then 'd' else '' end ||
        case when rolcanlogin then 'l' else '' end || case when rolreplication then 'p' else '' end ||
        case when rolbypassrls then 'b' else '' end as role
        from pg_roles where rolname !~ '^(pg|pgsodium|pgtle)_' order by rolname collate "C"
      """)
    #expect(
      rows[column: "role"] == [
        "anon:i", "authenticated:i", "authenticator:l", "dashboard_user:irdp", "pgbouncer:il",
        "postgres:irdlpb", "service_role:ib", "supabase_admin:sirdlpb", "supabase_auth_admin:rl",
        "supabase_etl_admin:ilp", "supabase_functions_admin:rl", "supabase_read_only_user:ilb",
        "supabase_realtime_admin:", "supabase_replication_admin:ilp",
        "supabase_storage_admin:l", "supabase_superuser:i",
      ])
    let members = try await admin.query(
      """
      select string_agg(roleid::regrole::text, ',' order by roleid::regrole::text collate "C")
        from pg_auth_members where member = 'postgres'::regrole
          and roleid::regrole::text !~ '^(pgsodium|pgtle)_'
      """)
    #expect(
      members.firstValue
        == "anon,authenticated,pg_monitor,pg_read_all_data,pg_signal_backend,service_role,"
        + "supabase_functions_admin,supabase_superuser")
    await admin.close()
  }

  /// Policies read the claims in both forms; an empty setting is no claim.
  @Test func claimsAreReadInBothForms() async throws {
    let (cluster, name) = try await SharedServer.shared.database()
    let session = try await cluster.connect(name, as: "postgres")
    let claims = "select auth.uid(), auth.role(), auth.email(), auth.jwt() ->> 'x'"
    #expect(try await session.query(claims).rows == [[nil, nil, nil, nil]])
    let id = "00000000-0000-0000-0000-00000000000a"
    _ = try await session.query(
      "select set_config('request.jwt.claims', $1, false)",
      [#"{"sub": "\#(id)", "role": "authenticated", "email": "a@example.com", "x": "y"}"#])
    #expect(try await session.query(claims).rows == [[id, "authenticated", "a@example.com", "y"]])
    _ = try await session.query("select set_config('request.jwt.claim.role', 'anon', false)")
    #expect(try await session.query("select auth.role()").firstValue == "anon")
    _ = try await session.execute("set request.jwt.claims to ''; set request.jwt.claim.role to ''")
    #expect(try await session.query(claims).rows == [[nil, nil, nil, nil]])
    await session.close()
  }

  /// Seeds insert users by hand with any of these columns; two of them compute themselves.
  @Test func usersAndIdentitiesAreComplete() async throws {
    let (cluster, name) = try await SharedServer.shared.database()
    let session = try await cluster.connect(name, as: "postgres")
    let columns = try await session.query(
      """
      select string_agg(column_name, ' ' order by ordinal_position)
        from information_schema.columns where table_schema = 'auth' and table_name = 'users'
      """)
    #expect(
      columns.firstValue
        == """
        instance_id id aud role email encrypted_password email_confirmed_at invited_at \
        confirmation_token confirmation_sent_at recovery_token recovery_sent_at \
        email_change_token_new email_change email_change_sent_at last_sign_in_at \
        raw_app_meta_data raw_user_meta_data is_super_admin created_at updated_at phone \
        phone_confirmed_at phone_change phone_change_token phone_change_sent_at confirmed_at \
        email_change_token_current email_change_confirm_status banned_until \
        reauthentication_token reauthentication_sent_at is_sso_user deleted_at is_anonymous
        """)
    let user = try await session.query(
      """
      insert into auth.users (instance_id, id, aud, role, email, encrypted_password,
        email_confirmed_at, confirmation_token, recovery_token, email_change_token_new,
        email_change, phone_confirmed_at)
      values ('00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'authenticated',
        'authenticated', 'Ada@example.com', crypt('secret', gen_salt('bf', 4)), '2026-01-02',
        '', '', '', '', '2026-01-01')
      returning confirmed_at::date, is_sso_user, is_anonymous, phone_change, id
      """)
    #expect(user.rows.first?.dropLast() == ["2026-01-01", "f", "f", ""])
    let identity = try await session.query(
      """
      insert into auth.identities (provider_id, user_id, identity_data, provider)
      values ($1::text, $1::text::uuid, '{"email": "Ada@Example.com"}', 'email')
      returning email, id is not null
      """, [user.rows[0][4]])
    #expect(identity.rows == [["ada@example.com", "t"]])
    // The same address twice is refused, a second account of a company sign-in is not.
    let twice = await #expect(throws: PostgresError.self) {
      try await session.query(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'Ada@example.com')")
    }
    #expect(twice?.sqlstate == "23505")
    _ = try await session.query(
      "insert into auth.users (id, email, is_sso_user) "
        + "values (gen_random_uuid(), 'Ada@example.com', true)")
    await session.close()
  }

  /// A trigger on sign-up that writes a profile: 27 of 53 projects have it.
  @Test func signUpTriggerFillsAProfile() async throws {
    let (cluster, name) = try await SharedServer.shared.database()
    let session = try await cluster.connect(name, as: "postgres")
    _ = try await session.execute(
      """
      create table public.profiles (
        id uuid primary key references auth.users on delete cascade, name text);
      create function public.handle_new_user() returns trigger language plpgsql
        security definer set search_path = '' as $$
      begin
        insert into public.profiles (id, name)
          values (new.id, new.raw_user_meta_data ->> 'name');
        return new;
      end $$;
      create trigger on_auth_user_created after insert on auth.users
        for each row execute function public.handle_new_user();
      """)
    let service = try await cluster.connect(name, as: "supabase_auth_admin")
    _ = try await service.query(
      #"insert into users (id, raw_user_meta_data) values (gen_random_uuid(), '{"name": "Ada"}')"#)
    #expect(try await session.query("select name from public.profiles").rows == [["Ada"]])
    _ = try await service.query("delete from users")
    #expect(try await session.query("select name from public.profiles").rows == [])
    await service.close()
    await session.close()
  }

  /// What policies on files are made of.
  @Test func storageFunctionsReadKeys() async throws {
    let (cluster, name) = try await SharedServer.shared.database()
    let session = try await cluster.connect(name, as: "postgres")
    let row = try await session.query(
      """
      select storage.foldername('a/b/c.tar.gz'), storage.filename('a/b/c.tar.gz'),
             storage.extension('a/b/c.tar.gz'), storage.foldername('c'), storage.filename('c'),
             (storage.foldername('u1/x.png'))[1], storage.get_common_prefix('a/b/c', 'a/', '/'),
             storage.get_common_prefix('a/b', 'a/', '/')
      """)
    #expect(
      row.rows == [["{a,b}", "c.tar.gz", "gz", "{}", "c", "u1", "a/b/", nil]])
    await session.close()
  }

  /// Clients list folders with these; folders come once, without an id, in every order.
  @Test func storageListings() async throws {
    let (cluster, name) = try await SharedServer.shared.database()
    let session = try await cluster.connect(name, as: "postgres")
    _ = try await session.execute(
      """
      insert into storage.buckets (id, name) values ('b', 'b');
      insert into storage.objects (bucket_id, name, metadata, created_at)
      select 'b', n, '{"size": 10}', timestamptz '2026-01-01' + i * interval '1 day'
        from unnest(array['z.txt', 'Docs/a.txt', 'Docs/b/c.txt', 'a.txt', 'img/1.png'])
             with ordinality as t (n, i);
      """)
    func names(_ sql: String) async throws -> [String?] {
      try await session.query("select name || coalesce('', id::text) from (\(sql)) as x")
        .rows.map { $0[0] }
    }
    #expect(
      try await names("select * from storage.search('', 'b')") == ["a.txt", "Docs", "img", "z.txt"])
    #expect(
      try await names("select * from storage.search('docs/', 'b', 100, 2)") == ["a.txt", "b"])
    #expect(
      try await names(
        "select * from storage.search('', 'b', 100, 1, 0, '', 'created_at', 'desc')")
        == ["img", "Docs", "a.txt", "z.txt"])
    #expect(
      try await names("select * from storage.search('', 'b', 1, 1, 1)") == ["Docs"])
    #expect(
      try await names("select * from storage.list_objects_with_delimiter('b', '', '/')")
        == ["Docs", "a.txt", "img", "z.txt"])
    #expect(
      try await names(
        "select * from storage.list_objects_with_delimiter('b', '', '/', 2, 'Docs')")
        == ["a.txt", "img"])
    #expect(
      try await names("select * from storage.list_objects_with_delimiter('b', 'Docs/', '/')")
        == ["Docs/a.txt", "Docs/b"])
    #expect(
      try await names("select * from storage.search_v2('Docs/', 'b', 100, 2)")
        == ["Docs/a.txt", "Docs/b"])
    #expect(
      try await names("select * from storage.search_v2('', 'b', 2, 1, '', 'desc')")
        == ["z.txt", "img"])
    #expect(
      try await names("select * from storage.search_v2('', 'b', 2, 1, 'img', 'desc')")
        == ["a.txt", "Docs"])
    let size = try await session.query("select * from storage.get_size_by_bucket()")
    #expect(size.rows == [["50", "b"]])
    let folder = try await session.query(
      "select id from storage.search('', 'b') where name = 'Docs'")
    #expect(folder.rows == [[nil]])
    await session.close()
  }

  /// The upload check: whether a row would be let in, with nothing left of it.
  @Test func canInsertObjectLeavesNothing() async throws {
    let (cluster, name) = try await SharedServer.shared.database()
    let session = try await cluster.connect(name, as: "postgres")
    _ = try await session.query("insert into storage.buckets (id, name) values ('b', 'b')")
    let error = await #expect(throws: PostgresError.self) {
      try await session.query("select storage.can_insert_object('b', 'x', null, '{}')")
    }
    #expect(error?.sqlstate == "PT200")
    #expect(try await session.query("select count(*) from storage.objects").firstValue == "0")
    await session.close()
  }

  /// A trigger broadcasts a change; it lands as a message and never costs the row.
  @Test func changesAreBroadcast() async throws {
    let (cluster, name) = try await SharedServer.shared.database()
    let session = try await cluster.connect(name, as: "postgres")
    _ = try await session.execute(
      """
      create table public.rooms (id int, name text);
      create function public.tell() returns trigger language plpgsql security definer as $$
      begin
        perform realtime.broadcast_changes(
          'room:' || new.id, tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
        return null;
      end $$;
      create trigger tell after insert or update on public.rooms
        for each row execute function public.tell();
      insert into public.rooms values (1, 'one');
      """)
    let message = try await session.query(
      """
      select topic, event, extension, private, payload -> 'record' ->> 'name', payload ->> 'schema',
             payload ->> 'id' = id::text
        from realtime.messages
      """)
    #expect(message.rows == [["room:1", "INSERT", "broadcast", "t", "one", "public", "t"]])
    await session.close()
  }

  /// `auto_expose_new_tables`, both ways: grants follow, and survive a clone.
  @Test func exposureDecidesWhoReachesNewTables() async throws {
    let (cluster, name) = try await SharedServer.shared.database()
    let admin = try await PostgresConnection.connect(cluster.adminParameters(database: name))
    let session = try await cluster.connect(name, as: "postgres")
    func reach(_ table: String) async throws -> [String?] {
      _ = try await session.execute("create table public.\(table) (id bigserial)")
      return try await session.query(
        """
        select has_table_privilege('anon', $1, 'select'),
               has_table_privilege('authenticated', $1, 'insert'),
               has_sequence_privilege('service_role', $1 || '_id_seq', 'usage')
        """, ["public.\(table)"]
      ).rows[0]
    }
    #expect(try await reach("one") == ["t", "t", "t"])
    _ = try await admin.execute(PlatformSchema.exposure(false))
    #expect(try await reach("two") == ["f", "f", "f"])
    _ = try await admin.execute(PlatformSchema.exposure(true))
    #expect(try await reach("three") == ["t", "t", "t"])
    await admin.close()
    await session.close()
  }

  /// SQL reads the project's secret by its setting; the value may hold anything.
  @Test func databaseSettingsAreRead() async throws {
    let (cluster, name) = try await SharedServer.shared.database()
    let session = try await cluster.connect(name, as: "postgres")
    let row = try await session.query(
      "select current_setting('app.settings.jwt_secret'), "
        + "current_setting('app.settings.jwt_exp'), current_user, "
        + "(select datdba::regrole::text from pg_database where datname = current_database())")
    #expect(row.rows == [["a 'secret' with \\ and \"", "3600", "postgres", "postgres"]])
    await session.close()
  }

  /// A change of the catalog is said to the REST service, also when nothing is left of an object.
  @Test func catalogChangesAreAnnounced() async throws {
    let (cluster, name) = try await SharedServer.shared.database()
    let session = try await cluster.connect(name, as: "postgres")
    let triggers = try await session.query(
      "select evtname from pg_event_trigger order by evtname collate \"C\"")
    #expect(
      triggers[column: "evtname"] == [
        "homebase_extension_schema", "homebase_give_back", "homebase_lend",
        "issue_graphql_placeholder",
        "issue_pg_cron_access", "issue_pg_graphql_access", "issue_pg_net_access",
        "pgrst_ddl_watch", "pgrst_drop_watch",
      ])
    await session.close()
  }

  /// The verifier is the one that the server itself makes: RFC 7677's own example has another
  /// salt, so the server is the judge (`ClusterTests.tcpNeedsThePassword`); here only its shape.
  @Test func verifierHasTheServersShape() {
    let verifier = ScramVerifier.make(password: "postgres")
    #expect(verifier.hasPrefix("SCRAM-SHA-256$4096:"))
    #expect(verifier == ScramVerifier.make(password: "postgres"))
    #expect(verifier != ScramVerifier.make(password: "postgreS"))
    #expect(!PlatformSchema.passwords("it's secret").contains("it's secret"))
  }
}
