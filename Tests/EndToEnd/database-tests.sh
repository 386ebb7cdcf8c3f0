#!/usr/bin/env bash
# `test db` from outside: results, exit codes, files that meet nobody, a killed run that leaves
# nothing; then advisors, lint, inspections, buckets and the history's commands on one project.
# usage: Tests/EndToEnd/database-tests.sh HOMEBASE
set -uo pipefail

work=$(mktemp -d /tmp/homebase-e2e-XXXXXX)
homebase=$work/homebase
cp "${1:?usage: database-tests.sh HOMEBASE}" "$homebase"
chmod 755 "$work" "$homebase"
unset HOMEBASE_WORKDIR SUPABASE_WORKDIR HOMEBASE_OUTPUT_FORMAT SUPABASE_OUTPUT_FORMAT
failures=0
project=$work/project

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
code() { # code N COMMAND…: ends with this exit code
  local wanted=$1 found=0
  shift
  "$@" >/dev/null 2>&1 || found=$?
  is "$found" "$wanted"
}
wait_until() {
  local _
  for _ in $(seq 200); do "$@" >/dev/null 2>&1 && return; sleep 0.1; done
  echo "not within 20 s: $*"
  return 1
}
finish() {
  "$homebase" --workdir "$project" stop --no-backup --yes >/dev/null 2>&1
  rm -rf "$work"
}
trap finish EXIT

leases() { rows "select count(*) from pg_database where datname like 'homebase_lease%'"; }
no_leases() { is "$(leases)" 0; }

mkdir -p "$project"/supabase/{migrations,tests/deep}
cat >"$project/supabase/config.toml" <<'END'
project_id = "tests"
[storage.buckets.avatars]
public = true
file_size_limit = "5MiB"
END
cat >"$project/supabase/migrations/20260101000000_notes.sql" <<'END'
create table public.notes (id bigint generated always as identity primary key, body text);
create function public.broken() returns int language plpgsql as
  $$ begin return (select a from nowhere); end $$;
END
printf 'create table public.more (a int primary key);\n' \
  >"$project/supabase/migrations/20260102000000_more.sql"
cat >"$project/supabase/tests/a_test.sql" <<'END'
begin;
select plan(2);
insert into notes (body) values ('mine');
select is((select count(*) from notes), 1::bigint, 'only its own row');
select is(currval('notes_id_seq'), 1::bigint, 'the sequence begins at 1');
select * from finish();
rollback;
END
cp "$project/supabase/tests/a_test.sql" "$project/supabase/tests/deep/b_test.pg"
cat >"$project/supabase/tests/c_test.sql" <<'END'
insert into notes (body) values ('committed');
select plan(1);
select pass('it stays here');
END

check "start" hb start
output=$(hb test db 2>&1)
check "all pass" has "$output" "Result: PASS"
check "each file is a line" has "$output" "supabase/tests/deep/b_test.pg .. ok"
check "files and tests are counted" has "$output" "Files=3, Tests=5"
check "nothing stays in the live database" is "$(rows 'select count(*) from notes')" 0
check "the copies are dropped" wait_until no_leases
check "json" has "$(hb test db --output-format json 2>/dev/null)" '"result":"PASS"'

cat >"$project/supabase/tests/d_test.sql" <<'END'
begin;
select plan(1);

select is(1, 2, 'one is two');
select * from finish();
rollback;
END
output=$(hb test db 2>&1)
check "a failure is shown with its line" has "$output" "at supabase/tests/d_test.sql:4"
check "with what was found" has "$output" "have: 1"
check "and the verdict" has "$output" "Result: FAIL"
check "exit code 1" code 1 hb test db
rm "$project/supabase/tests/d_test.sql"

check "a new test" hb test new 'my notes'
check "passes as it is" code 0 hb test db "$project/supabase/tests/my_notes_test.sql"
check "is not overwritten" code 2 hb test new 'my notes'
check "a path that is not there" code 2 hb test db nowhere.sql
mkdir "$work/aside"
mv "$project"/supabase/tests/* "$work/aside"
printf 'create table public.helpers ();\n\\echo 1..1\n\\echo ok 1\n' >"$project/supabase/tests/000-setup.sql"
cat >"$project/supabase/tests/010-needs.sql" <<'END'
begin; select plan(1); select has_table('public', 'helpers', 'is there'); select * from finish(); rollback;
END
check "one file alone has what the setup makes" code 0 hb test db "$project/supabase/tests/010-needs.sql"
check "and nothing of it stays" is "$(rows "select to_regclass('public.helpers') is null")" t
rm "$project"/supabase/tests/*
mv "$work"/aside/* "$project/supabase/tests"

printf 'begin; select plan(1); select pg_sleep(60); rollback;\n' \
  >"$project/supabase/tests/slow.sql"
"$homebase" --workdir "$project" test db "$project/supabase/tests/slow.sql" >/dev/null 2>&1 &
slow=$!
has_leases() { [[ $(leases) -ge 1 ]]; }
check "a run takes its copies" wait_until has_leases
kill -9 "$slow"
wait "$slow" 2>/dev/null
check "a killed run leaves no copy" wait_until no_leases
rm "$project/supabase/tests/slow.sql"

url=$(hb status -o env 2>/dev/null | sed -n 's/^DB_URL="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p')
check "another database by its address" has \
  "$(hb test db --db-url "$url" "$project/supabase/tests/my_notes_test.sql" 2>&1)" "Result: PASS"
check "pgTAP does not stay there" is \
  "$(rows "select count(*) from pg_extension where extname = 'pgtap'")" 0

check "advisors find the open table" has "$(hb db advisors 2>&1)" "rls_disabled_in_public"
check "with its migration" has "$(hb db advisors 2>&1)" "20260101000000_notes.sql:1"
check "advisors --fail-on" code 1 hb db advisors --fail-on error
check "lint finds the broken function" has "$(hb db lint 2>&1)" "nowhere"
check "lint --fail-on" code 1 hb db lint --fail-on error
check "inspect" has "$(hb inspect db table-stats 2>&1)" "public.notes"
check "inspect report" has "$(hb inspect report --output-dir "$work" 2>&1)" "wrote"
check "the configuration's bucket is there" is "$(rows 'select id from storage.buckets')" avatars
check "seed buckets" has "$(hb seed buckets 2>&1)" "seeded 1 bucket"

check "migration down" hb migration down
check "goes back one" is \
  "$(rows 'select max(version) from supabase_migrations.schema_migrations')" 20260101000000
check "not past the first" code 2 hb migration down
check "migration up" hb migration up
mv "$project/supabase/migrations/20260102000000_more.sql" \
  "$project/supabase/migrations/20260103000000_more.sql"
check "a renumbered file is named" has "$(hb migration list 2>&1)" "renumbered"
check "and not applied again" code 1 hb migration up
rm "$project/supabase/migrations/20260103000000_more.sql"
check "fetch brings a lost file back" has "$(hb migration fetch 2>&1)" "20260102000000_more.sql"
printf 'select 1;\n' >>"$project/supabase/migrations/20260102000000_more.sql"
check "fetch overwrites nothing unasked" code 3 hb migration fetch
check "an edited file is named" has "$(hb migration list 2>&1)" "was edited after it was applied"

if ((failures > 0)); then
  echo "FAILED: $failures"
  exit 1
fi
echo "all passed"
