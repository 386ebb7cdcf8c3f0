#!/usr/bin/env bash
# The spine from outside, with the program that people get: both layouts, reset, undo, a broken
# migration, crashes. As root it runs once more as a plain user.
# usage: Tests/EndToEnd/spine.sh HOMEBASE
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
work=$(mktemp -d /tmp/homebase-e2e-XXXXXX)
homebase=$work/homebase
cp "${1:?usage: spine.sh HOMEBASE}" "$homebase"
chmod 755 "$work" "$homebase"
unset HOMEBASE_WORKDIR SUPABASE_WORKDIR HOMEBASE_OUTPUT_FORMAT SUPABASE_OUTPUT_FORMAT
failures=0

project=
hb() { timeout 120 "$homebase" --workdir "$project" "$@"; }
rows() { hb db query -o csv "$1" 2>/dev/null | tail -n +2; }

check() { # check NAME COMMAND…: says how it went, and what the command printed when it failed
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    printf 'ok     %s\n' "$name"
  else
    printf 'FAILED %s\n' "$name"
    printf '%s\n' "$output" | sed 's/^/       /'
    failures=$((failures + 1))
  fi
}
is() { [[ $1 == "$2" ]] || { printf 'expected "%s", found "%s"\n' "$2" "$1"; return 1; }; }
has() { [[ $1 == *"$2"* ]] || { printf 'expected "%s" in:\n%s\n' "$2" "$1"; return 1; }; }
refused() { ! "$@"; }
gone() { ! kill -0 "$1" 2>/dev/null; }

finish() {
  local folder
  for folder in "$work"/*/; do
    "$homebase" --workdir "$folder" stop --no-backup --yes >/dev/null 2>&1
  done
  rm -rf "$work"
}
trap finish EXIT

supervisor_pid() { hb status --output-format json | grep -o '"supervisor":{"pid":[0-9]*' | grep -o '[0-9]*$'; }
postgres_pid() { hb status --output-format json | grep -o '"name":"postgres","pid":[0-9]*' | grep -o '[0-9]*$'; }
wait_until() { # wait_until COMMAND…: for twenty seconds at most
  local _
  for _ in $(seq 200); do "$@" >/dev/null 2>&1 && return; sleep 0.1; done
  echo "not within 20 s: $*"
  return 1
}

echo "== the sample, as $(id -un)"
project=$work/sample
mkdir "$project"
cp -r "$root"/{homebase.toml,migrations,seeds,functions,compose} "$project"
migrations=$(find "$project/migrations" -name '*.sql' | wc -l)
check "start" hb start
check "a second start says that it runs" has "$(hb start 2>&1)" "is running already"
check "all migrations are applied" is "$(rows 'select count(*) from supabase_migrations.schema_migrations')" "$migrations"
check "seeded" is "$(rows 'select count(*) > 0 as seeded from auth.users')" t
check "doctor" hb doctor
check "seed lint" hb seed lint
check "reset" hb db reset --yes
rows 'create table keep_me as select 8 as i' >/dev/null
check "reset takes what was made" hb db reset --yes
check "it is gone" is "$(rows "select to_regclass('public.keep_me') is null as gone")" t
check "undo" hb undo
check "it is back" is "$(rows 'select i from keep_me')" 8

printf 'create table half (i int);\n\nselect * from no_such_table;\n' >"$project/migrations/29990101000000_broken.sql"
check "a broken migration is refused" refused hb db reset --yes
check "with file and line" has "$(hb db reset --yes 2>&1)" "migrations/29990101000000_broken.sql:3"
check "as JSON" has "$(hb db reset --yes --output-format json)" '"sqlstate":"42P01"'
check "the database stays" is "$(rows 'select i from keep_me')" 8
rm "$project/migrations/29990101000000_broken.sql"

check "snapshot" hb db snapshot save before
rows 'drop table keep_me' >/dev/null
check "restore" hb db snapshot restore before
check "restored" is "$(rows 'select i from keep_me')" 8
check "mock rows" bash -c "'$homebase' --workdir '$project' db reset --no-seed && '$homebase' --workdir '$project' seed generate --rows 20 --seed 7"
check "in every table" is "$(rows 'select count(*) from organisations')" 20

supervisor=$(supervisor_pid) postgres=$(postgres_pid)
kill -9 "$supervisor"
check "kill -9 of the supervisor ends postgres" wait_until gone "$postgres"
check "start after it" hb start
check "no row was lost" is "$(rows 'select count(*) from organisations')" 20
postgres=$(postgres_pid)
if ((EUID == 0)) || [[ $(stat -c %u "/proc/$postgres") == "$EUID" ]]; then kill -9 "$postgres"; fi
check "postgres comes back after kill -9" wait_until hb db query 'select 1'
postgres=$(postgres_pid) supervisor=$(supervisor_pid)
check "stop" hb stop
check "leaves no postgres" gone "$postgres"
check "and no supervisor" gone "$supervisor"

echo "== a new project in the layout of the Supabase CLI"
first=$project
project=$work/fresh
mkdir "$project"
check "init" hb init
check "start" hb start
check "its rows" is "$(rows 'select body from notes')" "Hello from the seed"
check "a second project beside it" "$homebase" --workdir "$first" start
check "names for scripts" has "$(hb status -o env)" 'DB_URL="postgresql://postgres:postgres@127.0.0.1:'
hb migration new pins <<<'create table pins (id int primary key);' >/dev/null
check "a pending migration is named" has "$(hb start)" "_pins.sql"
check "migration up" hb migration up
check "it is there" is "$(rows 'select count(*) from pins')" 0
printf '\n[db]\nport = "seven"\n' >>"$project/supabase/config.toml"
check "a broken configuration names its line" has "$(hb start 2>&1)" "config.toml:"

if ((EUID == 0)) && id nobody >/dev/null 2>&1; then
  # The plain user reads a copy: the clone may lie in a folder that is root's.
  mkdir -p "$work/clone.d/Tests/EndToEnd"
  cp -r "$root"/{homebase.toml,migrations,seeds,functions,compose} "$work/clone.d"
  cp "${BASH_SOURCE[0]}" "$work/clone.d/Tests/EndToEnd"
  chmod -R a+rX "$work/clone.d"
  mkdir -m 700 "$work/home.d"
  chown nobody "$work/home.d"
  echo
  runuser -u nobody -- env -u XDG_RUNTIME_DIR HOME="$work/home.d" \
    bash "$work/clone.d/Tests/EndToEnd/spine.sh" "$homebase" || failures=$((failures + 1))
fi

echo
if ((failures > 0)); then
  echo "$failures failed"
  exit 1
fi
echo "all passed as $(id -un)"
