#!/usr/bin/env bash
# Two of everything, and what a dead supervisor leaves: stale pid, socket and lock files, taken
# ports, two starts and two resets at once, shells that differ in XDG_RUNTIME_DIR.
. "$(dirname "$0")/library/faults.bash" "$@"
clean_up() { [[ ${squatter:-} ]] && kill "$squatter" 2>/dev/null; }
new_project "one of two"
port=$(sed -n '/^\[db\]/,/^$/s/port = //p' "$project/supabase/config.toml")
api=$(sed -n '/^\[api\]/,/^$/s/port = //p' "$project/supabase/config.toml")

# A taken port: who has it is said, the next free one is taken and remembered.
python3 -c '
import socket, sys, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(1); print("up", flush=True); time.sleep(600)' "$port" >"$base/squatter" &
squatter=$!; eventually 5 grep -q up "$base/squatter"
out=$(hb start 2>&1); equal "start beside a taken port" 0 $?
has "it says which port moved" "$out" "$port"
has "it says who has it" "$out" "python3|$squatter"
moved=$(status urls.DB_URL); moved=${moved##*:}; moved=${moved%%/*}
[[ $moved -gt $port && $moved -lt $((port + 10)) ]] && ok "the next free port: $moved" || no "the next free port after $port: $moved"
hb stop >/dev/null 2>&1; hb start >/dev/null 2>&1; again=$(status urls.DB_URL); again=${again##*:}
equal "the port is remembered" "$moved" "${again%%/*}"
hb stop >/dev/null 2>&1; kill $squatter; wait $squatter 2>/dev/null; squatter=
hb start >/dev/null 2>&1; again=$(status urls.DB_URL); again=${again##*:}
equal "the configured port is taken again when it is free" "$port" "${again%%/*}"
equal "the service answers there" 1 "$(sql 'select 1')"
sql "insert into notes (body) values ('mine')" >/dev/null

# Two starts at once, on nothing, four times.
for round in 1 2 3 4; do
  hb stop >/dev/null 2>&1
  hb start >"$base/a" 2>&1 & a=$!; hb start >"$base/b" 2>&1 & b=$!; hb start >"$base/c" 2>&1 & c=$!
  wait $a; x=$?; wait $b; y=$?; wait $c; z=$?
  [[ $x$y$z == 000 ]] || { no "three starts at once, round $round: $x $y $z: $(tail -qn 2 "$base/a" "$base/b" "$base/c")"; break; }
  [[ $(daemons | wc -l) == 2 ]] || no "three starts at once left $(daemons | wc -l) processes, not supervisor and guardian"
done
equal "after starts at once the row is there" mine "$(sql "select body from notes where body = 'mine'")"

# Two shells that do not agree on the runtime folder see one supervisor.
if ((UID == 0)); then skip "XDG_RUNTIME_DIR does not count for root"; else
  mkdir -m 700 "$base/run a" "$base/run b"; hb stop >/dev/null 2>&1
  check "start in a shell with a runtime folder" env XDG_RUNTIME_DIR="$base/run a" "$HOMEBASE" --workdir "$project" start
  first=$(XDG_RUNTIME_DIR="$base/run a" status supervisor.pid)
  equal "another shell sees it" "$first" "$(XDG_RUNTIME_DIR="$base/run b" status supervisor.pid)"
  check "another shell's start finds it" env XDG_RUNTIME_DIR="$base/run b" "$HOMEBASE" --workdir "$project" start
  equal "and starts no second" 2 "$(daemons | wc -l)"
  check "another shell's reset" env XDG_RUNTIME_DIR="$base/run b" "$HOMEBASE" --workdir "$project" db reset --yes
  rm -rf "$base/run a"
  check "stop works when the socket's folder is gone" env XDG_RUNTIME_DIR="$base/run b" "$HOMEBASE" --workdir "$project" stop
  check "nothing is left of it" eventually 3 is_empty
  hb start >/dev/null 2>&1
fi

# Two resets at once: both are done, one after the other.
hb db reset --yes >"$base/a" 2>&1 & a=$!; hb db reset --yes >"$base/b" 2>&1 & b=$!; hb db reset --yes >"$base/c" 2>&1 & c=$!
wait $a; x=$?; wait $b; y=$?; wait $c; z=$?
equal "three resets at once" 000 "$x$y$z"; [[ $x$y$z == 000 ]] || tail -n 2 "$base/a" "$base/b" "$base/c"
equal "the seeds are there once" 2 "$(sql 'select count(*) from notes')"
hb db reset --yes >/dev/null 2>&1 & a=$!; hb db snapshot save both >"$base/b" 2>&1 & b=$!; hb migration up >"$base/c" 2>&1 & c=$!
wait $a; x=$?; wait $b; y=$?; wait $c; z=$?
equal "reset, snapshot and migration at once" 000 "$x$y$z"; [[ $x$y$z == 000 ]] || tail -n 2 "$base/b" "$base/c"

# What a crash leaves on disk, at its worst.
sql "insert into notes (body) values ('mine')" >/dev/null
folder=$(echo "$XDG_DATA_HOME"/homebase/projects/*)
kill -9 "$(supervisor)"; eventually 4 is_empty
printf '99999\n%s\n0\n1\n/tmp\n*\n' "$folder" >"$folder/postgres/postmaster.pid" 2>/dev/null ||
  printf '1\n' >"$(find "$folder" -name PG_VERSION -path '*postgres/PG_VERSION' -printf '%h\n' -quit)/postmaster.pid"
printf '1\n/nowhere/control.sock\n' >"$folder/supervisor.lock"; : >"$folder/start.lock"
printf '{"half' >"$folder/processes.json"
check "start with a stale pid file, lock, socket and half a record" hb start
equal "the row is there" mine "$(sql "select body from notes where body = 'mine'")"
# The pid in the stale file is of a process that lives and is no postgres: ours.
kill -9 "$(supervisor)"; eventually 4 is_empty
printf '%s\n%s\n0\n1\n/tmp\n*\n' $$ "$folder/postgres" >"$folder/postgres/postmaster.pid"
check "start with a pid file that names a living process" hb start
equal "the row is there still" mine "$(sql "select body from notes where body = 'mine'")"
check "and stop" hb stop; check "nothing is left" eventually 2 is_empty
