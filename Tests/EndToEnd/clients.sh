#!/usr/bin/env bash
# What apps do: supabase-py as PyPI has it, and supabase-js's requests from Deno, against one
# project's door, as anybody, as users and as a server; a reset and a changed schema between.
# usage: Tests/EndToEnd/clients.sh HOMEBASE
# shellcheck source=Tests/EndToEnd/library/faults.bash
source "$(dirname "${BASH_SOURCE[0]}")/library/faults.bash"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)/clients
# onboarding/test makes it.
python=${JUDGES:-$here/../../../.build/judges}/bin/python
deno=${DENO:-deno}
helpers=()
clean_up() { ((${#helpers[@]} == 0)) || kill "${helpers[@]}" 2>/dev/null; }

new_project library
rm "$project"/supabase/migrations/*
cp "$here/schema.sql" "$project/supabase/migrations/20260101000000_library.sql"
cp "$here/seed.sql" "$project/supabase/seed.sql"
config=$project/supabase/config.toml
sed -i 's/^\[api\]$/[api]\nschemas = ["public", "graphql_public", "extra"]\nmax_rows = 100/' "$config"

check "start" hb start
equal "the gateway is a service" healthy "$(service gateway state)"
equal "and so is REST" healthy "$(service rest state)"
url=$(status urls.API_URL)
key=$(status keys.PUBLISHABLE_KEY)

bearer() { hb gen bearer-jwt --role authenticated --sub "00000000-0000-4000-8000-00000000000$1"; }
forged=$(python3 -c '
import base64, hashlib, hmac, json
part = lambda b: base64.urlsafe_b64encode(b).rstrip(b"=")
text = b".".join(part(json.dumps(d).encode()) for d in ({"alg": "HS256"}, {"role": "service_role"}))
print((text + b"." + part(hmac.digest(b"a secret of somebody else, of 32 bytes", text, "sha256"))).decode())')
expired=$(hb gen bearer-jwt --role authenticated --exp 2020-01-01T00:00:00Z)
python3 -c 'import json, sys; print(json.dumps(dict(zip(sys.argv[1::2], sys.argv[2::2]))))' \
  url "$url" publishable "$key" secret "$(status keys.SECRET_KEY)" \
  anon "$(status keys.ANON_KEY)" service "$(status keys.SERVICE_ROLE_KEY)" \
  ann "$(bearer a)" ben "$(bearer b)" expired "$expired" forged "$forged" >"$base/given.json"

judge() { # judge NAME COMMAND…: each line of the script is a case of ours
  local name=$1 kind line ended=
  shift
  while IFS=$'\t' read -r kind line; do
    case $kind in
      ok) ok "$name: $line" ;;
      FAIL) no "$name: $line" ;;
      end) ended=$line ;;
    esac
  done < <(timeout 120 "$@" <"$base/given.json" 2>"$base/$name.said")
  [[ -n $ended ]] || no "$name ended early: $(tail -n 4 "$base/$name.said" | tr '\n' ' ')"
}

rest() { # rest PATH [CURL'S ARGUMENTS…]: the body
  local path=$1
  shift
  curl -s -g --max-time 20 -H "apikey: $key" "$@" "$url/rest/v1$path"
}

echo "== supabase-py"
if "$python" -c 'import supabase' 2>/dev/null; then
  judge supabase-py "$python" "$here/judge.py"
else
  skip "no supabase-py (pip install supabase): no app in Python is tried here"
fi

echo "== a reset between"
rest /genres -H 'content-type: application/json' -d '{"id": 700, "name": "gone by then"}'
equal "what was written is there" '[{"id":700}]' "$(rest '/genres?select=id&id=eq.700')"
# Whatever comes while databases change places is whole, or a refusal that says when to ask again.
cat >"$base/reader.py" <<'PYTHON'
import json, sys, time, urllib.error, urllib.request
url, key, stop = sys.argv[1:]
seen = {"whole": 0, "refused": 0, "broken": []}
while True:
    try:
        open(stop).close()
        break
    except OSError:
        pass
    try:
        request = urllib.request.Request(url + "/rest/v1/books?select=id", headers={"apikey": key})
        with urllib.request.urlopen(request, timeout=20) as answer:
            rows = json.load(answer)
        if len(rows) == 5: seen["whole"] += 1
        else: seen["broken"].append(str(rows)[:80])
    except urllib.error.HTTPError as error:
        body = error.read()
        if error.code == 503 and error.headers.get("Retry-After"): seen["refused"] += 1
        else: seen["broken"].append(f"{error.code} {body[:120]!r}")
    except Exception as error:
        seen["broken"].append(repr(error)[:120])
print(seen["whole"], seen["refused"], len(seen["broken"]), "; ".join(seen["broken"][:3]))
PYTHON
for reader in 1 2 3; do
  python3 "$base/reader.py" "$url" "$key" "$base/enough" >"$base/reader.$reader" &
  helpers+=($!)
done
pause 300
for round in 1 2 3; do check "reset $round" hb db reset --yes; pause 200; done
touch "$base/enough"
wait "${helpers[@]}"
helpers=()
for reader in 1 2 3; do
  read -r whole turned_away broken said <"$base/reader.$reader"
  [[ ${broken:-1} == 0 && ${whole:-0} -gt 3 ]] && ok "a reader sees whole answers ($whole, and $turned_away refusals)" ||
    no "a reader sees ${broken:-nothing} broken answers beside ${whole:-0}: ${said:-}"
done
equal "the reset is seen" '[]' "$(rest '/genres?select=id&id=eq.700')"

echo "== supabase-js's requests"
if command -v "$deno" >/dev/null; then
  judge supabase-js "$deno" run --no-lock --no-remote --allow-net "$here/judge.ts"
else
  skip "no deno (pip install deno): no app in TypeScript is tried here"
fi

echo "== a schema that changes"
answers() { [[ $(rest "$1") == "$2" ]]; }
sql "alter table public.genres add column shelf int default 3" >/dev/null
eventually 20 answers '/genres?select=shelf&id=eq.1' '[{"shelf":3}]' && ok "a new column is read" ||
  no "a new column is not read: $(rest '/genres?select=shelf&id=eq.1')"
sql "create table public.late (id int primary key, genre_id int references public.genres)" >/dev/null
eventually 20 answers '/late?select=id,genres(name)' '[]' && ok "a new table and its relationship are known" ||
  no "a new table is not known: $(rest '/late?select=id,genres(name)')"
sql "create function public.late_sum(x int) returns int language sql as 'select x + 1'" >/dev/null
eventually 20 answers '/rpc/late_sum?x=1' 2 && ok "so is a new function" || no "a new function is not known: $(rest '/rpc/late_sum?x=1')"
sql "drop table public.late" >/dev/null
gone() { rest '/late' | grep -q PGRST205; }
eventually 20 gone && ok "a dropped table is forgotten" || no "a dropped table is still known: $(rest '/late')"

echo "== a third party's users"
if "$python" -c 'import cryptography, jwt' 2>/dev/null; then
  "$python" "$here/issuer.py" "$base/issuer" >/dev/null 2>"$base/issuer.said" &
  helpers+=($!)
  eventually 20 test -s "$base/issuer/url" || no "no issuer: $(tail -n 2 "$base/issuer.said")"
  printf '\n[auth.third_party.workos]\nenabled = true\nissuer_url = "%s"\n' "$(cat "$base/issuer/url")" >>"$config"
  check "restart with an issuer" hb restart
  as() { rest "/rpc/who_am_i" -H "authorization: Bearer $(cat "$base/issuer/$1")"; }
  has "its users are let in" "$(as ours)" '"database_role" ?: ?"authenticated".*"uid" ?: ?"00000000-0000-4000-8000-00000000000c"'
  has "those of another issuer with the same key are not" "$(as others)" 'PGRST301'
  has "nor those that its key did not sign" "$(as forged)" 'PGRST301'
  kill "${helpers[@]}"
  wait "${helpers[@]}" 2>/dev/null
  helpers=()
  has "a restart without a network says so" "$(hb restart 2>&1)" 'the keys of the third-party issuer are not there'
  has "the keys of the last time serve" "$(as ours)" '"database_role" ?: ?"authenticated"'
  has "and our own users are let in as before" "$(rest /rpc/who_am_i -H "authorization: Bearer $(bearer a)")" '"database_role" ?: ?"authenticated"'
else
  skip "no cryptography for Python: no third party signs tokens here"
fi
