-- Schema `homebase`: what homebase itself keeps in a database, out of everybody's sight.
--
-- Runs on a new database and again at every upgrade: nothing in it may fail the second time.

create schema if not exists homebase authorization supabase_admin;
-- A role with a privilege anywhere cannot be dropped; these have no other.
grant usage on schema homebase
  to authenticator, supabase_etl_admin, supabase_read_only_user, supabase_replication_admin,
     supabase_superuser;

-- Which shape the platform has here. `upgrades/` leads from each to the next.
create table if not exists homebase.platform (
  version integer primary key,
  applied_at timestamptz not null default now()
);

-- Cuts `realtime.messages` into days: makes those to come, moves what no day had room for, and
-- drops the days that are over. The Realtime service calls it now and then.
create or replace function homebase.rotate_messages(
    days_kept integer default 3, days_ahead integer default 2)
  returns void language plpgsql set search_path = pg_catalog as $$
declare
  today constant date := (now() at time zone 'utc')::date;
  day date;
  name text;
begin
  for name, day in
    select c.relname, to_date(substr(c.relname, 10), 'YYYY_MM_DD')
      from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
     where i.inhparent = 'realtime.messages'::regclass
       and c.relname ~ '^messages_\d{4}_\d\d_\d\d$'
  loop
    if day < today - days_kept then
      execute format('drop table realtime.%I', name);
    end if;
  end loop;
  for day in select generate_series(today - 1, today + days_ahead, '1 day')::date loop
    name := 'messages_' || to_char(day, 'YYYY_MM_DD');
    continue when to_regclass(format('realtime.%I', name)) is not null;
    -- Its rows must have left the rest before the day can be attached.
    execute format(
      'create table realtime.%I (like realtime.messages including defaults including constraints)',
      name);
    execute format(
      'with moved as (
         delete from realtime.messages_default
          where inserted_at >= %2$L and inserted_at < %3$L returning *)
       insert into realtime.%1$I select * from moved',
      name, day, day + 1);
    execute format('alter table realtime.%I enable row level security', name);
    execute format('alter table realtime.%I owner to supabase_realtime_admin', name);
    execute format('revoke all on table realtime.%I from postgres, dashboard_user', name);
    execute format(
      'alter table realtime.messages attach partition realtime.%I for values from (%L) to (%L)',
      name, day, day + 1);
  end loop;
  delete from realtime.messages_default
   where inserted_at < today - days_kept;
end
$$;
revoke all on function homebase.rotate_messages(integer, integer) from public;
