-- projects: 27 (22 of them read new.raw_user_meta_data)
-- A profile for each who signs up, made by a function with its owner's rights.
create table public.profiles (
  id uuid primary key references auth.users on delete cascade,
  full_name text, avatar_url text, email text);
create or replace function public.handle_new_user()
returns trigger
language plpgsql
security definer set search_path = public
as $$
begin
  insert into public.profiles (id, full_name, avatar_url, email)
  values (
    new.id, new.raw_user_meta_data->>'full_name', new.raw_user_meta_data->>'avatar_url',
    new.email);
  return new;
end;
$$;
drop trigger if exists on_auth_user_created on auth.users;
create trigger on_auth_user_created
  after insert on auth.users
  for each row execute procedure public.handle_new_user();
create function public.follow_email() returns trigger language plpgsql security definer
  set search_path = '' as $$
begin
  update public.profiles set email = new.email where id = new.id;
  return new;
end $$;
create trigger on_auth_user_updated after update of email on auth.users
  for each row when (old.email is distinct from new.email)
  execute function public.follow_email();
insert into auth.users (id, email, raw_user_meta_data) values
  ('00000000-0000-0000-0000-000000000001', 'a@example.com', '{"full_name": "Ada"}');
update auth.users set email = 'ada@example.com';
do $$
begin
  if (select (full_name, email)::text from public.profiles) <> '(Ada,ada@example.com)' then
    raise exception 'the trigger wrote %', (select p::text from public.profiles as p);
  end if;
end
$$;
drop trigger on_auth_user_updated on auth.users;
alter function public.handle_new_user() owner to postgres;
