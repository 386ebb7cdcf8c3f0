-- Schema `realtime`: broadcasts from SQL, and who may see which changed row.
--
-- Runs on a new database and again at every upgrade: nothing in it may fail the second time.

-- Whose changes a client asked for. The Realtime service writes the rows.
do $$
declare
  name text;
begin
  if to_regtype('realtime.action') is null then
    create type realtime.action as enum ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'ERROR');
    create type realtime.equality_op as enum
      ('eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'in', 'like', 'ilike', 'is', 'match', 'imatch',
       'isdistinct');
    create type realtime.user_defined_filter as (
      column_name text, op realtime.equality_op, value text, negate boolean);
    create type realtime.wal_column as (
      name text, type_name text, type_oid oid, value jsonb, is_pkey boolean,
      is_selectable boolean);
    create type realtime.wal_rls as (
      wal jsonb, is_rls_enabled boolean, subscription_ids uuid[], errors text[]);
  end if;
  foreach name in array array[
    'action', 'equality_op', 'user_defined_filter', 'wal_column', 'wal_rls']
  loop
    execute format('alter type realtime.%I owner to supabase_realtime_admin', name);
  end loop;
end
$$;

create or replace function realtime.to_regrole(role_name text) returns regrole
  language sql immutable as $$
  select role_name::regrole
$$;

-- Filters may be longer than an index row: the index holds their digest.
create or replace function realtime.filters_hash(filters realtime.user_defined_filter[])
  returns bytea language sql immutable strict parallel safe as $$
  select pg_catalog.sha256(pg_catalog.convert_to(filters::text, 'UTF8'))
$$;

create table if not exists realtime.subscription (
  id bigint generated always as identity,
  subscription_id uuid not null,
  entity regclass not null,
  filters realtime.user_defined_filter[] not null default '{}',
  claims jsonb not null,
  claims_role regrole not null
    generated always as (realtime.to_regrole(claims ->> 'role')) stored,
  created_at timestamp not null default timezone('utc', now()),
  action_filter text default '*',
  selected_columns text[],
  constraint pk_subscription primary key (id),
  constraint subscription_action_filter_check
    check (action_filter in ('*', 'INSERT', 'UPDATE', 'DELETE'))
);
create index if not exists ix_realtime_subscription_entity on realtime.subscription (entity);
create unique index if not exists subscription_subscription_id_entity_filters_hash_key
  on realtime.subscription (
    subscription_id, entity, realtime.filters_hash(filters), action_filter,
    coalesce(selected_columns, '{}'));
alter table realtime.subscription owner to supabase_realtime_admin;
grant all on table realtime.subscription to postgres, dashboard_user;
grant select on table realtime.subscription to anon, authenticated, service_role;
grant all on sequence realtime.subscription_id_seq to postgres, dashboard_user;
grant usage on sequence realtime.subscription_id_seq to anon, authenticated, service_role;

-- A value as text, in JSON by its type. Bytes stay the text they are: JSON has none.
create or replace function realtime."cast"(val text, type_ regtype) returns jsonb
  language plpgsql immutable as $$
declare
  result jsonb;
begin
  if type_ = 'bytea'::regtype then
    return to_jsonb(val);
  end if;
  execute format('select to_jsonb(%L::%s)', val, type_) into result;
  return result;
end
$$;

-- Compares two values of a type the way a filter of the API does.
create or replace function realtime.check_equality_op(
    op realtime.equality_op, type_ regtype, val_1 text, val_2 text, negate boolean)
  returns boolean language plpgsql stable as $$
declare
  operator text;
  result boolean;
begin
  if op = 'is' then
    if val_2 is null or val_2 not in ('null', 'true', 'false', 'unknown') then
      raise exception
        'invalid value for is filter: must be null, true, false, or unknown';
    end if;
    execute format('select %L::%s is %s', val_1, type_, val_2) into result;
  elsif op = 'isdistinct' then
    execute format('select %L::%s is distinct from %L::%s', val_1, type_, val_2, type_)
      into result;
  else
    operator := case op
      when 'eq' then '=' when 'neq' then '<>' when 'lt' then '<' when 'lte' then '<='
      when 'gt' then '>' when 'gte' then '>=' when 'in' then '= any'
      when 'like' then 'like' when 'ilike' then 'ilike'
      when 'match' then '~' when 'imatch' then '~*' end;
    if operator is null then
      raise exception 'unsupported equality operator: %', op;
    end if;
    execute format(
      'select %L::%s %s (%L::%s%s)', val_1, type_, operator, val_2, type_,
      case when op = 'in' then '[]' end)
      into result;
  end if;
  return case when negate then not result else result end;
end
$$;
create or replace function realtime.check_equality_op(
    op realtime.equality_op, type_ regtype, val_1 text, val_2 text)
  returns boolean language sql immutable as $$
  select realtime.check_equality_op(op, type_, val_1, val_2, false)
$$;

-- Whether a row passes every filter. `column->>key` looks into a jsonb column, as text.
create or replace function realtime.is_visible_through_filters(
    columns realtime.wal_column[], filters realtime.user_defined_filter[])
  returns boolean language sql stable as $$
  select coalesce(
    bool_and(
      coalesce(
        case
          when c.name is null then false
          when f.column_name like '%->>%' then
            realtime.check_equality_op(
              f.op, 'text', c.value ->> btrim(split_part(f.column_name, '->>', 2), ' "'''),
              f.value, coalesce(f.negate, false))
          else
            realtime.check_equality_op(
              f.op, coalesce(c.type_oid::regtype, c.type_name::regtype), c.value #>> '{}',
              f.value, coalesce(f.negate, false))
        end,
        false)),
    true)
    from unnest(filters) as f
    left join unnest(columns) as c
      on c.name = btrim(split_part(f.column_name, '->>', 1))
     and (f.column_name not like '%->>%'
          or coalesce(c.type_oid::regtype, c.type_name::regtype) = 'jsonb'::regtype)
$$;

-- A subscription is checked when it is written: what would fail later fails everybody's changes.
create or replace function realtime.subscription_check_filters() returns trigger
  language plpgsql as $$
declare
  readable constant text[] := array(
    select a.attname::text from pg_catalog.pg_attribute as a
     where a.attrelid = new.entity and a.attnum > 0 and not a.attisdropped
       and pg_catalog.has_column_privilege(new.claims ->> 'role', a.attrelid, a.attnum, 'SELECT')
     order by a.attnum);
  filter realtime.user_defined_filter;
  base text;
  type regtype;
  wanted text;
begin
  foreach filter in array new.filters loop
    base := btrim(split_part(filter.column_name, '->>', 1));
    if base <> all (readable) then
      raise exception 'invalid column for filter %', filter.column_name;
    end if;
    type := (
      select a.atttypid::regtype from pg_catalog.pg_attribute as a
       where a.attrelid = new.entity and a.attname = base and not a.attisdropped);
    if filter.column_name like '%->>%' then
      if type <> 'jsonb'::regtype then
        raise exception 'invalid column for filter %', filter.column_name;
      end if;
      type := 'text';
    end if;
    if filter.op = 'in' then
      if jsonb_array_length(realtime.cast(filter.value, (type::text || '[]')::regtype)) > 100
      then
        raise exception 'too many values for `in` filter. Maximum 100';
      end if;
    elsif filter.op = 'is' then
      if filter.value is null or filter.value not in ('null', 'true', 'false', 'unknown') then
        raise exception
          'invalid value for is filter: must be null, true, false, or unknown';
      elsif filter.value <> 'null' and type <> 'boolean'::regtype then
        raise exception 'is % filter requires a boolean column, got %', filter.value, type;
      end if;
    else
      if filter.op in ('match', 'imatch') then
        begin
          perform '' ~ filter.value;
        exception when others then
          raise exception 'invalid regular expression for % filter: %', filter.op, sqlerrm;
        end;
      elsif filter.op not in ('like', 'ilike') then
        perform realtime.cast(filter.value, type);
      end if;
      begin
        perform realtime.check_equality_op(
          filter.op, type, filter.value, filter.value, filter.negate);
      exception when others then
        raise exception 'operator % is not supported on column % of type %: %',
          filter.op, filter.column_name, type, sqlerrm;
      end;
    end if;
  end loop;
  foreach wanted in array coalesce(new.selected_columns, '{}') loop
    if wanted <> all (readable) then
      raise exception 'invalid column for select %', wanted;
    end if;
  end loop;
  -- One order, so that the unique index sees the same filters as the same.
  new.filters := array(
    select f from unnest(new.filters) as f order by f.column_name, f.op, f.value, f.negate);
  if new.selected_columns is not null then
    new.selected_columns := array(select c from unnest(new.selected_columns) as c order by c);
  end if;
  return new;
end
$$;
create or replace trigger tr_check_filters
  before insert or update on realtime.subscription
  for each row execute function realtime.subscription_check_filters();

-- Names as wal2json's option `add-tables` takes them.
create or replace function realtime.wal2json_escape_identifier(name text) returns text
  language sql immutable strict as $$
  select regexp_replace(name, '([\\,.[:space:]])', '\\\1', 'g')
$$;
create or replace function realtime.quote_wal2json(entity regclass) returns text
  language sql immutable strict as $$
  select realtime.wal2json_escape_identifier(n.nspname) || '.'
         || realtime.wal2json_escape_identifier(c.relname)
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
   where c.oid = entity
$$;

-- A `prepare` that asks, as whoever executes it, whether a row is there.
create or replace function realtime.build_prepared_statement_sql(
    prepared_statement_name text, entity regclass, columns realtime.wal_column[])
  returns text language sql as $$
  select format(
           'prepare %s as select exists (select 1 from %s where %s)', prepared_statement_name,
           entity,
           string_agg(format('%I = %s', c.name, quote_nullable(c.value #>> '{}')), ' and '))
    from unnest(columns) as c
   where c.is_pkey
  having count(*) > 0
$$;

-- One change of the log, for everybody who asked for it and may see it: a row for each role and
-- choice of columns, with the ids of the subscriptions that get it.
create or replace function realtime.apply_rls(
    wal jsonb, max_record_bytes integer default 1024 * 1024)
  returns setof realtime.wal_rls language plpgsql as $$
declare
  changed constant regclass := format('%I.%I', wal ->> 'schema', wal ->> 'table')::regclass;
  action constant realtime.action := case wal ->> 'action'
    when 'I' then 'INSERT' when 'U' then 'UPDATE' when 'D' then 'DELETE' else 'ERROR' end;
  is_secured constant boolean := (select relrowsecurity from pg_class where oid = changed);
  is_large constant boolean := octet_length(wal::text) > max_record_bytes;
  subscribers constant realtime.subscription[] := array(
    select s from realtime.subscription as s
     where s.entity = changed and s.action_filter in ('*', action::text)
     order by s.id);
  new_columns realtime.wal_column[];
  old_columns realtime.wal_column[];
  working_role regrole;
  wanted text[];
  failure text;
  subscriber realtime.subscription;
  may_see boolean;
  seeing uuid[];
  answer jsonb;
begin
  perform set_config('role', 'none', true);
  select coalesce(array_agg(c.described) filter (where c.part = 'columns'), '{}'),
         coalesce(array_agg(c.described) filter (where c.part = 'identity'), '{}')
    into new_columns, old_columns
    from (
      select part,
             row(
               x ->> 'name', x ->> 'type', (x ->> 'typeoid')::oid,
               realtime.cast(
                 x ->> 'value',
                 coalesce((x ->> 'typeoid')::oid::regtype, (x ->> 'type')::regtype)),
               exists (
                 select from jsonb_array_elements(wal -> 'pk') as k
                  where k ->> 'name' = x ->> 'name'),
               true)::realtime.wal_column as described
        from unnest(array['columns', 'identity']) as part,
             jsonb_array_elements(wal -> part) as x
    ) as c;

  for working_role in
    select distinct s.claims_role from unnest(subscribers) as s order by 1
  loop
    new_columns := array(
      select (c.name, c.type_name, c.type_oid, c.value, c.is_pkey,
              has_column_privilege(working_role, changed, c.name, 'SELECT'))::realtime.wal_column
        from unnest(new_columns) as c);
    old_columns := array(
      select (c.name, c.type_name, c.type_oid, c.value, c.is_pkey,
              has_column_privilege(working_role, changed, c.name, 'SELECT'))::realtime.wal_column
        from unnest(old_columns) as c);

    failure := null;
    if action <> 'DELETE' then
      failure := (
        select case
                 when count(*) = 0 then 'Error 400: Bad Request, no primary key'
                 when not bool_and(c.is_selectable) then 'Error 401: Unauthorized'
               end
          from unnest(new_columns) as c where c.is_pkey);
    end if;

    seeing := '{}';
    if failure is null then
      if is_secured and action <> 'DELETE' then
        if exists (select from pg_prepared_statements where name = 'walrus_rls_stmt') then
          deallocate walrus_rls_stmt;
        end if;
        execute realtime.build_prepared_statement_sql('walrus_rls_stmt', changed, new_columns);
      end if;
      foreach subscriber in array subscribers loop
        continue when subscriber.claims_role <> working_role
          or not (
            realtime.is_visible_through_filters(new_columns, subscriber.filters)
            or action = 'DELETE'
               and realtime.is_visible_through_filters(old_columns, subscriber.filters));
        may_see := true;
        if is_secured and action <> 'DELETE' then
          -- A policy that fails on one client's claims must not cost the others their change.
          begin
            perform
              set_config(
                'role', (select rolname from pg_roles where oid = working_role), true),
              set_config('request.jwt.claims', subscriber.claims::text, true);
            execute 'execute walrus_rls_stmt' into may_see;
          exception when others then
            may_see := false;
            raise warning 'WarnApplyingRlsToSubscription %: %',
              subscriber.subscription_id, sqlerrm;
          end;
          perform set_config('role', 'none', true);
        end if;
        if may_see then
          seeing := seeing || subscriber.subscription_id;
        end if;
      end loop;
    end if;

    for wanted in
      select s.selected_columns from unnest(subscribers) as s
       where s.claims_role = working_role
       group by s.selected_columns
       order by coalesce(array_to_string(s.selected_columns, ','), '')
    loop
      answer := jsonb_build_object(
        'schema', wal ->> 'schema', 'table', wal ->> 'table', 'type', action);
      if failure is null then
        answer := answer || jsonb_build_object(
          'commit_timestamp',
          to_char(
            (wal ->> 'timestamp')::timestamptz at time zone 'utc',
            'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
          'columns', (
            select jsonb_agg(
                     jsonb_build_object('name', a.attname, 'type', t.typname)
                     order by a.attnum)
              from pg_attribute as a
              join pg_type as t on t.oid = a.atttypid
             where a.attrelid = changed and a.attnum > 0 and not a.attisdropped
               and has_column_privilege(working_role, changed, a.attnum, 'SELECT')
               and (wanted is null or a.attname = any (wanted)
                    or exists (
                      select from pg_constraint as k
                       where k.conrelid = changed and k.contype = 'p'
                         and a.attnum = any (k.conkey)))));
        if action in ('INSERT', 'UPDATE') then
          -- A long value that did not change is in the old row alone.
          answer := answer || jsonb_build_object('record', (
            select jsonb_object_agg(
                     coalesce(n.name, o.name),
                     case when n.name is null then o.value else n.value end)
              from unnest(new_columns) as n
              full join unnest(old_columns) as o on o.name = n.name
             where coalesce(n.is_selectable, o.is_selectable)
               and (wanted is null or coalesce(n.name, o.name) = any (wanted)
                    or coalesce(n.is_pkey, o.is_pkey))
               and (not is_large or octet_length(n.value::text) <= 64)));
        end if;
        if action in ('UPDATE', 'DELETE') then
          -- A row that is gone can be asked for no more: of a secured table only its key is told.
          answer := answer || jsonb_build_object('old_record', (
            select jsonb_object_agg(o.name, o.value)
              from unnest(old_columns) as o
             where o.is_selectable
               and (wanted is null or o.name = any (wanted) or o.is_pkey)
               and (not is_large or octet_length(o.value::text) <= 64)
               and (action = 'UPDATE' or not is_secured or o.is_pkey)));
        end if;
      end if;
      return next (
        answer, is_secured,
        coalesce(
          (select array_agg(s.subscription_id)
             from unnest(subscribers) as s
            where s.claims_role = working_role
              and s.selected_columns is not distinct from wanted
              and (failure is not null or s.subscription_id = any (seeing))),
          '{}'),
        case when failure is not null then array[failure]
             when is_large then array['Error 413: Payload Too Large']
             else '{}' end)::realtime.wal_rls;
    end loop;
  end loop;
  perform set_config('role', 'none', true);
end
$$;

-- The changes of a slot (plugin wal2json) since it was asked last, as `apply_rls` tells them. A
-- row of nulls says that there were changes, and how many, but nobody to get them.
create or replace function realtime.list_changes(
    publication name, slot_name name, max_changes integer, max_record_bytes integer)
  returns table (
    wal jsonb, is_rls_enabled boolean, subscription_ids uuid[], errors text[],
    slot_changes_count bigint)
  language sql set log_min_messages = fatal as $$
  with published as (
    select concat_ws(
             ',', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
             case when p.pubdelete then 'delete' end) as actions,
           coalesce(
             (select string_agg(
                       realtime.quote_wal2json(format('%I.%I', t.schemaname, t.tablename)), ',')
                from pg_catalog.pg_publication_tables as t where t.pubname = p.pubname),
             '') as tables
      from pg_catalog.pg_publication as p where p.pubname = publication
  ), taken as materialized (
    select c.data::jsonb as change
      from published,
           pg_catalog.pg_logical_slot_get_changes(
             slot_name, null, max_changes, 'include-pk', 'true', 'include-transaction', 'false',
             'include-timestamp', 'true', 'include-type-oids', 'true', 'format-version', '2',
             'actions', published.actions, 'add-tables', published.tables) as c
     where published.tables <> ''
  ), told as (
    select r.* from taken, realtime.apply_rls(taken.change, max_record_bytes) as r
     where cardinality(r.subscription_ids) > 0
  )
  select told.*, (select count(*) from taken) from told
  union all
  select null, null, null, null, count(*) from taken where not exists (select from told)
$$;

create or replace function realtime.topic() returns text language sql stable as $$
  select nullif(current_setting('realtime.topic', true), '')
$$;

-- Puts a message into a channel. A message that cannot be sent is a warning: the caller is
-- mostly a trigger, and its row matters more.
create or replace function realtime.send(
    payload jsonb, event text, topic text, private boolean default true)
  returns void language plpgsql as $$
declare
  message_id constant uuid := gen_random_uuid();
begin
  perform set_config('realtime.topic', send.topic, true);
  insert into realtime.messages (id, payload, event, topic, private, extension)
    values (
      message_id,
      case when send.payload ? 'id' then send.payload
           else jsonb_set(send.payload, '{id}', to_jsonb(message_id)) end,
      send.event, send.topic, send.private, 'broadcast');
exception when others then
  raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
end
$$;
create or replace function realtime.send_binary(
    payload bytea, event text, topic text, private boolean default true)
  returns void language plpgsql as $$
begin
  perform set_config('realtime.topic', send_binary.topic, true);
  insert into realtime.messages (binary_payload, event, topic, private, extension)
    values (
      send_binary.payload, send_binary.event, send_binary.topic, send_binary.private,
      'broadcast');
exception when others then
  raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
end
$$;

-- For a row trigger: sends what changed to everybody on a topic.
create or replace function realtime.broadcast_changes(
    topic_name text, event_name text, operation text, table_name text, table_schema text,
    new record, old record, level text default 'ROW')
  returns void language plpgsql as $$
begin
  if level = 'STATEMENT' then
    raise exception
      'function can only be triggered for each row, not for each statement';
  end if;
  if operation not in ('INSERT', 'UPDATE', 'DELETE') then
    raise exception 'Unexpected operation type: %', operation;
  end if;
  perform realtime.send(
    jsonb_build_object(
      'old_record', old, 'record', new, 'operation', operation,
      'table', table_name, 'schema', table_schema),
    event_name, topic_name);
exception when others then
  raise exception 'Failed to process the row: %', sqlerrm;
end
$$;

-- Which kinds of message a client may read from a private channel, and write to it: tried as the
-- client, by rows that are taken back.
create or replace function realtime.authorize(
    role_name text, topic_name text, claims text, sub text, headers text,
    read_extensions text[], write_extensions text[],
    out read_allowed boolean[], out write_allowed boolean[])
  language plpgsql as $$
declare
  ids constant uuid[] := array(select gen_random_uuid() from unnest(read_extensions));
  kind text;
begin
  -- Nothing of it lasts, so nobody waits for the disk.
  perform set_config('synchronous_commit', 'off', true);
  begin
    insert into realtime.messages (id, topic, extension)
      select p.id, topic_name, p.extension from unnest(ids, read_extensions) as p (id, extension);
    perform
      set_config('role', role_name, true), set_config('realtime.topic', topic_name, true),
      set_config('request.jwt.claims', claims, true),
      set_config('request.jwt.claim.sub', sub, true),
      set_config('request.jwt.claim.role', role_name, true),
      set_config('request.headers', headers, true);
    read_allowed := array(
      select exists (select from realtime.messages as m where m.id = p.id)
        from unnest(ids) with ordinality as p (id, place) order by p.place);
    write_allowed := '{}';
    foreach kind in array write_extensions loop
      begin
        insert into realtime.messages (topic, extension) values (topic_name, kind);
        write_allowed := write_allowed || true;
      exception when insufficient_privilege then
        write_allowed := write_allowed || false;
      end;
    end loop;
    raise sqlstate 'RTA01';
  exception when sqlstate 'RTA01' then
    null;
  end;
end
$$;

do $$
declare
  one regprocedure;
begin
  for one in
    select p.oid from pg_catalog.pg_proc as p
     where p.pronamespace = 'realtime'::regnamespace
  loop
    execute format('alter function %s owner to supabase_realtime_admin', one);
    execute format('grant all on function %s to postgres, dashboard_user', one);
  end loop;
end
$$;
grant all on function realtime.apply_rls, realtime.build_prepared_statement_sql, realtime."cast",
  realtime.check_equality_op(realtime.equality_op, regtype, text, text),
  realtime.check_equality_op(realtime.equality_op, regtype, text, text, boolean),
  realtime.filters_hash, realtime.is_visible_through_filters, realtime.quote_wal2json,
  realtime.subscription_check_filters, realtime.to_regrole
  to anon, authenticated, service_role;
