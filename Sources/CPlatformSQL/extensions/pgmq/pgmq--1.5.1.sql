-- Message queues: a queue is the table `pgmq.q_NAME`, its archive `pgmq.a_NAME`.
--
-- Whoever reads a message hides it from the others for a while (`vt`, the visibility timeout);
-- who is done deletes or archives it. Functions run with their caller's rights, so the grants on
-- a queue's tables are what counts, as are row-level security policies on them.

create table pgmq.meta (
  queue_name varchar unique not null,
  is_partitioned boolean not null,
  is_unlogged boolean not null,
  created_at timestamptz not null default now()
);

create type pgmq.message_record as (
  msg_id bigint,
  read_ct integer,
  enqueued_at timestamptz,
  vt timestamptz,
  message jsonb,
  headers jsonb
);
create type pgmq.queue_record as (
  queue_name varchar,
  is_partitioned boolean,
  is_unlogged boolean,
  created_at timestamptz
);
create type pgmq.metrics_result as (
  queue_name text,
  queue_length bigint,
  newest_msg_age_sec integer,
  oldest_msg_age_sec integer,
  total_messages bigint,
  scrape_time timestamptz,
  queue_visible_length bigint
);

-- Names

create function pgmq.validate_queue_name(queue_name text) returns void
  language plpgsql as $$
begin
  -- The longest identifier that is made of it has 16 bytes more, and 63 are allowed.
  if length(queue_name) >= 48 then
    raise exception 'queue name is too long, maximum length is 48 characters';
  end if;
end
$$;

create function pgmq.format_table_name(queue_name text, prefix text) returns text
  language plpgsql immutable as $$
begin
  if queue_name ~ '[$;'']|--' then
    raise exception 'queue name contains invalid characters: $, ;, --, or ''';
  end if;
  return lower(prefix || '_' || queue_name);
end
$$;

-- Queues and the extension
--
-- A queue's tables go with the extension when it is dropped, by an automatic dependency. They
-- are not its members: a dump leaves members out, and would lose the queues.

create function pgmq._homebase_tie(relation text, is_tied boolean) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  class constant oid := to_regclass(format('pgmq.%I', relation));
  extension constant oid := (select oid from pg_extension where extname = 'pgmq');
begin
  if class is null or extension is null or relation !~ '^[aq]_' then
    return;
  end if;
  delete from pg_depend
   where classid = 'pg_class'::regclass and objid = class and objsubid = 0
     and refclassid = 'pg_extension'::regclass and refobjid = extension;
  if is_tied then
    insert into pg_depend (classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype)
    values ('pg_class'::regclass, class, 0, 'pg_extension'::regclass, extension, 0, 'a');
  end if;
end
$$;

create function pgmq._belongs_to_pgmq(table_name text) returns boolean
  language sql stable as $$
  select exists (
    select from pg_catalog.pg_depend as d join pg_catalog.pg_extension as e
           on d.refclassid = 'pg_catalog.pg_extension'::regclass and d.refobjid = e.oid
     where e.extname = 'pgmq' and d.classid = 'pg_catalog.pg_class'::regclass
       and d.objid = pg_catalog.to_regclass(pg_catalog.format('pgmq.%I', table_name)))
$$;

create function pgmq._extension_exists(extension_name text) returns boolean
  language sql stable as $$
  select exists (select from pg_catalog.pg_extension where extname = extension_name)
$$;

-- Partitions, which pg_partman keeps

create function pgmq._get_partition_col(partition_interval text) returns text
  language plpgsql as $$
begin
  -- A number counts messages, anything else is an interval of time.
  perform partition_interval::bigint;
  return 'msg_id';
exception when invalid_text_representation or numeric_value_out_of_range then
  return 'enqueued_at';
end
$$;

create function pgmq._ensure_pg_partman_installed() returns void
  language plpgsql as $$
begin
  if not pgmq._extension_exists('pg_partman') then
    raise exception 'pg_partman is required for partitioned queues'
      using errcode = 'feature_not_supported',
            hint = 'Install the package postgresql-15-partman and run `create extension '
              'pg_partman`, or use pgmq.create: a queue without partitions.';
  end if;
end
$$;

create function pgmq._get_pg_partman_schema() returns text
  language sql stable as $$
  select n.nspname::text
    from pg_catalog.pg_extension as e
    join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
   where e.extname = 'pg_partman'
$$;

create function pgmq._get_pg_partman_major_version() returns integer
  language sql stable as $$
  select split_part(extversion, '.', 1)::integer
    from pg_catalog.pg_extension where extname = 'pg_partman'
$$;

-- Hands one table to pg_partman.
create function pgmq._homebase_partition(
    relation text, partition_column text, partition_interval text, retention_interval text)
  returns void
  language plpgsql as $$
declare
  partman constant text := pgmq._get_pg_partman_schema();
  kind constant text := case
    when pgmq._get_pg_partman_major_version() >= 5 then 'range' else 'native' end;
begin
  execute format(
    'select %I.create_parent(p_parent_table := %L, p_control := %L, p_interval := %L,
                             p_type := %L)',
    partman, 'pgmq.' || relation, partition_column, partition_interval, kind);
  execute format(
    'update %I.part_config
        set retention = %L, retention_keep_table = false, retention_keep_index = true,
            automatic_maintenance = %L
      where parent_table = %L',
    partman, retention_interval, 'on', 'pgmq.' || relation);
end
$$;

-- Queues come and go

create function pgmq._homebase_create(
    queue_name text, is_unlogged boolean, partition_interval text default null,
    retention_interval text default null)
  returns void
  language plpgsql as $$
declare
  queue constant text := pgmq.format_table_name(queue_name, 'q');
  archive constant text := pgmq.format_table_name(queue_name, 'a');
  queue_column text;
  archive_column text;
begin
  perform pgmq.validate_queue_name(queue_name);
  if partition_interval is not null then
    perform pgmq._ensure_pg_partman_installed();
    queue_column := pgmq._get_partition_col(partition_interval);
    archive_column := case queue_column when 'enqueued_at' then 'archived_at' else 'msg_id' end;
  end if;
  -- Two sessions that make the same queue at once: the second finds it made.
  perform pg_advisory_xact_lock(hashtext('pgmq.queue_' || queue_name));

  if to_regclass(format('pgmq.%I', queue)) is null then
    execute format(
      'create %s table pgmq.%I (
         msg_id bigint %s generated always as identity,
         read_ct integer default 0 not null,
         enqueued_at timestamptz default now() not null,
         vt timestamptz not null,
         message jsonb,
         headers jsonb
       ) %s',
      case when is_unlogged then 'unlogged' end, queue,
      case when queue_column is null then 'primary key' end,
      'partition by range (' || quote_ident(queue_column) || ')');
    if queue_column is not null then
      perform pgmq._homebase_partition(
        queue, queue_column, partition_interval, retention_interval);
      execute format(
        'create index %I on pgmq.%I (%I)', queue || '_part_idx', queue, queue_column);
    else
      execute format('create index %I on pgmq.%I (vt)', queue || '_vt_idx', queue);
    end if;
  end if;
  if to_regclass(format('pgmq.%I', archive)) is null then
    execute format(
      'create table pgmq.%I (
         msg_id bigint %s,
         read_ct integer default 0 not null,
         enqueued_at timestamptz default now() not null,
         archived_at timestamptz default now() not null,
         vt timestamptz not null,
         message jsonb,
         headers jsonb
       ) %s',
      archive, case when archive_column is null then 'primary key' else 'not null' end,
      'partition by range (' || quote_ident(archive_column) || ')');
    if archive_column is not null then
      perform pgmq._homebase_partition(
        archive, archive_column, partition_interval, retention_interval);
    end if;
    execute format('create index %I on pgmq.%I (archived_at)',
                   'archived_at_idx_' || queue_name, archive);
  end if;
  perform pgmq._homebase_tie(queue, true);
  perform pgmq._homebase_tie(archive, true);
  insert into pgmq.meta (queue_name, is_partitioned, is_unlogged)
  values (queue_name, partition_interval is not null, is_unlogged)
  on conflict do nothing;
end
$$;

create function pgmq.create_non_partitioned(queue_name text) returns void
  language plpgsql as $$
begin
  perform pgmq._homebase_create(queue_name, false);
end
$$;

create function pgmq.create_unlogged(queue_name text) returns void
  language plpgsql as $$
begin
  perform pgmq._homebase_create(queue_name, true);
end
$$;

create function pgmq.create_partitioned(
    queue_name text, partition_interval text default '10000',
    retention_interval text default '100000')
  returns void
  language plpgsql as $$
begin
  perform pgmq._homebase_create(queue_name, false, partition_interval, retention_interval);
end
$$;

create function pgmq."create"(queue_name text) returns void
  language plpgsql as $$
begin
  perform pgmq._homebase_create(queue_name, false);
end
$$;

create function pgmq.drop_queue(queue_name text) returns boolean
  language plpgsql as $$
declare
  queue constant text := pgmq.format_table_name(queue_name, 'q');
  archive constant text := pgmq.format_table_name(queue_name, 'a');
  partitioned boolean;
begin
  perform pg_advisory_xact_lock(hashtext('pgmq.queue_' || queue_name));
  delete from pgmq.meta as m where m.queue_name = drop_queue.queue_name
    returning m.is_partitioned into partitioned;
  execute format('drop table if exists pgmq.%I', queue);
  execute format('drop table if exists pgmq.%I', archive);
  if partitioned and pgmq._extension_exists('pg_partman') then
    execute format('delete from %I.part_config where parent_table in (%L, %L)',
                   pgmq._get_pg_partman_schema(), 'pgmq.' || queue, 'pgmq.' || archive);
  end if;
  return true;
end
$$;

create function pgmq.drop_queue(queue_name text, partitioned boolean) returns boolean
  language plpgsql as $$
begin
  raise warning 'drop_queue(queue_name, partitioned) is deprecated: drop_queue(queue_name) knows '
    'whether a queue is partitioned';
  return pgmq.drop_queue(queue_name);
end
$$;

create function pgmq.detach_archive(queue_name text) returns void
  language plpgsql as $$
begin
  perform pgmq._homebase_tie(pgmq.format_table_name(queue_name, 'a'), false);
end
$$;

create function pgmq.convert_archive_partitioned(
    table_name text, partition_interval text default '10000',
    retention_interval text default '100000', leading_partition integer default 10)
  returns void
  language plpgsql as $$
declare
  archive constant text := pgmq.format_table_name(table_name, 'a');
  kept constant text := archive || '_old';
  partition_column text;
begin
  perform pgmq._ensure_pg_partman_installed();
  if to_regclass(format('pgmq.%I', archive)) is null then
    raise notice 'Table does not exist: %', archive;
    return;
  end if;
  if (select relkind from pg_catalog.pg_class
       where oid = to_regclass(format('pgmq.%I', archive))) = 'p' then
    raise notice 'Table is already partitioned: %', archive;
    return;
  end if;
  partition_column := case pgmq._get_partition_col(partition_interval)
    when 'enqueued_at' then 'archived_at' else 'msg_id' end;
  execute format('alter table pgmq.%I rename to %I', archive, kept);
  execute format('alter index pgmq.%I rename to %I', 'archived_at_idx_' || table_name,
                 'archived_at_idx_' || table_name || '_old');
  execute format(
    'create table pgmq.%I (like pgmq.%I including defaults) partition by range (%I)',
    archive, kept, partition_column);
  perform pgmq._homebase_partition(
    archive, partition_column, partition_interval, retention_interval);
  execute format('update %I.part_config set premake = %s where parent_table = %L',
                 pgmq._get_pg_partman_schema(), leading_partition, 'pgmq.' || archive);
  execute format('insert into pgmq.%I select * from pgmq.%I', archive, kept);
  execute format('create index %I on pgmq.%I (archived_at)', 'archived_at_idx_' || table_name,
                 archive);
  perform pgmq._homebase_tie(archive, true);
end
$$;

-- Send

-- Each form is an insert of its own: one that calls another takes twice the time.

create function pgmq.send(queue_name text, msg jsonb) returns setof bigint
  language plpgsql as $$
begin
  return query execute format(
    'insert into pgmq.%I (vt, message) values ($1, $2) returning msg_id',
    pgmq.format_table_name(queue_name, 'q'))
    using clock_timestamp(), msg;
end
$$;

create function pgmq.send(queue_name text, msg jsonb, headers jsonb) returns setof bigint
  language plpgsql as $$
begin
  return query execute format(
    'insert into pgmq.%I (vt, message, headers) values ($1, $2, $3) returning msg_id',
    pgmq.format_table_name(queue_name, 'q'))
    using clock_timestamp(), msg, headers;
end
$$;

create function pgmq.send(queue_name text, msg jsonb, delay integer) returns setof bigint
  language plpgsql as $$
begin
  return query execute format(
    'insert into pgmq.%I (vt, message) values ($1, $2) returning msg_id',
    pgmq.format_table_name(queue_name, 'q'))
    using clock_timestamp() + make_interval(secs => delay), msg;
end
$$;

create function pgmq.send(queue_name text, msg jsonb, delay timestamptz) returns setof bigint
  language plpgsql as $$
begin
  return query execute format(
    'insert into pgmq.%I (vt, message) values ($1, $2) returning msg_id',
    pgmq.format_table_name(queue_name, 'q'))
    using delay, msg;
end
$$;

create function pgmq.send(queue_name text, msg jsonb, headers jsonb, delay integer)
  returns setof bigint
  language plpgsql as $$
begin
  return query execute format(
    'insert into pgmq.%I (vt, message, headers) values ($1, $2, $3) returning msg_id',
    pgmq.format_table_name(queue_name, 'q'))
    using clock_timestamp() + make_interval(secs => delay), msg, headers;
end
$$;

create function pgmq.send(queue_name text, msg jsonb, headers jsonb, delay timestamptz)
  returns setof bigint
  language plpgsql as $$
begin
  return query execute format(
    'insert into pgmq.%I (vt, message, headers) values ($1, $2, $3) returning msg_id',
    pgmq.format_table_name(queue_name, 'q'))
    using delay, msg, headers;
end
$$;

create function pgmq.send_batch(
    queue_name text, msgs jsonb[], headers jsonb[], delay timestamptz)
  returns setof bigint
  language plpgsql as $$
begin
  if headers is not null and cardinality(headers) <> cardinality(msgs) then
    raise exception 'pgmq.send_batch: % messages and % headers',
      cardinality(msgs), cardinality(headers)
      using errcode = 'invalid_parameter_value',
            hint = 'Give as many headers as messages, or none.';
  end if;
  return query execute format(
    'insert into pgmq.%I (vt, message, headers)
       select $1, m.message, m.headers
         from unnest($2, $3) with ordinality as m (message, headers, place)
        order by m.place
     returning msg_id',
    pgmq.format_table_name(queue_name, 'q'))
    using delay, msgs, headers;
end
$$;

-- The other forms: without headers, without delay, and with a delay in seconds.
create function pgmq.send_batch(queue_name text, msgs jsonb[]) returns setof bigint
  language sql as $$
  select * from pgmq.send_batch(queue_name, msgs, null, clock_timestamp())
$$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[])
  returns setof bigint
  language sql as $$
  select * from pgmq.send_batch(queue_name, msgs, headers, clock_timestamp())
$$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], delay integer)
  returns setof bigint
  language sql as $$
  select * from pgmq.send_batch(
    queue_name, msgs, null, clock_timestamp() + make_interval(secs => delay))
$$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], delay timestamptz)
  returns setof bigint
  language sql as $$
  select * from pgmq.send_batch(queue_name, msgs, null, delay)
$$;
create function pgmq.send_batch(
    queue_name text, msgs jsonb[], headers jsonb[], delay integer)
  returns setof bigint
  language sql as $$
  select * from pgmq.send_batch(
    queue_name, msgs, headers, clock_timestamp() + make_interval(secs => delay))
$$;

-- Read

create function pgmq.read(
    queue_name text, vt integer, qty integer, conditional jsonb default '{}')
  returns setof pgmq.message_record
  language plpgsql as $$
begin
  return query execute format(
    'with next as (
       select msg_id from pgmq.%1$I
        where vt <= clock_timestamp() %2$s
        order by msg_id limit $1 for update skip locked
     ), seen as (
       update pgmq.%1$I as q
          set vt = clock_timestamp() + $2, read_ct = read_ct + 1
         from next where q.msg_id = next.msg_id
       returning q.msg_id, q.read_ct, q.enqueued_at, q.vt, q.message, q.headers
     )
     select * from seen order by msg_id',
    pgmq.format_table_name(queue_name, 'q'),
    case when conditional <> '{}' then 'and message @> $3' end)
    using qty, make_interval(secs => vt), conditional;
end
$$;

create function pgmq.read_with_poll(
    queue_name text, vt integer, qty integer, max_poll_seconds integer default 5,
    poll_interval_ms integer default 100, conditional jsonb default '{}')
  returns setof pgmq.message_record
  language plpgsql as $$
declare
  deadline constant timestamptz :=
    clock_timestamp() + make_interval(secs => max_poll_seconds);
begin
  loop
    return query select * from pgmq.read(queue_name, vt, qty, conditional);
    exit when found or clock_timestamp() > deadline;
    perform pg_sleep(poll_interval_ms / 1000.0);
  end loop;
end
$$;

create function pgmq.pop(queue_name text) returns setof pgmq.message_record
  language plpgsql as $$
begin
  return query execute format(
    'delete from pgmq.%1$I
      where msg_id = (
        select msg_id from pgmq.%1$I
         where vt <= clock_timestamp()
         order by msg_id limit 1 for update skip locked)
     returning msg_id, read_ct, enqueued_at, vt, message, headers',
    pgmq.format_table_name(queue_name, 'q'));
end
$$;

create function pgmq.set_vt(queue_name text, msg_id bigint, vt integer)
  returns setof pgmq.message_record
  language plpgsql as $$
begin
  return query execute format(
    'update pgmq.%I set vt = clock_timestamp() + $1 where msg_id = $2
     returning msg_id, read_ct, enqueued_at, vt, message, headers',
    pgmq.format_table_name(queue_name, 'q'))
    using make_interval(secs => vt), msg_id;
end
$$;

-- Done

create function pgmq.delete(queue_name text, msg_ids bigint[]) returns setof bigint
  language plpgsql as $$
begin
  return query execute format(
    'delete from pgmq.%I where msg_id = any ($1) returning msg_id',
    pgmq.format_table_name(queue_name, 'q'))
    using msg_ids;
end
$$;

create function pgmq.delete(queue_name text, msg_id bigint) returns boolean
  language plpgsql as $$
declare
  messages bigint;
begin
  execute format('delete from pgmq.%I where msg_id = $1', pgmq.format_table_name(queue_name, 'q'))
    using msg_id;
  get diagnostics messages = row_count;
  return messages > 0;
end
$$;

create function pgmq.archive(queue_name text, msg_ids bigint[]) returns setof bigint
  language plpgsql as $$
begin
  return query execute format(
    'with done as (
       delete from pgmq.%I where msg_id = any ($1)
       returning msg_id, vt, read_ct, enqueued_at, message, headers
     )
     insert into pgmq.%I (msg_id, vt, read_ct, enqueued_at, message, headers)
     select msg_id, vt, read_ct, enqueued_at, message, headers from done
     returning msg_id',
    pgmq.format_table_name(queue_name, 'q'), pgmq.format_table_name(queue_name, 'a'))
    using msg_ids;
end
$$;

create function pgmq.archive(queue_name text, msg_id bigint) returns boolean
  language plpgsql as $$
begin
  perform from pgmq.archive(queue_name, array[msg_id]);
  return found;
end
$$;

create function pgmq.purge_queue(queue_name text) returns bigint
  language plpgsql as $$
declare
  queue constant text := pgmq.format_table_name(queue_name, 'q');
  messages bigint;
begin
  -- Locked first: what arrives between the count and the end would be lost uncounted.
  execute format('lock table pgmq.%I in access exclusive mode', queue);
  execute format('select count(*) from pgmq.%I', queue) into messages;
  execute format('truncate table pgmq.%I', queue);
  return messages;
end
$$;

-- What there is

create function pgmq.list_queues() returns setof pgmq.queue_record
  language sql as $$
  select queue_name, is_partitioned, is_unlogged, created_at from pgmq.meta
$$;

create function pgmq.metrics(queue_name text) returns pgmq.metrics_result
  language plpgsql as $$
declare
  queue constant text := pgmq.format_table_name(queue_name, 'q');
  result pgmq.metrics_result;
begin
  execute format(
    'select $1, q.messages,
            extract(epoch from clock_timestamp() - q.newest)::integer,
            extract(epoch from clock_timestamp() - q.oldest)::integer,
            case when s.is_called then s.last_value else 0 end,
            clock_timestamp(), q.visible
       from (select count(*) as messages, max(enqueued_at) as newest, min(enqueued_at) as oldest,
                    count(*) filter (where vt <= clock_timestamp()) as visible
               from pgmq.%I) as q,
            pgmq.%I as s',
    queue, queue || '_msg_id_seq')
    into result using queue_name;
  return result;
end
$$;

create function pgmq.metrics_all() returns setof pgmq.metrics_result
  language sql as $$
  select (m.one).* from (select pgmq.metrics(queue_name) as one from pgmq.meta offset 0) as m
$$;

select pg_extension_config_dump('pgmq.meta', '');

-- On the platform the schema and what is in it belong to `postgres`, who makes the queues and
-- grants the rights on them. Only the function that writes to a catalog stays the superuser's.
do $$
declare
  member record;
begin
  if to_regrole('postgres') is null then
    return;
  end if;
  alter schema pgmq owner to postgres;
  for member in
    select p.oid::regprocedure::text as name from pg_proc as p
     where p.pronamespace = 'pgmq'::regnamespace and not p.prosecdef
  loop
    execute format('alter function %s owner to postgres', member.name);
  end loop;
  alter table pgmq.meta owner to postgres;
  alter type pgmq.message_record owner to postgres;
  alter type pgmq.queue_record owner to postgres;
  alter type pgmq.metrics_result owner to postgres;
end
$$;

grant usage on schema pgmq to pg_monitor;
grant select on pgmq.meta to pg_monitor;
