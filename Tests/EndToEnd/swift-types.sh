#!/usr/bin/env bash
# Generated Swift from outside: rows that PostgreSQL returned as JSON go through a compiled program
# and come back equal; what the program writes, PostgreSQL takes. Then a thousand random schemas.
# usage: Tests/EndToEnd/swift-types.sh HOMEBASE
source "$(dirname "${BASH_SOURCE[0]}")/library/faults.bash"
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export SWIFT_BACKTRACE=enable=no
command -v swiftc >/dev/null || { skip "there is no swiftc"; exit 0; }

new_project types
rm "$project"/supabase/migrations/* "$project"/supabase/seed.sql
cat >"$project/supabase/migrations/20260101000000_types.sql" <<'SQL'
create schema other;
create type public.mood as enum ('sad', 'so so', 'default', 'it''s "fine"');
create type other.mood as enum ('elsewhere');
create type public.pair as (left_side int, "class" text, moods public.mood[]);
create domain public.cents as bigint check (value >= 0);
create domain public.price as public.cents not null;
create table public.everything (
  id bigint generated always as identity primary key, small smallint, medium integer, big bigint,
  single real, double double precision, exact numeric, flag boolean, body text, code varchar(9),
  padded char(4), key uuid, day date, moment timestamp, instant timestamptz, clock time,
  clock_zone timetz, pause interval, bytes bytea, document json, tree jsonb, mood public.mood,
  other_mood other.mood, pair public.pair, pairs public.pair[], moods public.mood[], price public.cents,
  prices public.cents[], numbers numeric[], texts text[], address inet, network cidr, span int4range,
  spans int4multirange, words tsvector, amount money, bits bit(3), spot point, number_list int2vector,
  kind regclass, "naïve 🦊" text, "self" text, "hash_value" text, "_type" text, "1" text, "a-b" text,
  "a_b" text, halved integer generated always as (medium / 2) stored);
create table public.holder (name text primary key, row public.everything, note text, tree jsonb);
create view public.seen as select id, mood, pairs from public.everything;
create function public.pick(wanted public.mood, lowest bigint default 0)
  returns table (id bigint, mood public.mood, "when" timestamptz) language sql stable
  as $$select e.id, e.mood, e.instant from public.everything e where e.mood = wanted and e.id >= lowest$$;
create type public.picked as (id bigint, mood public.mood, "when" timestamptz);
create function public.all_of() returns setof public.everything language sql stable
  as 'select * from public.everything';
create function public.nobody() returns numeric language sql stable as 'select null::numeric';
comment on table public.everything is 'One column of each type.';
comment on column public.everything.big is E'Larger than\na double holds.';
SQL
check "start" hb start
psql_in() { PGPASSWORD=postgres psql "$(status urls.DB_URL)" -XqAt -v ON_ERROR_STOP=1 "$@"; }
check "rows" psql_in <<'SQL'
insert into public.everything (small, medium, big, single, double, exact, flag, body, code, padded, key, day,
  moment, instant, clock, clock_zone, pause, bytes, document, tree, mood, other_mood, pair, pairs, moods,
  price, prices, numbers, texts, address, network, span, spans, words, amount, bits, spot, number_list, kind,
  "naïve 🦊", "self", "hash_value", "_type", "1", "a-b", "a_b")
values
  (-32768, 2147483647, 9223372036854775807, 0.1, 1.7976931348623157e308,
    12345678901234567890.123456789012345678, true, E'line\n"quoted" \\ é 🦊', 'x', 'ab',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '2026-02-28', '2026-02-28 13:14:15.123456',
    '0044-03-15 12:00+00 BC', '24:00', '13:14:15+02', '1 year 2 mons 3 days 04:05:06.7', '\xdeadbeef',
    '{"a": [1, 2.5, null, "x", {"b": true}]}', '[]', 'it''s "fine"', 'elsewhere', (1, 'c', '{sad,default}'),
    array[(1, null, null)::public.pair, (null, 'x', '{}')::public.pair], '{sad,"so so"}', 12, '{1,2}', '{0.10,-1e-10}',
    '{"a b","c,d"}', '192.168.0.1/24', '10.0.0.0/8', '[1,5)', '{[1,2),[5,7)}', 'a:1 b:2', 12.5, '101',
    '(1,2)', '1 2 3', 'pg_class', 'f', 's', 'h', 't', 'o', 'm', 'u'),
  (null, null, -9223372036854775808, -0.0, 5e-324, -0.000000000000000000000000000001, false, '', '', '', null,
    'infinity', '-infinity', 'infinity', '00:00', null, '-1 day', '', 'null', 'null', null, null,
    (null, null, null), '{}', '{}', 0, '{}', '{}', '{}', '::1', null, 'empty', '{}', '', -0.01, '000', null, '',
    null, null, null, null, null, null, null, null);
insert into public.everything default values;
insert into public.holder select 'all', e, null, '{}' from public.everything e where id = 1;
insert into public.holder values ('none', null, 'x', null);
SQL

folder="$base/program"; mkdir "$folder"
check "gen types" hb gen types --lang swift --local -s public,other --output "$folder/Types.swift"
cat >"$folder/main.swift" <<'SWIFT'
import Foundation

/// Reads a value, compares it with itself, and writes it.
func pass<Value: Codable & Hashable>(_ type: Value.Type, _ text: Substring) throws {
  let value = try JSONDecoder().decode(type, from: Data(text.utf8))
  let data = try JSONEncoder().encode(value)
  guard try JSONDecoder().decode(type, from: data) == value else { fatalError("not equal") }
  print(String(decoding: data, as: UTF8.self))
}

func show(_ value: some Encodable) throws {
  print(String(decoding: try JSONEncoder().encode(value), as: UTF8.self))
}

while let line = readLine() {
  let parts = line.split(separator: "\t", maxSplits: 1)
  switch parts[0] {
  case "everything": try pass(PublicSchema.EverythingSelect.self, parts[1])
  case "holder": try pass(PublicSchema.HolderSelect.self, parts[1])
  case "seen": try pass(PublicSchema.SeenSelect.self, parts[1])
  case "pick": try pass(PublicSchema.Functions.PickRow.self, parts[1])
  case "all_of": try pass(PublicSchema.Functions.AllOfResult.self, parts[1])
  case "nobody": try pass(PublicSchema.Functions.NobodyResult.self, parts[1])
  case "writes":
    try show(PublicSchema.HolderUpdate(note: .some(nil)))
    try show(PublicSchema.HolderUpdate(note: "new", tree: .object(["a": .integer(1)])))
    try show(PublicSchema.HolderUpdate())
    try show(PublicSchema.HolderUpdate(tree: .null))
    try show(PublicSchema.HolderInsert(name: "from Swift", tree: .array([.null, .bool(true)])))
    try show(PublicSchema.Functions.PickArguments(wanted: .soSo))
  case "facts":
    print(PublicSchema.HolderTable.name, OtherSchema.schemaName, PublicSchema.HolderTable.primaryKey)
  default: fatalError("what is \(parts[0])?")
  }
}
SWIFT
check "it compiles" swiftc -swift-version 6 -warnings-as-errors -o "$folder/program" \
  "$folder/Types.swift" "$folder/main.swift"
pass() { printf '%s\t%s\n' "$1" "$2" | "$folder/program" 2>&1; }

echo "== rows through the program"
# same NAME ROW QUERY: each value of one column of JSON, back from the program, is the same row to
# PostgreSQL
same() {
  local name=$1 row=$2 value back answer
  while IFS= read -r value; do
    back=$(pass "$name" "$value")
    answer=$(psql_in -v one="$value" -v other="$back" <<<"
      select jsonb_agg(to_jsonb(t)) = jsonb_path_query_array(:'one'::jsonb, 'lax \$[*]')
      from jsonb_populate_recordset(null::$row, jsonb_path_query_array(:'other'::jsonb, 'lax \$[*]')) t" 2>&1)
    equal "$name $(head -c 60 <<<"$value")" t "$answer"
    [[ $answer == t ]] || printf '      from %s\n      to   %s\n' "$value" "$back"
  done < <(psql_in -c "$3")
}
for table in everything holder seen; do
  same "$table" "public.$table" "select to_jsonb(t) from public.$table t"
  same "$table" "public.$table" "select row_to_json(t) from public.$table t"
done
same pick public.picked "select to_jsonb(t) from public.pick('it''s \"fine\"') t"
same all_of public.everything "select jsonb_agg(t) from public.all_of() t"
equal "a function's NULL" null "$(pass nobody null)"

echo "== what the program writes"
mapfile -t writes < <(pass writes .)
equal "NULL" '{"note":null}' "${writes[0]}"
equal "a value" t "$(psql_in -c "select '${writes[1]}'::jsonb = '{\"note\": \"new\", \"tree\": {\"a\": 1}}'")"
equal "nothing" '{}' "${writes[2]}"
equal "a null of JSON" '{"tree":null}' "${writes[3]}"
check "an insert" psql_in -c "insert into public.holder select * from jsonb_populate_record(null::public.holder, '${writes[4]}')"
equal "arrived" '[null, true]' "$(psql_in -c "select tree from public.holder where name = 'from Swift'")"
equal "arguments" '{"wanted":"so so"}' "${writes[5]}"
equal "names and keys" 'holder other ["name"]' "$(pass facts .)"

echo "== other ways to write"
for options in "--swift-access-control public" "--swift-access-control package --swift-plain"; do
  # shellcheck disable=SC2086
  hb gen types --lang swift --local -s public,other $options >"$folder/Types.swift" 2>"$base/notes"
  check "compiles with $options" swiftc -swift-version 6 -warnings-as-errors -typecheck -package-name p \
    "$folder/Types.swift"
done

echo "== with macros"
# Stand-ins for those of supabase-swift, which take the same words and make as little as they can.
host=$(dirname "$(readlink -f "$(command -v swiftc)")")/../lib/swift/host
hb gen types --lang swift --swift-style table --local -s public,other >"$folder/Types.swift" 2>"$base/notes"
has "a table" "$(cat "$folder/Types.swift")" '^@Table\("everything"\)$'
has "a note on what has no type" "$(cat "$base/notes")" 'column "pair" of table "everything" of "public": pair has no type here: JSONValue'
cat >"$folder/Plugin.swift" <<'SWIFT'
import SwiftSyntax
import SwiftSyntaxMacros

public struct Marker: PeerMacro {
  public static func expansion(
    of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
    in context: some MacroExpansionContext
  ) throws -> [DeclSyntax] { [] }
}

public struct TableMacro: ExtensionMacro {
  public static func expansion(
    of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax,
    providingExtensionsOf type: some TypeSyntaxProtocol, conformingTo protocols: [TypeSyntax],
    in context: some MacroExpansionContext
  ) throws -> [ExtensionDeclSyntax] {
    [try ExtensionDeclSyntax("extension \(type.trimmed): Decodable, Sendable {}")]
  }
}
SWIFT
cat >"$folder/PostgrestMacros.swift" <<'SWIFT'
public protocol PostgrestSchema: Sendable { static var name: String { get } }
public enum PublicSchema: PostgrestSchema { public static let name = "public" }
public enum JSONValue: Codable, Hashable, Sendable { case null }
@attached(extension, conformances: Decodable, Sendable)
public macro Table(
  _ name: String, schema: any PostgrestSchema.Type = PublicSchema.self, readOnly: Bool = false
) = #externalMacro(module: "Plugin", type: "TableMacro")
@attached(peer)
public macro Column(_ name: String) = #externalMacro(module: "Plugin", type: "Marker")
@attached(peer) public macro PrimaryKey() = #externalMacro(module: "Plugin", type: "Marker")
@attached(peer) public macro Default() = #externalMacro(module: "Plugin", type: "Marker")
@attached(peer) public macro Generated() = #externalMacro(module: "Plugin", type: "Marker")
SWIFT
cat >"$folder/Use.swift" <<'SWIFT'
func decode(_ type: (some Decodable).Type) {}
func use() {
  decode(Everything.self)
  decode(Seen.self)
}
SWIFT
if [[ -e $host/libSwiftSyntaxMacros.so ]]; then
  check "a plugin" swiftc -emit-library -parse-as-library -module-name Plugin -I "$host" -L "$host" \
    -lSwiftSyntaxMacros -lSwiftSyntaxBuilder -lSwiftSyntax -Xlinker -rpath -Xlinker "$host" \
    -o "$folder/libPlugin.so" "$folder/Plugin.swift"
  check "its macros" swiftc -swift-version 6 -parse-as-library -emit-module -module-name PostgrestMacros \
    -load-plugin-library "$folder/libPlugin.so" -o "$folder/PostgrestMacros.swiftmodule" \
    "$folder/PostgrestMacros.swift"
  check "compiles with macros" swiftc -swift-version 6 -warnings-as-errors -parse-as-library -typecheck \
    -load-plugin-library "$folder/libPlugin.so" -I "$folder" "$folder/Types.swift" "$folder/Use.swift"
else
  skip "this toolchain has no swift-syntax"
fi

echo "== random schemas"
# The ordinary tests compile a dozen; a thousand take minutes. FULL=1, or SCHEMAS=N.
count=${SCHEMAS:-$([[ ${FULL:-} ]] && echo 1000 || echo 0)}
if ((count)); then
  check "$count of them compile" env SWIFT_SCHEMAS="$count" SWIFT_SEED="$seed" \
    swift test --package-path "$root" --skip-build --filter SwiftRandomTests
else
  skip "random schemas (FULL=1)"
fi
