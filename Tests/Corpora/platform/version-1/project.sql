-- A project in a database of shape 1: rows and objects that an upgrade must keep. Runs as
-- `postgres`.

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade, name text);
create table public.uploads (
  id uuid primary key default gen_random_uuid(),
  object uuid references storage.objects (id), bucket text references storage.buckets (id));
create table public.devices (
  session uuid references auth.sessions (id) on delete cascade, token bigint);
alter table public.profiles enable row level security;
create policy own on public.profiles to authenticated using (id = auth.uid());
create function public.handle_new_user() returns trigger language plpgsql security definer
  set search_path = '' as $$
begin
  insert into public.profiles (id, name) values (new.id, new.raw_user_meta_data ->> 'name');
  return new;
end $$;
create trigger on_auth_user_created after insert on auth.users
  for each row execute function public.handle_new_user();
create function public.note_upload() returns trigger language plpgsql as $$
begin
  insert into public.uploads (object, bucket) values (new.id, new.bucket_id);
  return new;
end $$;
create trigger on_upload after insert on storage.objects
  for each row execute function public.note_upload();
create policy "Own folder" on storage.objects for insert to authenticated
  with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = auth.uid()::text);
create policy "Public read" on storage.objects for select using (bucket_id = 'avatars');
create policy listed on storage.buckets for select using (true);
create policy rooms on realtime.messages for select to authenticated
  using (realtime.topic() like 'room:%');
create policy mine on auth.identities for select to authenticated using (user_id = auth.uid());
create view public.people as select id, email, raw_user_meta_data ->> 'name' as name
  from auth.users;
create function public.announce() returns trigger language plpgsql as $$
begin
  perform realtime.broadcast_changes(
    'room:1', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
  return null;
end $$;
create trigger announce after insert or update on public.profiles
  for each row execute function public.announce();
alter publication supabase_realtime add table public.profiles;
alter default privileges in schema public revoke execute on functions from anon;

insert into auth.users (id, email, raw_user_meta_data) values
  ('00000000-0000-0000-0000-000000000001', 'ada@example.com', '{"name": "Ada"}'),
  ('00000000-0000-0000-0000-000000000002', 'bob@example.com', '{"name": "Bob"}');
insert into auth.identities (provider_id, user_id, identity_data, provider)
  select id::text, id, jsonb_build_object('email', email), 'email' from auth.users;
insert into auth.sessions (id, user_id)
  values ('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-000000000001');
insert into auth.refresh_tokens (token, user_id, session_id)
  values ('t', '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-00000000000a');
insert into public.devices values ('00000000-0000-0000-0000-00000000000a', 1);
insert into storage.buckets (id, name, public, file_size_limit)
  values ('avatars', 'avatars', true, 1000);
insert into storage.objects (bucket_id, name, metadata)
  values ('avatars', 'a/b.png', '{"size": 3}'), ('avatars', 'c.png', '{"size": 4}');
select realtime.send('{"a": 1}', 'event', 'room:1', false);
insert into supabase_migrations.schema_migrations (version, name) values ('20260101000000', 'a');
