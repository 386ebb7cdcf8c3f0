#!/usr/bin/env bash
# Ctrl-C in the middle of `migration up`, `db reset` and `db snapshot save`: the command ends, nothing
# half-done stays, the old database is there, the next command works.
. "$(dirname "$0")/library/faults.bash" "$@"
new_project "interrupted"

# interrupted WHEN COMMAND...: SIGINT once the shell command WHEN succeeds; gives the exit code, or
# 0 when the command was faster. bash starts what is in the background deaf to SIGINT.
interrupted() {
  local when=$1; shift
  python3 - "$when" "$HOMEBASE" --workdir "$project" "$@" >"$base/command" 2>&1 <<'PY'
import os, signal, subprocess, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL)
while child.poll() is None:
    if subprocess.run(["bash", "-c", sys.argv[1]], stdout=subprocess.DEVNULL).returncode == 0:
        child.send_signal(signal.SIGINT)
        break
code = child.wait()
sys.exit(128 - code if code < 0 else code)
PY
  echo $?
}
databases() { sql "select string_agg(datname, ' ' order by datname) from pg_database where datname !~ '_(spare|layer)_'"; }
is_asleep() { [[ $(sql "select count(*) from pg_stat_activity where query = 'select pg_sleep(600)'") == "$1" ]]; }
export -f is_asleep sql hb
export HOMEBASE project

check "start" hb start
sql "insert into notes (body) values ('mine')" >/dev/null
before=$(databases)
migrations="$project/supabase/migrations"
echo 'create table whole (i int);' >"$migrations/20270101000000_whole.sql"
printf 'create table half (i int);\nselect pg_sleep(600);\n' >"$migrations/20270102000000_half.sql"

equal "a reset that is interrupted ends with 130" 130 "$(interrupted 'is_asleep 1' db reset --yes)"
check "its statement ends too" eventually 5 is_asleep 0
equal "the old database stays" 1 "$(sql "select count(*) from notes where body = 'mine'")"
equal "without what the reset would have brought" "" "$(sql "select to_regclass('whole')")"
same_databases() { [[ $(databases) == "$before" ]]; }
check "no database is left of it" eventually 5 same_databases

equal "migration up that is interrupted ends with 130" 130 "$(interrupted 'is_asleep 1' migration up)"
check "its statement ends too" eventually 5 is_asleep 0
equal "whole files stay" whole "$(sql "select to_regclass('whole')")"
equal "nothing of the file at hand stays" "" "$(sql "select to_regclass('half')")"
equal "the history says so" 20270101000000 "$(sql 'select max(version) from supabase_migrations.schema_migrations')"
echo 'create table half (i int);' >"$migrations/20270102000000_half.sql"
check "migration up works after it" hb migration up
equal "and the row is there" 1 "$(sql "select count(*) from notes where body = 'mine'")"

# Large enough to be met in the middle of the copy.
sql "create table large as select repeat(md5(g::text), 60) as t from generate_series(1, 150000) g" >/dev/null
data=$(sql 'show data_directory' 2>/dev/null || true)
[[ -d $data/base ]] || data=$(dirname "$(find "$XDG_DATA_HOME" -path '*/base' -type d 2>/dev/null | head -n 1)")
eventually 30 bash -c "hb status -o json | grep -q '\"ready\": *2'"
count=$(ls "$data/base" | wc -l); before=$(databases)
code=$(interrupted "((\$(ls '$data/base' | wc -l) > $count))" db snapshot save copy)
case $code in
  130)
    check "no database is left of a snapshot" eventually 10 same_databases
    equal "it is not in the list" "" "$(hb db snapshot list 2>/dev/null | grep copy)" ;;
  0) skip "snapshot save was faster than the signal" ;;
  *) no "snapshot save ended with $code: $(tail -n 2 "$base/command")" ;;
esac
equal "the row is still there" 1 "$(sql "select count(*) from notes where body = 'mine'")"
check "snapshot save works after it" hb db snapshot save again
check "reset works after all of them" hb db reset --yes
equal "with the files as they are" half "$(sql "select to_regclass('half')")"
check "stop" hb stop
check "nothing is left after stop" eventually 2 is_empty
