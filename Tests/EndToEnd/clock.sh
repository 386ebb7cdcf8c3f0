#!/usr/bin/env bash
# The machine's clock set back by a day, and forward by a year: while the project runs, and while it
# is stopped. homebase and PostgreSQL see it jump at once; nothing waits for yesterday's tomorrow,
# the newest copy stays the newest, and changed files are seen.
. "$(dirname "$0")/library/faults.bash" "$@"
# A folder without a space: LD_PRELOAD is parted at them.
shim=$(mktemp -d "${TMPDIR:-/tmp}/homebase-clock.XXXXXX") && chmod 755 "$shim"
clean_up() { rm -rf "$shim"; }
compiler=$(command -v cc || command -v clang || echo /opt/swift/usr/bin/clang)
if [[ $shim == *[[:space:]:]* ]] ||
  ! "$compiler" -shared -fPIC -O1 -o "$shim/clock.so" "$(dirname "$0")/library/clock.c" 2>"$base/out"; then
  skip "a clock that jumps: the library for it is not to be had: $(tail -n 1 "$base/out")"; exit
fi
hb() { timeout "${HB_LIMIT:-60}" env LD_PRELOAD="$shim/clock.so" TEST_CLOCK="$shim/seconds" "$HOMEBASE" --workdir "$project" "$@" </dev/null; }
set_clock() { python3 -c '
import struct, sys
with open(sys.argv[1], "r+b") as file: file.write(struct.pack("=q", int(sys.argv[2])))' "$shim/seconds" "$1"; }
printf '\0\0\0\0\0\0\0\0' >"$shim/seconds"; chmod 644 "$shim/seconds"
day=86400 mine="select body from notes where body like 'mine%' order by id"
# off WHAT SECONDS: how the server's clock differs from the machine's, within a minute
off() { equal "$1" 1 "$(sql "select (abs(extract(epoch from clock_timestamp()) - $(date +%s) - ($2)) < 60)::int")"; }
names() { hbj db snapshot list | python3 -c '
import json, sys
print(*[s["name"] for s in json.load(sys.stdin)["snapshots"] if not sys.argv[1:] or s["reason"] == "manual"])' "$@"; }
newer_logs() { [[ $(hb logs worker --lines 1 2>/dev/null) == *"tick $1"* ]]; }

new_project "clock"
mkdir -p "$project/compose"
cat >"$project/compose/local.yaml" <<'YAML'
services:
  postgres:
    x-homebase: postgres
  worker:
    command: ["bash", "-c", "while :; do echo tick $$(cat word); sleep 0.2; done"]
    healthcheck: {test: ["CMD", "true"], interval: 1s}
    restart: always
YAML
echo one >"$project/word"
hb start >"$base/out" 2>&1 && ok "start" || { no "start: $(tail -n 2 "$base/out")"; exit; }
off "the server has the machine's time" 0
sql "insert into notes (body) values ('mine 1')" >/dev/null
check "snapshot before" hb db snapshot save before
check "reset before" hb db reset --yes; check "undo before" hb undo --yes
hb migration new first </dev/null >"$base/out" 2>&1
s=$(supervisor)

# A day back, under everything that runs.
set_clock -$day; echo two >"$project/word"
off "a day back, while it runs" -$day
equal "no timer of the supervisor follows that clock" "" "$(grep -lx 'clockid: 0' "/proc/$s/fdinfo/"* 2>/dev/null)"
equal "it is running" running "$(status state)"
has "its time since the start is a time" "$(service postgres uptime_ms)" "^[0-9]"
eventually 10 newer_logs two && ok "the newest line of a log is the newest" || no "the log ends with $(hb logs worker --lines 1)"
has "a log since a minute ago has lines of now" "$(hb logs worker --since 1m | tail -n 1)" "tick two"
(timeout 3 env LD_PRELOAD="$shim/clock.so" TEST_CLOCK="$shim/seconds" "$HOMEBASE" --workdir "$project" logs worker -f </dev/null >"$base/follow" 2>&1)
[[ $(grep -c 'tick two' "$base/follow") -gt 5 ]] && ok "logs -f goes on" || no "logs -f: $(tail -n 2 "$base/follow")"
for victim in worker postgres; do
  old=$(service $victim pid); kill -9 "$old"
  until_back() { [[ $(service $victim state) == healthy && $(service $victim pid) != "$old" ]]; }
  eventually 20 until_back && ok "$victim is back after kill -9" || no "$victim is $(service $victim state) after kill -9"
done
sql "insert into notes (body) values ('mine 2')" >/dev/null
check "snapshot after" hb db snapshot save after
equal "the newest snapshot comes first" "after before" "$(names manual)"
check "reset" hb db reset --yes; equal "it is a fresh database" "" "$(sql "$mine")"
check "undo" hb undo --yes; equal "undo takes the newest" $'mine 1\nmine 2' "$(sql "$mine")"
check "restore of the one before" hb db snapshot restore before --yes; equal "it is that one" "mine 1" "$(sql "$mine")"
check "restore of the one after" hb db snapshot restore after --yes; equal "it is that one" $'mine 1\nmine 2' "$(sql "$mine")"

# Files: two changes that differ in nothing but their content, with times in the future.
for word in uno dos; do
  echo "insert into notes (body) values ('seed $word'), ('seed two');" >"$project/supabase/seed.sql"
  hb db reset --yes >"$base/out" 2>&1
  equal "a changed seed is seen" "seed $word" "$(sql 'select body from notes order by id limit 1')"
done
hb migration new second </dev/null >"$base/out" 2>&1
last=$(find "$project/supabase/migrations" -name '*.sql' | sort | tail -n 1)
has "a new migration comes last" "$last" "_second.sql"
echo 'create table second (i int);' >"$last"
check "migration up" hb migration up
equal "all of them are in the history" 5 "$(sql 'select count(*) from supabase_migrations.schema_migrations')"

# Copies are pruned by their age in resets, not by the clock.
for i in $(seq 12); do sql "insert into notes (body) values ('mine $i')" >/dev/null; hb db reset --yes >"$base/out" 2>&1 || no "reset $i: $(tail -n 2 "$base/out")"; done
pruned() { (($(names | wc -w) <= 8)); }
eventually 30 pruned && ok "old copies are pruned: $(names | wc -w) are left" || no "copies are left: $(names)"
equal "those with a name stay" "after before" "$(names manual)"
check "undo after pruning" hb undo --yes; equal "undo takes the newest" "mine 12" "$(sql "$mine")"

# One more day back while it is stopped, then after a crash.
check "stop" hb stop; check "nothing is left" eventually 3 is_empty
set_clock $((-2 * day)); echo three >"$project/word"
check "start a day earlier" hb start
off "two days back" $((-2 * day))
equal "the row is there" "mine 12" "$(sql "$mine")"
check "reset" hb db reset --yes; check "undo" hb undo --yes; equal "undo takes the newest" "mine 12" "$(sql "$mine")"
eventually 10 newer_logs three && ok "the newest line of a log is the newest" || no "the log ends with $(hb logs worker --lines 1)"
sql "insert into notes (body) values ('mine 13')" >/dev/null
kill -9 "$(supervisor)"; check "kill -9: nothing is left" eventually 4 is_empty
set_clock $((-3 * day))
check "start after a crash, a day earlier" hb start
equal "the rows are there" $'mine 12\nmine 13' "$(sql "$mine")"

# A log that is put aside by size, written with times before those in it.
folder=$(echo "$XDG_DATA_HOME"/homebase/projects/*)
python3 -c '
import sys
for i in range(400000): print("line", i, "of a loud one", "x" * 80)' >"$project/loud"
sed -i 's/echo tick .*; sleep/cat loud; rm -f loud; echo tick $$(cat word); sleep/' "$project/compose/local.yaml"; echo four >"$project/word"
hb stop >/dev/null 2>&1; check "start with a loud service" hb start
eventually 30 newer_logs four && ok "its last line is there" || no "the log ends with $(hb logs worker --lines 1 | head -c 200)"
size=$(du -sm "$folder/logs" | cut -f1); ((size < 40)) && ok "its logs have $size MB" || no "its logs have $size MB"

# And a year forward, as a machine that slept or whose battery died.
s=$(supervisor); set_clock $((400 * day)); echo five >"$project/word"
off "a year forward, while it runs" $((400 * day))
equal "it is running" running "$(status state)"; equal "the supervisor is the same" "$s" "$(supervisor)"
check "reset" hb db reset --yes; check "undo" hb undo --yes; equal "undo takes the newest" $'mine 12\nmine 13' "$(sql "$mine")"
eventually 10 newer_logs five && ok "the newest line of a log is the newest" || no "the log ends with $(hb logs worker --lines 1)"
equal "those with a name stay" "after before" "$(names manual)"
set_clock 0; check "back to now: reset" hb db reset --yes
check "stop" hb stop; check "nothing is left" eventually 3 is_empty
