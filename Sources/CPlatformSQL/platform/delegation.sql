-- What only a superuser or an owner could do, lent to `postgres`; and the word to the REST service.
--
-- PostgreSQL lets only a table's owner write its policies and drop its triggers; almost every
-- project does both on `storage.objects` and `auth.users`, as a role that owns neither and must
-- not (it could drop them). The hosted platform has a C hook for it. Here two event triggers
-- lend the right for the length of that one statement: rows of the catalog change and change back
-- inside the statement's own transaction, no lock is taken on the tables, and nobody else ever
-- sees it. Every other statement meets PostgreSQL's own check, with its own message.
--
-- Lent are:
--   the tables of `homebase.lent_tables()`, to write policies and drop triggers;
--   the same, to say once more that row security is on (it is; projects from before April 2025);
--   room in `auth` and `storage`, for a function of one's own (the same projects);
--   a superuser's right, for `create publication … for all tables` or `… for tables in schema`;
--   the same, to move an extension of one's own to another schema: its objects are the superuser's.
--
-- Runs on a new database and again at every upgrade.

-- The tables that are lent. Each goes back to the admin role of its schema.
create or replace function homebase.lent_tables() returns text[]
  language sql immutable set search_path = pg_catalog
as $$
  select array[
    'auth.audit_log_entries', 'auth.flow_state', 'auth.identities', 'auth.instances',
    'auth.mfa_amr_claims', 'auth.mfa_challenges', 'auth.mfa_factors', 'auth.oauth_clients',
    'auth.one_time_tokens', 'auth.refresh_tokens', 'auth.saml_providers',
    'auth.saml_relay_states', 'auth.sessions', 'auth.sso_domains', 'auth.sso_providers',
    'auth.users',
    'realtime.messages', 'realtime.subscription',
    'storage.buckets', 'storage.buckets_analytics', 'storage.objects',
    'storage.s3_multipart_uploads', 'storage.s3_multipart_uploads_parts'
  ]
$$;

-- Definer's rights, so the search path is fixed: nobody's operator may run in it.
create or replace function homebase.lend() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog
as $$
declare
  acting constant text := current_setting('role');
  comment constant text := '^(\s|--[^\n]*\n|/\*[^*]*\*+([^/*][^*]*\*+)*/)*';
  statement text;
  wanted text[];
  lent text[];
  members text;
begin
  -- Who asks is the session's user unless it has taken another role.
  if (case acting when 'none' then session_user else acting end) <> 'postgres' then
    return;
  end if;
  -- A statement by itself says in its first words what it is about; most are about a project's
  -- own objects, and lend nothing.
  statement := lower(replace(left(coalesce(current_query(), ''), 500), '"', ''));
  if tg_tag in ('CREATE FUNCTION', 'CREATE PROCEDURE')
     and statement ~ (comment || 'create\s+(or\s+replace\s+)?(function|procedure)\s')
     and statement !~ (comment ||
       'create\s+(or\s+replace\s+)?(function|procedure)\s+(auth|storage)\s*\.')
     or tg_tag = 'ALTER TABLE'
     and statement !~ '\yenable\s+row\s+level\s+security\s*;?\s*$'
  then
    return;
  end if;
  statement := lower(replace(left(coalesce(current_query(), ''), 100000), '"', ''));

  if tg_tag in ('CREATE FUNCTION', 'CREATE PROCEDURE') then
    if statement !~ '\y(function|procedure)\s+(auth|storage)\s*\.' then
      return;
    end if;
    update pg_namespace
       set nspacl = nspacl || 'postgres=C/supabase_admin'::aclitem
     where nspname in ('auth', 'storage');
    lent := array['schemas'];
  elsif tg_tag = 'CREATE PUBLICATION' then
    if statement !~ '\ycreate\s+publication\s+\S+\s+for\s+(all\s+tables|tables\s+in\s+schema)\y'
    then
      return;
    end if;
    update pg_authid set rolsuper = true where rolname = 'postgres';
    lent := array['superuser'];
  elsif tg_tag = 'ALTER EXTENSION' then
    if statement !~ '\yset\s+schema\y'
       or statement ~ '\yextension\s+\S+\s+(add|drop|update)\y'
    then
      return;
    end if;
    select concat(count(*), ' ', sum(hashtext(e.extname || e.extversion))) into members
      from pg_extension as e join pg_depend as d on d.refobjid = e.oid
     where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e';
    perform set_config('homebase.members', members, true);
    update pg_authid set rolsuper = true where rolname = 'postgres';
    lent := array['superuser'];
  else
    -- A statement by itself names its table: most are about a project's own tables, and lend
    -- nothing. A DO block or a script names the tables somewhere, or at least their schema. What
    -- runs inside a function that was only called shows no name: then those are lent that projects
    -- write policies on.
    if tg_tag = 'ALTER TABLE' then
      wanted := array(
        select m[1] || '.' || m[2]
          from regexp_matches(
            statement,
            'alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(auth|realtime|storage)\s*\.\s*(\w+)'
            || '\s+enable\s+row\s+level\s+security\s*;?\s*$') as m
         where statement ~ (comment || 'alter\s')
           and m[1] || '.' || m[2] = any (homebase.lent_tables()));
    elsif statement ~ (comment || '(create|alter|drop)\s+(policy|trigger)\y') then
      wanted := array(
        select name from unnest(homebase.lent_tables()) as name
         where name in (
           select m[1] || '.' || m[2]
             from regexp_matches(
               statement, '\yon\s+(?:only\s+)?(auth|realtime|storage)\s*\.\s*(\w+)',
               'g') as m));
    elsif statement ~ '\y(policy|trigger)\y' then
      wanted := array(
        select l.name
          from (
            select name, strpos(statement, split_part(name, '.', 2)) > 0 as is_named,
                   bool_or(strpos(statement, split_part(name, '.', 2)) > 0)
                     over (partition by split_part(name, '.', 1)) as any_is_named
              from unnest(homebase.lent_tables()) as name
             where strpos(statement, split_part(name, '.', 1)) > 0
          ) as l
         where l.is_named or not l.any_is_named);
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
    if tg_tag = 'ALTER TABLE' and cardinality(lent) > 0 then
      raise warning 'row security of % is on already; the hosted platform refuses this statement',
        lent[1];
    end if;
  end if;
  perform set_config('homebase.lent', lent::text, true);
end
$$;

create or replace function homebase.give_back() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog
as $$
declare
  lent constant text := current_setting('homebase.lent', true);
  own text;
  moved record;
begin
  if coalesce(lent, '') = '' then
    return;
  end if;
  -- Everything goes back, whatever was lent: a setting is anybody's to write.
  update pg_authid set rolsuper = false where rolname = 'postgres' and rolsuper;
  update pg_namespace
     set nspacl = array_remove(nspacl, 'postgres=C/supabase_admin'::aclitem)
   where nspname in ('auth', 'storage') and 'postgres=C/supabase_admin'::aclitem = any (nspacl);
  update pg_class as c
     set relowner = ('supabase_' || split_part(name, '.', 1) || '_admin')::regrole
    from unnest(homebase.lent_tables()) as name
   where c.oid = to_regclass(name) and c.relowner = 'postgres'::regrole;
  perform set_config('homebase.lent', '', true);
  -- What PostgreSQL asks of a role that is no superuser, but for the members; and text that was
  -- put together may have said something else than a move. An extension's own script may.
  if tg_tag = 'ALTER EXTENSION'
     and exists (select from pg_event_trigger_ddl_commands() as c where not c.in_extension)
  then
    for moved in
      select e.extname as name, n.nspname as home,
             pg_has_role('postgres', e.extowner, 'usage') as is_own,
             has_schema_privilege('postgres', n.oid, 'create') as has_room
        from pg_event_trigger_ddl_commands() as c
        join pg_extension as e on c.classid = 'pg_extension'::regclass and e.oid = c.objid
        join pg_namespace as n on n.oid = e.extnamespace
    loop
      if not moved.is_own then
        raise exception using errcode = 'insufficient_privilege',
          message = format('must be owner of extension %s', moved.name);
      elsif not moved.has_room then
        raise exception using errcode = 'insufficient_privilege',
          message = format('permission denied for schema %s', moved.home);
      end if;
    end loop;
    if current_setting('homebase.members', true) is distinct from (
      select concat(count(*), ' ', sum(hashtext(e.extname || e.extversion)))
        from pg_extension as e join pg_depend as d on d.refobjid = e.oid
       where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
    then
      raise exception using errcode = 'insufficient_privilege',
        message = 'an extension is moved by a statement that does nothing else';
    end if;
  end if;
  if tg_tag in ('CREATE FUNCTION', 'CREATE PROCEDURE') then
    select c.object_identity into own
      from pg_event_trigger_ddl_commands() as c where c.schema_name in ('auth', 'storage');
    if own is not null then
      raise warning '% is in a managed schema; the hosted platform refuses it since April 2025',
        own
        using hint = 'Put your own functions into a schema of your own, such as private.';
    end if;
  end if;
end
$$;

-- The first time there is nothing to drop, which is nobody's concern.
set local client_min_messages to warning;
drop event trigger if exists homebase_lend;
drop event trigger if exists homebase_give_back;
create event trigger homebase_lend on ddl_command_start
  when tag in ('CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'DROP TRIGGER', 'ALTER TABLE',
               'CREATE FUNCTION', 'CREATE PROCEDURE', 'CREATE PUBLICATION',
               'ALTER EXTENSION')
  execute function homebase.lend();
create event trigger homebase_give_back on ddl_command_end
  when tag in ('CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'DROP TRIGGER', 'ALTER TABLE',
               'CREATE FUNCTION', 'CREATE PROCEDURE', 'CREATE PUBLICATION',
               'ALTER EXTENSION')
  execute function homebase.give_back();
-- Event triggers ask for no right to execute.
revoke all on function homebase.lent_tables(), homebase.lend(), homebase.give_back() from public;
-- Both fire in a session that replays rows, too (session_replication_role = replica).
alter event trigger homebase_lend enable always;
alter event trigger homebase_give_back enable always;

-- The REST service keeps the catalog in memory: a change of it is said on channel `pgrst`. What
-- the services change in their own schemas is none.
create or replace function extensions.pgrst_ddl_watch() returns event_trigger
  language plpgsql as $$
begin
  if exists (
    select from pg_catalog.pg_event_trigger_ddl_commands() as c
     where c.command_tag in (
       'CREATE SCHEMA', 'ALTER SCHEMA', 'CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO',
       'ALTER TABLE', 'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE', 'CREATE VIEW',
       'ALTER VIEW', 'CREATE MATERIALIZED VIEW', 'ALTER MATERIALIZED VIEW',
       'CREATE FUNCTION', 'ALTER FUNCTION', 'CREATE TYPE', 'ALTER TYPE', 'CREATE RULE',
       'COMMENT')
       and coalesce(c.schema_name, '') not in
         ('pg_temp', 'auth', 'realtime', '_realtime', 'storage', 'homebase')
        or c.command_tag = 'CREATE TRIGGER' and c.object_identity not like '% pg\_temp.%')
  then
    notify pgrst, 'reload schema';
  end if;
end
$$;
create or replace function extensions.pgrst_drop_watch() returns event_trigger
  language plpgsql as $$
begin
  if exists (
    select from pg_catalog.pg_event_trigger_dropped_objects() as o
     where not o.is_temporary
       and (o.object_type in (
              'schema', 'table', 'foreign table', 'view', 'materialized view', 'function',
              'type', 'rule')
            and coalesce(o.schema_name, '') not in
              ('auth', 'realtime', '_realtime', 'storage', 'homebase')
            or o.object_type = 'trigger' and o.object_identity not like '% pg\_temp.%'))
  then
    notify pgrst, 'reload schema';
  end if;
end
$$;
drop event trigger if exists pgrst_ddl_watch;
drop event trigger if exists pgrst_drop_watch;
create event trigger pgrst_ddl_watch on ddl_command_end
  execute function extensions.pgrst_ddl_watch();
create event trigger pgrst_drop_watch on sql_drop
  execute function extensions.pgrst_drop_watch();

-- Dumps say `create extension pgsodium with schema pgsodium` and leave the schema out, because
-- it was there where they come from. PostgreSQL makes an extension's own schema only when the
-- statement does not name it: so it is made for the statement.
create or replace function homebase.make_extension_schema() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog
as $$
declare
  wanted text[];
begin
  for wanted in
    select regexp_matches(
      coalesce(current_query(), ''),
      '\ycreate\s+extension\s+(?:if\s+not\s+exists\s+)?"?([\w-]+)"?'
        '\s+(?:with\s+)?schema\s+"?(\w+)"?',
      'gi')
  loop
    if to_regnamespace(quote_ident(wanted[2])) is null
       and exists (
         select from pg_available_extension_versions as v
          where v.name = wanted[1] and v.schema = wanted[2])
    then
      execute format('create schema %I authorization postgres', wanted[2]);
    end if;
  end loop;
end
$$;
drop event trigger if exists homebase_extension_schema;
create event trigger homebase_extension_schema on ddl_command_start
  when tag in ('CREATE EXTENSION')
  execute function homebase.make_extension_schema();
