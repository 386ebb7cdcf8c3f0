import FoundationEssentials
import Glibc

/// `db diff` on 300 tables, beside the reading of their catalog and beside pg_dump.
func diffRows(_ workspace: Workspace) throws -> [Figure] {
  let project = try Project.made(workspace, ["--migrations", "1"])
  try write(
    threeHundredTables, to: "\(project.folder)/supabase/migrations/20990101000000_tables.sql")
  try project.start()
  try project.waitForSpares(settling: 500)
  let connection = try project.server().connection
  let dump =
    workspace.psql.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/pg_dump"

  var same: [Double] = []
  var changed: [Double] = []
  var dumps: [Double] = []
  for index in -2..<workspace.options.count(30, quick: 8) {
    try project.waitForSpares()
    let none = try project.homebase(["db", "diff"]).milliseconds
    _ = try project.homebase(["db", "query", "create table public.extra (id int primary key)"])
    let one = try project.homebase(["db", "diff"]).milliseconds
    _ = try project.homebase(["db", "query", "drop table public.extra"])
    let floor = try run(
      [dump] + connection + [
        "-U", "postgres", "-d", "postgres", "-s", "-n", "public", "-f", "/dev/null",
      ],
      environment: workspace.environment)
    guard index >= 0 else { continue }
    same.append(none)
    changed.append(one)
    dumps.append(floor.milliseconds)
  }
  let floor = Times(dumps)
  return [
    Figure(
      what: "`db diff` on 300 tables, nothing changed", ours: Times(same).summary,
      floor: "`pg_dump -s` of one of the two databases \(floor.summary)",
      ratio: showRatio(Times(same).median / floor.median), goal: "≤ 240 ms",
      isMet: Times(same).median <= 240),
    Figure(
      what: "the same with one table more in the database", ours: Times(changed).summary,
      floor: "the same", ratio: showRatio(Times(changed).median / floor.median), goal: "≤ 240 ms",
      isMet: Times(changed).median <= 240),
  ]
}

/// 300 tables with 300 foreign keys, 600 indexes and 300 policies.
private let threeHundredTables = """
  do $$
  begin
    for i in 1..300 loop
      execute format(
        'create table public.t%1$s (id bigint generated always as identity primary key,
          owner uuid not null, name text not null default ''x'', parent bigint
          references public.t%2$s, n int, created_at timestamptz not null default now(),
          data jsonb, state text check (state in (''a'', ''b'')))', i, greatest(i - 1, 1));
      execute format('create index on public.t%s (owner)', i);
      execute format('create index on public.t%s (name, n)', i);
      execute format('alter table public.t%s enable row level security', i);
      execute format(
        'create policy own on public.t%s for select to authenticated using (auth.uid() = owner)',
        i);
    end loop;
  end
  $$;
  """
