import FoundationEssentials
import Glibc

/// REST by itself and through the gateway, beside pgbench with the same statements and settings.
///
/// Both sides send all statements of a transaction in one round trip, prepared, over the unix socket.
func apiRows(_ workspace: Workspace) throws -> [Figure] {
  let tools = try APITools(workspace)
  let stage = try APIStage(workspace, tools)
  var figures: [Figure] = []
  let seconds = workspace.options.count(10, quick: 3)

  // One row by its key.
  let one = try stage.database("one", clients: 16, seconds)
  let direct = try stage.requests(.direct, "one", clients: 16, seconds)
  let through = try stage.requests(.gateway, "one", clients: 16, seconds)
  figures.append(
    rate("GET one row by key, 16 connections, at the service", direct, one, goal: 0.60))
  figures.append(rate("the same through the gateway", through, one, goal: 0.45))

  // 1,000 rows of 1 KB: bytes, not requests.
  let pages = try stage.database("page", clients: 4, seconds)
  let pageRequests = try stage.requests(.gateway, "page", clients: 4, seconds)
  figures.append(
    rate(
      "GET 1,000 rows of 1 KB through the gateway, 4 connections", pageRequests, pages, goal: 0.80))

  let writes = try stage.database("post", clients: 16, seconds)
  let posts = try stage.requests(.gateway, "post", clients: 16, seconds)
  figures.append(rate("POST one row, returning, through the gateway", posts, writes, goal: 0.50))

  let joins = try stage.database("embed", clients: 16, seconds)
  let embeds = try stage.requests(.gateway, "embed", clients: 16, seconds)
  figures.append(rate("an embed of three tables, through the gateway", embeds, joins, goal: 0.75))

  let used = try stage.memory()

  // What a request costs beyond the database's own time.
  let alone = try stage.database("one", clients: 1, seconds)
  let single = try stage.requests(.gateway, "one", clients: 1, seconds)
  let over = single.median - alone.median
  let worst = single.worst - alone.median
  figures.append(
    Figure(
      what: "a request through the gateway at one connection, above the database's own time",
      ours: "p50 \(show(over)) / p99 \(show(worst)) ms",
      floor: "pgbench's transaction \(show(alone.median)) ms", ratio: "–",
      goal: "≤ 0.35 / 1 ms", isMet: over <= 0.35 && worst <= 1))
  figures.append(
    Figure(
      what: "memory (PSS) of REST and gateway, idle / under the load above",
      ours: "\(show(stage.idleMemory)) / \(show(used)) MiB", floor: "–", ratio: "–",
      goal: "≤ 20 / ≤ 90 MiB", isMet: stage.idleMemory <= 20 && used <= 90))
  figures += try cacheFigures(workspace, stage)
  return figures
}

private func rate(_ what: String, _ ours: Rate, _ peer: Rate, goal: Double) -> Figure {
  let ratio = ours.perSecond / peer.perSecond
  return Figure(
    what: what,
    ours: "\(show(ours.perSecond)) a second, p50 \(show(ours.median)) / p99 \(show(ours.worst)) ms",
    floor: "pgbench, the same statements: \(show(peer.perSecond)) a second",
    ratio: showRatio(ratio),
    goal: "≥ \(Int(goal * 100)) %", isMet: ratio >= goal)
}

/// How long the service reads what a database holds, as it says itself.
private func cacheFigures(_ workspace: Workspace, _ stage: APIStage) throws -> [Figure] {
  // Tables that were just made are read again as often as that is said.
  func settledCount() throws -> Int {
    var count = -1
    while try stage.readings().count != count {
      count = try stage.readings().count
      try pause(milliseconds: 3000)
    }
    return count
  }
  func load() throws -> Double {
    let marks = try settledCount()
    _ = try stage.project.homebase(["db", "query", "notify pgrst, 'reload schema'"])
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      let readings = try stage.readings()
      if readings.count > marks, let last = readings.last { return last }
      try pause(milliseconds: 50)
    }
    throw FigureError.noSense("the REST service does not read the schema again")
  }
  func measure(_ count: Int) throws -> Times { Times(try (0..<count).map { _ in try load() }) }
  try stage.project.makeTables(1...300)
  let few = try measure(workspace.options.count(10, quick: 3))
  for start in stride(from: 301, through: 10_000, by: 300) {
    try stage.project.makeTables(start...min(start + 299, 10_000))
  }
  let many = try measure(workspace.options.count(5, quick: 2))
  return [
    Figure(
      what: "schema cache load, 300 tables", ours: few.summary, floor: "–", ratio: "–",
      goal: "≤ 60 ms", isMet: few.median <= 60),
    Figure(
      what: "the same, 10,000 tables", ours: many.summary, floor: "–", ratio: "–",
      goal: "≤ 2.5 s", isMet: many.median <= 2500),
  ]
}

/// What loads both sides.
private struct APITools {
  var wrk: String
  var pgbench: String

  init(_ workspace: Workspace) throws {
    func find(_ name: String, _ places: [String]) throws -> String {
      for place in places where exists("\(place)/\(name)") { return "\(place)/\(name)" }
      throw FigureError.noSense("no \(name): apt-get install \(name)")
    }
    wrk = try find("wrk", ["/usr/bin", "/usr/local/bin"])
    pgbench = try find("pgbench", [workspace.binFolder, "/usr/bin"])
  }
}

/// A stack with rows, the REST service on a port of its own beside it, and the load's scripts.
private final class APIStage {
  enum Door { case direct, gateway }

  let project: Project
  private let workspace: Workspace
  private let tools: APITools
  private let folder: String
  private let connection: [String]
  private let gateway: String
  private let key: String
  private let directPort = 20_000 + Int(getpid() % 20_000)
  private(set) var idleMemory = 0.0

  init(_ workspace: Workspace, _ tools: APITools) throws {
    self.workspace = workspace
    self.tools = tools
    project = try Project.made(workspace, ["--migrations", "1"])
    try project.start()
    folder = try workspace.freshFolder("api")
    connection = try project.server().connection
    let variables = try project.homebase(["status", "-o", "env"]).output
    func variable(_ name: String) throws -> String {
      for line in variables.split(separator: "\n") where line.hasPrefix("\(name)=") {
        return String(line.dropFirst(name.count + 1)).filter { $0 != "\"" }
      }
      throw FigureError.noSense("status does not say \(name)")
    }
    gateway = try variable("API_URL")
    key = try variable("ANON_KEY")
    _ = try project.homebase(["db", "query", Self.rows])
    try writeScripts()
    try serveDirectly()
    idleMemory = try memory()
  }

  private static let rows = """
    create table public.items (id int primary key, name text, body text);
    insert into public.items select i, 'n' || i, repeat('x', 1000) from generate_series(1, 10000) i;
    create table public.clients (id int primary key, name text);
    create table public.projects (id int primary key, name text,
      client_id int references public.clients);
    create table public.tasks (id int primary key, name text,
      project_id int references public.projects);
    create index on public.projects (client_id); create index on public.tasks (project_id);
    insert into public.clients select i, 'c' || i from generate_series(1, 1000) i;
    insert into public.projects select i, 'p' || i, i % 1000 + 1 from generate_series(1, 5000) i;
    insert into public.tasks select i, 't' || i, i % 5000 + 1 from generate_series(1, 20000) i;
    create table public.logs (id bigint generated by default as identity primary key,
      at timestamptz default now(), note text);
    grant all on all tables in schema public to anon;
    grant all on all sequences in schema public to anon;
    analyze;
    """

  /// The requests, and the statements that they become.
  private func writeScripts() throws {
    func settings(_ method: String, _ path: String, _ isRead: Bool) -> String {
      let headers =
        #"{"host":"127.0.0.1:54321","x-forwarded-for":"127.0.0.1","x-forwarded-host":"127.0.0.1"#
        + #":54321","x-forwarded-port":"54321","x-forwarded-proto":"http"}"#
      var pairs = [("search_path", "\"public\", \"public\", \"extensions\"")]
      if isRead { pairs.append(("transaction_read_only", "on")) }
      pairs += [
        ("role", "anon"), ("request.jwt.claims", #"{"iss":"supabase-demo","role":"anon"}"#),
        ("request.method", method), ("request.path", path), ("request.headers", headers),
        ("request.cookies", "{}"),
      ]
      let calls = pairs.map { "pg_catalog.set_config('\($0)', '\($1)', true)" }
      return "SELECT \(calls.joined(separator: ", "));"
    }
    let answer = """
      coalesce(json_agg(_postgrest_t), '[]') AS body, \
      nullif(pg_catalog.current_setting('response.headers', true), '') AS response_headers, \
      nullif(pg_catalog.current_setting('response.status', true), '') AS response_status, \
      nullif(pg_catalog.current_setting('pgrst.inserted', true), '') AS response_inserted
      """
    let outer = """
      SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, \
      null AS header, \(answer)
      """
    func read(_ source: String) -> String {
      "WITH pgrst_source AS (\(source)) \(outer) FROM (SELECT * FROM pgrst_source) _postgrest_t;"
    }
    let embed = """
      SELECT "public"."clients"."id", "public"."clients"."name", COALESCE("p"."p", '[]') AS "projects" \
      FROM "public"."clients" LEFT JOIN LATERAL (SELECT json_agg("p")::jsonb AS "p" FROM \
      (SELECT "q"."id", "q"."name", COALESCE("t"."t", '[]') AS "tasks" FROM "public"."projects" AS "q" \
      LEFT JOIN LATERAL (SELECT json_agg("t")::jsonb AS "t" FROM (SELECT "u"."id", "u"."name" FROM \
      "public"."tasks" AS "u" WHERE "u"."project_id" = "q"."id" LIMIT 1000 OFFSET 0) AS "t") AS "t" ON TRUE \
      WHERE "q"."client_id" = "public"."clients"."id" LIMIT 1000 OFFSET 0) AS "p") AS "p" ON TRUE \
      WHERE "public"."clients"."id" = :id LIMIT 1000 OFFSET 0
      """
    let insert = """
      WITH pgrst_source AS (INSERT INTO "public"."logs"("note") SELECT pgrst_body."note" FROM \
      (SELECT '{"note":"a line of a log"}'::json AS json_data) pgrst_payload, LATERAL (SELECT "note" \
      FROM json_to_record(pgrst_payload.json_data) AS _("note" text)) pgrst_body \
      RETURNING "public"."logs".*) \(outer) FROM (SELECT "logs".* FROM pgrst_source AS "logs") _postgrest_t;
      """
    let one = """
      SELECT "public"."items"."id", "public"."items"."name" FROM "public"."items" \
      WHERE "public"."items"."id" = :id LIMIT 1000 OFFSET 0
      """
    let page = """
      SELECT "public"."items".* FROM "public"."items" LIMIT 1000 OFFSET 0
      """
    let statements = [
      ("one", "\\set id random(1, 10000)\n", settings("GET", "/items", true), read(one)),
      ("page", "", settings("GET", "/items", true), read(page)),
      ("post", "", settings("POST", "/logs", false), insert),
      ("embed", "\\set id random(1, 1000)\n", settings("GET", "/clients", true), read(embed)),
    ]
    for (name, head, settings, query) in statements {
      try write(
        "\(head)\\startpipeline\n\(settings)\n\(query)\n\\endpipeline\n",
        to: "\(folder)/\(name).sql")
    }
    let headers = "wrk.headers[\"apikey\"] = \"\(key)\"\n"
    let prefix = "local prefix = (wrk.path == \"/\") and \"\" or wrk.path\n"
    let requests = [
      ("one", "GET", #""/items?select=id,name&id=eq." .. math.random(1, 10000)"#, ""),
      ("page", "GET", #""/items?limit=1000""#, ""),
      (
        "post", "POST", #""/logs""#,
        "wrk.headers[\"Content-Type\"] = \"application/json\"\n"
          + "wrk.headers[\"Prefer\"] = \"return=representation\"\n"
          + "wrk.body = '{\"note\":\"a line of a log\"}'\n"
      ),
      (
        "embed", "GET",
        #""/clients?select=id,name,projects(id,name,tasks(id,name))&id=eq." .. math.random(1, 1000)"#,
        ""
      ),
    ]
    for (name, method, path, extra) in requests {
      try write(
        headers + extra + prefix
          + "function request() return wrk.format(\"\(method)\", prefix .. \(path)) end\n"
          + wrkReport,
        to: "\(folder)/\(name).lua")
    }
  }

  /// The service on a port: wrk does not speak to unix sockets.
  private func serveDirectly() throws {
    let tokens = try project.homebase(["status", "-o", "env"]).output.split(separator: "\n")
      .first { $0.hasPrefix("JWT_SECRET=") }?.dropFirst("JWT_SECRET=".count).filter { $0 != "\"" }
    let file = "\(folder)/rest.json"
    try write(
      """
      {"port": \(directPort), "stacks": [{"id": "main", "database": {"host": "\(connection[1])",
        "port": \(connection[3]), "name": "postgres", "user": "authenticator"},
        "schemas": ["public"], "extra_search_path": ["public", "extensions"], "max_rows": 1000,
        "anonymous_role": "anon", "pool": 16, "tokens": {"secret": "\(tokens ?? "")"}}]}
      """, to: file)
    chmod(file, 0o644)
    try project.child([
      workspace.options.homebase, "serve", "rest", "--configuration", file,
    ])
    let deadline = ContinuousClock.now + .seconds(30)
    while true {
      let answer = try run(
        [
          "/usr/bin/curl", "-s", "-o", "/dev/null", "-w", "%{http_code}",
          "\(url(.direct))/items?limit=1",
        ],
        environment: workspace.environment, check: false)
      if answer.output == "200" { return }
      guard ContinuousClock.now < deadline else {
        throw FigureError.noSense("the REST service does not answer: \(answer.output)")
      }
      try pause(milliseconds: 50)
    }
  }

  private func url(_ door: Door) -> String {
    door == .direct ? "http://127.0.0.1:\(directPort)" : "\(gateway)/rest/v1"
  }

  /// Transactions of pgbench.
  func database(_ script: String, clients: Int, _ seconds: Int) throws -> Rate {
    let output = try run(
      [tools.pgbench] + connection + [
        "-U", "authenticator", "-n", "-M", "prepared", "-f", "\(folder)/\(script).sql",
        "-c", String(clients), "-j", "1", "-T", String(seconds), "postgres",
      ], environment: workspace.environment
    ).output
    func number(_ prefix: String) -> Double {
      for line in output.split(separator: "\n") where line.hasPrefix(prefix) {
        return Double(line.dropFirst(prefix.count).prefix { $0.isNumber || $0 == "." }) ?? .nan
      }
      return .nan
    }
    let average = number("latency average = ")
    return Rate(perSecond: number("tps = "), median: average, worst: average)
  }

  /// Requests of wrk.
  func requests(_ door: Door, _ script: String, clients: Int, _ seconds: Int) throws -> Rate {
    let output = try run(
      [
        tools.wrk, "-t", "1", "-c", String(clients), "-d", "\(seconds)s", "-s",
        "\(folder)/\(script).lua", url(door),
      ], environment: workspace.environment
    ).output
    return try wrkRate(output)
  }

  /// The proportional set size of the stack's own two services, in MiB.
  func memory() throws -> Double {
    try project.status().services.filter { ["rest", "gateway"].contains($0.name) }
      .compactMap(\.pid).map { try proportionalSize(of: $0) }.reduce(0, +)
  }

  /// The milliseconds of each reading of the schema, as the service's log has them.
  func readings() throws -> [Double] {
    try project.homebase(["logs", "rest"]).output.split(separator: "\n")
      .filter { $0.contains(" is read: ") }
      .compactMap { line in
        Double(line.split(separator: ",").last?.split(separator: " ").first ?? "")
      }
  }
}
