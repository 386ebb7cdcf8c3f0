\echo Use "CREATE EXTENSION pg_cron" to load this file. \quit

-- Jobs and their history as tables; homebase's workers read the one and write the other.
--
-- A change is told on channel `homebase_workers`, payload `cron`. The workers take the column
-- `database` as the project's own when it says what `cron.homebase_database()` says: a database
-- is cloned and renamed, and its jobs go with it.

create schema cron;

create sequence cron.jobid_seq;
create table cron.job (
  jobid bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport integer not null default inet_server_port(),
  database text not null default current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);
alter table cron.job enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);
grant select on cron.job to public;

create sequence cron.runid_seq;
create table cron.job_run_details (
  jobid bigint,
  runid bigint primary key default nextval('cron.runid_seq'),
  job_pid integer,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);
alter table cron.job_run_details enable row level security;
create policy cron_job_run_details_policy on cron.job_run_details
  using (username = current_user);
grant select on cron.job_run_details to public;

select pg_catalog.pg_extension_config_dump('cron.job', '');
select pg_catalog.pg_extension_config_dump('cron.jobid_seq', '');
select pg_catalog.pg_extension_config_dump('cron.job_run_details', '');
select pg_catalog.pg_extension_config_dump('cron.runid_seq', '');

create function cron.job_cache_invalidate() returns trigger
  language plpgsql
  set search_path = pg_catalog
as $$
begin
  perform pg_notify('homebase_workers', 'cron');
  return null;
end
$$;
comment on function cron.job_cache_invalidate() is 'invalidate job cache';
create trigger cron_job_cache_invalidate
  after insert or update or delete or truncate on cron.job
  for each statement execute function cron.job_cache_invalidate();

-- The way to write a job of one's own. A definer's function would not know who called it; a view
-- reaches the table with its owner's rights, and `current_user` in it is still the caller.
create view cron.homebase_own_job as
  select * from cron.job
   where username = current_user
      or (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
  with check option;
grant select, insert, update, delete on cron.homebase_own_job to public;
grant all on cron.homebase_own_job to postgres with grant option;
grant usage on sequence cron.jobid_seq to public;

-- What `database` says when nobody named one.
create function cron.homebase_database() returns text
  language sql stable set search_path = pg_catalog
as $$
  select coalesce(nullif(current_setting('cron.database_name', true), ''), 'postgres')
$$;

-- One field of a schedule: ranges in a list, `*`, steps; what follows a range is not looked at.
-- `names` are the field's words in order, the first stands for `low`.
create function cron.homebase_field_is_valid(
    field text, low integer, high integer, names text[], takes_last boolean)
  returns boolean language plpgsql immutable strict set search_path = pg_catalog
as $$
declare
  rest text := field;
  part text[];
  step text[];
  bounds integer[];
  word text;
begin
  loop
    if takes_last and left(rest, 1) = '$' then
      rest := substr(rest, 2);
    else
      part := regexp_match(rest, '^(\*|[[:alnum:]]+)(-([[:alnum:]]+)?)?');
      if part is null or (part[1] = '*' and part[2] is not null)
        or (part[2] is not null and part[3] is null)
      then
        return false;
      end if;
      bounds := '{}';
      foreach word in array
        case when part[1] = '*' then '{}' else array_remove(array[part[1], part[3]], null) end
      loop
        if array_position(names, lower(word)) is not null then
          bounds := bounds || (low + array_position(names, lower(word)) - 1);
        elsif word ~ '^[0-9]{1,9}$' then
          bounds := bounds || word::integer;
        else
          return false;
        end if;
      end loop;
      if exists (select from unnest(bounds) as bound where bound not between low and high) then
        return false;
      end if;
      rest := substr(rest, length(part[1]) + coalesce(length(part[2]), 0) + 1);
      if left(rest, 1) = '/' then
        step := regexp_match(rest, '^/0*([1-9][0-9]{0,8})(?![[:alnum:]])');
        -- A step belongs to a range: `1/20` is an error, not "from 1 on".
        if step is null or cardinality(bounds) = 1 then
          return false;
        end if;
        rest := regexp_replace(rest, '^/[0-9]+', '');
      end if;
    end if;
    exit when left(rest, 1) <> ',' or rest = '';
    rest := substr(rest, 2);
  end loop;
  return true;
end
$$;

create function cron.homebase_schedule_is_valid(schedule text) returns boolean
  language plpgsql immutable strict set search_path = pg_catalog
as $$
declare
  trimmed constant text := regexp_replace(schedule, '^([ \t\n]|#[^\n]*\n)+', '');
  fields constant text[] := regexp_split_to_array(trimmed, '[ \t]+');
  seconds constant text[] :=
    regexp_match(schedule, '^\s*\+?([0-9]{1,9})\s*seconds?\s*$', 'i');
begin
  if length(schedule) >= 1000 then
    return false;
  end if;
  if seconds is not null then
    return seconds[1]::integer between 1 and 59;
  end if;
  if left(trimmed, 1) = '@' then
    return substr(regexp_replace(trimmed, '[ \t\n].*$', ''), 2) in (
      'reboot', 'restart', 'yearly', 'annually', 'monthly', 'weekly', 'daily', 'midnight',
      'hourly');
  end if;
  -- More than five fields are not looked at, as ever.
  return cardinality(fields) >= 5
    and cron.homebase_field_is_valid(fields[1], 0, 59, '{}', false)
    and cron.homebase_field_is_valid(fields[2], 0, 23, '{}', false)
    and cron.homebase_field_is_valid(fields[3], 1, 31, '{}', true)
    and cron.homebase_field_is_valid(
      fields[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}', false)
    and cron.homebase_field_is_valid(
      fields[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat,sun}', false);
end
$$;

-- Raises what is wrong with a job's attributes; null ones are not looked at.
create function cron.homebase_check_job(
    schedule text, database text, username text, refusal text)
  returns void language plpgsql stable set search_path = pg_catalog
as $$
declare
  caller_is_superuser constant boolean :=
    (select rolsuper from pg_roles where rolname = current_user);
  may_log_in boolean;
begin
  if not cron.homebase_schedule_is_valid(schedule) then
    raise exception using
      errcode = 'invalid_parameter_value', message = 'invalid schedule: ' || schedule,
      hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
  end if;
  if username is not null then
    if not caller_is_superuser then
      raise exception using errcode = 'internal_error', message = refusal;
    end if;
    select rolcanlogin into may_log_in from pg_roles where rolname = username;
    if may_log_in is null then
      raise exception using
        errcode = 'internal_error', message = format('role "%s" does not exist', username);
    elsif not may_log_in then
      raise exception using
        errcode = 'internal_error', message = format('role "%s" can not log in', username),
        detail = 'Jobs may only be run by roles that have the LOGIN attribute.';
    end if;
  end if;
  if database is not null and database <> cron.homebase_database()
    and not has_database_privilege(coalesce(username, current_user), database, 'connect')
  then
    raise exception using
      errcode = 'internal_error',
      message = format(
        'User %s does not have CONNECT privilege on %s',
        coalesce(username, current_user), database);
  end if;
end
$$;

create function cron.homebase_require(argument text, name text) returns void
  language plpgsql immutable set search_path = pg_catalog
as $$
begin
  if argument is null then
    raise exception using errcode = 'internal_error', message = name || ' can not be NULL';
  end if;
end
$$;

-- The one place that adds a job. A name that is there already gets the new schedule, and stays as
-- active as it was.
create function cron.homebase_schedule(
    job_name text, job_schedule text, job_command text, job_database text, job_username text,
    job_active boolean)
  returns bigint language plpgsql set search_path = pg_catalog
as $$
declare
  port constant integer := current_setting('port');
  database_name constant text := coalesce(job_database, cron.homebase_database());
  owner_name constant text := coalesce(job_username, current_user);
  is_active constant boolean := coalesce(job_active, true);
  new_id bigint;
begin
  perform cron.homebase_require(job_schedule, 'schedule');
  perform cron.homebase_require(job_command, 'command');
  perform cron.homebase_check_job(
    job_schedule, job_database, job_username,
    'must be superuser to create a job for another role');
  insert into cron.homebase_own_job as job
      (schedule, command, nodename, nodeport, database, username, active, jobname)
    values (
      job_schedule, job_command, 'localhost', port, database_name, owner_name, is_active,
      job_name)
    on conflict (jobname, username) do update
      set schedule = excluded.schedule, command = excluded.command,
          database = excluded.database
    returning job.jobid into new_id;
  return new_id;
end
$$;

create function cron.schedule(schedule text, command text) returns bigint
  language sql set search_path = pg_catalog
as $$
  select cron.homebase_schedule(null, schedule, command, null, null, true)
$$;
comment on function cron.schedule(text, text) is 'schedule a pg_cron job';

create function cron.schedule(job_name text, schedule text, command text) returns bigint
  language plpgsql set search_path = pg_catalog
as $$
begin
  perform cron.homebase_require(job_name, 'job_name');
  return cron.homebase_schedule(job_name, schedule, command, null, null, true);
end
$$;
comment on function cron.schedule(text, text, text) is 'schedule a pg_cron job';

create function cron.schedule_in_database(
    job_name text, schedule text, command text, database text, username text default null,
    active boolean default true)
  returns bigint language plpgsql set search_path = pg_catalog
as $$
begin
  perform cron.homebase_require(job_name, 'job_name');
  return cron.homebase_schedule(job_name, schedule, command, database, username, active);
end
$$;
comment on function cron.schedule_in_database(text, text, text, text, text, boolean)
  is 'schedule a pg_cron job';

create function cron.alter_job(
    job_id bigint, schedule text default null, command text default null,
    database text default null, username text default null, active boolean default null)
  returns void language plpgsql set search_path = pg_catalog
as $$
#variable_conflict use_column
begin
  perform cron.homebase_require(job_id::text, 'job_id');
  perform cron.homebase_check_job(
    alter_job.schedule, alter_job.database, alter_job.username,
    'must be superuser to alter username');
  if num_nonnulls(
    alter_job.schedule, alter_job.command, alter_job.database, alter_job.username,
    alter_job.active) = 0
  then
    raise exception using
      errcode = 'internal_error', message = 'no updates specified',
      hint = 'You must specify at least one job attribute to change when calling alter_job';
  end if;
  update cron.homebase_own_job as job
     set schedule = coalesce(alter_job.schedule, job.schedule),
         command = coalesce(alter_job.command, job.command),
         database = coalesce(alter_job.database, job.database),
         username = coalesce(alter_job.username, job.username),
         active = coalesce(alter_job.active, job.active)
   where job.jobid = alter_job.job_id;
  if not found then
    raise exception using
      errcode = 'internal_error',
      message = format('Job %s does not exist or you don''t own it', job_id);
  end if;
end
$$;
comment on function cron.alter_job(bigint, text, text, text, text, boolean)
  is 'Alter the job identified by job_id. Any option left as NULL will not be modified.';

create function cron.unschedule(job_id bigint) returns boolean
  language plpgsql strict set search_path = pg_catalog
as $$
begin
  delete from cron.homebase_own_job where jobid = job_id;
  if not found then
    raise exception using
      errcode = 'internal_error',
      message = format('could not find valid entry for job %s', job_id);
  end if;
  return true;
end
$$;
comment on function cron.unschedule(bigint) is 'unschedule a pg_cron job';

create function cron.unschedule(job_name text) returns boolean
  language plpgsql set search_path = pg_catalog
as $$
begin
  perform cron.homebase_require(job_name, 'job_name');
  delete from cron.homebase_own_job where jobname = job_name and username = current_user;
  if not found then
    raise exception using
      errcode = 'internal_error',
      message = format('could not find valid entry for job ''%s''', job_name);
  end if;
  return true;
end
$$;
comment on function cron.unschedule(text) is 'unschedule a pg_cron job';

-- What the platform gives: everything but writing to `cron.job` past its functions.
grant usage on schema cron to postgres with grant option;
grant all on all functions in schema cron to postgres with grant option;
grant all on cron.job_run_details to postgres with grant option;
revoke trigger on cron.job_run_details from postgres;
grant select on cron.job to postgres with grant option;
revoke all on function cron.alter_job(bigint, text, text, text, text, boolean) from public;
revoke all on function cron.schedule_in_database(text, text, text, text, text, boolean)
  from public;
alter default privileges for role supabase_admin in schema cron
  grant all on tables to postgres with grant option;
alter default privileges for role supabase_admin in schema cron
  grant all on functions to postgres with grant option;
alter default privileges for role supabase_admin in schema cron
  grant all on sequences to postgres with grant option;

-- Whichever schema was asked for, the platform's pg_cron is of pg_catalog. All its objects are
-- in `cron`, so nothing moves but the entry itself; pg_catalog is pinned and needs no dependency.
update pg_catalog.pg_extension
   set extnamespace = 'pg_catalog'::regnamespace where extname = 'pg_cron';
delete from pg_catalog.pg_depend as d
 using pg_catalog.pg_extension as e
 where e.extname = 'pg_cron' and d.classid = 'pg_extension'::regclass and d.objid = e.oid
   and d.refclassid = 'pg_namespace'::regclass and d.deptype = 'n';
