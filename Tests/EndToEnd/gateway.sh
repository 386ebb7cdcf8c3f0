#!/usr/bin/env bash
# The one HTTP door and REST behind it as the supervisor runs them: keys, crashes, resets beside a
# reader, services left out, a taken port, https, signing keys.
. "$(dirname "$0")/library/faults.bash" "$@"
new_project "gateway"
config="$project/supabase/config.toml"
cat >"$project/supabase/migrations/20260104000000_many.sql" <<'SQL'
create table many (id int primary key, mark text not null default 'seed');
insert into many (id) select generate_series(1, 50);
create function who() returns text language sql stable as 'select current_role::text';
SQL

env_of() { hb status -o env | sed -n "s/^$1=\"\(.*\)\"$/\1/p"; }
read_addresses() {
  api=$(env_of API_URL); publishable=$(env_of PUBLISHABLE_KEY); secret=$(env_of SECRET_KEY)
  anon=$(env_of ANON_KEY); service_role=$(env_of SERVICE_ROLE_KEY)
}
# get PATH KEY [CURL OPTIONS]: the status, then the body
get() {
  local path=$1 key=$2; shift 2
  curl -s -m 20 ${key:+-H "apikey: $key"} -w '\n%{http_code}' "$@" "$api$path" 2>&1 |
    awk '{ line[NR] = $0 } END { printf "%s ", line[NR]; for (i = 1; i < NR; i++) print line[i] }'
}
code() { get "$@" | cut -d' ' -f1; }
notes='/rest/v1/notes?select=body&order=id'
seeded='200 [{"body":"seed one"},'
serves() { [[ $(get "$notes" "$publishable" | tr -d '\n ') == 200'[{"body":"seedone"},{"body":"seedtwo"}]' ]]; }

check "start" hb start
read_addresses
equal "the gateway is a service" healthy "$(service gateway state)"
equal "so is REST" healthy "$(service rest state)"
check "a client reads" serves
for name in publishable secret anon service_role; do
  equal "the ${name//_/ } key" 200 "$(code "$notes" "${!name}")"
done
equal "no key is the anonymous role, as with the Supabase CLI" 200 "$(code "$notes" "")"
equal "somebody else's key" 401 "$(code "$notes" "${publishable}x")"
equal "each key has its role" '"anon" "service_role"' \
  "$(for k in "$publishable" "$secret"; do get /rest/v1/rpc/who "$k" | cut -d' ' -f2-; done | paste -sd' ')"
equal "REST_URL" "$api/rest/v1" "$(env_of REST_URL)"
equal "GRAPHQL_URL" "$api/graphql/v1" "$(env_of GRAPHQL_URL)"
has "the page names it" "$(hb status)" "API_URL +$api"
port=${api##*:}
equal "it listens on loopback only" "127.0.0.1:$port" "$(ss -Hltn "sport = :$port" | awk '{print $4}')"
run=$(dirname "$(ls "${XDG_RUNTIME_DIR:-/nowhere}"/homebase/*/gateway.json /run/homebase/*/gateway.json /tmp/homebase-"$(id -u)"/*/gateway.json 2>/dev/null | xargs -r grep -lF "$publishable" | xargs -r ls -t | head -n 1)")
equal "its files are closed to others" "600 600 700" "$(stat -c %a "$run/gateway.json" "$run/rest.json" "$run/services" | paste -sd' ')"

# Crashes: clients wait in the door's queue, and nobody is refused.
old=$(service gateway pid); kill -9 "$old"
equal "a request right after kill -9 of the gateway" 200 "$(code "$notes" "$publishable")"
[[ $(service gateway pid) != "$old" && $(service gateway restarts) -ge 1 ]] && ok "its restart is counted" || no "the gateway's restarts: $(service gateway restarts)"
old=$(service rest pid); kill -9 "$old"; began=$(now)
eventually 20 serves && ok "REST answers $(since "$began") ms after kill -9" || no "REST does not come back: $(get "$notes" "$publishable")"
has "its signal is recorded" "$(service rest last_exit.signal)" KILL

# A reader beside resets: whole answers of one database, or a clean 503 that says when to try again.
cat >"$base/reader.py" <<'PYTHON'
import collections, http.client, json, os, sys, time
host, key, end = sys.argv[1], sys.argv[2], sys.argv[3]
seen, slowest = collections.Counter(), 0
connection = None
while not os.path.exists(end):
    began = time.time()
    try:
        if connection is None: connection = http.client.HTTPConnection(host, timeout=20)
        connection.request("GET", "/rest/v1/many?select=mark", headers={"apikey": key})
        answer = connection.getresponse(); body = answer.read()
        if answer.status == 200:
            marks = {row["mark"] for row in json.loads(body)}
            seen["whole" if len(json.loads(body)) == 50 and len(marks) == 1 else "MIXED"] += 1
        elif answer.status == 503 and answer.getheader("Retry-After") and json.loads(body)["message"]:
            seen["503"] += 1
        else: seen["STATUS %d %s" % (answer.status, body[:80])] += 1
        if answer.getheader("Connection") == "close": connection.close(); connection = None
    except Exception as error:
        seen["ERROR %r" % error] += 1; connection = None
    slowest = max(slowest, time.time() - began)
print(" ".join("%s=%d" % pair for pair in sorted(seen.items())), "slowest=%d" % (slowest * 1000))
PYTHON
readers=()
for n in 1 2 3; do
  python3 "$base/reader.py" "${api#http://}" "$publishable" "$base/end" >"$base/reader.$n" 2>&1 & readers+=($!)
done
stale=0 broken=0
for round in $(seq 15); do
  sql "update many set mark = 'round $round'" >/dev/null
  hb db reset --yes >"$base/reset" 2>&1 || { broken=$((broken + 1)); tail -n 2 "$base/reset"; }
  body=$(get '/rest/v1/many?select=mark&limit=1' "$publishable")
  [[ $body == 200*seed* || $body == 503* ]] || { stale=$((stale + 1)); echo "after reset $round: $body"; }
  pause $((RANDOM % 200))
done
touch "$base/end"; wait "${readers[@]}"; said=$(cat "$base"/reader.?)
equal "resets beside readers" 0 "$broken"
equal "no answer after a reset is from before it" 0 "$stale"
has "readers had whole answers" "$said" 'whole=[0-9]{2}'
if grep -qE 'MIXED|STATUS|ERROR|Traceback' <<<"$said"; then no "readers saw: $said"; else ok "and nothing else but 503: $(tr '\n' ';' <<<"$said")"; fi
slowest=$(grep -o 'slowest=[0-9]*' <<<"$said" | cut -d= -f2 | sort -n | tail -n 1)
((slowest < 5000)) && ok "none waited longer than $slowest ms" || no "a reader waited $slowest ms"

# undo, snapshots: other databases in the same place
sql "insert into notes (body) values ('mine')" >/dev/null
check "reset" hb db reset --yes
check "a client reads what is there now" serves
check "undo" hb undo --yes
has "undo is seen through the gateway" "$(get "$notes" "$publishable")" '"mine"'

# A gateway that hangs holds up no reset.
kill -STOP "$(service gateway pid)"; began=$(now)
check "reset beside a gateway that hangs" hb db reset --yes
took=$(since "$began"); ((took < 5000)) && ok "it took $took ms" || no "it took $took ms"
kill -CONT "$(service gateway pid)"
eventually 10 serves && ok "the gateway knows the new database afterwards" || no "after SIGCONT: $(get "$notes" "$publishable")"
# A failed reset leaves nothing paused.
echo 'create tabel oops;' >"$project/supabase/migrations/29990101000000_broken.sql"
hb db reset --yes >/dev/null 2>&1 && no "a broken migration is applied"
rm "$project/supabase/migrations/29990101000000_broken.sql"
check "requests go on after a failed reset" serves

# The configuration, edited.
cp "$config" "$base/config.toml"
sed -i 's/^\[api\]$/[api]\nmax_rows = 1/' "$config"
has "an edit of [api] is named" "$(hb status 2>&1)" "config.toml was edited since"
check "restart" hb restart
equal "it is taken" 1 "$(get "$notes" "$publishable" | grep -o body | wc -l)"
if hb status 2>&1 | grep -q "was edited since"; then no "a restart leaves the warning"; else ok "and the warning is gone"; fi
cp "$base/config.toml" "$config"

# Signing keys: both kinds of tokens are taken.
sed -i '1a [auth]\nsigning_keys_path = "./signing_keys.json"' "$config"
echo '[]' >"$project/supabase/signing_keys.json"
check "gen signing-key" hb gen signing-key --append --yes
check "restart" hb restart
token=$(hb gen bearer-jwt --role service_role)
equal "a token of the signing key" 200 "$(code "$notes" "$publishable" -H "Authorization: Bearer $token")"
equal "a token of the secret" 200 "$(code "$notes" "$publishable" -H "Authorization: Bearer $service_role")"
equal "a token of neither" 401 "$(code "$notes" "$publishable" -H "Authorization: Bearer ${token%?????}AAAAA")"
! grep -q '"d"' "$run/rest.json" && ok "no private key is in its file" || no "a private key is in rest.json"
cp "$base/config.toml" "$config"

# https
sed -i '/^\[api\]$/a tls = { enabled = true, cert_path = "./certs/one.pem", key_path = "./certs/one.key" }' "$config"
hb stop >/dev/null 2>&1; out=$(hb start 2>&1); code=$?
has "a certificate that is not there: file and line" "$code $out" '1 .*'
has "its place is named" "$out" 'supabase/config.toml:[0-9]+'
mkdir -p "$project/supabase/certs"
if openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -keyout "$project/supabase/certs/one.key" \
  -out "$project/supabase/certs/one.pem" 2>/dev/null; then
  chmod 600 "$project/supabase/certs/one.key"
  check "start with https" hb start; read_addresses
  has "the address says so" "$api" '^https://'
  equal "a client that trusts the certificate" 200 "$(code "$notes" "$publishable" --cacert "$project/supabase/certs/one.pem")"
  hb stop >/dev/null 2>&1
else
  skip "no openssl: https with an own certificate is not tried"
fi
sed -i 's/^tls = .*/tls = { enabled = true }/' "$config"
check "start with a certificate for localhost" hb start; read_addresses
equal "it serves https" 200 "$(code "$notes" "$publishable" -k)"
hb stop >/dev/null 2>&1; cp "$base/config.toml" "$config"; api="http://127.0.0.1:$port"

# Services left out, by the Supabase CLI's names as well.
check "start -x kong,postgrest" hb start -x kong,postgrest
equal "neither runs" "" "$(service gateway state)$(service rest state)"
equal "no name of the API is printed" "" "$(env_of API_URL)$(env_of REST_URL)$(env_of FUNCTIONS_URL)"
has "the database's is" "$(env_of DB_URL)" postgresql
equal "its port refuses" 000 "$(curl -s -m 5 -o /dev/null -w '%{http_code}' "$api/")"
check "restart gateway, by hand" hb restart gateway
equal "without REST it says so" 503 "$(code "$notes" "$publishable")"
check "restart rest, by hand" hb restart rest
check "both serve" serves
hb stop >/dev/null 2>&1
check "start -x rest" hb start -x rest
equal "the gateway answers for it" 503 "$(code "$notes" "$publishable")"
equal "REST's name is not printed" "" "$(env_of REST_URL)"
hb stop >/dev/null 2>&1
[[ ! -e $run/gateway.json && ! -e $run/rest.json ]] && ok "a stop leaves no keys behind" || no "a stop leaves $(ls "$run")"

# [api] enabled = false
sed -i 's/^\[api\]$/[api]\nenabled = false/' "$config"
check "start with [api] enabled = false" hb start
equal "neither runs" "" "$(service gateway state)$(service rest state)"
equal "no API_URL" "" "$(env_of API_URL)"
equal "all is well" running "$(status state)"
hb stop >/dev/null 2>&1; cp "$base/config.toml" "$config"

# A port that somebody else has: it moves, and is said.
python3 -c 'import socket, sys, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(); print("taken", flush=True); time.sleep(600)' "$port" >"$base/taken" & squatter=$!
clean_up() { kill "$squatter" 2>/dev/null; }
eventually 10 test -s "$base/taken"
has "a taken port is said" "$(hb start 2>&1)" "the API port is [0-9]+, since $port is taken"
read_addresses
[[ ${api##*:} != "$port" ]] && ok "the address has moved" || no "API_URL is still $api"
check "and serves" serves
hb stop >/dev/null 2>&1; kill "$squatter"; wait "$squatter" 2>/dev/null

# A gateway that is given up lets clients know; by hand it comes back at the same port.
check "start" hb start; read_addresses
equal "the port is the configured one again" "$port" "${api##*:}"
for _ in $(seq 60); do
  pid=$(service gateway pid); [[ -n $pid ]] && kill -9 "$pid" 2>/dev/null
  [[ $(service gateway state) == failed ]] && break
  pause 50
done
equal "it is given up" failed "$(service gateway state)"
refuses() { [[ $(curl -s -m 5 -o /dev/null -w '%{http_code}' "$api/") == 000 ]]; }
check "clients are refused" eventually 5 refuses
check "restart gateway" hb restart gateway
check "it serves again" serves

# kill -9 of the supervisor
kill -9 "$(supervisor)"; check "kill -9 of the supervisor: nothing is left" eventually 6 is_empty
check "start after it" hb start
check "a client reads" serves
