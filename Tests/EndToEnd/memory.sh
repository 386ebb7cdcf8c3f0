#!/usr/bin/env bash
# A supervisor that lives for months: memory, descriptors and threads stay where they are over many
# resets. FULL=1: 1,000 instead of 150.
. "$(dirname "$0")/library/faults.bash" "$@"
resets=${RESETS:-$([[ ${FULL:-} ]] && echo 1000 || echo 150)}
new_project "memory"; hb start >/dev/null 2>&1 || no "start"
s=$(supervisor)
pss() { awk '/^Pss:/{print $2}' "/proc/$s/smaps_rollup"; }
run() { local i; for ((i = 0; i < $1; i++)); do hb db reset --yes >/dev/null 2>"$base/err" || { no "reset: $(tail -n 2 "$base/err")"; return; }; done; sleep 1; }
run 40; hb status >/dev/null
before=$(pss) files=$(ls "/proc/$s/fd" | wc -l)
run "$resets"; hb status >/dev/null
after=$(pss) files_after=$(ls "/proc/$s/fd" | wc -l)
# What an allocator keeps varies; a leak of one kilobyte a reset would show.
limit=$((before + 1500 + resets / 2))
((after < limit)) && ok "PSS $before kB, after $resets resets $after kB" || no "PSS grew from $before to $after kB in $resets resets"
((files_after <= files + 4)) && ok "descriptors: $files, then $files_after" || no "descriptors grew from $files to $files_after"
folder=$(echo "$XDG_DATA_HOME"/homebase/projects/*)
size=$(du -sk "$folder/logs" | cut -f1); ((size < 30000)) && ok "the logs have $size kB" || no "the logs have $size kB"
# Dropping waits until nobody needs the server.
count_snapshots() { hbj db snapshot list | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["snapshots"]))'; }
for _ in $(seq 120); do snapshots=$(count_snapshots); ((snapshots < 20)) && break; sleep 0.5; done
((snapshots < 20)) && ok "old snapshots are pruned: $snapshots are left" || no "$snapshots snapshots are left"
