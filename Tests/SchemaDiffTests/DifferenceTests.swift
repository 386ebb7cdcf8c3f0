import PostgresClient
import SchemaCatalog
import TestCluster
import Testing

@testable import SchemaDiff

/// Two databases on the shared server, made by scripts.
private func withDatabases<Result>(
  _ first: String, _ second: String,
  body: (PostgresConnection, PostgresConnection) async throws -> Result
) async throws -> Result {
  let cluster = try await TemporaryCluster.shared()
  try await cluster.withConnection { connection in
    for role in ["anon", "authenticated", "service_role"] {
      // Another test may make it at the same moment.
      _ = try? await connection.execute("create role \(role)")
    }
  }
  return try await cluster.withDatabase { one in
    try await cluster.withDatabase { two in
      try await cluster.withConnection(to: one) { left in
        try await cluster.withConnection(to: two) { right in
          _ = try await left.execute(first)
          _ = try await right.execute(second)
          return try await body(left, right)
        }
      }
    }
  }
}

/// Turns the first database into the second, and expects that nothing differs any more.
private func expectDiffToWork(
  _ first: String, _ second: String, _ comment: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws -> SchemaDifference {
  try await withDatabases(first, second) { left, right in
    let wanted = try await Inventory.read(from: right)
    let result = difference(from: try await Inventory.read(from: left), to: wanted)
    do {
      _ = try await left.execute(result.script)
    } catch {
      Issue.record("\(error)\n\(result.script)", sourceLocation: sourceLocation)
      return result
    }
    let rest = difference(from: try await Inventory.read(from: left), to: wanted)
    #expect(rest.script == "", comment, sourceLocation: sourceLocation)
    return result
  }
}

@Suite struct DifferenceTests {
  /// Whatever two schemas look like, the statements between them run and leave no difference.
  @Test func anySchemaCanBecomeAnyOther() async throws {
    for round in 0..<8 {
      let seed = UInt64.random(in: 1...0xFFFF_FFFF)
      var one = RandomSchema(seed: seed)
      var two = RandomSchema(seed: seed &+ 1)
      let (first, second) = (one.make(), two.make())
      print("schema diff, round \(round): seed \(seed)")
      _ = try await expectDiffToWork(first, second, "seed \(seed)")
    }
  }

  /// A seed that failed once.
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func fixedSeeds(_ seed: UInt64) async throws {
    var one = RandomSchema(seed: seed)
    var two = RandomSchema(seed: seed &+ 1_000)
    _ = try await expectDiffToWork(one.make(), two.make(), "seed \(seed)")
  }

  /// No change must be a short answer, also where the text of a definition is long.
  @Test func theSameDatabaseHasNoDifference() async throws {
    var schema = RandomSchema(seed: 7)
    let script = schema.make()
    try await withDatabases(script, script) { left, right in
      let result = difference(
        from: try await Inventory.read(from: left), to: try await Inventory.read(from: right))
      #expect(result.isEmpty)
      #expect(result.script == "")
      #expect(result.warnings == [])
    }
  }

  /// Rows are what a developer has: what can be altered is not made anew.
  @Test func rowsSurviveWhatCanBeAltered() async throws {
    try await withDatabases(
      """
      create type public.mood as enum ('sad', 'ok');
      create table public.t (id int primary key, m public.mood default 'ok', n int, x text);
      create view public.v as select n from public.t;
      insert into public.t values (1, 'sad', 5, 'kept');
      """,
      """
      create type public.mood as enum ('good', 'sad', 'ok');
      create table public.t (
        id bigint primary key, m public.mood default 'good', n text, x text, y int default 3);
      create view public.v as select n, x from public.t;
      """
    ) { left, right in
      let wanted = try await Inventory.read(from: right)
      let result = difference(from: try await Inventory.read(from: left), to: wanted)
      #expect(!result.statements.contains { $0.losesData })
      _ = try await left.execute(result.script)
      let rest = difference(from: try await Inventory.read(from: left), to: wanted)
      #expect(rest.script == "")
      let rows = try await left.query("select id, m, n, x, y from public.t")
      #expect(rows.rows == [["1", "sad", "5", "kept", "3"]])
    }
  }

  /// A new label is added in place when nothing uses it at once: PostgreSQL forbids that.
  @Test func labelsAreAddedInTheirPlace() async throws {
    let result = try await expectDiffToWork(
      "create type public.mood as enum ('b', 'd')",
      "create type public.mood as enum ('a', 'b', 'c', 'd', 'e')")
    #expect(
      result.statements.map(\.sql) == [
        "alter type public.mood add value if not exists 'a' before 'b'",
        "alter type public.mood add value if not exists 'c' after 'b'",
        "alter type public.mood add value if not exists 'e' after 'd'",
      ])
  }

  /// What is lost is named, so that nobody applies it unread.
  @Test func lossesAreMarked() async throws {
    let result = try await expectDiffToWork(
      "create table public.old_name (a int, b text); create table public.t (a int, gone int)",
      "create table public.new_name (a int, b text); create table public.t (a int, come int)")
    #expect(
      result.statements.filter(\.losesData).map(\.sql) == [
        "alter table public.t drop column gone", "drop table public.old_name",
      ])
    #expect(result.warnings.count == 2)
    #expect(result.warnings.allSatisfy { $0.contains("rename") })
  }

  /// Tools miss these: grants, default privileges, publications, flags of tables, comments.
  @Test func whatOtherToolsMiss() async throws {
    let result = try await expectDiffToWork(
      """
      create table public.t (a int, b int);
      grant all on public.t to anon, authenticated;
      create publication news for table public.t;
      """,
      """
      create table public.t (a int, b int);
      grant select on public.t to anon; grant update (b) on public.t to authenticated;
      alter default privileges in schema public grant select on tables to anon;
      create publication news; comment on column public.t.b is 'why';
      alter table public.t enable row level security; alter table public.t force row level security;
      alter table public.t replica identity full;
      """)
    #expect(
      Set(result.statements.map(\.sql)) == [
        "alter publication news drop table public.t",
        "alter table public.t enable row level security",
        "alter table public.t force row level security",
        "comment on column public.t.b is 'why'",
        "alter table public.t replica identity full",
        "revoke all on table public.t from authenticated",
        "revoke insert, update, delete, truncate, references, trigger on table public.t from anon",
        "grant update (b) on table public.t to authenticated",
        "alter default privileges for role postgres in schema public grant select on tables to anon",
      ])
  }

  /// The awkward kinds, there and back.
  @Test(arguments: [false, true])
  func everyKindComesAndGoes(_ isReversed: Bool) async throws {
    let much = """
      create schema app;
      create type app.span as range (subtype = float8);
      create type app.address as (street text, zip text);
      create sequence app.numbers as integer start 5 increment 2;
      create function app.standard() returns int language plpgsql stable
        as $$begin return 7; end$$;
      create table app.t (
        id uuid primary key default gen_random_uuid(), span app.span, a int default app.standard(),
        tags text[] not null default '{}', unique nulls not distinct (a, tags),
        exclude using gist (span with &&));
      create function app.of_row(r app.t) returns int language sql stable as 'select r.a';
      create trigger tr before update on app.t for each row when (old.a is distinct from new.a)
        execute function suppress_redundant_updates_trigger();
      create table app.days (id int, d date, primary key (id, d)) partition by range (d);
      create table app.days_one partition of app.days for values from ('2020-01-01') to ('2021-01-01');
      create index on app.days (d);
      create table app.parent (a int); create table app.child (b int) inherits (app.parent);
      create materialized view app.m as select count(*) as c from app.t; create unique index on app.m (c);
      create aggregate app.total(int) (sfunc = int4pl, stype = int, initcond = '0');
      create procedure app.work(inout a int) language plpgsql as $$begin a := a; end$$;
      create statistics app.st on a, tags from app.t;
      create rule r as on delete to app.t do instead nothing;
      create function app.atomic(a int) returns int language sql begin atomic select a + 1; end;
      create function app.watch() returns event_trigger language plpgsql as $$begin end$$;
      create event trigger watcher_\(isReversed ? "b" : "a") on ddl_command_end
        when tag in ('CREATE DOMAIN') execute function app.watch();
      create publication a_few for table app.t (id, a) where (a > 0);
      create cast (app.address as text) with inout as assignment;
      create table public."Weird Name" ("Col A" int, "user" text);
      grant select ("Col A") on public."Weird Name" to anon;
      """
    _ = try await expectDiffToWork(isReversed ? much : "", isReversed ? "" : much)
  }

  /// A partition takes its share of keys and indexes along; an index of its own is one more.
  @Test func aPartitionIsParted() async throws {
    let parts = """
      create table public.part (id int, k text, note text, primary key (id, k))
        partition by list (k);
      create table public."Part A" partition of public.part for values in ('a');
      create unique index "Part Key" on public.part (k, id);
      create index on public.part (lower(note));
      """
    let result = try await expectDiffToWork(
      parts,
      parts + """
        alter table public.part detach partition public."Part A";
        create index "Own" on public."Part A" (note);
        """)
    #expect(
      result.statements.map(\.sql) == [
        #"alter table public.part detach partition public."Part A""#,
        #"create index "Own" on public."Part A" using btree (note)"#,
      ])
  }

  /// An index of a partitioned table is to reach its partitions, whatever it is called.
  @Test func indexesReachPartitions() async throws {
    let table = """
      create table public."Event" (id int, k int not null) partition by list (k);
      create table public."Event_1" partition of public."Event" for values in (1);
      """
    try await withDatabases(
      table, table + #"create unique index "Event ON ONLY key" on public."Event" (id, k)"#
    ) { left, right in
      let wanted = try await Inventory.read(from: right)
      _ = try await left.execute(
        difference(from: try await Inventory.read(from: left), to: wanted).script)
      let indexes = try await left.query(
        "select bool_and(indisvalid), count(*) from pg_index where indrelid::regclass::text like '%Event%'"
      )
      #expect(indexes.rows == [["t", "2"]])
    }
  }

  /// A column's collation comes before its table, and goes after it.
  @Test(arguments: [false, true])
  func collationsComeAlong(_ isReversed: Bool) async throws {
    let collated = """
      create schema app;
      create collation app.nd (provider = icu, locale = 'und', deterministic = false);
      create collation public."like C" (locale = 'C');
      comment on collation app.nd is 'any case';
      create table public.coll (x text collate app.nd, y text collate public."like C");
      create domain public.tag as text collate app.nd;
      """
    _ = try await expectDiffToWork(isReversed ? collated : "", isReversed ? "" : collated)
  }

  /// What hangs on what changes, both ways: columns below views, functions below columns, types.
  @Test(arguments: [false, true])
  func whatHangsOnAChangeComesAlong(_ isReversed: Bool) async throws {
    let one = """
      create table public.base (id int primary key, v text);
      create view public.w1 as select id, v from public.base;
      create view public.w2 as select id from public.w1 where v is not null;
      create function public.calc(x int) returns int language sql immutable as 'select x+1';
      create table public.uses (
        id int primary key, c int default public.calc(1),
        g int generated always as (public.calc(id)) stored, check (public.calc(id) > 0));
      create index on public.uses (public.calc(c));
      create type public.comp as (a int, b text);
      create table public.holds (id int, k public.comp, ks public.comp[]);
      create domain public.dom as int check (value > 0);
      create table public.doms (d public.dom primary key);
      create table public.ser (id serial primary key, b bigserial);
      create schema gone; create table gone.t (id int);
      create function gone.f() returns int language sql as 'select 1';
      create function public.out_args(in a int, out b int, out c text)
        language sql as 'select 1, ''x''';
      create function public.over(a int) returns int language sql as 'select 1';
      create table public.pk (a int, b int, primary key (a, b));
      create table public.fk (a int, b int, foreign key (a, b) references public.pk);
      create table public.one (id int primary key, other int);
      create table public.two (id int primary key, other int references public.one);
      alter table public.one add foreign key (other) references public.two;
      """
    let two = """
      create table public.base (id bigint primary key, v varchar(10) collate "C" not null, x int);
      create view public.w1 as select x, id, v from public.base;
      create view public.w2 as select id from public.w1 where v is not null;
      create function public.calc(x int) returns bigint
        language sql immutable as 'select x+2::bigint';
      create table public.uses (
        id int primary key, c bigint default public.calc(2),
        g bigint generated always as (public.calc(id)) stored, check (public.calc(id) > 0));
      create index on public.uses (public.calc(c::int));
      create type public.comp as (a bigint, b text, z date);
      create table public.holds (id int, k public.comp, ks public.comp[]);
      create domain public.dom as bigint check (value > 1);
      create table public.doms (d public.dom primary key);
      create table public.ser (id int generated always as identity primary key, b bigint);
      create function public.out_args(in a int, out b int, out d text)
        language sql as 'select 1, ''x''';
      create procedure public.over(a int) language sql as 'select 1';
      create table public.pk (a int, b int, c int, primary key (b, a));
      create table public.fk (a int, b int, foreign key (b, a) references public.pk on update cascade);
      create materialized view public.kept as select 1 as x;
      """
    _ = try await expectDiffToWork(isReversed ? two : one, isReversed ? one : two)
  }
}
