# shellcheck shell=bash
# What the scripts one folder up share. Each of them is run with the program's path, and may be run
# by root or by anybody else; a folder with a space holds everything, and nothing of it is left.
set -uo pipefail
HOMEBASE=$(readlink -f "${1:-${HOMEBASE:-}}")
[[ -x $HOMEBASE ]] || { echo "usage: $0 PATH_TO_HOMEBASE" >&2; exit 64; }

# As root PostgreSQL runs as another user, who must be able to pass.
base=$(mktemp -d "${TMPDIR:-/tmp}/homebase faults.XXXXXX") && chmod 755 "$base" || exit 1
export XDG_DATA_HOME="$base/data" COMPOSE_PROFILES=
unset SUPABASE_WORKDIR HOMEBASE_WORKDIR HOMEBASE_STACK SUPABASE_STACK
seed=${SEED:-$((RANDOM * 32768 + RANDOM))}
RANDOM=$((seed % 32768))
passed=0 failed=0

ok() { passed=$((passed + 1)); printf 'ok    %s\n' "$*"; }
no() { failed=$((failed + 1)); printf 'FAIL  %s\n' "$*"; }
skip() { printf 'skip  %s\n' "$*"; }
# check WHAT COMMAND...: the last line that a failing command printed is shown.
check() {
  local what=$1; shift
  if "$@" >"$base/out" 2>&1; then ok "$what"; else no "$what: $(tail -n 2 "$base/out" | tr '\n' ' ')"; fi
}
# equal WHAT WANTED GOT
equal() { if [[ $3 == "$2" ]]; then ok "$1"; else no "$1: wanted '$2', got '$(head -c 300 <<<"$3")'"; fi; }
# has WHAT TEXT PATTERN
has() { if grep -qE -- "$3" <<<"$2"; then ok "$1"; else no "$1: no '$3' in '$(head -c 400 <<<"$2")'"; fi; }

hb() { timeout "${HB_LIMIT:-100}" "$HOMEBASE" --workdir "$project" "$@" </dev/null; }
hbj() { hb "$@" --output-format json; }
field() { python3 -c '
import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1].split("."):
    value = value[int(key)] if isinstance(value, list) else value.get(key)
print(json.dumps(value) if isinstance(value, (dict, list)) else "" if value is None else value)' "$1"; }
status() { hbj status 2>/dev/null | field "$1" 2>/dev/null; }
# service NAME KEY: of the status document
service() { hbj status 2>/dev/null | python3 -c '
import json, sys
for service in json.load(sys.stdin)["services"]:
    if service["name"] == sys.argv[1]:
        value = service
        for key in sys.argv[2].split("."): value = (value or {}).get(key)
        print("" if value is None else "\n".join(value) if isinstance(value, list) else value)' "$1" "$2"; }
sql() { hb db query "$1" -o csv | tail -n +2; }
now() { date +%s%N; }
since() { echo $((($(now) - $1) / 1000000)); }
pause() { python3 -c 'import sys,time; time.sleep(int(sys.argv[1])/1000)' "$1"; }
alive() { [[ -e /proc/$1 ]] && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null; }
eventually() { # eventually SECONDS COMMAND...
  local end=$(($(now) + $1 * 1000000000)); shift
  until "$@" >/dev/null 2>&1; do (($(now) > end)) && return 1; sleep 0.05; done
}

# Every process that works in this script's folder or was told of it: postgres has it as its folder.
processes() {
  { ls -l /proc/[0-9]*/cwd 2>/dev/null | grep -F -- "-> $base" |
      sed -n 's|.*/proc/\([0-9]*\)/cwd.*|\1|p'
    pgrep -f -- "--workdir $base"; } | sort -un | while read -r pid; do
    [[ $pid != "$$" ]] && alive "$pid" && echo "$pid"
  done
}
# supervisor and guardian: the two processes of `homebase supervise` for the project at hand
daemons() { pgrep -f -- "supervise --workdir $project --ready"; }
supervisor() { local p; for p in $(daemons); do [[ $(cat "/proc/$p/comm" 2>/dev/null) == homebase-guard ]] || { echo "$p"; return; }; done; }
guardian() { local p; for p in $(daemons); do [[ $(cat "/proc/$p/comm" 2>/dev/null) == homebase-guard ]] && { echo "$p"; return; }; done; }
# nothing_left SECONDS: of the project at hand
left() { processes | while read -r pid; do echo "$pid:$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | head -c 70)"; done; }
is_empty() { [[ -z $(processes) ]]; }

# new_project NAME: three migrations, seeds and one row of ours; made the current one
new_project() {
  project="$base/$1"; mkdir -p "$project/supabase/migrations"
  printf 'project_id = "faults"\n\n[api]\nport = %s\n\n[db]\nport = %s\n\n[studio]\nport = %s\n\n[inbucket]\nport = %s\n' \
    $((20000 + RANDOM % 9000)) $((30000 + RANDOM % 2000)) $((33000 + RANDOM % 2000)) \
    $((36000 + RANDOM % 2000)) >"$project/supabase/config.toml"
  echo 'create table notes (id bigint generated always as identity primary key, body text not null);' \
    >"$project/supabase/migrations/20260101000000_notes.sql"
  echo 'create table numbers as select g as n, md5(g::text) as t from generate_series(1, 20000) g;' \
    >"$project/supabase/migrations/20260102000000_numbers.sql"
  echo 'create index on numbers (t);' >"$project/supabase/migrations/20260103000000_index.sql"
  echo "insert into notes (body) values ('seed one'), ('seed two');" >"$project/supabase/seed.sql"
}

finish() {
  trap - EXIT
  local folder pid
  for folder in "$base"/*/; do
    [[ -d ${folder}supabase ]] || continue
    timeout 30 "$HOMEBASE" --workdir "${folder%/}" stop --no-backup --yes >/dev/null 2>&1 </dev/null
  done
  [[ $(type -t clean_up) == function ]] && clean_up
  for pid in $(processes); do kill -9 "$pid" 2>/dev/null; done
  chmod -R u+w "$base" 2>/dev/null; rm -rf "$base"
  printf '%d passed, %d failed%s\n' "$passed" "$failed" "$( ((failed)) && echo "; SEED=$seed repeats it")"
  # In a trap a bare `exit` gives what was there before the trap.
  exit $((failed > 0))
}
trap finish EXIT
trap 'failed=$((failed + 1)); exit' INT TERM
