#!/usr/bin/env bash
# A full disk: during the clone of a spare, a migration, a snapshot. Needs root, for a small tmpfs.
. "$(dirname "$0")/library/faults.bash" "$@"
if ((UID)) || ! mkdir -p "$XDG_DATA_HOME" || ! mount -t tmpfs -o size=${SIZE:-420m},mode=755 none "$XDG_DATA_HOME" 2>/dev/null; then
  skip "a full disk: only root can make a small one"; exit
fi
clean_up() { umount -l "$XDG_DATA_HOME"; }
new_project "full disk"
# A write-ahead log that cannot be written ends PostgreSQL's server: it comes back by itself.
answers() { eventually 30 sql 'select 1' || no "the database does not answer for 30 s after '$1': $(hb logs postgres 2>/dev/null | tail -n 2)"; }
# A server that restarted on a full disk lets nobody in when it cannot even write its cache.
answers_or_says_why() {
  eventually 10 sql 'select 1' || hb logs postgres 2>/dev/null | tail -n 20 | grep -qE 'init file|[Nn]o space' ||
    no "the database neither answers nor says why after '$1': $(hb logs postgres 2>/dev/null | tail -n 2)"
}
free_mb() { df -m --output=avail "$XDG_DATA_HOME" | tail -n 1 | tr -d ' '; }
fill() { local left=$1; dd if=/dev/zero of="$XDG_DATA_HOME/filler" bs=1M count=$(($(free_mb) - left)) status=none 2>/dev/null; }
check "start on a small disk" hb start
printf '      %s MB are free\n' "$(free_mb)"
sql "create table keep_me as select 7 as i" >/dev/null

echo "create table big as select g, repeat(md5(g::text), 60) t from generate_series(1, 600000) g;" >"$project/supabase/migrations/20270101000000_big.sql"
out=$(hb db reset --yes 2>&1); code=$?
equal "a migration that fills the disk fails" 1 $code
has "it says that the disk is full" "$out" "53100|[Nn]o space|disk"
answers "reset"
equal "the old database stays" 7 "$(sql 'select i from keep_me')"
out=$(hb migration up 2>&1); equal "migration up that fills the disk fails" 1 $?
answers "migration up"
equal "nothing of it stays" "" "$(sql "select to_regclass('public.big')")"
rm "$project/supabase/migrations/20270101000000_big.sql"
check "reset without it" hb db reset --yes
check "undo" hb undo
equal "the row is back" 7 "$(sql 'select i from keep_me')"

fill 4
out=$(hb db snapshot save full 2>&1); code=$?
[[ $code != 0 ]] && has "a snapshot on a full disk fails and says why" "$out" "53100|[Nn]o space|disk|space" || no "snapshot save on a full disk: exit $code with $(free_mb) MB free"
equal "the database answers on a full disk" 7 "$(sql 'select i from keep_me')"
out=$(hb db reset --yes 2>&1); code=$?
if [[ $code == 0 ]]; then ok "reset on a full disk uses the spare"; else has "reset on a full disk says why it fails" "$out" "53100|[Nn]o space|disk|space"; fi
answers_or_says_why "reset on a full disk"
for _ in 1 2 3; do hb db reset --yes >"$base/out" 2>&1; done
has "resets until the spares are gone say why" "$(cat "$base/out")" "53100|[Nn]o space|disk|space|reset in"
answers_or_says_why "resets"
out=$(hb status 2>&1); equal "status on a full disk" 0 $?
kill -9 "$(supervisor)"; eventually 4 is_empty
out=$(hb start 2>&1); code=$?; if [[ $code == 0 ]]; then ok "start on a full disk"; else has "start on a full disk says why it fails" "$out" "53100|[Nn]o space|disk|space"; fi
rm "$XDG_DATA_HOME/filler"
check "with room again, start" hb start
answers "room"
[[ $(sql 'select count(*) from notes') -ge 2 ]] && ok "and a database is there" || no "no database is left"
check "with room again, reset" hb db reset --yes
equal "running" running "$(status state)"
equal "the seeds are there" 2 "$(sql 'select count(*) from notes')"
fill 0; hb stop >"$base/out" 2>&1; equal "stop on a full disk" 0 $?; rm "$XDG_DATA_HOME/filler"
check "start after it" hb start
