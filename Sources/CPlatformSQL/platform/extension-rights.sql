-- Webhooks of the dashboard, and what happens when an extension with a schema of its own comes or
-- goes.
--
-- Runs on a new database and again at every upgrade: nothing in it may fail the second time.

-- The first time there is no event trigger to drop, which is nobody's concern.
set local client_min_messages to warning;

-- A trigger that sends a row to a URL by `net`, and notes it.
-- Arguments: url, method, headers, parameters, timeout in milliseconds.
create or replace function supabase_functions.http_request() returns trigger
  language plpgsql security definer
  set search_path = supabase_functions
as $$
declare
  url constant text := nullif(tg_argv[0], 'null');
  method constant text := nullif(tg_argv[1], 'null');
  headers constant jsonb := coalesce(
    nullif(tg_argv[2], 'null'), '{"Content-Type": "application/json"}')::jsonb;
  params constant jsonb := coalesce(nullif(tg_argv[3], 'null'), '{}')::jsonb;
  timeout_ms constant integer := coalesce(nullif(tg_argv[4], 'null'), '1000')::integer;
  request bigint;
begin
  if url is null then
    raise exception 'url argument is missing';
  elsif method is null then
    raise exception 'method argument is missing';
  elsif method = 'GET' then
    request := net.http_get(url, params, headers, timeout_ms);
  elsif method = 'POST' then
    request := net.http_post(
      url,
      jsonb_build_object(
        'old_record', old, 'record', new, 'type', tg_op, 'table', tg_table_name,
        'schema', tg_table_schema),
      params, headers, timeout_ms);
  else
    raise exception 'method argument % is invalid', method;
  end if;
  insert into supabase_functions.hooks (hook_table_id, hook_name, request_id)
    values (tg_relid::bigint::integer, tg_name, request);
  return new;
end
$$;
alter function supabase_functions.http_request() owner to supabase_functions_admin;
revoke all on function supabase_functions.http_request() from public;
grant execute on function supabase_functions.http_request()
  to postgres, anon, authenticated, service_role;

-- Extensions. The platform hands out rights when one of these is created, by event triggers whose
-- names dumps mention. homebase's own extensions grant the same in their scripts; one that is
-- installed on the machine (pg_cron from Debian) does not. Definer's rights: `postgres` creates
-- an extension, and the objects belong to the superuser.
create or replace function extensions.grant_pg_cron_access() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog
as $$
begin
  if not exists (
    select from pg_event_trigger_ddl_commands() as command
      join pg_extension as extension on extension.oid = command.objid
     where command.classid = 'pg_extension'::regclass and extension.extname = 'pg_cron')
  then
    return;
  end if;
  grant usage on schema cron to postgres with grant option;
  grant all on all functions in schema cron to postgres with grant option;
  alter default privileges for role supabase_admin in schema cron
    grant all on sequences to postgres with grant option;
  alter default privileges for role supabase_admin in schema cron
    grant all on tables to postgres with grant option;
  alter default privileges for role supabase_admin in schema cron
    grant all on functions to postgres with grant option;
  grant all on all tables in schema cron to postgres with grant option;
  revoke all on table cron.job from postgres;
  grant select on table cron.job to postgres with grant option;
  revoke trigger on cron.job_run_details from postgres;
end
$$;
comment on function extensions.grant_pg_cron_access() is 'Grants access to pg_cron';
drop event trigger if exists issue_pg_cron_access;
create event trigger issue_pg_cron_access on ddl_command_end when tag in ('CREATE EXTENSION')
  execute function extensions.grant_pg_cron_access();

create or replace function extensions.grant_pg_net_access() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog
as $$
begin
  if exists (
    select from pg_event_trigger_ddl_commands() as command
      join pg_extension as extension on extension.oid = command.objid
     where command.classid = 'pg_extension'::regclass and extension.extname = 'pg_net')
  then
    grant usage on schema net
      to supabase_functions_admin, postgres, anon, authenticated, service_role;
  end if;
end
$$;
comment on function extensions.grant_pg_net_access() is 'Grants access to pg_net';
drop event trigger if exists issue_pg_net_access;
create event trigger issue_pg_net_access on ddl_command_end when tag in ('CREATE EXTENSION')
  execute function extensions.grant_pg_net_access();

-- `graphql_public.graphql` is the API's way in: it asks the extension while that is there.
create or replace function extensions.grant_pg_graphql_access() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog
as $$
begin
  if not exists (
    select from pg_event_trigger_ddl_commands() as command
      join pg_extension as extension on extension.oid = command.objid
     where command.classid = 'pg_extension'::regclass and extension.extname = 'pg_graphql')
    or to_regproc('graphql.resolve') is null
  then
    return;
  end if;
  create or replace function graphql_public.graphql(
      "operationName" text default null, query text default null,
      variables jsonb default null, extensions jsonb default null)
    returns jsonb language sql
  as $graphql$
    select graphql.resolve(
      query := query, variables := coalesce(variables, '{}'),
      "operationName" := "operationName", extensions := extensions)
  $graphql$;
  grant usage on schema graphql to postgres, anon, authenticated, service_role;
  grant execute on all functions in schema graphql
    to postgres, anon, authenticated, service_role;
  grant select on all tables in schema graphql
    to postgres, anon, authenticated, service_role;
  grant all on all sequences in schema graphql
    to postgres, anon, authenticated, service_role;
end
$$;
comment on function extensions.grant_pg_graphql_access() is 'Grants access to pg_graphql';
drop event trigger if exists issue_pg_graphql_access;
create event trigger issue_pg_graphql_access on ddl_command_end
  when tag in ('CREATE EXTENSION')
  execute function extensions.grant_pg_graphql_access();

create or replace function extensions.set_graphql_placeholder() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog
as $$
begin
  if exists (
    select from pg_event_trigger_dropped_objects() as dropped
     where dropped.object_type = 'extension' and dropped.object_name = 'pg_graphql')
  then
    create or replace function graphql_public.graphql(
        "operationName" text default null, query text default null,
        variables jsonb default null, extensions jsonb default null)
      returns jsonb language sql immutable
    as $graphql$
      select '{"errors": [{"message": "pg_graphql extension is not enabled."}]}'::jsonb
    $graphql$;
  end if;
end
$$;
comment on function extensions.set_graphql_placeholder() is
  'Reintroduces placeholder function for graphql_public.graphql';
drop event trigger if exists issue_graphql_placeholder;
create event trigger issue_graphql_placeholder on sql_drop when tag in ('DROP EXTENSION')
  execute function extensions.set_graphql_placeholder();
