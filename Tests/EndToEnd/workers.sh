#!/usr/bin/env bash
# What the database asks to be done outside of it: pg_net's requests, pg_cron's jobs, and the
# requests of the extension http, against a real server; workers that are killed; a reset between.
. "$(dirname "$0")/library/faults.bash" "$@"
new_project "workers"

cat >"$base/server.py" <<'PYTHON'
import http.server, json, sys, time

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if self.path.startswith("/slow"): time.sleep(1)
        if self.path.startswith("/moved"):
            self.send_response(302); self.send_header("Location", "/echo")
            self.send_header("Content-Length", "0"); self.end_headers(); return
        with open(sys.argv[2], "a") as log: log.write(self.command + " " + self.path + "\n")
        answer = json.dumps({"method": self.command, "path": self.path, "length": len(body),
                             "type": self.headers.get("Content-Type"), "x": self.headers.get("X-Own"),
                             "body": body[:400].decode("utf-8", "replace")}).encode()
        self.send_response(404 if self.path == "/nothing" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer))); self.end_headers()
        if self.command != "HEAD": self.wfile.write(answer)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = answer
    def log_message(self, *_): pass

class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
PYTHON
python3 "$base/server.py" 0 "$base/requests" >"$base/port" 2>/dev/null & server=$!
clean_up() { kill "$server" 2>/dev/null; }
eventually 20 test -s "$base/port"; port=$(cat "$base/port"); url="http://127.0.0.1:$port"

cat >"$project/supabase/migrations/20260104000000_outside.sql" <<'SQL'
create extension if not exists pg_net with schema extensions;
create extension if not exists pg_cron with schema pg_catalog;
create extension if not exists http with schema extensions;
create table ticks (at timestamptz not null default clock_timestamp(), who text default current_user);
select cron.schedule('tick', '1 second', 'insert into ticks default values');
SQL
# As the dashboard writes a webhook.
cat >"$project/supabase/migrations/20260104000001_webhook.sql" <<SQL
create table orders (id int primary key, note text);
create trigger "send-order" after insert or update or delete on orders for each row
  execute function supabase_functions.http_request(
    '$url/hook', 'POST', '{"Content-Type":"application/json","X-Own":"hook"}', '{"a":"1"}', '5000');
SQL
printf '\n[db.vault]\noutside = "env(OUTSIDE)"\ninside = "vault-word one"\nnowhere = "env(NOT_SET)"\n' >>"$project/supabase/config.toml"
echo 'OUTSIDE="vault-word two"' >"$project/supabase/.env"
check "start with pg_net, pg_cron and http" hb start
equal "the workers are a service" healthy "$(service workers state)"

# pg_net
answered() { [[ $(sql "select count(*) from net._http_response where id = $1") == 1 ]]; }
id=$(sql "select net.http_post('$url/echo?a=1', '{\"b\": 2}'::jsonb, headers := '{\"X-Own\": \"mine\", \"Content-Type\": \"application/json\"}')")
eventually 20 answered "$id" && ok "a request is sent" || no "a request is not sent: $(hb logs workers | tail -n 2)"
equal "its answer" "200 POST mine 8" "$(sql "select concat_ws(' ', status_code, content::json->>'method', content::json->>'x', content::json->>'length') from net._http_response where id = $id")"
id=$(sql "select net.http_get('$url/slow', timeout_milliseconds := 200)"); eventually 20 answered "$id"
has "a timeout is said" "$(sql "select timed_out, error_msg from net._http_response where id = $id")" "t.*,.*Timeout of 200 ms reached"
id=$(sql "select net.http_get('http://127.0.0.1:1/')"); eventually 20 answered "$id"
has "a refused connection is said" "$(sql "select status_code is null, error_msg from net._http_response where id = $id")" "t.*,.*onnect"
id=$(sql "select net.http_get('$url/moved')"); eventually 20 answered "$id"
equal "a redirect is followed" 200 "$(sql "select status_code from net._http_response where id = $id")"
id=$(sql "select net.http_delete('$url/nothing')"); eventually 20 answered "$id"
equal "a status that is no success is an answer" 404 "$(sql "select status_code from net._http_response where id = $id")"
equal "a transaction that is rolled back sends nothing" 0 "$(sql "begin; select net.http_get('$url/rolled-back'); rollback" >/dev/null; grep -c rolled-back "$base/requests")"
sql "select net.http_get('$url/slow?' || g) from generate_series(1, 60) g" >/dev/null
kill -9 "$(service workers pid)"
all_answered() { [[ $(sql "select count(*) from net._http_response where content like '%/slow?%'") == 60 ]]; }
eventually 30 all_answered && ok "no request is lost with killed workers" || no "requests are lost: $(sql "select count(*) from net._http_response where content like '%/slow?%'") of 60"

# Webhooks: a trigger, a row of supabase_functions.hooks, a request.
sql "insert into orders values (1, 'first')" >/dev/null; sql "update orders set note = 'second'" >/dev/null; sql "delete from orders" >/dev/null
hooked() { [[ $(sql "select count(*) from supabase_functions.hooks h join net._http_response r on r.id = h.request_id") == 3 ]]; }
eventually 20 hooked && ok "webhooks are sent" || no "webhooks are not sent: $(sql "select count(*) from supabase_functions.hooks")"
seen() { sql "select $1 from supabase_functions.hooks h join net._http_response r on r.id = h.request_id where hook_table_id = 'orders'::regclass::int and hook_name = 'send-order' and r.content::json->>'body' like '%\"$2\"%'"; }
equal "with headers and parameters" "200 POST /hook?a=1 hook application/json" "$(seen "concat_ws(' ', status_code, content::json->>'method', content::json->>'path', content::json->>'x', content::json->>'type')" INSERT)"
equal "an insert's body" t "$(seen "content::json->>'body' = '{\"type\": \"INSERT\", \"table\": \"orders\", \"record\": {\"id\": 1, \"note\": \"first\"}, \"schema\": \"public\", \"old_record\": null}'" INSERT)"
equal "an update's body" t "$(seen "content::json->>'body' = '{\"type\": \"UPDATE\", \"table\": \"orders\", \"record\": {\"id\": 1, \"note\": \"second\"}, \"schema\": \"public\", \"old_record\": {\"id\": 1, \"note\": \"first\"}}'" UPDATE)"
equal "a delete's body" t "$(seen "content::json->>'body' = '{\"type\": \"DELETE\", \"table\": \"orders\", \"record\": null, \"schema\": \"public\", \"old_record\": {\"id\": 1, \"note\": \"second\"}}'" DELETE)"

# pg_cron
ticks() { (($(sql "select count(*) from ticks") >= $1)); }
eventually 20 ticks 3 && ok "a job of a second runs" || no "a job does not run: $(sql "table cron.job_run_details" | tail -n 2)"
equal "as who made it" postgres "$(sql "select distinct who from ticks")"
has "its runs are kept" "$(sql "select status, return_message, database, username from cron.job_run_details where status = 'succeeded' limit 1")" "succeeded,INSERT 0 1,postgres,postgres"
sql "select cron.schedule('broken', '1 second', 'select 1/0')" >/dev/null
failed_once() { (($(sql "select count(*) from cron.job_run_details where status = 'failed'") > 0)); }
eventually 20 failed_once && has "a job that fails is kept with its reason" "$(sql "select return_message from cron.job_run_details where status = 'failed' limit 1")" "division by zero" || no "a failing job is not noted"
sql "select cron.unschedule('broken')" >/dev/null
sql "select cron.alter_job((select jobid from cron.job where jobname = 'tick'), active := false)" >/dev/null
settled() { [[ $(sql "select count(*) from cron.job_run_details where status not in ('succeeded', 'failed')") == 0 ]]; }
eventually 20 settled; before=$(sql "select count(*) from ticks"); pause 1500
equal "a job that is not active rests" "$before" "$(sql "select count(*) from ticks")"

# A reset: another database under the same name, with the migration's job and an empty queue.
check "reset" hb db reset --yes
eventually 20 ticks 2 && ok "the migration's job runs in the new database" || no "the job is lost by a reset: $(hb logs workers | tail -n 3)"
id=$(sql "select net.http_get('$url/echo')"); eventually 20 answered "$id" && ok "and requests are sent from it" || no "requests are not sent after a reset"
check "undo" hb undo --yes
equal "undo brings the rows back" "$before" "$(sql "select count(*) from ticks")"

# http
equal "http_get waits for the answer" "200 GET" "$(sql "select status || ' ' || (content::json->>'method') from http_get('$url/echo')")"
equal "http_post sends a long body" 300000 "$(sql "select content::json->>'length' from http_post('$url/echo', repeat('x', 300000), 'text/plain')")"
equal "headers are sent" mine "$(sql "select content::json->>'x' from http(('GET', '$url/echo', array[http_header('X-Own', 'mine')], null, null)::http_request)")"
has "a refused connection is an error" "$(hb db query "select status from http_get('http://127.0.0.1:1/')" 2>&1)" "[Cc]onnect"
has "a file of this machine is none of its business" "$(hb db query "select content from http_get('file:///etc/passwd')" 2>&1)" "[Pp]rotocol|not supported"
has "and neither is a shell" "$(hb db query "select content from http_get('$url/\$(touch $base/touched);\`id\`')" 2>&1)" "path|rror"
[[ ! -e $base/touched ]] && ok "nothing of a request is run" || no "a request ran a command"

# A secret in a request or a job must not be in a log.
sql "select net.http_get('$url/echo?token=very-secret')" >/dev/null
sql "select cron.schedule('hidden', '1 second', 'select 1 /* very-secret */')" >/dev/null; pause 1200
! hb logs 2>/dev/null | grep -q very-secret && ok "no secret is in a log" || no "a secret is in a log"

# [db.vault]: there from the beginning, and changed by a start; nowhere in the clear.
secrets() { sql "select string_agg(name || ': ' || decrypted_secret, '; ' order by name) from vault.decrypted_secrets"; }
equal "the configuration's secrets are in the vault" "inside: vault-word one; outside: vault-word two" "$(secrets)"
echo 'OUTSIDE="vault-word three"' >"$project/supabase/.env"
check "restart" hb restart
equal "a changed one reaches it" "inside: vault-word one; outside: vault-word three" "$(secrets)"
! grep -rqs vault-word "$base/data" && ok "no secret is in a file of the stack" || no "a secret is in $(grep -rls vault-word "$base/data" | head -n 1)"
