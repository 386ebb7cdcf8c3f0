-- One profile a user, made by a trigger on auth.users, so that no client can forget it.

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  handle extensions.citext not null unique check (handle ~ '^[a-z0-9_]{3,30}$'),
  display_name text not null check (char_length(display_name) between 1 and 80),
  avatar_path text,
  locale text not null default 'en' check (locale ~ '^[a-z]{2}(-[A-Z]{2})?$'),
  bio text check (char_length(bio) <= 500),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create trigger profiles_touch before update on public.profiles
  for each row execute function private.touch_updated_at();

-- Security definer: the auth service inserts the user, and has no right on public.profiles.
-- It must never fail: an exception here would refuse the sign-up.
create function private.create_profile()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  wanted text := lower(regexp_replace(
    coalesce(new.raw_user_meta_data ->> 'handle', split_part(coalesce(new.email, ''), '@', 1)),
    '[^a-zA-Z0-9_]+', '_', 'g'));
  unique_handle text := coalesce(nullif(left(wanted, 17), ''), 'user')
    || '_' || left(replace(new.id::text, '-', ''), 12);
  name text := nullif(new.raw_user_meta_data ->> 'full_name', '');
  locale text := coalesce(
    substring(new.raw_user_meta_data ->> 'locale' from '^[a-z]{2}(?:-[A-Z]{2})?$'), 'en');
begin
  if wanted !~ '^[a-z0-9_]{3,30}$' then
    wanted := unique_handle;
  end if;
  insert into public.profiles (id, handle, display_name, locale)
  values (new.id, wanted, left(coalesce(name, wanted), 80), locale)
  on conflict do nothing;
  if not found then
    insert into public.profiles (id, handle, display_name, locale)
    values (new.id, unique_handle, left(coalesce(name, unique_handle), 80), locale);
  end if;
  return new;
end;
$$;

create trigger create_profile_of_new_user after insert on auth.users
  for each row execute function private.create_profile();

alter table public.profiles enable row level security;

comment on table public.profiles is
  'What others may know of a user. The e-mail stays in auth.users.';
