#!/usr/bin/env bash
# From a database to the types of a client: gen types, --check, --watch and gen metadata on the
# sample, whose types are committed; where there is a deno it is the judge of what compiles.
# usage: Tests/EndToEnd/types.sh HOMEBASE
source "$(dirname "${BASH_SOURCE[0]}")/library/faults.bash"
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

psql_in() { PGPASSWORD=postgres psql "$(status urls.DB_URL)" -XqAt -v ON_ERROR_STOP=1 "$@"; }
types() { hb gen types -s public "$@"; }

new_project sample
rm "$project"/supabase/migrations/* "$project"/supabase/seed.sql
cp -r "$root/migrations/." "$project/supabase/migrations/"
check "start" hb start

echo "== the committed types"
check "the sample's TypeScript fits its migrations" \
  types --check --output "$root/types/database.types.ts"
check "its Swift too" types swift --check --output "$root/types/Database.swift"
file="$base/types.ts"
types >"$file" 2>"$base/said"
equal "nothing but the code is said" "" "$(cat "$base/said")"
check "standard output and --output are the same" types --check --output "$file"
check "the bare word is the language" test "$(hb gen types typescript -s public | md5sum)" = "$(md5sum <"$file")"

echo "== stale types"
psql_in -c 'create table public.added (id int primary key)'
said=$(types --check --output "$file" 2>&1); code=$?
equal "--check ends with 1" 1 "$code"
has "and shows the first lines" "$said" '^\+ [0-9]+:       added: \{'
stamp=$(stat -c %Y.%i "$file")
check "--output writes" types --output "$file"
check "and the file fits" types --check --output "$file"
[[ $(stat -c %Y.%i "$file") != "$stamp" ]] && ok "it was replaced" || no "it was not replaced"
stamp=$(stat -c %y.%i "$file")
check "once more" types --output "$file"
equal "leaves it alone" "$stamp" "$(stat -c %y.%i "$file")"
before=$(md5sum <"$file")
HB_LIMIT=20 types -s nowhere --output "$file" >/dev/null 2>&1
equal "a missing schema ends with 1" 1 $?
equal "and the file is as it was" "$before" "$(md5sum <"$file")"

echo "== places that are no plain files"
mkfifo "$base/pipe"
cat "$base/pipe" >"$base/through" &
check "a pipe is written through" types --output "$base/pipe"
wait $!
[[ -p $base/pipe ]] && ok "and stays one" || no "it was replaced"
check "and has all of it" cmp -s "$base/through" "$file"
types >/dev/full 2>"$base/said"
equal "a full standard output ends with 1" 1 $?
has "and says so" "$(cat "$base/said")" 'cannot write to standard output'
types --output "$base" >"$base/said" 2>&1
equal "a folder ends with 1" 1 $?
has "and says so" "$(cat "$base/said")" 'it is a folder'
sed 's/$/\r/' "$file" >"$base/crlf.ts"
check "CR LF is no difference" types --check --output "$base/crlf.ts"
types --query-timeout 1ms >/dev/null 2>"$base/said"
has "a query that takes longer than it may says so" "$(cat "$base/said")" 'statement timeout|57014'
check "and one in time is none" types --query-timeout 1m --check --output "$file"

echo "== watch"
"$HOMEBASE" --workdir "$project" gen types -s public --watch --output "$file" </dev/null >/dev/null 2>"$base/watched" &
watcher=$!
eventually 20 grep -q watching "$base/watched" && ok "it watches" || no "it does not watch"
began=$(now)
psql_in -c 'create table public.seen (id int primary key)'
if eventually 20 grep -q '^      seen: {' "$file"; then ok "a statement is seen ($(since "$began") ms with psql)"
else no "a statement is not seen: $(tail -n 2 "$base/watched")"; fi
check "a reset" hb db reset
lacks_seen() { ! grep -q '^      seen: {' "$file"; }
eventually 20 lacks_seen && ok "a reset is seen" || no "a reset is not seen: $(tail -n 2 "$base/watched")"
echo 'create table public.migrated (id int primary key);' >"$project/supabase/migrations/20990101000000_migrated.sql"
check "a migration" hb migration up
eventually 20 grep -q '^      migrated: {' "$file" && ok "a migration is seen" || no "a migration is not seen"
kill "$watcher"; wait "$watcher" 2>/dev/null

echo "== metadata"
hb gen metadata -s public >"$base/metadata.json"
has "the document has its version" "$(field version <"$base/metadata.json")" '^1$'
equal "and the tables" "$(psql_in -c "select count(*) from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace")" \
  "$(python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1]))["tables"]))' "$base/metadata.json")"

echo "== tokens"
token=$(hb gen bearer-jwt --role anon --valid-for 5m)
iat=$(hb gen bearer-jwt --role anon --exp 2099-01-01T00:00:00Z |
  python3 -c 'import base64, json, sys; p = sys.stdin.read().split(".")[1]; print(json.loads(base64.urlsafe_b64decode(p + "=" * (-len(p) % 4)))["iat"])')
check "whenever it ends, it was made now" test "$iat" -le "$(date +%s)"
equal "a token has three parts" 2 "$(tr -cd . <<<"$token" | wc -c)"

if command -v "${DENO:-deno}" >/dev/null; then
  echo "== deno"
  psql_in <<'SQL'
create schema judge;
create type judge.mood as enum ('sad', 'happy');
create table judge.people (id int generated always as identity primary key, name text not null, born date,
  mood judge.mood not null default 'happy', notes jsonb);
create table judge.pets (id int primary key, owner_id int not null references judge.people unique, name text);
create view judge.names as select id, name from judge.people;
create function judge.rename(person int, "to" text, quietly boolean default true) returns judge.people
  language sql as 'select * from judge.people';
create function judge.count_people() returns int language sql as 'select 1';
SQL
  for age in 2026-08 latest; do
    hb gen types -s judge --compat "$age" >"$base/judge.ts"
    cat >"$base/use.ts" <<'TS'
import { Constants, type Database } from "./judge.ts"

type Judge = Database["judge"]
type Row<T extends keyof Judge["Tables"]> = Judge["Tables"][T]["Row"]
type Insert<T extends keyof Judge["Tables"]> = Judge["Tables"][T]["Insert"]

declare function select<T extends keyof Judge["Tables"]>(table: T): Row<T>[]
declare function insert<T extends keyof Judge["Tables"]>(table: T, row: Insert<T>): void
declare function update<T extends keyof Judge["Tables"]>(
  table: T, row: Judge["Tables"][T]["Update"],
): void
declare function rpc<F extends keyof Judge["Functions"]>(
  name: F, args: Judge["Functions"][F]["Args"],
): Judge["Functions"][F]["Returns"]

const [person] = select("people")
const name: string = person.name
const born: string | null = person.born
const mood: "sad" | "happy" = person.mood
const labels: readonly ["sad", "happy"] = Constants.judge.Enums.mood
const oneToOne: true = null as unknown as Judge["Tables"]["pets"]["Relationships"][0]["isOneToOne"]
const shown: string | null = (null as unknown as Judge["Views"]["names"]["Row"]).name
insert("people", { name: "Ada" })
insert("people", { name: "Ada", mood: "sad", notes: { a: [1, null] } })
update("people", { born: null })
const renamed: string = rpc("rename", { person: 1, to: "Bob" }).name
const count: number = rpc("count_people", null as never)

// @ts-expect-error there is no such table
select("persons")
// @ts-expect-error a column may be null
const never: string = person.born
// @ts-expect-error the name is required
insert("people", {})
// @ts-expect-error an identity is never given
insert("people", { id: 1, name: "Ada" })
// @ts-expect-error no label of the enum
insert("people", { name: "Ada", mood: "angry" })
// @ts-expect-error a column that is not null
update("people", { name: null })
// @ts-expect-error an argument is missing
rpc("rename", { person: 1 })

console.log(name, born, mood, labels, oneToOne, shown, renamed, count, never)
TS
    check "what should compile does, the rest does not ($age)" "${DENO:-deno}" check --no-lock "$base/use.ts"
  done
  for schema in "$root"/Tests/Corpora/types/*.ts; do
    check "$(basename "$schema") compiles" "${DENO:-deno}" check --no-lock "$schema"
  done
else
  skip "no deno (pip install deno): TypeScript is not compiled here"
fi

echo "== the stack goes away"
hb stop >/dev/null 2>&1
before=$(md5sum <"$file")
HB_LIMIT=20 types --output "$file" >"$base/out" 2>&1
equal "without a stack it ends with 1" 1 $?
equal "and the file is as it was" "$before" "$(md5sum <"$file")"
