-- Schema `storage`: the functions that policies and the service call, the triggers that keep rows
-- and files together, and when a bucket's old versions go.
--
-- Runs on a new database and again at every upgrade: nothing in it may fail the second time.

set local role supabase_storage_admin;

-- How far the service got with deleting what a bucket's rules say is old.
create table if not exists storage.bucket_lifecycle_states (
  bucket_id text not null,
  scan_kind text not null default 'NONCURRENT',
  shard_id integer not null,
  shard_epoch bigint not null,
  shard_count integer not null,
  configuration_generation uuid not null,
  next_run_at timestamptz,
  claim_id uuid,
  claim_until timestamptz,
  continuation jsonb,
  last_started_at timestamptz,
  last_completed_at timestamptz,
  last_success_at timestamptz,
  last_result jsonb,
  failure_count integer not null default 0,
  last_error jsonb,
  updated_at timestamptz not null default now(),
  constraint bucket_lifecycle_states_pkey primary key (bucket_id, scan_kind, shard_id),
  constraint bucket_lifecycle_states_bucket_id_fkey foreign key (bucket_id)
    references storage.buckets (id) on delete restrict,
  constraint bucket_lifecycle_scan_kind_check check (scan_kind in ('NONCURRENT', 'CURRENT')),
  constraint bucket_lifecycle_shard_shape_check
    check (shard_epoch >= 1 and shard_count between 1 and 1024 and shard_id >= 0
           and shard_id < shard_count),
  constraint bucket_lifecycle_failure_count_check check (failure_count >= 0),
  constraint bucket_lifecycle_continuation_object_check
    check (continuation is null or jsonb_typeof(continuation) = 'object'),
  constraint bucket_lifecycle_recovery_due_check
    check (next_run_at is not null
           or not jsonb_path_exists(coalesce(continuation, '{}'), '$.batch.inFlight')),
  constraint bucket_lifecycle_last_result_object_check
    check (last_result is null or jsonb_typeof(last_result) = 'object')
);
create index if not exists bucket_lifecycle_states_due_idx
  on storage.bucket_lifecycle_states (next_run_at, bucket_id, scan_kind, shard_id)
  where next_run_at is not null;
create index if not exists bucket_lifecycle_states_expired_claim_idx
  on storage.bucket_lifecycle_states (claim_until, bucket_id, scan_kind, shard_id)
  where claim_until is not null;
alter table storage.bucket_lifecycle_states enable row level security;
grant all on table storage.bucket_lifecycle_states to postgres, service_role;

-- Parts of a key. `a/b/c.tar.gz` is in the folders {a,b}, its file name is `c.tar.gz`, its
-- extension `gz`; a key without a dot has its whole name for an extension, as upstream.
create or replace function storage.foldername(name text) returns text[]
  language sql immutable as $$
  select (string_to_array(name, '/'))[1:cardinality(string_to_array(name, '/')) - 1]
$$;
create or replace function storage.filename(name text) returns text language sql immutable as $$
  select split_part(name, '/', -1)
$$;
create or replace function storage.extension(name text) returns text
  language sql immutable as $$
  select split_part(split_part(name, '/', -1), '.', -1)
$$;
-- The folder below a prefix in which a key lies, with its delimiter; null for a file.
create or replace function storage.get_common_prefix(
    p_key text, p_prefix text, p_delimiter text)
  returns text language sql immutable as $$
  select p_prefix || split_part(rest, p_delimiter, 1) || p_delimiter
    from (select substr(p_key, length(p_prefix) + 1) as rest) as below
   where p_delimiter <> '' and strpos(rest, p_delimiter) > 0
$$;

create or replace function storage.operation() returns text language sql stable as $$
  select current_setting('storage.operation', true)
$$;
create or replace function storage.allow_only_operation(expected_operation text)
  returns boolean language sql stable as $$
  select coalesce(
    regexp_replace(storage.operation(), '^storage\.', '')
      = regexp_replace(expected_operation, '^storage\.', ''), false)
$$;
create or replace function storage.allow_any_operation(expected_operations text[])
  returns boolean language sql stable as $$
  select coalesce(
    bool_or(storage.allow_only_operation(one)), false)
    from unnest(expected_operations) as one
$$;

-- In all that follows `noncurrent_versions` and `delete_markers` say which rows count beside the
-- current ones: 'exclude', 'include' or 'only'.
create or replace function storage.get_size_by_bucket(
    noncurrent_versions text default 'include', delete_markers text default 'include')
  returns table (size bigint, bucket_id text) language sql stable as $$
  select sum((o.metadata ->> 'size')::bigint)::bigint, o.bucket_id
    from storage.objects as o
   where case noncurrent_versions when 'exclude' then o.archived_at is null
                                  when 'only' then o.archived_at is not null else true end
     and case delete_markers when 'exclude' then not o.is_delete_marker
                             when 'only' then o.is_delete_marker else true end
   group by o.bucket_id
$$;

-- Tries an insert as the caller, and takes it back whatever happens: SQLSTATE PT200 says that
-- row security would have let it through.
create or replace function storage.can_insert_object(
    bucketid text, name text, owner uuid, metadata jsonb)
  returns void language plpgsql as $$
begin
  insert into storage.objects (bucket_id, name, owner, metadata)
    values (bucketid, name, owner, metadata);
  raise exception sqlstate 'PT200'
    using message = 'ROLLBACK', detail = 'rollback successful insert';
end
$$;

-- One level below a prefix: files as they are, folders once each, without id. It continues after
-- a name; within a key with several versions, which come newest first, after one of them.
create or replace function storage.list_objects_with_delimiter(
    _bucket_id text, prefix_param text, delimiter_param text, max_keys integer default 100,
    start_after text default '', next_token text default '', sort_order text default 'asc',
    noncurrent_versions text default 'exclude', delete_markers text default 'exclude',
    next_token_archived_at timestamptz default null, next_token_version text default '')
  returns table (
    name text, id uuid, metadata jsonb, updated_at timestamptz, created_at timestamptz,
    last_accessed_at timestamptz, version text, archived_at timestamptz,
    is_delete_marker boolean, is_versioned boolean)
  language plpgsql stable as $$
declare
  backwards constant boolean := lower(coalesce(sort_order, 'asc')) = 'desc';
  after constant text := coalesce(nullif(next_token, ''), nullif(start_after, ''));
  prefix constant text := coalesce(prefix_param, '');
begin
  return query
    with hits as (
      select o.*, storage.get_common_prefix(o.name, prefix, delimiter_param) as folder
        from storage.objects as o
       where o.bucket_id = _bucket_id and starts_with(o.name, prefix)
         and case noncurrent_versions when 'include' then true
                                      when 'only' then o.archived_at is not null
                                      else o.archived_at is null end
         and case delete_markers when 'include' then true when 'only' then o.is_delete_marker
                                 else not o.is_delete_marker end
    ), entries as (
      select left(h.folder, -length(delimiter_param)) as entry, null::uuid as entry_id,
             null::jsonb, null::timestamptz, null::timestamptz, null::timestamptz,
             null::text as entry_version, null::timestamptz as archived, null::boolean,
             null::boolean
        from hits as h where h.folder is not null group by h.folder
      union all
      select h.name, h.id, h.metadata, h.updated_at, h.created_at, h.last_accessed_at,
             h.version, h.archived_at, h.is_delete_marker, h.is_versioned
        from hits as h where h.folder is null
    )
    select * from entries as e
     where after is null
        or case when backwards then e.entry collate "C" < after
                else e.entry collate "C" > after end
        or e.entry = after and next_token_archived_at is not null
           and (
             coalesce(date_trunc('milliseconds', e.archived), 'infinity')
               < date_trunc('milliseconds', next_token_archived_at)
             or coalesce(date_trunc('milliseconds', e.archived), 'infinity')
                  = date_trunc('milliseconds', next_token_archived_at)
                and coalesce(e.entry_version, '') > coalesce(next_token_version, ''))
     order by
       case when backwards then e.entry end collate "C" desc,
       case when not backwards then e.entry end collate "C",
       coalesce(date_trunc('milliseconds', e.archived), 'infinity') desc,
       coalesce(e.entry_version, '')
     limit max_keys;
end
$$;

create or replace function storage.list_multipart_uploads_with_delimiter(
    bucket_id text, prefix_param text, delimiter_param text, max_keys integer default 100,
    next_key_token text default '', next_upload_token text default '')
  returns table (key text, id text, created_at timestamptz)
  language sql stable as $$
  select distinct on (u.shown collate "C") u.shown, u.id, u.created_at
    from (
      select coalesce(
               storage.get_common_prefix(m.key, prefix_param, delimiter_param), m.key) as shown,
             m.id, m.created_at
        from storage.s3_multipart_uploads as m
       where m.bucket_id = list_multipart_uploads_with_delimiter.bucket_id
         and starts_with(m.key, prefix_param)
    ) as u
   where (next_upload_token = '' or u.id collate "C" > next_upload_token)
     and (next_key_token = '' or next_upload_token <> ''
          or u.shown collate "C" > next_key_token)
   order by u.shown collate "C", u.created_at
   limit max_keys
$$;

-- The listing that clients see: what lies one level below `prefix || search`, named relative to
-- `prefix`; folders without id. Matching ignores case. `levels` is of old clients, and no more.
create or replace function storage.search(
    prefix text, bucketname text, limits integer default 100, levels integer default 1,
    offsets integer default 0, search text default '', sortcolumn text default 'name',
    sortorder text default 'asc', noncurrent_versions text default 'exclude',
    delete_markers text default 'exclude')
  returns table (
    name text, id uuid, updated_at timestamptz, created_at timestamptz,
    last_accessed_at timestamptz, metadata jsonb, version text, archived_at timestamptz,
    is_delete_marker boolean, is_versioned boolean)
  language plpgsql stable as $$
declare
  backwards constant boolean := lower(coalesce(sortorder, 'asc')) = 'desc';
  wanted constant text := coalesce(prefix, '') || coalesce(search, '');
  start constant integer := length(coalesce(prefix, '')) + 1;
  by_column constant text := case
    when lower(sortcolumn) in ('updated_at', 'created_at', 'last_accessed_at')
    then lower(sortcolumn) else 'name' end;
begin
  return query
    with hits as (
      select o.*,
             length(storage.get_common_prefix(lower(o.name), lower(wanted), '/')) as folder_end
        from storage.objects as o
       where o.bucket_id = bucketname and starts_with(lower(o.name), lower(wanted))
         and case noncurrent_versions when 'include' then true
                                      when 'only' then o.archived_at is not null
                                      else o.archived_at is null end
         and case delete_markers when 'include' then true when 'only' then o.is_delete_marker
                                 else not o.is_delete_marker end
    ), entries as (
      select min(substr(left(h.name, h.folder_end - 1), start)) as entry, null::uuid as entry_id,
             null::timestamptz as updated, null::timestamptz as created,
             null::timestamptz as accessed, null::jsonb as about, null::text as entry_version,
             null::timestamptz as archived, null::boolean as is_marker, null::boolean as is_one
        from hits as h where h.folder_end is not null
       group by lower(left(h.name, h.folder_end))
      union all
      select substr(h.name, start), h.id, h.updated_at, h.created_at, h.last_accessed_at,
             h.metadata, h.version, h.archived_at, h.is_delete_marker, h.is_versioned
        from hits as h where h.folder_end is null
    ), sorted as (
      select e.*, case by_column
               when 'updated_at' then e.updated
               when 'created_at' then e.created
               when 'last_accessed_at' then e.accessed
             end as moment
        from entries as e
    )
    select s.entry, s.entry_id, s.updated, s.created, s.accessed, s.about, s.entry_version,
           s.archived, s.is_marker, s.is_one
      from sorted as s
     order by
       by_column <> 'name' and s.entry_id is not null,
       case when backwards then s.moment end desc nulls last,
       case when not backwards then s.moment end,
       case when backwards then lower(s.entry) end collate "C" desc,
       case when not backwards then lower(s.entry) end collate "C",
       coalesce(s.archived, 'infinity') desc, coalesce(s.entry_version, '')
     limit least(coalesce(limits, 100), 1500) offset coalesce(offsets, 0);
end
$$;

-- A listing by time. A folder is as old as the first of its files; it continues after a moment
-- and a name.
create or replace function storage.search_by_timestamp(
    p_prefix text, p_bucket_id text, p_limit integer, p_level integer, p_start_after text,
    p_sort_order text, p_sort_column text, p_sort_column_after text,
    noncurrent_versions text default 'exclude', delete_markers text default 'exclude',
    p_start_after_version text default '')
  returns table (
    key text, name text, id uuid, updated_at timestamptz, created_at timestamptz,
    last_accessed_at timestamptz, metadata jsonb, version text, archived_at timestamptz,
    is_delete_marker boolean, is_versioned boolean)
  language plpgsql stable as $$
declare
  backwards constant boolean := lower(coalesce(p_sort_order, 'asc')) = 'desc';
  wanted constant text := coalesce(p_prefix, '');
  after_name constant text := coalesce(p_start_after, '');
  after_version constant text := case
    when noncurrent_versions in ('include', 'only') then coalesce(p_start_after_version, '')
    else '' end;
  after_moment constant timestamptz := date_trunc(
    'milliseconds', coalesce(nullif(p_sort_column_after, '')::timestamptz, 'epoch'));
begin
  return query
    with hits as (
      select o.*, storage.get_common_prefix(o.name, wanted, '/') as folder
        from storage.objects as o
       where o.bucket_id = p_bucket_id and starts_with(o.name, wanted)
         and case noncurrent_versions when 'include' then true
                                      when 'only' then o.archived_at is not null
                                      else o.archived_at is null end
         and case delete_markers when 'include' then true when 'only' then o.is_delete_marker
                                 else not o.is_delete_marker end
    ), entries as (
      select left(h.folder, -1) as entry, null::uuid as entry_id,
             min(h.created_at) as updated, min(h.created_at) as created,
             null::timestamptz as accessed, null::jsonb as about, null::text as entry_version,
             null::timestamptz as archived, null::boolean as is_marker, null::boolean as is_one
        from hits as h where h.folder is not null group by h.folder
      union all
      select h.name, h.id, h.updated_at, h.created_at, h.last_accessed_at, h.metadata,
             h.version, h.archived_at, h.is_delete_marker, h.is_versioned
        from hits as h where h.folder is null
    ), sorted as (
      select e.*,
             date_trunc(
               'milliseconds',
               coalesce(
                 case when lower(p_sort_column) = 'created_at' then e.created else e.updated end,
                 'epoch')) as moment,
             case when noncurrent_versions in ('include', 'only')
                  then coalesce(e.entry_version, '') else '' end as tie
        from entries as e
    )
    select split_part(s.entry, '/', p_level), s.entry, s.entry_id, s.updated, s.created,
           s.accessed, s.about, s.entry_version, s.archived, s.is_marker, s.is_one
      from sorted as s
     where after_name = ''
        or case when backwards
                then (s.moment, s.entry collate "C", s.tie)
                       < (after_moment, after_name, after_version)
                else (s.moment, s.entry collate "C", s.tie)
                       > (after_moment, after_name, after_version) end
     order by
       case when backwards then s.moment end desc, case when not backwards then s.moment end,
       case when backwards then s.entry end collate "C" desc,
       case when not backwards then s.entry end collate "C",
       case when backwards then s.tie end desc, case when not backwards then s.tie end
     limit p_limit;
end
$$;

-- The listing with a cursor: continues after the name (and the time) of the last row seen.
create or replace function storage.search_v2(
    prefix text, bucket_name text, limits integer default 100, levels integer default 1,
    start_after text default '', sort_order text default 'asc',
    sort_column text default 'name', sort_column_after text default '',
    noncurrent_versions text default 'exclude', delete_markers text default 'exclude',
    start_after_archived_at timestamptz default null, start_after_version text default '',
    start_after_is_continuation boolean default false)
  returns table (
    key text, name text, id uuid, updated_at timestamptz, created_at timestamptz,
    last_accessed_at timestamptz, metadata jsonb, version text, archived_at timestamptz,
    is_delete_marker boolean, is_versioned boolean)
  language plpgsql stable as $$
begin
  if lower(coalesce(sort_column, 'name')) in ('updated_at', 'created_at') then
    return query
      select * from storage.search_by_timestamp(
        prefix, bucket_name, least(coalesce(limits, 100), 1500), levels, start_after, sort_order,
        sort_column, sort_column_after, noncurrent_versions, delete_markers,
        start_after_version);
  else
    return query
      select split_part(o.name, '/', levels), o.name, o.id, o.updated_at, o.created_at,
             o.last_accessed_at, o.metadata, o.version, o.archived_at, o.is_delete_marker,
             o.is_versioned
        from storage.list_objects_with_delimiter(
          bucket_name, prefix, '/', least(coalesce(limits, 100), 1500), start_after,
          case when start_after_is_continuation then start_after else '' end, sort_order,
          noncurrent_versions, delete_markers, start_after_archived_at, start_after_version)
          as o;
  end if;
end
$$;

create or replace function storage.update_updated_at_column() returns trigger
  language plpgsql as $$
begin
  new.updated_at = now();
  return new;
end
$$;
create or replace trigger update_objects_updated_at before update on storage.objects
  for each row execute function storage.update_updated_at_column();

create or replace function storage.enforce_bucket_name_length() returns trigger
  language plpgsql as $$
begin
  if length(new.name) > 100 then
    raise exception 'bucket name "%" is too long (% characters). Max is 100.',
      new.name, length(new.name);
  end if;
  return new;
end
$$;
create or replace trigger enforce_bucket_name_length_trigger
  before insert or update of name on storage.buckets
  for each row execute function storage.enforce_bucket_name_length();

-- Versioning is switched on once; later it can only rest.
create or replace function storage.enforce_versioning_status_transition() returns trigger
  language plpgsql as $$
begin
  if new.versioning_status <> old.versioning_status
     and (new.versioning_status = 'DISABLED'
          or old.versioning_status = 'DISABLED' and new.versioning_status = 'SUSPENDED')
  then
    raise exception 'Cannot transition bucket versioning status from % to %',
      old.versioning_status, new.versioning_status;
  end if;
  return new;
end
$$;
create or replace trigger enforce_versioning_status_transition
  before update of versioning_status on storage.buckets
  for each row execute function storage.enforce_versioning_status_transition();

-- Rules that delete files are set by the service alone, each time as a new generation.
create or replace function storage.protect_bucket_control_columns() returns trigger
  language plpgsql set search_path = pg_catalog as $$
declare
  service constant text := tg_argv[0];
  rules_changed boolean;
begin
  if tg_op = 'INSERT' then
    if new.lifecycle_shard_epoch <> 1 or new.lifecycle_shard_count <> 1 then
      raise exception 'bucket control columns must use their protected defaults on insert'
        using errcode = '42501';
    elsif (new.lifecycle_configuration is not null
           or new.lifecycle_configuration_generation is not null)
          and not pg_has_role(current_user, service, 'MEMBER')
    then
      raise exception
        'only members of the configured storage service role may insert lifecycle policy state'
        using errcode = '42501',
              hint = 'Insert the bucket without rules, and set them by the Storage API.';
    end if;
    return new;
  end if;
  rules_changed := (old.lifecycle_configuration, old.lifecycle_configuration_generation)
    is distinct from (new.lifecycle_configuration, new.lifecycle_configuration_generation);
  if (old.lifecycle_shard_epoch, old.lifecycle_shard_count)
       is distinct from (new.lifecycle_shard_epoch, new.lifecycle_shard_count)
  then
    raise exception 'lifecycle shard topology changes are not supported in v1'
      using errcode = '0A000';
  elsif not rules_changed then
    return new;
  elsif new.type <> 'STANDARD' then
    raise exception 'bucket lifecycle controls require a Standard bucket'
      using errcode = '0A000';
  elsif current_user <> service then
    raise exception
      'bucket control columns may only be changed by the configured storage service role'
      using errcode = '42501';
  elsif (new.lifecycle_configuration is null) <> (new.lifecycle_configuration_generation is null)
        or new.lifecycle_configuration is not null
           and (old.lifecycle_configuration is not distinct from new.lifecycle_configuration
                or old.lifecycle_configuration_generation
                   is not distinct from new.lifecycle_configuration_generation)
  then
    raise exception 'a changed lifecycle policy requires a new non-null generation'
      using errcode = '22023';
  end if;
  return new;
end
$$;
create or replace trigger protect_bucket_control_insert before insert on storage.buckets
  for each row execute function storage.protect_bucket_control_columns('service_role');
create or replace trigger protect_bucket_control_update
  before update of lifecycle_configuration, lifecycle_configuration_generation,
    lifecycle_shard_epoch, lifecycle_shard_count on storage.buckets
  for each row execute function storage.protect_bucket_control_columns('service_role');

-- A row that goes without its file leaves the file behind for ever: only the Storage service,
-- which removes both, says `storage.allow_delete_query`.
create or replace function storage.protect_delete() returns trigger language plpgsql as $$
begin
  if current_setting('storage.allow_delete_query', true) is distinct from 'true' then
    raise exception
      'Direct deletion from storage tables is not allowed. Use the Storage API instead.'
      using errcode = '42501',
            hint = 'Rows without the Storage service leave their files behind.';
  end if;
  return null;
end
$$;
create or replace trigger protect_buckets_delete before delete on storage.buckets
  for each statement execute function storage.protect_delete();
create or replace trigger protect_objects_delete before delete on storage.objects
  for each statement execute function storage.protect_delete();

reset role;
