-- Extensions whose SQL is kept in tables of this database.
--
-- PostgreSQL reads an extension from files. An event trigger writes them just before a CREATE or
-- ALTER EXTENSION runs, and another takes them away behind it: so an extension is this database's
-- alone, and goes with it into a clone. All are written: a statement in a function, or a CASCADE,
-- does not say which it means, and there are few. Their scripts run with the rights of who
-- creates them.

-- Roles belong to the cluster: another database may have made it, or be about to.
do $$
begin
  if to_regrole('pgtle_admin') is null then
    lock table pg_authid in share row exclusive mode;
  end if;
  if to_regrole('pgtle_admin') is null then
    create role pgtle_admin;
    if to_regrole('postgres') is not null then
      grant pgtle_admin to postgres;
    end if;
  end if;
end
$$;
grant usage on schema pgtle to public;
grant create on schema pgtle to pgtle_admin;

create table pgtle._homebase_extension (
  name text primary key,
  default_version text not null,
  comment text,
  requires text[] not null default '{}',
  schema text
);
-- How to get to a version: from nothing, or from another one.
create table pgtle._homebase_script (
  name text not null references pgtle._homebase_extension on delete cascade,
  source text not null default '',
  target text not null,
  body text not null,
  primary key (name, source, target)
);
select pg_extension_config_dump('pgtle._homebase_extension', '');
select pg_extension_config_dump('pgtle._homebase_script', '');

create type pgtle.pg_tle_features as enum ('passcheck', 'clientauth');
create table pgtle.feature_info (
  feature pgtle.pg_tle_features,
  schema_name text,
  proname text,
  obj_identity text,
  primary key (feature, schema_name, proname)
);
select pg_extension_config_dump('pgtle.feature_info', '');

-- Names and files

-- Only what is safe in a file's name, and what `--` can be told from.
create function pgtle._homebase_check_names(variadic names text[]) returns void
  language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  name text;
begin
  foreach name in array names loop
    if name is null or length(name) > 63 or name !~ '^[A-Za-z0-9_@][A-Za-z0-9_@.+-]*$'
       or name ~ '--|\.\.|-$'
    then
      raise exception 'invalid extension name or version: %', coalesce(quote_literal(name), 'null')
        using errcode = 'invalid_parameter_value',
              hint = 'Letters, digits and _ @ . + - are allowed, but not "--", nor "-" at an end.';
    end if;
  end loop;
end
$$;

create function pgtle._homebase_folder() returns text
  language sql stable set search_path = pg_catalog, pg_temp
as $$
  select setting || '/extension/' from pg_config where name = 'SHAREDIR'
$$;

-- Whether an extension of this name is on the machine, and not from here.
create function pgtle._homebase_is_on_disk(extname text) returns boolean
  language sql stable set search_path = pg_catalog, pg_temp
as $$
  select pg_read_file(pgtle._homebase_folder() || extname || '.control', 0, 8192, true)
         not like '# from pg_tle%'
$$;

create function pgtle._homebase_write(path text, content text) returns void
  language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  copy constant oid := lo_from_bytea(0, convert_to(content, 'utf8'));
begin
  perform lo_export(copy, path);
  perform lo_unlink(copy);
end
$$;

create function pgtle._homebase_write_files() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  folder constant text := pgtle._homebase_folder();
  extension pgtle._homebase_extension;
  script record;
begin
  for extension in select * from pgtle._homebase_extension loop
    continue when coalesce(pgtle._homebase_is_on_disk(extension.name), false);
    perform pgtle._homebase_write(
      folder || extension.name || '.control',
      concat_ws(
        E'\n', '# from pg_tle',
        'comment = ' || quote_literal(translate(extension.comment, E'\\\n', '/ ')),
        'default_version = ' || quote_literal(extension.default_version), 'superuser = false',
        'relocatable = false', 'schema = ' || quote_literal(extension.schema),
        'requires = ' || quote_literal(
          (select string_agg(quote_ident(r), ', ') from unnest(extension.requires) as r)),
        ''));
    for script in select * from pgtle._homebase_script as s where s.name = extension.name loop
      perform pgtle._homebase_write(
        folder || concat_ws('--', script.name, nullif(script.source, ''), script.target) || '.sql',
        script.body);
    end loop;
  end loop;
end
$$;

create function pgtle._homebase_remove_files() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  folder constant text := pgtle._homebase_folder();
  -- A quote in a path ends the shell's string, stands by itself, and begins the next one.
  files constant text := (
    select string_agg('''' || replace(folder || f.name, '''', '''\''''') || '''', ' ')
      from pgtle._homebase_extension as m,
           lateral (
             select m.name || '.control' as name
             union all
             select concat_ws('--', s.name, nullif(s.source, ''), s.target) || '.sql'
               from pgtle._homebase_script as s where s.name = m.name
           ) as f
     where not coalesce(pgtle._homebase_is_on_disk(m.name), false));
begin
  if files is not null then
    -- No row: a program that reads nothing may be gone before one is written.
    execute format('copy (select where false) to program %L', 'rm -f -- ' || files);
  end if;
end
$$;

create event trigger pgtle_homebase_write on ddl_command_start
  when tag in ('CREATE EXTENSION', 'ALTER EXTENSION')
  execute function pgtle._homebase_write_files();
create event trigger pgtle_homebase_remove on ddl_command_end
  when tag in ('CREATE EXTENSION', 'ALTER EXTENSION')
  execute function pgtle._homebase_remove_files();
-- Both fire in a session that replays rows, too (session_replication_role = replica).
alter event trigger pgtle_homebase_write enable always;
alter event trigger pgtle_homebase_remove enable always;

-- Install

create function pgtle.install_extension(
    name text, version text, description text, ext text, requires text[] default null,
    schema text default null)
  returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  -- What homebase brings itself is usually asked for with what the network answered.
  if name in ('supabase-dbdev', 'basejump-supabase_test_helpers')
     and pgtle._homebase_is_on_disk(name)
  then
    raise notice 'homebase has the extension "%" itself: its own is used', name;
    return true;
  end if;
  perform pgtle._homebase_check_names(name, version);
  if ext is null then
    raise exception 'the extension "%" has no SQL: the argument "ext" is null', name
      using errcode = 'null_value_not_allowed';
  end if;
  if pgtle._homebase_is_on_disk(name) then
    raise exception 'the extension "%" is installed on this machine already', name
      using errcode = 'duplicate_object', hint = format('Run: create extension %I;', name);
  end if;
  if exists (select from pgtle._homebase_extension as e where e.name = $1) then
    raise exception 'extension "%" already installed', name
      using errcode = 'duplicate_object',
            hint = 'pgtle.install_extension_version_sql or pgtle.install_update_path add a '
              'version; pgtle.uninstall_extension removes it.';
  end if;
  if schema is not null then
    perform pgtle._homebase_check_names(schema);
  end if;
  if requires <> '{}' then
    perform pgtle._homebase_check_names(variadic requires);
  end if;
  insert into pgtle._homebase_extension (name, default_version, comment, requires, schema)
  values (
    name, version, description,
    array['pg_tle'] || array_remove(coalesce(requires, '{}'), 'pg_tle'), schema);
  insert into pgtle._homebase_script (name, target, body) values (name, version, ext);
  return true;
end
$$;

-- Raises when an extension is not here.
create function pgtle._homebase_must_exist(extname text) returns void
  language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from pgtle._homebase_extension as e where e.name = extname) then
    raise exception 'extension "%" does not exist', extname
      using errcode = 'undefined_object',
            hint = 'pgtle.available_extensions() lists what was installed by pg_tle.';
  end if;
end
$$;

create function pgtle.install_extension_version_sql(name text, version text, ext text)
  returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgtle._homebase_check_names(name, version);
  perform pgtle._homebase_must_exist(name);
  insert into pgtle._homebase_script (name, target, body) values (name, version, ext);
  return true;
exception when unique_violation then
  raise exception 'extension "%" already has the version "%"', name, version
    using errcode = 'duplicate_object';
end
$$;

create function pgtle.install_update_path(name text, fromvers text, tovers text, ext text)
  returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgtle._homebase_check_names(name, fromvers, tovers);
  perform pgtle._homebase_must_exist(name);
  insert into pgtle._homebase_script (name, source, target, body)
  values (name, fromvers, tovers, ext);
  return true;
exception when unique_violation then
  raise exception 'extension "%" already has an update from "%" to "%"', name, fromvers, tovers
    using errcode = 'duplicate_object';
end
$$;

create function pgtle.set_default_version(name text, version text) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgtle._homebase_must_exist(name);
  if not exists (
    select from pgtle._homebase_script as s where s.name = $1 and s.target = version)
  then
    raise exception 'extension "%" has no version "%"', name, version
      using errcode = 'undefined_object';
  end if;
  update pgtle._homebase_extension as e set default_version = version where e.name = $1;
  return true;
end
$$;

-- Uninstall

create function pgtle.uninstall_extension_if_exists(extname text) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  delete from pgtle._homebase_extension as e where e.name = extname;
  return found;
end
$$;

create function pgtle.uninstall_extension(extname text) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgtle._homebase_must_exist(extname);
  return pgtle.uninstall_extension_if_exists(extname);
end
$$;

create function pgtle.uninstall_extension(extname text, version text) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  versions text[];
begin
  perform pgtle._homebase_must_exist(extname);
  versions := array(
    select distinct s.target from pgtle._homebase_script as s where s.name = extname);
  if version <> all (versions) then
    raise exception 'extension "%" has no version "%"', extname, version
      using errcode = 'undefined_object';
  end if;
  if version = (select default_version from pgtle._homebase_extension where name = extname) then
    if cardinality(versions) > 1 then
      raise exception 'version "%" is the default of extension "%"', version, extname
        using errcode = 'dependent_objects_still_exist',
              hint = 'Make another one the default by pgtle.set_default_version.';
    end if;
    return pgtle.uninstall_extension_if_exists(extname);
  end if;
  delete from pgtle._homebase_script as s
   where s.name = extname and version in (s.source, s.target);
  return true;
end
$$;

create function pgtle.uninstall_update_path_if_exists(
    extname text, fromvers text, tovers text)
  returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  delete from pgtle._homebase_script as s
   where s.name = extname and s.source = fromvers and s.target = tovers and fromvers <> '';
  return found;
end
$$;

create function pgtle.uninstall_update_path(extname text, fromvers text, tovers text)
  returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if not pgtle.uninstall_update_path_if_exists(extname, fromvers, tovers) then
    raise exception 'extension "%" has no update from "%" to "%"', extname, fromvers, tovers
      using errcode = 'undefined_object';
  end if;
  return true;
end
$$;

-- What there is

create function pgtle.available_extensions()
  returns table (name name, default_version text, comment text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select e.name::name, e.default_version, e.comment from pgtle._homebase_extension as e
$$;

create function pgtle.available_extension_versions()
  returns table (
    name name, version text, superuser boolean, trusted boolean, relocatable boolean,
    schema name, requires name[], comment text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select e.name::name, s.target, false, false, false, e.schema::name, e.requires::name[],
         e.comment
    from pgtle._homebase_extension as e
    join pgtle._homebase_script as s on s.name = e.name
   where s.source = ''
$$;

create function pgtle.extension_update_paths(name name)
  returns table (source text, target text, path text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  with recursive step as (
    select s.source, s.target from pgtle._homebase_script as s where s.name = $1::text
  ), versions as (
    select target as version from step union select step.source from step where step.source <> ''
  ), walk (source, target, path, seen) as (
    select s.source, s.target, s.source || '--' || s.target, array[s.source, s.target]
      from step as s where s.source <> ''
    union all
    select w.source, s.target, w.path || '--' || s.target, w.seen || s.target
      from walk as w join step as s on s.source = w.target
     where s.target <> all (w.seen)
  )
  select a.version, b.version,
         (select w.path from walk as w
           where w.source = a.version and w.target = b.version
           order by cardinality(w.seen), w.path limit 1)
    from versions as a, versions as b
   where a.version <> b.version
$$;

-- Hooks are kept, and not called: that takes the library.

create function pgtle.register_feature(proc regproc, feature pgtle.pg_tle_features)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into pgtle.feature_info (feature, schema_name, proname, obj_identity)
  select feature, n.nspname, p.proname, p.oid::regprocedure::text
    from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
   where p.oid = proc;
  raise warning 'homebase calls no hooks: "%" is registered, and has no effect', proc;
end
$$;

create function pgtle.register_feature_if_not_exists(
    proc regproc, feature pgtle.pg_tle_features)
  returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgtle.register_feature(proc, feature);
  return true;
exception when unique_violation then
  return false;
end
$$;

create function pgtle.unregister_feature_if_exists(proc regproc, feature pgtle.pg_tle_features)
  returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  delete from pgtle.feature_info as f using pg_proc as p, pg_namespace as n
   where p.oid = proc and n.oid = p.pronamespace and f.schema_name = n.nspname
     and f.proname = p.proname and f.feature = $2;
  return found;
end
$$;

create function pgtle.unregister_feature(proc regproc, feature pgtle.pg_tle_features)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if not pgtle.unregister_feature_if_exists(proc, feature) then
    raise exception 'the function "%" is not registered for "%"', proc, feature
      using errcode = 'undefined_object';
  end if;
end
$$;

grant select on pgtle.feature_info to public;
revoke all on all functions in schema pgtle from public;
grant execute on all functions in schema pgtle to pgtle_admin;
grant execute on function pgtle.available_extensions(), pgtle.available_extension_versions(),
  pgtle.extension_update_paths(name)
  to public;
do $$
declare
  internal record;
begin
  for internal in
    select p.oid::regprocedure::text as name from pg_proc as p
     where p.pronamespace = 'pgtle'::regnamespace and p.proname ~ '^_homebase'
  loop
    execute format('revoke all on function %s from pgtle_admin', internal.name);
  end loop;
end
$$;
