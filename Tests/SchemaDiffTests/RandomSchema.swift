/// A generator of numbers that a seed repeats.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  // SplitMix64: G. Steele et al., "Fast splittable pseudorandom number generators", 2014.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Makes schemas of one small world of names, so that two of them have much in common.
struct RandomSchema {
  private var random: SeededGenerator
  private var lines: [String] = []

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  private mutating func pick(_ words: [String]) -> String {
    words.randomElement(using: &random) ?? ""
  }

  /// The statements that make the schema in an empty database.
  mutating func make() -> String {
    lines = []
    if chance(80) { lines.append("create schema app") }
    let schemas = lines.isEmpty ? ["public"] : ["public", "public", "app"]
    let enums = makeEnums(schemas)
    makeFunctions(schemas)
    let tables = makeTables(schemas, enums)
    makeLinks(tables)
    makeViews(tables)
    makeRules(tables)
    return lines.map { $0 + ";\n" }.joined()
  }

  private mutating func makeEnums(_ schemas: [String]) -> [String] {
    var enums: [String] = []
    for name in ["mood", "\"Kind\""] where chance(75) {
      var labels = ["one", "two", "it's", "four"].filter { _ in chance(70) }
      if labels.isEmpty { labels = ["one"] }
      if chance(20) { labels.shuffle(using: &random) }
      let list = labels.map { "'\($0.replacing("'", with: "''"))'" }.joined(separator: ", ")
      lines.append("create type public.\(name) as enum (\(list))")
      enums.append("public.\(name)")
    }
    if chance(60) {
      let type = pick(["text", "varchar(40)"])
      let sign = pick(["<", ">"])
      lines.append("create domain public.code as \(type) check (length(value) \(sign) 9)")
    }
    if chance(50) {
      lines.append("create type public.pair as (a int, b \(pick(["int", "text"])))")
    }
    return enums
  }

  private mutating func makeFunctions(_ schemas: [String]) {
    for name in ["f_one", "f_two"] where chance(80) {
      let type = pick(["integer", "integer", "bigint"])
      let volatility = pick(["immutable", "stable", ""])
      lines.append(
        """
        create function public.\(name)(a \(type) default \(pick(["1", "2"]))) returns \(type)
          language sql \(volatility) as 'select a + \(pick(["1", "2"]))'
        """)
      if chance(30) { lines.append("revoke all on function public.\(name) from public") }
      if chance(30) { lines.append("grant execute on function public.\(name) to anon") }
      if chance(30) { lines.append("comment on function public.\(name) is '\(pick(["x", "y"]))'") }
    }
    lines.append(
      """
      create function public.touch() returns trigger language plpgsql as
        $$begin return new; end /* \(pick(["a", "b"])) */$$
      """)
  }

  private mutating func makeTables(_ schemas: [String], _ enums: [String]) -> [String] {
    var tables: [String] = []
    for name in ["orders", "people", "\"Items\"", "notes"] where chance(80) {
      let table = pick(schemas) + "." + name
      tables.append(table)
      var columns = [
        chance(50)
          ? "id bigint generated \(pick(["always", "by default"])) as identity primary key"
          : "id bigint primary key"
      ]
      for column in ["a", "b", "\"select\"", "d"] where chance(75) {
        var type = pick(["integer", "bigint", "text", "numeric(8, 2)", "text[]"])
        if let label = enums.randomElement(using: &random), chance(35) { type = label }
        var words = "\(column) \(type)"
        if chance(30) { words += " not null" }
        if type == "integer", chance(50) {
          words += " default " + pick(["0", "7", "length('abc')"])
        }
        if type == "text", chance(40) { words += " default '\(pick(["x", "it''s"]))'" }
        if type == "text", chance(20) { words += " collate \"C\"" }
        columns.append(words)
      }
      if chance(25) {
        columns.append("total bigint generated always as (id * \(pick(["2", "3"]))) stored")
      }
      if chance(40) { columns.append("constraint positive check (id > \(pick(["0", "1"])))") }
      if chance(20) { columns.append("serial_number serial") }
      lines.append(
        "create \(chance(10) ? "unlogged " : "")table \(table) "
          + "(\(columns.joined(separator: ", ")))")
      finish(table)
    }
    return tables
  }

  private mutating func finish(_ table: String) {
    if chance(40) { lines.append("create index on \(table) (id desc)") }
    if chance(30) {
      let name = pick(["some_index", "\"Other\""])
      lines.append("create unique index if not exists \(name) on \(table) ((id + 1)) where id > 3")
    }
    if chance(50) { lines.append("alter table \(table) enable row level security") }
    if chance(40) {
      lines.append(
        """
        create policy "own rows" on \(table) for \(pick(["select", "all"]))
          to \(pick(["anon", "authenticated", "anon, authenticated"])) using (id > \(pick(["1", "2"])))
        """)
    }
    if chance(40) {
      lines.append(
        """
        create trigger touched before \(pick(["insert", "update"])) on \(table)
          for each row execute function public.touch()
        """)
      if chance(30) { lines.append("alter table \(table) disable trigger touched") }
    }
    for role in ["anon", "authenticated"] where chance(50) {
      let list = pick(["all", "select", "select, insert", "update (id)"])
      lines.append("grant \(list) on \(table) to \(role)\(chance(15) ? " with grant option" : "")")
    }
    if chance(30) { lines.append("comment on table \(table) is 'it''s \(pick(["x", "y"]))'") }
    if chance(30) { lines.append("comment on column \(table).id is '\(pick(["x", "y"]))'") }
    if chance(15) { lines.append("alter table \(table) replica identity full") }
    if chance(15) { lines.append("alter table \(table) set (fillfactor = \(pick(["70", "80"])))") }
  }

  private mutating func makeLinks(_ tables: [String]) {
    for table in tables where chance(50) {
      guard let other = tables.randomElement(using: &random) else { continue }
      // A logged table may not need one that a crash empties.
      guard !isUnlogged(other) else { continue }
      let rest = pick(["", " on delete cascade", " deferrable initially deferred", " not valid"])
      lines.append(
        "alter table \(table) add constraint link foreign key (id) references \(other)\(rest)")
    }
  }

  private func isUnlogged(_ table: String) -> Bool {
    lines.contains { $0.hasPrefix("create unlogged table \(table) ") }
  }

  private mutating func makeViews(_ tables: [String]) {
    guard let table = tables.randomElement(using: &random) else { return }
    if chance(80) {
      let options = pick(["", " with (security_invoker = true)"])
      lines.append("create view public.seen\(options) as select id from \(table) where id > 1")
      if chance(70) {
        let more = pick(["", ", id + 1 as next"])
        lines.append("create view public.deeper as select id\(more) from public.seen")
        if chance(50) { lines.append("grant select on public.deeper to anon") }
      }
      if chance(30) {
        lines.append("create materialized view public.kept as select count(*) from public.seen")
      }
    }
    if chance(40) {
      lines.append(
        "create function public.of_row(r \(table)) returns bigint language sql as 'select r.id'")
    }
  }

  private mutating func makeRules(_ tables: [String]) {
    if chance(50) {
      let members = tables.filter { !isUnlogged($0) && chance(50) }
      let list = members.isEmpty ? "" : " for table " + members.joined(separator: ", ")
      lines.append("create publication news\(list)")
    }
    if chance(40) {
      lines.append(
        "alter default privileges in schema public grant \(pick(["select", "all"])) on tables to anon"
      )
    }
    if chance(20) { lines.append("create sequence public.counter increment \(pick(["1", "5"]))") }
  }
}
