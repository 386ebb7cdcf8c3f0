#!/usr/bin/env bash
# From a database to a migration, with the program that people get: db diff, db pull, db dump and
# migration squash on the sample, between two stacks.
# usage: Tests/EndToEnd/schema.sh HOMEBASE
source "$(dirname "${BASH_SOURCE[0]}")/library/faults.bash"
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

sample() { # sample NAME: the repository's project, in the Supabase layout, on ports of its own
  new_project "$1"
  rm "$project"/supabase/migrations/* "$project"/supabase/seed.sql
  cp -r "$root"/{migrations,seeds} "$project/supabase/"
  printf '\n[db.seed]\nsql_paths = ["./seeds/*.sql"]\n' >>"$project/supabase/config.toml"
}
fresh() { # fresh NAME: a project without migrations
  new_project "$1"
  rm "$project"/supabase/migrations/* "$project"/supabase/seed.sql
}
diff_of() { hb db diff "$@" 2>/dev/null; }
psql_in() { PGPASSWORD=postgres psql "$(status urls.DB_URL)" -XqAt -v ON_ERROR_STOP=1 "$@"; }
# The schema as pg_dump says it, its grants in no order.
shape() { hb db dump 2>/dev/null | sort | md5sum; }

sample first
check "start" hb start
equal "after a start the database is what the migrations say" "" "$(diff_of)"
has "and that is said" "$(hb db diff 2>&1)" "^No schema changes found$"

psql_in <<'SQL'
create type public.shade as enum ('light', 'dark');
create table public.pins (id bigint generated always as identity primary key, shade public.shade not null default 'dark',
  author uuid not null references public.profiles on delete cascade, note text check (length(note) < 200));
create index on public.pins (author);
alter table public.pins enable row level security;
create policy "own pins" on public.pins for all to authenticated using (author = (select auth.uid()));
revoke all on public.pins from anon;
create view public.pinned with (security_invoker = true) as select author, count(*) as pins from public.pins group by author;
create function public.on_pin() returns trigger language plpgsql security definer set search_path = '' as $$begin return new; end$$;
create trigger greet after insert on auth.users for each row execute function public.on_pin();
create policy "pins are seen" on storage.objects for select to anon using (bucket_id = 'pins');
insert into storage.buckets (id, name, public) values ('pins', 'pins', true);
alter publication supabase_realtime add table public.pins;
comment on table public.pins is 'It''s here';
alter table public.tags alter column colour set default 'red';
alter type public.app_state add value 'beta' after 'preview';
alter default privileges in schema public revoke all on tables from anon;
SQL
change=$(diff_of)
for part in 'create table public.pins' 'create policy "own pins"' 'on auth.users' 'on storage.objects' \
  'into storage.buckets' 'alter publication supabase_realtime add table public.pins' "set default 'red'" \
  "add value if not exists 'beta' after 'preview'" 'alter default privileges for role postgres' \
  'security_invoker' "comment on table public.pins is 'It''s here'"; do
  if grep -qF -- "$part" <<<"$change"; then ok "diff has: $part"; else no "diff lacks: $part"; fi
done
equal "a schema can be chosen" "" "$(diff_of -s audit)"
has "-f writes a migration" "$(hb db diff -f 'add pins' 2>&1)" 'supabase/migrations/[0-9]{14}_add_pins.sql'
before=$(shape)
check "the migration applies" hb db reset
equal "and gives the same schema" "$before" "$(shape)"
equal "nothing is left to say" "" "$(diff_of)"

psql_in -c 'drop view public.pinned; alter table public.pins drop column note; revoke select on public.plans from anon'
lost=$(hb db diff 2>&1)
has "what is lost is named" "$lost" 'it drops something'
has "a lost column" "$lost" 'alter table public.pins drop column note'
has "a revoked grant" "$lost" 'revoke select on table public.plans from anon'
check "reset" hb db reset

echo "== dump"
check "schema into a file" hb db dump -f "$base/schema.sql"
check "rows into a file" hb db dump --data-only -s public -f "$base/data.sql"
has "roles" "$(hb db dump --role-only 2>/dev/null)" '^ALTER ROLE "anon" SET "statement_timeout"'
equal "nothing for psql alone" 0 "$(cat "$base/schema.sql" "$base/data.sql" | grep -c '^\\')"
has "a command instead" "$(hb db dump --dry-run)" 'pg_dump --schema-only'
url=$(status urls.DB_URL)
has "an unreachable database" "$(hb db dump --db-url postgresql://u:geheim@127.0.0.1:1/x 2>&1)" 'cannot connect to u@127.0.0.1:1/x'
equal "its password stays secret" "" "$(hb db diff --db-url postgresql://u:geheim@127.0.0.1:1/x 2>&1 | grep geheim)"
has "a linked project is none" "$(hb db diff --linked 2>&1)" 'name its database with --db-url'

first=$project
fresh second
mkdir -p "$project/supabase/migrations"
cp "$base/schema.sql" "$project/supabase/migrations/20260101000000_dumped.sql"
check "a dump applies as a migration" hb start
equal "with all tables" "$(grep -c '^CREATE TABLE' "$base/schema.sql")" \
  "$(sql "select count(*) from pg_tables where schemaname in ('public', 'audit', 'private')")"

echo "== names that are not there"
for command in "db diff --schema nope" "db lint -s public,nope" "db dump -s public,nope"; do
  # shellcheck disable=SC2086
  out=$(hb $command 2>&1); code=$?
  has "$command" "$code $out" '1 .*there is no schema "nope"'
done

echo "== pull"
fresh third
check "start" hb start
has "a history without files is refused" "$(hb db pull --db-url "$url" --yes 2>&1)" "history does not match"
PGPASSWORD=postgres psql "$url" -Xqc 'delete from supabase_migrations.schema_migrations'
check "pull" hb db pull --db-url "$url" --yes
check "the migration applies" hb db reset
equal "and the two are the same" "" "$(diff_of --db-url "$url")"
equal "the history there has it" 1 \
  "$(PGPASSWORD=postgres psql "$url" -XqAtc 'select count(*) from supabase_migrations.schema_migrations')"
PGPASSWORD=postgres psql "$url" -Xqc 'create table public.later (id int)'
out=$(hb db pull later --db-url "$url" 2>&1)
has "nobody was asked: the history there stays" "$out" "not entered"
rm "$project"/supabase/migrations/*_later.sql
check "a second pull" hb db pull later --db-url "$url" --yes
equal "takes the difference alone" "create table public.later (" "$(head -n 1 "$project"/supabase/migrations/*_later.sql)"

echo "== squash"
project=$first
rm -r "$project/supabase/seeds"
sed -i '/^\[db.seed\]/,$d' "$project/supabase/config.toml"
check "without seeds" hb db reset
before=$(shape)
has "several become one" "$(hb migration squash 2>&1)" 'squashed [0-9]+ migrations into'
equal "one file is left" 1 "$(find "$project/supabase/migrations" -name '*.sql' | wc -l)"
equal "one row is left" 1 "$(sql 'select count(*) from supabase_migrations.schema_migrations')"
equal "the database is what the file says" "" "$(diff_of)"
check "it applies" hb db reset
equal "and gives the same schema" "$before" "$(shape)"
has "once more changes nothing" "$(hb migration squash 2>&1)" 'is the only migration already'
