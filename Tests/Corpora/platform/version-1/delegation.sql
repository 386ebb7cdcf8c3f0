-- Policies and triggers on managed tables by `postgres`, and the word to the REST service.
--
-- PostgreSQL lets only a table's owner write its policies and drop its triggers; almost every
-- project does both on `storage.objects` and `auth.users`, as a role that owns neither and must
-- not (it could drop them). The hosted platform has a C hook for it. Here two event triggers
-- lend the ownership for the length of that one statement: the rows of pg_class change and
-- change back inside the statement's own transaction, no lock is taken on the tables, and
-- nobody else ever sees it. Every other statement meets PostgreSQL's own check, with its own
-- message.

-- The tables that are lent. Each goes back to the admin role of its schema.
create function extensions.homebase_lent_tables() returns text[]
  language sql immutable set search_path = pg_catalog
as $$
  select array[
    'auth.audit_log_entries', 'auth.flow_state', 'auth.identities', 'auth.instances',
    'auth.mfa_amr_claims', 'auth.mfa_challenges', 'auth.mfa_factors', 'auth.oauth_clients',
    'auth.one_time_tokens', 'auth.refresh_tokens', 'auth.saml_providers',
    'auth.saml_relay_states', 'auth.schema_migrations', 'auth.sessions',
    'auth.sso_domains', 'auth.sso_providers', 'auth.users',
    'realtime.messages',
    'storage.buckets', 'storage.migrations', 'storage.objects',
    'storage.s3_multipart_uploads', 'storage.s3_multipart_uploads_parts'
  ]
$$;

-- Definer's rights, so the search path is fixed: nobody's operator may run in it.
create function extensions.homebase_lend_tables() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog
as $$
declare
  acting constant text := current_setting('role');
  statement text := coalesce(current_query(), '');
  wanted text[];
  lent text[];
begin
  -- Who asks is the session's user unless it has taken another role.
  if (case acting when 'none' then session_user else acting end) <> 'postgres' then
    return;
  end if;
  -- A statement by itself names its table: most are about a project's own tables, and lend
  -- nothing. A DO block or a script names the tables somewhere. What runs inside a function
  -- that was only called shows no name: then those are lent that projects write policies on.
  statement := lower(replace(left(statement, 100000), '"', ''));
  if statement ~ '^(\s|--[^\n]*\n|/\*[^*]*\*+([^/*][^*]*\*+)*/)*(create|alter|drop)\s+(policy|trigger)\y'
  then
    wanted := array(
      select name from unnest(extensions.homebase_lent_tables()) as name
       where name in (
         select m[1] || '.' || m[2]
           from regexp_matches(
             statement, '\yon\s+(?:only\s+)?(auth|realtime|storage)\s*\.\s*(\w+)',
             'g') as m));
  elsif statement ~ '\y(policy|trigger)\y' then
    wanted := array(
      select name from unnest(extensions.homebase_lent_tables()) as name
       where strpos(statement, split_part(name, '.', 1)) > 0
         and strpos(statement, split_part(name, '.', 2)) > 0);
  else
    wanted := array['auth.users', 'realtime.messages', 'storage.buckets', 'storage.objects'];
  end if;
  if cardinality(wanted) = 0 then
    return;
  end if;
  with changed as (
    update pg_class as c
       set relowner = 'postgres'::regrole
      from unnest(wanted) as name
     where c.oid = to_regclass(name)
       and c.relowner = ('supabase_' || split_part(name, '.', 1) || '_admin')::regrole
    returning name
  )
  select array_agg(name) into lent from changed;
  perform set_config('homebase.lent_tables', lent::text, true);
end
$$;

create function extensions.homebase_return_tables() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog
as $$
declare
  lent constant text := current_setting('homebase.lent_tables', true);
begin
  if coalesce(lent, '') = '' then
    return;
  end if;
  update pg_class as c
     set relowner = ('supabase_' || split_part(name, '.', 1) || '_admin')::regrole
    from unnest(extensions.homebase_lent_tables()) as name
   where c.oid = to_regclass(name) and c.relowner = 'postgres'::regrole;
  perform set_config('homebase.lent_tables', '', true);
end
$$;

create event trigger homebase_lend_tables on ddl_command_start
  when tag in ('CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'DROP TRIGGER')
  execute function extensions.homebase_lend_tables();
create event trigger homebase_return_tables on ddl_command_end
  when tag in ('CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'DROP TRIGGER')
  execute function extensions.homebase_return_tables();
-- Both fire in a session that replays rows, too (session_replication_role = replica).
alter event trigger homebase_lend_tables enable always;
alter event trigger homebase_return_tables enable always;

-- The REST service keeps the catalog in memory: a change of it is said on channel `pgrst`.
create function extensions.pgrst_ddl_watch() returns event_trigger language plpgsql as $$
begin
  if exists (
    select from pg_catalog.pg_event_trigger_ddl_commands() as c
     where c.command_tag in (
       'CREATE SCHEMA', 'ALTER SCHEMA', 'CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO',
       'ALTER TABLE', 'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE', 'CREATE VIEW',
       'ALTER VIEW', 'CREATE MATERIALIZED VIEW', 'ALTER MATERIALIZED VIEW',
       'CREATE FUNCTION', 'ALTER FUNCTION', 'CREATE TRIGGER', 'CREATE TYPE', 'ALTER TYPE',
       'CREATE RULE', 'COMMENT')
       and c.schema_name is distinct from 'pg_temp')
  then
    notify pgrst, 'reload schema';
  end if;
end
$$;
create function extensions.pgrst_drop_watch() returns event_trigger language plpgsql as $$
begin
  if exists (
    select from pg_catalog.pg_event_trigger_dropped_objects() as o
     where not o.is_temporary
       and o.object_type in (
         'schema', 'table', 'foreign table', 'view', 'materialized view', 'function',
         'trigger', 'type', 'rule'))
  then
    notify pgrst, 'reload schema';
  end if;
end
$$;
create event trigger pgrst_ddl_watch on ddl_command_end
  execute function extensions.pgrst_ddl_watch();
create event trigger pgrst_drop_watch on sql_drop
  execute function extensions.pgrst_drop_watch();
