-- What the probes of `probes.tsv` find, beside the platform. Runs as `postgres`.

create table public.notes (id bigserial primary key, owner uuid, body text);
alter table public.notes enable row level security;
create policy own on public.notes using (owner = auth.uid()) with check (owner = auth.uid());
create table public.plain (id integer primary key, body text);
create table public.server_side (id integer primary key);
revoke all on public.server_side from anon, authenticated;
create view public.open_view as select id, body from public.notes;
create view public.checked_view with (security_invoker = true) as select id, body from public.notes;
create schema private;
create table private.secrets (id integer);
create function private.answer() returns integer language sql as 'select 42';
create function public.made_by_postgres() returns integer language sql as 'select 1';
create function public.does_nothing() returns trigger language plpgsql as
  $$ begin return new; end $$;
create function public.makes_policy() returns void language plpgsql as
  $$ begin execute 'create policy by_function on storage.objects using (true)'; end $$;
create function public.drops_policy() returns void language plpgsql as
  $$ begin execute 'drop policy kept on storage.objects'; end $$;
create function public.as_owner() returns bigint language sql security definer
  set search_path = '' as 'select count(*) from public.notes';
create function public.token_hook(event jsonb) returns jsonb language sql stable as
  'select event';
grant usage on schema public to supabase_auth_admin;
grant execute on function public.token_hook to supabase_auth_admin;
revoke execute on function public.token_hook from anon, authenticated, public;

create policy kept on storage.objects for select using (bucket_id = 'avatars');
create policy writes on storage.objects for insert to authenticated
  with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = auth.uid()::text);
create policy kept on storage.buckets for select using (true);
create policy hears on realtime.messages for select to authenticated
  using (realtime.topic() = 'room');
create policy kept on auth.identities for select using (false);
create trigger kept after insert on auth.users
  for each row execute function public.does_nothing();
create trigger kept after insert on storage.objects
  for each row execute function public.does_nothing();
create function auth.of_the_project() returns integer language sql as 'select 1';

insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true);
insert into storage.objects (bucket_id, name) values ('avatars', 'a/b.png');
insert into auth.users (id, email)
  values ('00000000-0000-0000-0000-000000000001', 'a@example.com');
insert into public.notes (owner, body)
  values ('00000000-0000-0000-0000-000000000001', 'mine'),
         ('00000000-0000-0000-0000-000000000002', 'not mine');
alter publication supabase_realtime add table public.notes;
