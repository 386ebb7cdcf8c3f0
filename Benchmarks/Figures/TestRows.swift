/// 60 pgTAP files: a copy of the database each, beside pg_prove in one database.
func testRows(_ workspace: Workspace) throws -> [Figure] {
  let count = 60
  var files = [
    "supabase/config.toml": "project_id = \"tests\"\n",
    "supabase/migrations/20260101000000_notes.sql": """
    create table public.notes (
      id bigint generated always as identity primary key, owner uuid, body text not null);
    alter table public.notes enable row level security;
    create policy "own notes" on public.notes to authenticated
      using ((select auth.uid()) = owner) with check ((select auth.uid()) = owner);
    """,
  ]
  for number in 1...count {
    let name = String("00\(number)".suffix(3))
    // What a test of policies does: rows, then the same as somebody else.
    files["supabase/tests/\(name)_test.sql"] = """
      begin;
      select plan(8);
      select has_table('public', 'notes', 'the table is there');
      select has_column('public', 'notes', 'body', 'it has a body');
      select col_is_pk('public', 'notes', 'id', 'id is its key');
      select policies_are('public', 'notes', array['own notes'], 'its policies');
      insert into public.notes (owner, body)
        select gen_random_uuid(), 'note ' || g from generate_series(1, 50) g;
      select is((select count(*) from public.notes), 50::bigint, 'only rows of its own');
      set local role authenticated;
      select is((select count(*) from public.notes), 0::bigint, 'nothing for a stranger');
      select throws_ok('insert into public.notes (body) values (''x'')', '42501');
      reset role;
      select ok(nextval('public.notes_id_seq') > 50, 'the sequence moved');
      select * from finish();
      rollback;

      """
  }
  let project = try Project.written(workspace, files)
  try project.start()
  try project.waitForSpares(settling: 500)
  let address = try address(of: project)
  let prove = "/usr/bin/pg_prove"
  guard exists(prove) else {
    throw FigureError.noSense(
      "no pg_prove: apt-get install libtap-parser-sourcehandler-pgtap-perl postgresql-15-pgtap")
  }
  try run(
    [
      workspace.psql, address, "-Xqc",
      "create extension if not exists pgtap with schema extensions",
    ],
    environment: workspace.environment)
  let paths = names(in: "\(project.folder)/supabase/tests").map {
    "\(project.folder)/supabase/tests/\($0)"
  }
  var ours: [Double] = []
  var peers: [Double] = []
  for index in -1..<workspace.options.count(10, quick: 3) {
    let took = try project.homebase(["test", "db"]).milliseconds
    let peer = try run(
      [prove, "--psql-bin", workspace.psql, "--dbname", address] + paths,
      environment: workspace.environment, check: false
    ).milliseconds
    guard index >= 0 else { continue }
    ours.append(took)
    peers.append(peer)
  }
  let own = Times(ours)
  let peer = Times(peers)
  return [
    Figure(
      what: "`test db`, \(count) pgTAP files of 8 tests, each in a copy of its own",
      ours: own.summary,
      floor: "`pg_prove`, one after the other in one database: \(peer.summary)",
      ratio: showRatio(own.median / peer.median), goal: "≤ 0.5 ×",
      isMet: own.median <= 0.5 * peer.median)
  ]
}
