#!/usr/bin/env bash
# Processes that misbehave: a killed postgres, services that fork away, hang, print 100 MB or crash;
# signals and closed terminals that reach the supervisor or a command.
. "$(dirname "$0")/library/faults.bash" "$@"
new_project "services"
mkdir -p "$project/compose"
cat >"$project/compose/local.yaml" <<'YAML'
services:
  postgres:
    x-homebase: postgres
  runaway:
    command: ["bash", "-c", "(setsid bash -c 'exec -a runaway-child sleep 4321' &) ; sleep 0.2; (setsid bash -c 'setsid sleep 4322 & exec sleep 4323' >/dev/null 2>&1 &); exec sleep 4324"]
  deaf:
    command: ["bash", "-c", "trap '' TERM INT HUP; while :; do sleep 1; done"]
    stop_grace_period: 1s
  crash:
    command: ["bash", "-c", "echo the last words; sleep 0.3; exit 7"]
    restart: always
  loud:
    command: ["bash", "-c", "sleep 0.5; head -c 104857600 /dev/zero | tr '\\0' x | fold -w 120; echo loud is done; exec sleep 4325"]
YAML
ours() { pgrep -f 'sleep 432[1-5]|runaway-child 4321' | grep -q .; }
no_ours() { ! ours; }
out=$(HB_LIMIT=60 hb start 2>&1); code=$?
# It lives for a moment: whether the start sees its first crash is a matter of time. The others run.
[[ $code == 0 || $code == 1 ]] && ok "start with a service that crashes" || no "start with a service that crashes: exit $code"
has "it says which one" "$out" crash
s=$(supervisor)
eventually 30 bash -c "'$HOMEBASE' --workdir '$project' logs loud --since 1h 2>/dev/null </dev/null | tail -n 3 | grep -q 'loud is done'" &&
  ok "100 MB of a service's lines are taken" || no "100 MB of a service's lines: the end is not in the log"
rss=$(($(awk '/VmRSS/{print $2}' "/proc/$s/status") / 1024))
((rss < 64)) && ok "the supervisor is at $rss MiB after it" || no "the supervisor has grown to $rss MiB"
folder=$(echo "$XDG_DATA_HOME"/homebase/projects/*)
logs=$(du -sm "$folder/logs" | cut -f1)
((logs < 120)) && ok "the logs have $logs MB" || no "the logs have $logs MB"
equal "the crash's exit code is kept" 7 "$(service crash last_exit.code)"
has "its last line is kept" "$(service crash last_exit.log)" "the last words"
has "its restarts are counted" "$(service crash restarts)" "[1-9]"
old=$(service deaf pid); hb restart deaf >/dev/null 2>&1
[[ $(service deaf pid) != "$old" ]] && ok "restart of one service" || no "restart of one service: the pid is the same"
eventually 3 test "$(service deaf state)" = healthy && ok "it is healthy" || no "deaf is $(service deaf state)"
out=$(hb restart nosuch 2>&1); code=$?; has "restart of an unknown service names those there are" "$code $out" '[12] .*(nosuch|deaf)'

# kill -9 of postgres
sql "insert into notes (body) values ('mine')" >/dev/null
old=$(service postgres pid); kill -9 "$old"; began=$(now)
eventually 20 bash -c "'$HOMEBASE' --workdir '$project' db query 'select 1' </dev/null" && ok "postgres answers $(since "$began") ms after kill -9" || no "postgres does not come back"
equal "the committed row is there" mine "$(sql "select body from notes where body = 'mine'")"
[[ $(service postgres pid) != "$old" && $(service postgres restarts) -ge 1 ]] && ok "its restart is counted" || no "restarts: $(service postgres restarts)"
has "its signal is recorded" "$(service postgres last_exit.signal)" KILL
has "its last lines are in status" "$(service postgres last_exit.log)" "."
check "reset works after it" hb db reset --yes

# A terminal that closes, a Ctrl-C: of the command, not of the stack.
s=$(supervisor)
# Whoever runs this may ignore SIGHUP (nohup), and what is ignored is inherited.
python3 -c 'import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL); os.setsid(); os.execvp("bash", ["bash", "-c", sys.argv[1]])' \
  "'$HOMEBASE' --workdir '$project' logs -f >/dev/null 2>&1" & session=$!
eventually 10 pgrep -g $session -f "logs -f"; sleep 0.3; kill -HUP -- -$session 2>/dev/null; wait $session 2>/dev/null
equal "a closed terminal ends the command only" "$s" "$(status supervisor.pid)"
for signal in INT TERM HUP; do
  hb db reset --yes >/dev/null 2>&1 & c=$!; pause 15; pkill -$signal -P $c 2>/dev/null; wait $c 2>/dev/null
  [[ $(sql "select count(*) from notes where body like 'seed%'") == 2 ]] || no "after SIG$signal in a reset the seeds are missing"
done
check "reset after cancelled resets" hb db reset --yes

# restart, status beside a start, stop with a service that does not listen
began=$(now); HB_LIMIT=30 hb stop >"$base/stop" 2>&1; equal "stop with a deaf service" 0 $?; took=$(since "$began")
((took < 30000)) && ok "it took $took ms" || no "stop took $took ms"
check "nothing is left, not even what forked away" eventually 2 no_ours
check "no other process is left" eventually 2 is_empty

hb start >/dev/null 2>&1 & c=$!
slowest=0
for _ in $(seq 15); do began=$(now); hbj status >/dev/null 2>&1; t=$(since "$began"); ((t > slowest)) && slowest=$t; sleep 0.02; done
((slowest < 15000)) && ok "status answers within $slowest ms while it starts" || no "status took $slowest ms while it starts"
wait $c

# kill -9 with what forked away
kill -9 "$(supervisor)"; check "kill -9: what forked away ends too" eventually 3 no_ours
check "kill -9: nothing is left" eventually 3 is_empty

# SIGTERM to the supervisor: an orderly end, which needs no recovery.
rm "$project/compose/local.yaml"; hb start >/dev/null 2>&1
# What only a start takes over is said while it has not been.
cp "$project/supabase/config.toml" "$base/config.toml"
printf '\n[db.settings]\nwork_mem = "5MB"\n' >>"$project/supabase/config.toml"
has "a configuration that was edited since the start is named" "$(hb status 2>&1)" "config.toml was edited since"
check "restart" hb restart
equal "takes it" 5MB "$(sql 'show work_mem')"
if hb status 2>&1 | grep -q "was edited since"; then no "a restart leaves the warning"; else ok "and the warning is gone"; fi
cp "$base/config.toml" "$project/supabase/config.toml"
for who in supervisor guardian; do
  kill -TERM "$($who)"; eventually 5 is_empty && ok "SIGTERM to the $who ends all" || no "SIGTERM to the $who leaves $(left)"
  check "start after it" hb start
  hb logs postgres --since 3s 2>/dev/null | grep -q 'not properly shut down' && no "SIGTERM to the $who: PostgreSQL had to recover"
done
# Ctrl-C during a start, at several moments: the next one works.
for moment in 20 120 300 600; do
  hb stop >/dev/null 2>&1; hb start >/dev/null 2>&1 & c=$!; pause $moment; pkill -INT -P $c 2>/dev/null; wait $c 2>/dev/null
  hb start >"$base/start" 2>&1 || no "start after Ctrl-C at $moment ms: $(tail -n 2 "$base/start")"
  [[ $(status state) == running ]] || no "after Ctrl-C at $moment ms the state is $(status state)"
done
ok "a start that was interrupted goes on with the next"
kill -STOP "$(service postgres pid)"; pause 50; kill -9 "$(supervisor)"
check "kill -9 while postgres is halted: nothing stays" eventually 4 is_empty
check "start after it" hb start
