import FoundationEssentials

/// `gen types` on 300 tables and on 10,000, beside pg_dump's reading of the same catalog.
func typeRows(_ workspace: Workspace) throws -> [Figure] {
  let project = try Project.made(workspace, ["--migrations", "1"])
  try project.start()
  let connection = try project.server().connection
  let dump =
    workspace.psql.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/pg_dump"
  func times(_ count: Int) throws -> (types: Times, dumps: Times) {
    var types: [Double] = []
    var dumps: [Double] = []
    for index in -2..<count {
      let ours = try project.homebase(["gen", "types", "--output", "\(project.folder)/types.ts"])
      let floor = try run(
        [dump] + connection + [
          "-U", "postgres", "-d", "postgres", "-s", "-n", "public", "-f", "/dev/null",
        ],
        environment: workspace.environment)
      guard index >= 0 else { continue }
      types.append(ours.milliseconds)
      dumps.append(floor.milliseconds)
    }
    return (Times(types), Times(dumps))
  }
  func make(_ range: ClosedRange<Int>) throws {
    _ = try project.homebase([
      "db", "query",
      """
      do $$ begin
        for i in \(range.lowerBound)..\(range.upperBound) loop
          execute format(
            'create table public.t%1$s (id bigint generated always as identity primary key,
              owner uuid not null, name text not null default ''x'', parent bigint
              references public.t%2$s, n int, created_at timestamptz not null default now(),
              data jsonb, state text)', i, greatest(i - 1, 1));
        end loop;
      end $$
      """,
    ])
  }
  try make(1...300)
  let few = try times(workspace.options.count(60, quick: 10))
  // In pieces: one transaction would need more locks than the server has.
  for start in stride(from: 301, through: 10_000, by: 300) {
    try make(start...min(start + 299, 10_000))
  }
  let many = try times(workspace.options.count(10, quick: 3))
  let growth = many.types.median / few.types.median
  return [
    Figure(
      what: "`gen types` on 300 tables", ours: few.types.summary,
      floor: "`pg_dump -s` of the same \(few.dumps.summary)",
      ratio: showRatio(few.types.median / few.dumps.median), goal: "≤ 60 ms",
      isMet: few.types.median <= 60),
    Figure(
      what: "the same on 10,000 tables",
      ours: "\(many.types.summary), \(showRatio(growth)) that of 300",
      floor: "`pg_dump -s` of the same \(many.dumps.summary)",
      ratio: showRatio(many.types.median / many.dumps.median), goal: "≤ 40 × that of 300",
      isMet: growth <= 40),
  ]
}
