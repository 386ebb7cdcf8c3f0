import PostgresClient
import SchemaCatalog
import TestCluster
import Testing

@Suite struct InventoryTests {
  private typealias Key = SchemaObject.Key

  private func read(_ script: String) async throws -> Inventory {
    let cluster = try await TemporaryCluster.shared()
    return try await cluster.withDatabase { name in
      try await cluster.withConnection(to: name) { connection in
        _ = try await connection.execute(script)
        return try await Inventory.read(from: connection)
      }
    }
  }

  /// What comes with something else is not created by itself: its statement would fail.
  @Test func whatComesAlongIsLeftOut() async throws {
    let inventory = try await read(
      """
      create extension citext;
      create type span as range (subtype = float8);
      create table t (id int generated always as identity primary key, s serial, c citext);
      create view v as select id from t;
      create table t_part (id int) partition by list (id);
      create table t_one partition of t_part for values in (1);
      create index on t_part (id);
      """)
    let names = Set(inventory.objects.keys.map(\.description))
    #expect(
      names == [
        "schema public", "extension citext", "range public.span", "table public.t",
        "column public.t.id", "column public.t.s", "column public.t.c", "default public.t.s",
        "sequence public.t_s_seq", "constraint t_pkey on public.t", "view public.v",
        "column public.v.id", "table public.t_part", "column public.t_part.id",
        "table public.t_one", "column public.t_one.id", "index public.t_part_id_idx",
      ])
  }

  /// An order of statements is only as good as these.
  @Test func dependenciesLeadToWhatIsCreated() async throws {
    let inventory = try await read(
      """
      create type mood as enum ('a');
      create table p (id int primary key);
      create table t (id int primary key references p, m mood[], unique (m));
      create function f(r t) returns p language sql as 'select * from public.p';
      create view v as select m from t;
      """)
    func needs(_ kind: SchemaObject.Kind, _ name: String) -> Set<String> {
      Set((inventory[Key(kind, name)]?.dependencies ?? []).map(\.description))
    }
    #expect(needs(.column, "public.t.m") == ["table public.t", "enumeration public.mood"])
    #expect(needs(.function, "public.f(r public.t)") == ["table public.t", "table public.p"])
    #expect(needs(.view, "public.v").contains("column public.t.m"))
    #expect(needs(.constraint, "t_id_fkey on public.t").contains("constraint p_pkey on public.p"))
  }

  /// Of the platform's schemas a project changes policies, triggers and grants.
  @Test func managedSchemasKeepWhatProjectsAdd() async throws {
    let inventory = try await read(
      """
      create schema auth; create table auth.users (id int, email text);
      create function public.greet() returns trigger language plpgsql as $$begin end$$;
      create function auth.own() returns trigger language plpgsql as $$begin end$$;
      create trigger ours after insert on auth.users for each row execute function public.greet();
      create trigger theirs after insert on auth.users for each row execute function auth.own();
      create policy mine on auth.users using (true);
      create schema "pg Other"; create table "pg Other".t ();
      """)
    let ours = inventory.withoutPlatform().objects.keys.filter { $0.name.contains("auth") }
    #expect(
      ours.map(\.description).sorted() == [
        "policy mine on auth.users", "trigger ours on auth.users",
      ])
    #expect(inventory[Key(.table, "auth.users")]?.grants != nil)
    #expect(inventory[Key(.column, "auth.users.email")] == nil)
    #expect(inventory[Key(.table, "\"pg Other\".t")] != nil)
    let chosen = inventory.only(schemas: ["pg Other"]).objects.keys.map(\.description)
    #expect(chosen.sorted() == ["schema \"pg Other\"", "table \"pg Other\".t"])
  }

  @Test func accessListsAreTakenApart() {
    let list = AccessList(parsing: "=U/postgres\nanon=ar*/postgres\n\"a \"\"b\"\"\"=X/x")
    #expect(
      list.entries == [
        .init(grantee: "", privilege: "U"): false, .init(grantee: "anon", privilege: "a"): false,
        .init(grantee: "anon", privilege: "r"): true,
        .init(grantee: "a \"b\"", privilege: "X"): false,
      ])
  }

  /// The short way to "nothing differs": a copy answers as its template does.
  @Test func copiesGiveEqualAnswers() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withDatabase { name in
      let first = try await cluster.withConnection(to: name) { connection in
        _ = try await connection.execute(
          "create table t (id serial primary key); create view v as table t")
        return try await InventoryAnswers.read(from: connection)
      }
      try await cluster.withConnection {
        _ = try await $0.query("create database \(name)_copy template \(name)")
      }
      let second = try await cluster.withConnection(to: "\(name)_copy") {
        let same = try await InventoryAnswers.read(from: $0)
        _ = try await $0.execute("comment on view v is 'x'")
        let other = try await InventoryAnswers.read(from: $0)
        #expect(same != other)
        return same
      }
      try await cluster.withConnection {
        _ = try await $0.query("drop database \(name)_copy with (force)")
      }
      #expect(first == second)
    }
  }

  /// A session that failed to read is used for something else afterwards.
  @Test func readingLeavesNoTransaction() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection { connection in
      _ = try await Inventory.read(from: connection)
      #expect(!connection.isInTransaction)
      #expect(try await connection.query("show search_path").firstValue == "\"$user\", public")
    }
  }
}
