-- projects: 0 (what the platform's advice 0014 and `db advisors` say to do)
-- Extensions that are moved out of `public`. Whether one can be is what its own control file says.

create function pg_temp.expect(answer text, wanted text, about text) returns void
  language plpgsql as $$
begin
  if answer is distinct from wanted then
    raise exception '%: % instead of %', about, answer, wanted;
  end if;
end
$$;

create function pg_temp.failure(statement text) returns text language plpgsql as $$
begin
  execute statement;
  return 'no error';
exception when others then
  return sqlstate || ' ' || sqlerrm;
end
$$;

create extension vector with schema public;
create extension citext with schema public;
create extension unaccent;
create table public.words (word citext primary key, meaning vector(3));
insert into public.words values ('Home', '[1,2,3]');

alter extension vector set schema extensions;
ALTER EXTENSION "citext" SET SCHEMA "extensions";
do $$ begin alter extension unaccent set schema extensions; end $$;
select pg_temp.expect(
  (select string_agg(format('%s %s', extname, extnamespace::regnamespace), ', ' order by extname)
    from pg_extension where extname in ('vector', 'citext', 'unaccent')),
  'citext extensions, unaccent extensions, vector extensions', 'moved');
select pg_temp.expect(
  (select concat_ws(' ', word, meaning <-> '[1,2,4]', extensions.unaccent('é')) from public.words
    where word = 'HOME'),
  'Home 1 e', 'what uses them');

-- Every one that is there and can be moved, there and back.
do $$
declare
  name text;
begin
  for name in
    select v.name from pg_available_extension_versions as v
      join pg_available_extensions as a on a.name = v.name and a.default_version = v.version
     where v.relocatable and v.trusted and not exists (
       select from pg_extension as e where e.extname = v.name)
  loop
    begin
      execute format('create extension %I with schema public cascade', name);
      execute format('alter extension %I set schema extensions', name);
      execute format('alter extension %I set schema public', name);
      perform pg_temp.expect(
        (select extnamespace::regnamespace::text from pg_extension where extname = name),
        'public', name);
      raise exception using errcode = 'PT000';
    exception when sqlstate 'PT000' then
      null;
    end;
  end loop;
end
$$;

-- Those that cannot be moved on the platform cannot be moved here.
create schema elsewhere;
do $$
declare
  name text;
begin
  foreach name in array array[
    'pgjwt', 'pg_net', 'http', 'pgmq', 'pg_graphql', 'pg_jsonschema', 'pgsodium', 'pg_tle']
  loop
    execute format('create extension if not exists %I cascade', name);
    perform pg_temp.expect(
      pg_temp.failure(format('alter extension %I set schema elsewhere', name)),
      format('0A000 extension "%s" does not support SET SCHEMA', name), name);
  end loop;
end
$$;

-- Not to another's schema; and nothing else goes along.
select pg_temp.expect(
  pg_temp.failure('alter extension plpgsql set schema public'),
  '0A000 extension "plpgsql" does not support SET SCHEMA', 'the server''s own extension');
select pg_temp.expect(
  pg_temp.failure('alter extension vector set schema auth'),
  '42501 permission denied for schema auth', 'another''s schema');
do $$
begin
  -- alter extension vector set schema public
  execute 'alter exten' || 'sion vector ' || 'add function auth.uid()';
  raise exception 'a member was added';
exception when insufficient_privilege then
  null;
end
$$;
select pg_temp.expect(
  (select rolsuper::text from pg_roles where rolname = 'postgres'), 'false', 'nothing stays');
