#!/usr/bin/env bash
# Unusual places and people: read-only folders, spaces, unicode, long paths, no HOME, files from the
# future, a PostgreSQL that is replaced beneath the running stack, root and a plain user.
. "$(dirname "$0")/library/faults.bash" "$@"
lives() { # lives WHAT: start, query, reset, status, stop of the project at hand
  local what=$1
  hb start >"$base/out" 2>&1 || { no "$what: start: $(tail -n 2 "$base/out")"; return; }
  [[ $(sql 'select count(*) from notes') == 2 ]] || { no "$what: the seeds are not there"; return; }
  hb db reset --yes >"$base/out" 2>&1 || { no "$what: reset: $(tail -n 2 "$base/out")"; return; }
  [[ $(status state) == running ]] || { no "$what: state $(status state)"; return; }
  hb stop --no-backup --yes >"$base/out" 2>&1 || { no "$what: stop: $(tail -n 2 "$base/out")"; return; }
  eventually 3 is_empty || { no "$what: left: $(left)"; return; }
  ok "$what: start, reset, status, stop"
}

new_project "spaces  and ünïcødé 数据 'quotes' \$HOME %s"; lives "a path with spaces, unicode and quotes"
long="long/$(printf 'a%.0s' {1..120})/$(printf 'b%.0s' {1..120})/project"
new_project "$long"; lives "a path of ${#project} bytes, too long for a socket"
new_project "read only"; chmod -R a-w "$project"; lives "a read-only project folder"
chmod -R u+w "$project"
new_project "linked"; ln -s "$project" "$base/a link"; real=$project; project="$base/a link"
hb start >/dev/null 2>&1; a=$(status supervisor.pid); project=$real
equal "a link to the project is the project" "$a" "$(status supervisor.pid)"; hb stop --no-backup --yes >/dev/null 2>&1
new_project "homeless"
(unset HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_RUNTIME_DIR USER LOGNAME
  hb start >"$base/out" 2>&1 || { echo "start: $(tail -n 2 "$base/out")"; exit 1; }
  [[ $(sql 'select count(*) from notes') == 2 ]] || exit 1
  hb stop --no-backup --yes >/dev/null 2>&1) >"$base/text" 2>&1 && ok "no HOME, no XDG folders" || no "no HOME: $(cat "$base/text")"
(HOME=/nonexistent; hb start >"$base/out" 2>&1 && hb stop --no-backup --yes >/dev/null 2>&1) && ok "a HOME that does not exist" || no "a HOME that does not exist: $(tail -n 2 "$base/out")"
(export LC_ALL=C LANG=tr_TR.UTF-8 TZ=Pacific/Chatham PGHOST=/nowhere PGPORT=1 PGUSER=nobody PGDATABASE=x PGOPTIONS='-c search_path=x' PGSERVICE=none
  hb start >"$base/out" 2>&1 && [[ $(sql 'select count(*) from notes') == 2 ]] && hb stop --no-backup --yes >/dev/null 2>&1) &&
  ok "PG… variables and a locale of the shell change nothing" || no "PG… variables of the shell: $(tail -n 2 "$base/out")"
out=$(cd / && timeout 20 "$HOMEBASE" --workdir "$base/nowhere" start 2>&1 </dev/null); code=$?
[[ $code != 0 ]] && has "a folder that is not there" "$out" "nowhere"

# What is left on disk lies 400 days ahead, as after a clock that was set back (clock.sh sets one).
new_project "clock"
hb start >/dev/null 2>&1; sql "insert into notes (body) values ('mine')" >/dev/null
hb db snapshot save before >/dev/null 2>&1; hb stop >/dev/null 2>&1
find "$XDG_DATA_HOME" "$project" -exec touch -h -d '+400 days' {} + 2>/dev/null
check "start with files from the future" hb start
equal "the row is there" mine "$(sql "select body from notes where body = 'mine'")"
check "reset with files from the future" hb db reset --yes; check "undo" hb undo --yes
equal "undo took the newest" mine "$(sql "select body from notes where body = 'mine'")"
hb stop --no-backup --yes >/dev/null 2>&1

# PostgreSQL upgraded beneath the running cluster: the folder's programs are other files afterwards.
bin=$(for folder in /usr/lib/postgresql/*/bin; do echo "$folder"; done | sort -V | tail -n 1)
# A copied server finds its share and library folders relative to itself, so the tree is the same.
new_project "upgrade"; copy="$base/root$bin"; mkdir -p "$copy" "$base/root/usr/share"
lib=${copy%/bin}/lib; mkdir "$lib"; cp -a "$bin/." "$copy/"; cp "${bin%/bin}"/lib/*.so "$lib/"
ln -s /usr/share/postgresql "$base/root/usr/share/postgresql"
export HOMEBASE_PG_BIN="$copy"
if out=$(hb start 2>&1); then
  sql "insert into notes (body) values ('mine')" >/dev/null; old=$(service postgres pid)
  # What an upgrade can do at its worst: other programs, and a library that does not fit them.
  for program in postgres initdb; do cp "$bin/$program" "$copy/$program.new" && mv "$copy/$program.new" "$copy/$program"; done
  mv "$lib/plpgsql.so" "$lib/plpgsql.so.away"; echo broken >"$lib/plpgsql.so"
  has "status says that PostgreSQL was installed anew" "$(hb status 2>&1)" "installed anew"
  check "a new session loads its libraries" hb db query "do 'begin end'"
  check "reset after PostgreSQL was replaced" hb db reset --yes
  equal "the same server serves" "$old" "$(service postgres pid)"
  check "undo" hb undo --yes
  kill -9 "$old"; eventually 20 bash -c "'$HOMEBASE' --workdir '$project' db query 'select 1' </dev/null" && ok "it comes back after a crash" || no "it does not come back after a crash"
  equal "the row is there" mine "$(sql "select body from notes where body = 'mine'")"
  equal "nobody knocked at a server that was starting" 0 "$(hb logs postgres | grep -c "database system is starting up")"
  mv "$copy" "$copy.away"; out=$(hb status 2>&1); equal "status while the programs are gone" 0 $?
  check "stop while the programs are gone" hb stop
  out=$(hb start 2>&1); code=$?; [[ $code != 0 ]] && has "start without them says so" "$out" "postgres|PostgreSQL"
  mv "$copy.away" "$copy"; mv "$lib/plpgsql.so.away" "$lib/plpgsql.so"; check "and start when they are back" hb start
  [[ $(hb status 2>&1) != *anew* ]] && ok "and status is content" || no "status still speaks of a change"
  equal "with the row" mine "$(sql "select body from notes where body = 'mine'")"
  hb stop --no-backup --yes >/dev/null 2>&1
else no "PostgreSQL upgraded beneath it: a copied server does not start: $(tail -n 2 <<<"$out" | head -c 200)"; hb stop --no-backup --yes >/dev/null 2>&1; fi
unset HOMEBASE_PG_BIN

# As root: the same for a plain user, with state in that user's folders, all scripts' hardest parts.
if ((UID == 0)) && command -v setpriv >/dev/null; then
  user=nobody uid=$(id -u nobody) gid=$(id -g nobody)
  mkdir -p "$base/home"; new_project "of a plain user"; chown -R "$uid:$gid" "$base/home" "$project"
  as() { env -i PATH="$PATH" HOME="$base/home" USER=$user setpriv --reuid "$uid" --regid "$gid" --clear-groups timeout 100 "$HOMEBASE" --workdir "$project" "$@" </dev/null; }
  cp "$HOMEBASE" "$base/homebase" && chmod 755 "$base/homebase"; HOMEBASE="$base/homebase"
  check "start as a plain user" as start
  [[ -d $base/home/.local/share/homebase/projects ]] && ok "the state is in its home" || no "no state in $base/home: $(find "$base/home" -maxdepth 4 | head -n 5)"
  equal "its postgres is its own" "$uid" "$(stat -c %u "/proc/$(supervisor)")"
  check "reset as a plain user" as db reset --yes
  kill -9 "$(supervisor)"; eventually 3 is_empty && ok "kill -9: nothing is left" || no "kill -9 leaves $(left)"
  check "start after it" as start
  mkdir -m 700 "$base/run one" && chown "$uid:$gid" "$base/run one"; as stop >/dev/null 2>&1
  with() { env -i PATH="$PATH" HOME="$base/home" XDG_RUNTIME_DIR="$base/run one" setpriv --reuid "$uid" --regid "$gid" --clear-groups timeout 100 "$HOMEBASE" --workdir "$project" "$@" </dev/null; }
  check "start in a shell with XDG_RUNTIME_DIR" with start
  check "start in one without" as start
  equal "one supervisor and one guardian" 2 "$(daemons | wc -l)"
  check "reset from the shell without" as db reset --yes
  rm -rf "$base/run one"; check "stop when the socket's folder is gone" as stop
  eventually 3 is_empty && ok "nothing is left" || no "left: $(left)"
  check "start again" as start; check "stop" as stop --no-backup --yes
  rm -rf "/tmp/homebase-$uid"
elif ((UID)); then ok "all of this ran as the plain user $(id -un)"
fi
