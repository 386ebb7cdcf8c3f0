-- From 1 to 2: Realtime's subscriptions, versions of files, privileges as of late 2026.
--
-- The scripts that run at every upgrade follow it; here is what they cannot do by themselves.
-- Safe to run again. Runs as the superuser, in one transaction with them.

set local client_min_messages to warning;

-- Roles.
grant supabase_superuser to supabase_etl_admin;
grant anon, authenticated, service_role to supabase_realtime_admin;
alter role supabase_realtime_admin set search_path to public, extensions, realtime;

-- What the event triggers were.
drop event trigger if exists homebase_lend_tables;
drop event trigger if exists homebase_return_tables;
drop function if exists extensions.homebase_lend_tables();
drop function if exists extensions.homebase_return_tables();
drop function if exists extensions.homebase_lent_tables();

-- Extensions: the vault came later, and what is there from the beginning is `postgres`'s.
do $$
begin
  if exists (select from pg_available_extensions where name = 'supabase_vault')
     and not exists (select from pg_extension where extname = 'supabase_vault')
     -- A project that dropped it since then meant it.
     and to_regclass('homebase.platform') is null
  then
    create extension supabase_vault with schema vault;
  end if;
end
$$;
insert into pg_shdepend (dbid, classid, objid, objsubid, refclassid, refobjid, deptype)
  select d.oid, 'pg_extension'::regclass, e.oid, 0, 'pg_authid'::regclass, 'postgres'::regrole,
         'o'
    from pg_database as d, pg_extension as e
   where d.datname = current_database() and e.extowner = 'supabase_admin'::regrole
     and e.extname in ('pg_stat_statements', 'pgcrypto', 'supabase_vault', 'uuid-ossp');
update pg_extension set extowner = 'postgres'::regrole
 where extowner = 'supabase_admin'::regrole
   and extname in ('pg_stat_statements', 'pgcrypto', 'supabase_vault', 'uuid-ossp');

-- Realtime.
alter schema _realtime owner to postgres;
grant all on schema realtime to supabase_realtime_admin with grant option;
create table if not exists realtime.schema_migrations (
  version bigint not null,
  inserted_at timestamp(0),
  constraint schema_migrations_pkey primary key (version)
);
revoke all on table realtime.schema_migrations from postgres, dashboard_user;
alter table realtime.messages
  add column if not exists binary_payload bytea,
  add column if not exists skip_broadcast boolean not null default false,
  alter column updated_at set default timezone('utc', now()),
  alter column inserted_at set default timezone('utc', now());

-- Webhooks.
insert into supabase_functions.migrations (version)
  values ('initial'), ('20210809183423_update_grants') on conflict do nothing;
comment on table supabase_functions.hooks is
  'Supabase Functions Hooks: Audit trail for triggered hooks.';

-- Storage.
alter table storage.buckets
  add column if not exists lifecycle_configuration jsonb,
  add column if not exists lifecycle_configuration_generation uuid,
  add column if not exists lifecycle_shard_epoch bigint not null default 1,
  add column if not exists lifecycle_shard_count integer not null default 1;
do $$
declare
  wanted record;
begin
  for wanted in
    values
      ('realtime.messages', 'messages_payload_exclusive',
       'check (payload is null or binary_payload is null)'),
      ('storage.buckets', 'buckets_lifecycle_configuration_pair_check',
       'check ((lifecycle_configuration is null) = (lifecycle_configuration_generation is null))'),
      ('storage.buckets', 'buckets_lifecycle_configuration_shape_check',
       $check$check (
         lifecycle_configuration is null
         or jsonb_typeof(lifecycle_configuration) = 'object'
            and lifecycle_configuration ? 'rules'
            and case when jsonb_typeof(lifecycle_configuration -> 'rules') = 'array'
                     then jsonb_array_length(lifecycle_configuration -> 'rules')
                            between 1 and 1000
                     else false end)$check$),
      ('storage.buckets', 'buckets_lifecycle_configuration_standard_only_check',
       $check$check (type = 'STANDARD' or lifecycle_configuration is null
                     and lifecycle_configuration_generation is null)$check$),
      ('storage.buckets', 'buckets_lifecycle_shard_epoch_check',
       'check (lifecycle_shard_epoch >= 1)'),
      ('storage.buckets', 'buckets_lifecycle_shard_count_check',
       'check (lifecycle_shard_count between 1 and 1024)'),
      ('storage.buckets', 'buckets_lifecycle_standard_only_check',
       $check$check (type = 'STANDARD' or lifecycle_shard_epoch = 1
                     and lifecycle_shard_count = 1)$check$)
  loop
    if not exists (
      select from pg_constraint
       where conrelid = wanted.column1::regclass and conname = wanted.column2)
    then
      execute format(
        'alter table %s add constraint %I %s', wanted.column1, wanted.column2, wanted.column3);
    end if;
  end loop;
end
$$;
-- These have other results now, or take more arguments: they are made anew. A view of the
-- project's keeps the old one, under another name.
do $$
declare
  old regprocedure;
begin
  foreach old in array array[
    to_regprocedure('storage.get_size_by_bucket()'),
    to_regprocedure(
      'storage.list_objects_with_delimiter(text, text, text, integer, text, text, text)'),
    to_regprocedure('storage.search(text, text, integer, integer, integer, text, text, text)'),
    to_regprocedure('storage.search_v2(text, text, integer, integer, text, text, text, text)')]
  loop
    continue when old is null;
    begin
      execute format('drop function %s', old);
    exception when dependent_objects_still_exist then
      execute format(
        'alter function %s rename to %I', old,
        (select proname || '_before_2' from pg_proc where oid = old));
    end;
  end loop;
end
$$;
