import FoundationEssentials

/// Calls of homebase's own pgmq, pg_net and pg_cron, beside plain inserts into a table.
func extensionRows(_ workspace: Workspace) throws -> [Figure] {
  let project = try Project.written(
    workspace,
    [
      "supabase/config.toml": "project_id = \"extensions\"\n",
      "supabase/migrations/20260101000000_extensions.sql": """
      create extension pgmq;
      create extension pg_net with schema extensions;
      create extension pg_cron;
      select pgmq.create('jobs');
      create table public.plain (
        id bigint generated always as identity primary key, at timestamptz default now(),
        message jsonb);
      """,
    ])
  try project.start()
  let session = try project.session(database: "postgres", user: "postgres")
  let calls = 1_000

  /// Calls made one after the other in one transaction, which is rolled back: nothing is sent.
  func perform(_ call: String) throws -> Double {
    try session.query("begin")
    let time = try session.time(
      "do $$ begin for i in 1..\(calls) loop \(call); end loop; end $$;")
    try session.query("rollback")
    return time
  }

  let insert = #"insert into public.plain (message) values ('{"a": 1}')"#
  let rows = [
    ("`pgmq.send`", #"perform pgmq.send('jobs', '{"a": 1}')"#),
    ("`net.http_post`", #"perform net.http_post('http://127.0.0.1:9/', '{"a": 1}'::jsonb)"#),
    ("`cron.schedule`", "perform cron.schedule('job ' || i, '0 0 1 1 *', 'select 1')"),
  ]
  var ours: [[Double]] = rows.map { _ in [] }
  var inserts: [Double] = []
  for index in -1..<workspace.options.count(20, quick: 5) {
    let plain = try perform(insert)
    if index >= 0 { inserts.append(plain) }
    for (number, row) in rows.enumerated() {
      let time = try perform(row.1)
      if index >= 0 { ours[number].append(time) }
    }
  }

  func rate(_ times: [Double]) -> String {
    "\(show(Double(calls) / Times(times).median * 1000)) a second"
  }
  return zip(rows, ours).map { row, times in
    Figure(
      what: "\(row.0), \(calls) calls in a transaction", ours: rate(times),
      floor: "inserts of a row into a table: \(rate(inserts))",
      ratio: showRatio(Times(inserts).median / Times(times).median), goal: "–", isMet: nil)
  }
}
