#!/usr/bin/env bash
# kill -9 at random moments of every command: nothing is left, the next start needs nothing, no row
# is lost but by the reset that was asked for. FULL=1: 50 rounds instead of 12. SEED=N repeats a run.
. "$(dirname "$0")/library/faults.bash" "$@"
rounds=${ROUNDS:-$([[ ${FULL:-} ]] && echo 50 || echo 12)}
echo "seed $seed, $rounds rounds"
new_project "crash test"
kept="$base/rows"; : >"$kept"; migrations=0

# One committed row, written down once the client was told that it is committed.
commit_row() { if sql "insert into notes (body) values ('row $1')" >/dev/null 2>&1; then echo "row $1" >>"$kept"; fi; }
rows() { sql "select body from notes where body like 'row %' order by id" 2>/dev/null; }

hb start >/dev/null 2>"$base/start" || { no "the first start: $(tail -n 2 "$base/start")"; exit; }
operations=(start reset migration save restore stop undo)
victims=(supervisor guardian both)
worst=0
for ((round = 1; round <= rounds; round++)); do
  operation=${operations[$(((round - 1) % ${#operations[@]}))]} victim=${victims[$((RANDOM % 3))]}
  case $operation in start) span=900 ;; stop) span=250 ;; migration) span=150 ;; *) span=60 ;; esac
  [[ $operation == start ]] && hb stop >/dev/null 2>&1
  if [[ $operation != start ]]; then
    commit_row "$round"
    [[ $operation == restore ]] && { hb db snapshot save "base-$round" >/dev/null 2>&1 || no "round $round: snapshot save before restore"; }
    [[ $operation == undo ]] && { hb db reset --yes >/dev/null 2>&1 || no "round $round: reset before undo"; }
  fi
  [[ $operation == migration ]] && migrations=$((migrations + 1))
  before=$([[ $operation == start ]] || rows)
  alone="$(supervisor) $(guardian)"
  case $operation in
    start) hb start ;;
    reset) hb db reset --yes ;;
    migration)
      printf 'create table m%s (i int);\ninsert into m%s select generate_series(1, 30000);\n' $migrations $migrations \
        >"$project/supabase/migrations/$((20270101000000 + migrations))_m$migrations.sql"
      hb migration up ;;
    save) hb db snapshot save "s-$round" ;;
    restore) hb db snapshot restore "base-$round" --yes ;;
    stop) hb stop ;;
    undo) hb undo --yes ;;
  esac >"$base/command" 2>&1 &
  command=$!
  moment=$((RANDOM % span)); pause $moment
  if [[ $operation == start ]]; then
    end=$(($(now) + 3000000000)); while [[ -z $(supervisor) ]] && (($(now) < end)); do :; done
    alone="$(supervisor) $(guardian)"
  fi
  read -r s g <<<"$alone"
  case $victim in supervisor) kill -9 $s ;; guardian) kill -9 ${g:-$s} ;; both) kill -9 $g $s ;; esac 2>/dev/null
  began=$(now)
  what="round $round: $victim killed $moment ms into $operation"
  # The guardian's death is no crash of the supervisor: it stops in order.
  limit=3; [[ $victim == guardian ]] && limit=6
  wait "$command"; code=$?
  end=$((began + limit * 1000000000))
  while remaining=$(processes); [[ -n $remaining ]] && (($(now) < end)); do sleep 0.02; done
  took=$(since "$began"); ((took > worst)) && worst=$took
  [[ -z $remaining ]] || no "$what: left after $limit s: $(left | tr '\n' ' ')"
  if ! hb start >"$base/start" 2>&1; then no "$what: the next start: $(tail -n 3 "$base/start" | tr '\n' ' ')"; break; fi
  [[ $(status state) == running ]] || no "$what: state $(status state) after the start: $(hb status 2>&1 | tail -n 3)"
  after=$(rows)
  case $operation in
    reset)
      if [[ -n $after && $after != "$before" ]]; then no "$what: neither the old rows nor none: $after"; fi
      [[ $(sql "select count(*) from notes where body like 'seed%'") == 2 ]] || no "$what: the seeds are not there"
      [[ -z $after ]] && : >"$kept" ;;
    restore) [[ $after == "$before" ]] || no "$what: rows changed: $before / $after" ;;
    undo)
      # Undone or not: the reset's empty table, or the rows from before it.
      [[ -z $after || $after == "$(cat "$kept")" ]] || no "$what: neither: $after"
      [[ -z $after ]] && : >"$kept" ;;
    *) [[ $after == "$(cat "$kept")" ]] || no "$what: rows lost: wanted $(tr '\n' ',' <"$kept") got $(tr '\n' ',' <<<"$after")" ;;
  esac
  if [[ $operation == migration ]]; then
    hb migration up >"$base/up" 2>&1 || no "$what: migration up after it: $(tail -n 3 "$base/up")"
    [[ $(sql "select count(*) from m$migrations") == 30000 ]] || no "$what: the migration is half there"
  fi
  if [[ $operation == save ]]; then
    hb db snapshot list >"$base/list" 2>&1 || no "$what: snapshot list: $(tail -n 2 "$base/list")"
    hb db snapshot save "again-$round" >"$base/list" 2>&1 || no "$what: snapshot save after it: $(tail -n 2 "$base/list")"
    if hb db snapshot list 2>/dev/null | grep -q "s-$round "; then
      hb db snapshot restore "s-$round" --yes >"$base/list" 2>&1 || no "$what: a listed snapshot cannot be restored: $(tail -n 2 "$base/list")"
    fi
  fi
  ps -o state= -p "$(service postgres pid)" | grep -q T && no "$what: postgres stays stopped"
  printf '      %s (command ended with %s), clean after %s ms\n' "$what" "$code" "$took"
done
((failed == 0)) && ok "$rounds times kill -9: nothing left, next start works, no row lost; slowest end $worst ms"
check "reset works after all of them" hb db reset --yes
check "stop" hb stop
check "nothing is left after stop" eventually 2 is_empty
