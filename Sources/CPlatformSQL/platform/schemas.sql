-- The schemas, who may use them, what is created in them later belongs to whom, and extensions.

create schema auth authorization supabase_admin;
create schema storage authorization supabase_admin;
create schema extensions authorization postgres;
create schema realtime authorization supabase_admin;
create schema _realtime authorization postgres;
create schema graphql authorization supabase_admin;
create schema graphql_public authorization supabase_admin;
create schema vault authorization supabase_admin;
create schema pgbouncer authorization pgbouncer;
create schema supabase_functions authorization supabase_admin;
create schema supabase_migrations authorization postgres;

grant usage on schema public to postgres, anon, authenticated, service_role;
grant usage on schema auth to postgres, anon, authenticated, service_role;
grant all on schema auth to supabase_auth_admin, dashboard_user;
grant usage on schema storage to postgres with grant option;
grant usage on schema storage to anon, authenticated, service_role;
grant all on schema storage to supabase_storage_admin with grant option;
grant all on schema storage to dashboard_user;
grant usage on schema extensions to anon, authenticated, service_role;
grant all on schema extensions to dashboard_user;
grant usage on schema realtime to postgres with grant option;
grant usage on schema realtime to anon, authenticated, service_role;
grant all on schema realtime to supabase_realtime_admin with grant option;
grant usage on schema graphql to postgres with grant option;
grant usage on schema graphql to anon, authenticated, service_role;
grant usage on schema graphql_public to postgres with grant option;
grant usage on schema graphql_public to anon, authenticated, service_role;
grant usage on schema vault to postgres with grant option;
grant usage on schema vault to service_role;
grant usage on schema supabase_functions to postgres, anon, authenticated, service_role;
grant all on schema supabase_functions to supabase_functions_admin;

alter default privileges for role supabase_auth_admin in schema auth
  grant all on tables to postgres, dashboard_user;
alter default privileges for role supabase_auth_admin in schema auth
  grant all on functions to postgres, dashboard_user;
alter default privileges for role supabase_auth_admin in schema auth
  grant all on sequences to postgres, dashboard_user;

alter default privileges for role supabase_admin in schema realtime
  grant all on tables to postgres, dashboard_user;
alter default privileges for role supabase_admin in schema realtime
  grant all on functions to postgres, dashboard_user;
alter default privileges for role supabase_admin in schema realtime
  grant all on sequences to postgres, dashboard_user;

alter default privileges for role postgres in schema storage
  grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema storage
  grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema storage
  grant all on sequences to postgres, anon, authenticated, service_role;

alter default privileges for role supabase_admin in schema extensions
  grant all on tables to postgres with grant option;
alter default privileges for role supabase_admin in schema extensions
  grant all on functions to postgres with grant option;
alter default privileges for role supabase_admin in schema extensions
  grant all on sequences to postgres with grant option;

do $$
declare
  managed text;
begin
  foreach managed in array array['graphql', 'graphql_public', 'supabase_functions'] loop
    execute format(
      'alter default privileges for role supabase_admin in schema %1$I
         grant all on tables to postgres, anon, authenticated, service_role;
       alter default privileges for role supabase_admin in schema %1$I
         grant all on functions to postgres, anon, authenticated, service_role;
       alter default privileges for role supabase_admin in schema %1$I
         grant all on sequences to postgres, anon, authenticated, service_role;',
      managed);
  end loop;
end
$$;

create extension "uuid-ossp" with schema extensions;
create extension pgcrypto with schema extensions;
do $$
declare
  extension record;
begin
  for extension in
    select * from (values ('pg_stat_statements', 'extensions'), ('supabase_vault', 'vault'))
      as wanted (name, schema)
     where name in (select a.name from pg_available_extensions as a)
  loop
    execute format('create extension %I with schema %I', extension.name, extension.schema);
  end loop;
end
$$;

-- A migration may drop them: they are as if `postgres` had created them. No statement changes an
-- extension's owner, and the superuser's own objects are in no list of dependencies.
update pg_extension set extowner = 'postgres'::regrole where extname <> 'plpgsql';
insert into pg_shdepend (dbid, classid, objid, objsubid, refclassid, refobjid, deptype)
  select d.oid, 'pg_extension'::regclass, e.oid, 0, 'pg_authid'::regclass, 'postgres'::regrole,
         'o'
    from pg_database as d, pg_extension as e
   where d.datname = current_database() and e.extname <> 'plpgsql';

-- `postgres` may make the server read its settings again, and let others.
grant execute on function pg_catalog.pg_reload_conf() to postgres with grant option;

-- What a pooler asks for a user's password.
create function pgbouncer.get_auth(p_usename text)
  returns table (username text, password text)
  language sql stable security definer
  set search_path = ''
as $$
  select a.rolname::text,
         case when a.rolvaliduntil < pg_catalog.now() then null else a.rolpassword end
    from pg_catalog.pg_authid as a
   where a.rolname = p_usename and a.rolcanlogin
$$;
revoke all on function pgbouncer.get_auth(text) from public;
grant execute on function pgbouncer.get_auth(text) to pgbouncer;

-- Until the GraphQL extension is there, its entry point answers with a GraphQL error.
create function graphql_public.graphql(
    "operationName" text default null, query text default null,
    variables jsonb default null, extensions jsonb default null)
  returns jsonb
  language sql immutable
as $$
  select '{"errors": [{"message": "pg_graphql extension is not enabled."}]}'::jsonb
$$;
