-- Helpers for pgTAP tests: users to sign in as, row-level security, the time.
--
-- All belongs to who creates the extension, so a project adds its own helpers beside these.

create schema tests;
create schema test_overrides;
grant usage on schema tests, test_overrides to anon, authenticated, service_role;
alter default privileges in schema tests revoke execute on functions from public;
alter default privileges in schema tests
  grant execute on functions to anon, authenticated, service_role;

-- Users

-- Definer's rights in all three: a test may have taken a role that sees no users.
create function tests.create_supabase_user(
    identifier text, email text default null, phone text default null,
    metadata jsonb default null)
  returns uuid
  language plpgsql security definer set search_path = auth, pg_temp
as $$
declare
  user_id constant uuid := pg_catalog.gen_random_uuid();
begin
  insert into auth.users
    (id, email, phone, raw_user_meta_data, raw_app_meta_data, created_at, updated_at)
  values
    (user_id, coalesce(email, user_id || '@test.com'), phone,
     jsonb_build_object('test_identifier', identifier) || coalesce(metadata, '{}'), '{}',
     pg_catalog.now(), pg_catalog.now());
  return user_id;
end
$$;

create function tests.get_supabase_user(identifier text) returns json
  language plpgsql security definer set search_path = auth, pg_temp
as $$
declare
  answer json;
begin
  select json_build_object(
           'id', u.id, 'email', u.email, 'phone', u.phone,
           'raw_user_meta_data', u.raw_user_meta_data, 'raw_app_meta_data', u.raw_app_meta_data)
    into answer
    from auth.users as u
   where u.raw_user_meta_data ->> 'test_identifier' = identifier
   limit 1;
  if answer is null then
    raise exception 'User with identifier % not found', identifier;
  end if;
  return answer;
end
$$;

create function tests.get_supabase_uid(identifier text) returns uuid
  language sql security definer set search_path = auth, pg_temp
as $$
  select (tests.get_supabase_user(identifier) ->> 'id')::uuid
$$;

-- Roles

create function tests.authenticate_as(identifier text) returns void
  language plpgsql
as $$
declare
  wanted constant json := tests.get_supabase_user(identifier);
begin
  perform set_config('role', 'authenticated', true);
  perform set_config(
    'request.jwt.claims',
    json_build_object(
      'sub', wanted ->> 'id', 'role', 'authenticated', 'email', wanted ->> 'email',
      'phone', wanted ->> 'phone', 'user_metadata', wanted -> 'raw_user_meta_data',
      'app_metadata', wanted -> 'raw_app_meta_data')::text,
    true);
end
$$;

create function tests.authenticate_as_service_role() returns void
  language plpgsql
as $$
begin
  perform set_config('role', 'service_role', true);
  perform set_config('request.jwt.claims', null, true);
end
$$;

create function tests.clear_authentication() returns void
  language plpgsql
as $$
begin
  perform set_config('role', 'anon', true);
  perform set_config('request.jwt.claims', null, true);
end
$$;

-- Row-level security

-- pgTAP is found when a test calls: it may be created after this extension, in any schema.
create function tests._is(have integer, want integer, description text) returns text
  language plpgsql
as $$
declare
  pgtap constant text := (
    select quote_ident(n.nspname)
      from pg_catalog.pg_extension as e
      join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
     where e.extname = 'pgtap');
  answer text;
begin
  if pgtap is null then
    raise exception 'tests.rls_enabled needs the extension pgtap'
      using errcode = 'undefined_object',
            hint = 'Run: create extension pgtap with schema extensions;';
  end if;
  execute format('select %s."is"($1, $2, $3)', pgtap)
    into answer using have, want, description;
  return answer;
end
$$;

create function tests.rls_enabled(testing_schema text) returns text
  language sql
as $$
  select tests._is(
    (select count(*)::integer
       from pg_catalog.pg_class as c
       join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      where n.nspname = testing_schema and c.relkind in ('r', 'p') and not c.relrowsecurity),
    0,
    'All tables in the ' || testing_schema || ' schema should have row level security enabled')
$$;

create function tests.rls_enabled(testing_schema text, testing_table text) returns text
  language sql
as $$
  select tests._is(
    (select count(*)::integer
       from pg_catalog.pg_class as c
       join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      where n.nspname = testing_schema and c.relname = testing_table and c.relkind in ('r', 'p')
        and c.relrowsecurity),
    1,
    testing_table || ' table in the ' || testing_schema
      || ' schema should have row level security enabled')
$$;

-- The time

-- Found instead of the server's own by who has `test_overrides` before `pg_catalog`.
create function test_overrides.now() returns timestamptz
  language sql stable
as $$
  select coalesce(
    nullif(current_setting('tests.frozen_time', true), '')::timestamptz, pg_catalog.now())
$$;
grant execute on function test_overrides.now() to anon, authenticated, service_role;

create function tests.freeze_time(frozen_time timestamptz) returns void
  language plpgsql
as $$
declare
  path constant text := current_setting('search_path');
begin
  perform set_config('tests.frozen_time', frozen_time::text, false);
  if path !~ '^\s*test_overrides\y' then
    perform set_config(
      'search_path', concat_ws(', ', 'test_overrides', nullif(path, ''), 'pg_catalog'), false);
  end if;
end
$$;

create function tests.unfreeze_time() returns void
  language plpgsql
as $$
begin
  perform set_config('tests.frozen_time', '', false);
  perform set_config(
    'search_path',
    regexp_replace(
      regexp_replace(current_setting('search_path'), '^\s*test_overrides\s*,\s*', ''),
      '\s*,\s*pg_catalog\s*$', ''),
    false);
end
$$;
