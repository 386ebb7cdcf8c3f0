-- Schema `storage`: buckets and objects as rows, and the functions that policies and seeds call.
--
-- Column for column what the Storage service has in 2026 (its tenant migrations up to 0063).

set local role supabase_storage_admin;

create type storage.buckettype as enum ('STANDARD', 'ANALYTICS', 'VECTOR');

create table storage.migrations (
  id integer not null,
  name varchar(100) not null,
  hash varchar(40) not null,
  executed_at timestamp default current_timestamp,
  constraint migrations_pkey primary key (id),
  constraint migrations_name_key unique (name)
);

create table storage.buckets (
  id text not null,
  name text not null,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  public boolean default false,
  avif_autodetection boolean default false,
  file_size_limit bigint,
  allowed_mime_types text[],
  owner_id text,
  type storage.buckettype not null default 'STANDARD',
  versioning_status text not null default 'DISABLED',
  constraint buckets_pkey primary key (id),
  constraint buckets_versioning_status_check
    check (versioning_status in ('DISABLED', 'ENABLED', 'SUSPENDED')),
  constraint buckets_versioning_standard_only_check
    check (type = 'STANDARD' or versioning_status = 'DISABLED')
);
create unique index bname on storage.buckets (name);
comment on column storage.buckets.owner is 'Kept for old clients; owner_id is the one to use.';

create table storage.objects (
  id uuid not null default gen_random_uuid(),
  bucket_id text,
  name text,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  last_accessed_at timestamptz default now(),
  metadata jsonb,
  path_tokens text[] generated always as (string_to_array(name, '/')) stored,
  version text,
  owner_id text,
  user_metadata jsonb,
  archived_at timestamptz,
  is_delete_marker boolean not null default false,
  is_versioned boolean not null default false,
  constraint objects_pkey primary key (id),
  constraint "objects_bucketId_fkey" foreign key (bucket_id) references storage.buckets (id)
);
create unique index bucketid_objname on storage.objects (bucket_id, name);
create index idx_objects_bucket_id_name on storage.objects (bucket_id, name collate "C");
create index idx_objects_bucket_id_name_lower
  on storage.objects (bucket_id, lower(name) collate "C");
create index name_prefix_search on storage.objects (name text_pattern_ops);
comment on column storage.objects.owner is 'Kept for old clients; owner_id is the one to use.';

create table storage.s3_multipart_uploads (
  id text not null,
  in_progress_size bigint not null default 0,
  upload_signature text not null,
  bucket_id text not null,
  key text not null collate "C",
  version text not null,
  owner_id text,
  created_at timestamptz not null default now(),
  user_metadata jsonb,
  metadata jsonb,
  constraint s3_multipart_uploads_pkey primary key (id),
  constraint s3_multipart_uploads_bucket_id_fkey foreign key (bucket_id)
    references storage.buckets (id)
);
create index idx_multipart_uploads_list
  on storage.s3_multipart_uploads (bucket_id, key, created_at);

create table storage.s3_multipart_uploads_parts (
  id uuid not null default gen_random_uuid(),
  upload_id text not null,
  size bigint not null default 0,
  part_number integer not null,
  bucket_id text not null,
  key text not null collate "C",
  etag text not null,
  owner_id text,
  version text not null,
  created_at timestamptz not null default now(),
  constraint s3_multipart_uploads_parts_pkey primary key (id),
  constraint s3_multipart_uploads_parts_bucket_id_fkey foreign key (bucket_id)
    references storage.buckets (id),
  constraint s3_multipart_uploads_parts_upload_id_fkey foreign key (upload_id)
    references storage.s3_multipart_uploads (id) on delete cascade
);

create table storage.buckets_analytics (
  name text not null,
  type storage.buckettype not null default 'ANALYTICS',
  format text not null default 'ICEBERG',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  id uuid not null default gen_random_uuid(),
  deleted_at timestamptz,
  constraint buckets_analytics_pkey primary key (id)
);
create unique index buckets_analytics_unique_name_idx on storage.buckets_analytics (name)
  where deleted_at is null;

create table storage.iceberg_namespaces (
  id uuid not null default gen_random_uuid(),
  bucket_name text not null,
  name text not null collate "C",
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  metadata jsonb not null default '{}',
  catalog_id uuid not null,
  constraint iceberg_namespaces_pkey primary key (id),
  constraint iceberg_namespaces_catalog_id_fkey foreign key (catalog_id)
    references storage.buckets_analytics (id) on delete cascade
);
create unique index idx_iceberg_namespaces_bucket_id
  on storage.iceberg_namespaces (catalog_id, name);

create table storage.iceberg_tables (
  id uuid not null default gen_random_uuid(),
  namespace_id uuid not null,
  bucket_name text not null,
  name text not null collate "C",
  location text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  remote_table_id text,
  shard_key text,
  shard_id text,
  catalog_id uuid not null,
  constraint iceberg_tables_pkey primary key (id),
  constraint iceberg_tables_catalog_id_fkey foreign key (catalog_id)
    references storage.buckets_analytics (id) on delete cascade,
  constraint iceberg_tables_namespace_id_fkey foreign key (namespace_id)
    references storage.iceberg_namespaces (id) on delete cascade
);
create unique index idx_iceberg_tables_namespace_id
  on storage.iceberg_tables (catalog_id, namespace_id, name);
create unique index idx_iceberg_tables_location on storage.iceberg_tables (location);

create table storage.buckets_vectors (
  id text not null,
  type storage.buckettype not null default 'VECTOR',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint buckets_vectors_pkey primary key (id)
);

create table storage.vector_indexes (
  id text not null default gen_random_uuid(),
  name text not null collate "C",
  bucket_id text not null,
  data_type text not null,
  dimension integer not null,
  distance_metric text not null,
  metadata_configuration jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint vector_indexes_pkey primary key (id),
  constraint vector_indexes_bucket_id_fkey foreign key (bucket_id)
    references storage.buckets_vectors (id)
);
create unique index vector_indexes_name_bucket_id_idx
  on storage.vector_indexes (name, bucket_id);

-- Parts of a key. `a/b/c.tar.gz` is in the folders {a,b}, its file name is `c.tar.gz`, its
-- extension `gz`; a key without a dot has its whole name for an extension, as upstream.
create function storage.foldername(name text) returns text[] language sql immutable as $$
  select (string_to_array(name, '/'))[1:cardinality(string_to_array(name, '/')) - 1]
$$;
create function storage.filename(name text) returns text language sql immutable as $$
  select split_part(name, '/', -1)
$$;
create function storage.extension(name text) returns text language sql immutable as $$
  select split_part(split_part(name, '/', -1), '.', -1)
$$;
-- The folder below a prefix in which a key lies, with its delimiter; null for a file.
create function storage.get_common_prefix(p_key text, p_prefix text, p_delimiter text)
  returns text language sql immutable as $$
  select p_prefix || split_part(rest, p_delimiter, 1) || p_delimiter
    from (select substr(p_key, length(p_prefix) + 1) as rest) as below
   where strpos(rest, p_delimiter) > 0
$$;

create function storage.operation() returns text language sql stable as $$
  select current_setting('storage.operation', true)
$$;
create function storage.allow_only_operation(expected_operation text)
  returns boolean language sql stable as $$
  select coalesce(
    regexp_replace(storage.operation(), '^storage\.', '')
      = regexp_replace(expected_operation, '^storage\.', ''), false)
$$;
create function storage.allow_any_operation(expected_operations text[])
  returns boolean language sql stable as $$
  select coalesce(
    bool_or(storage.allow_only_operation(one)), false)
    from unnest(expected_operations) as one
$$;

create function storage.get_size_by_bucket()
  returns table (size bigint, bucket_id text) language sql stable as $$
  select sum((o.metadata ->> 'size')::bigint)::bigint, o.bucket_id
    from storage.objects as o
   group by o.bucket_id
$$;

-- Tries an insert as the caller, and takes it back whatever happens: SQLSTATE PT200 says that
-- row security would have let it through.
create function storage.can_insert_object(
    bucketid text, name text, owner uuid, metadata jsonb)
  returns void language plpgsql as $$
begin
  insert into storage.objects (bucket_id, name, owner, metadata)
    values (bucketid, name, owner, metadata);
  raise exception sqlstate 'PT200'
    using message = 'ROLLBACK', detail = 'rollback successful insert';
end
$$;

-- One level below a prefix: files as they are, folders once each, without id.
create function storage.list_objects_with_delimiter(
    _bucket_id text, prefix_param text, delimiter_param text, max_keys integer default 100,
    start_after text default '', next_token text default '', sort_order text default 'asc')
  returns table (
    name text, id uuid, metadata jsonb, updated_at timestamptz, created_at timestamptz,
    last_accessed_at timestamptz)
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
         and o.archived_at is null and not o.is_delete_marker
    ), entries as (
      select left(h.folder, -length(delimiter_param)) as entry, null::uuid as entry_id,
             null::jsonb, null::timestamptz, null::timestamptz, null::timestamptz
        from hits as h where h.folder is not null group by h.folder
      union all
      select h.name, h.id, h.metadata, h.updated_at, h.created_at, h.last_accessed_at
        from hits as h where h.folder is null
    )
    select * from entries as e
     where after is null
        or case when backwards then e.entry collate "C" < after
                else e.entry collate "C" > after end
     order by
       case when backwards then e.entry end collate "C" desc,
       case when not backwards then e.entry end collate "C"
     limit max_keys;
end
$$;

create function storage.list_multipart_uploads_with_delimiter(
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

-- The listing that clients see: the `levels`-th part of every key that starts so, folders
-- without id. Matching ignores case.
create function storage.search(
    prefix text, bucketname text, limits integer default 100, levels integer default 1,
    offsets integer default 0, search text default '', sortcolumn text default 'name',
    sortorder text default 'asc')
  returns table (
    name text, id uuid, updated_at timestamptz, created_at timestamptz,
    last_accessed_at timestamptz, metadata jsonb)
  language plpgsql stable as $$
declare
  backwards constant boolean := lower(coalesce(sortorder, 'asc')) = 'desc';
  wanted constant text := lower(coalesce(prefix, '') || coalesce(search, ''));
  by_column constant text := case
    when lower(sortcolumn) in ('updated_at', 'created_at', 'last_accessed_at')
    then lower(sortcolumn) else 'name' end;
begin
  return query
    with hits as (
      select o.*, cardinality(o.path_tokens) > levels as in_folder
        from storage.objects as o
       where o.bucket_id = bucketname and starts_with(lower(o.name), wanted)
         and o.archived_at is null and not o.is_delete_marker
    ), entries as (
      select h.path_tokens[levels] as entry, null::uuid as entry_id,
             null::timestamptz as updated, null::timestamptz as created,
             null::timestamptz as accessed, null::jsonb as about
        from hits as h where h.in_folder group by h.path_tokens[levels]
      union all
      select h.path_tokens[levels], h.id, h.updated_at, h.created_at, h.last_accessed_at,
             h.metadata
        from hits as h where not h.in_folder
    ), sorted as (
      select e.*, case by_column
               when 'updated_at' then e.updated
               when 'created_at' then e.created
               when 'last_accessed_at' then e.accessed
             end as moment
        from entries as e
    )
    select s.entry, s.entry_id, s.updated, s.created, s.accessed, s.about
      from sorted as s
     order by
       by_column <> 'name' and s.entry_id is not null,
       case when backwards then s.moment end desc nulls last,
       case when not backwards then s.moment end,
       case when backwards then lower(s.entry) end collate "C" desc,
       case when not backwards then lower(s.entry) end collate "C"
     limit least(coalesce(limits, 100), 1500) offset coalesce(offsets, 0);
end
$$;

-- The same with a cursor: continues after the name (and the time) of the last row seen.
create function storage.search_v2(
    prefix text, bucket_name text, limits integer default 100, levels integer default 1,
    start_after text default '', sort_order text default 'asc',
    sort_column text default 'name', sort_column_after text default '')
  returns table (
    key text, name text, id uuid, updated_at timestamptz, created_at timestamptz,
    last_accessed_at timestamptz, metadata jsonb)
  language plpgsql stable as $$
declare
  backwards constant boolean := lower(coalesce(sort_order, 'asc')) = 'desc';
  wanted constant text := coalesce(prefix, '');
  by_column constant text := case
    when lower(sort_column) in ('updated_at', 'created_at') then lower(sort_column)
    else 'name' end;
  after_name constant text := coalesce(start_after, '');
  after_moment constant timestamptz := case
    when by_column = 'name' then null
    else nullif(sort_column_after, '')::timestamptz end;
begin
  return query
    with hits as (
      select o.*, storage.get_common_prefix(o.name, wanted, '/') as folder
        from storage.objects as o
       where o.bucket_id = bucket_name and starts_with(o.name, wanted)
         and o.archived_at is null and not o.is_delete_marker
    ), entries as (
      select left(h.folder, -1) as entry, null::uuid as entry_id,
             min(h.created_at) as updated, min(h.created_at) as created,
             null::timestamptz as accessed, null::jsonb as about
        from hits as h where h.folder is not null group by h.folder
      union all
      select h.name, h.id, h.updated_at, h.created_at, h.last_accessed_at, h.metadata
        from hits as h where h.folder is null
    ), sorted as (
      select e.*, case by_column
               when 'updated_at' then e.updated
               when 'created_at' then e.created
             end as moment
        from entries as e
    )
    select split_part(s.entry, '/', levels), s.entry, s.entry_id,
           case when s.entry_id is not null or by_column <> 'name' then s.updated end,
           case when s.entry_id is not null or by_column <> 'name' then s.created end,
           s.accessed, s.about
      from sorted as s
     where case
       when after_moment is null then
         after_name = ''
         or case when backwards then s.entry collate "C" < after_name
                 else s.entry collate "C" > after_name end
       when backwards then (s.moment, s.entry collate "C") < (after_moment, after_name)
       else (s.moment, s.entry collate "C") > (after_moment, after_name)
     end
     order by
       case when backwards then s.moment end desc nulls last,
       case when not backwards then s.moment end,
       case when backwards then s.entry end collate "C" desc,
       case when not backwards then s.entry end collate "C"
     limit least(coalesce(limits, 100), 1500);
end
$$;

create function storage.update_updated_at_column() returns trigger language plpgsql as $$
begin
  new.updated_at = now();
  return new;
end
$$;
create trigger update_objects_updated_at before update on storage.objects
  for each row execute function storage.update_updated_at_column();

create function storage.enforce_bucket_name_length() returns trigger language plpgsql as $$
begin
  if length(new.name) > 100 then
    raise exception 'bucket name "%" is too long (% characters). Max is 100.',
      new.name, length(new.name);
  end if;
  return new;
end
$$;
create trigger enforce_bucket_name_length_trigger
  before insert or update of name on storage.buckets
  for each row execute function storage.enforce_bucket_name_length();

-- A row that goes without its file leaves the file behind for ever: only the Storage service,
-- which removes both, says `storage.allow_delete_query`.
create function storage.protect_delete() returns trigger language plpgsql as $$
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
create trigger protect_buckets_delete before delete on storage.buckets
  for each statement execute function storage.protect_delete();
create trigger protect_objects_delete before delete on storage.objects
  for each statement execute function storage.protect_delete();

do $$
declare
  name text;
begin
  for name in select tablename from pg_catalog.pg_tables where schemaname = 'storage' loop
    execute format('alter table storage.%I enable row level security', name);
  end loop;
end
$$;

grant all on table storage.buckets, storage.objects to postgres with grant option;
grant all on table storage.buckets, storage.objects to anon, authenticated, service_role;
grant all on table storage.s3_multipart_uploads, storage.s3_multipart_uploads_parts,
  storage.iceberg_namespaces, storage.iceberg_tables to service_role;
grant select on table storage.s3_multipart_uploads, storage.s3_multipart_uploads_parts,
  storage.iceberg_namespaces, storage.iceberg_tables to anon, authenticated;
grant all on table storage.buckets_analytics to anon, authenticated, service_role;
grant select on table storage.buckets_vectors, storage.vector_indexes
  to anon, authenticated, service_role;

reset role;
