-- projects: 7 uuid_generate_v4, 6 digest, 6 gen_random_bytes, 2 crypt (unqualified 13, 8, 8, 7)
-- Functions of the extensions that are always there, with their schema and without.
create extension if not exists pgcrypto with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;
create extension if not exists pgcrypto;
create extension if not exists pg_stat_statements with schema extensions;
create table public.keys (
  id uuid primary key default extensions.uuid_generate_v4(),
  other uuid not null default uuid_generate_v4(),
  secret text not null default encode(extensions.gen_random_bytes(32), 'hex'),
  short text not null default encode(gen_random_bytes(4), 'base64'));
insert into public.keys default values;
do $$
begin
  if (select length(secret) from public.keys) <> 64 then raise exception 'wrong length'; end if;
  if encode(digest('abc', 'sha256'), 'hex') <> encode(extensions.digest('abc', 'sha256'), 'hex')
  then
    raise exception 'two digests';
  end if;
  if extensions.crypt('x', extensions.gen_salt('bf', 4)) not like '$2a$04$%'
     or crypt('x', gen_salt('bf', 4)) is null then
    raise exception 'wrong hash';
  end if;
end
$$;
