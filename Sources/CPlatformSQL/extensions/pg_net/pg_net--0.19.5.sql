\echo Use "CREATE EXTENSION pg_net" to load this file. \quit

-- Requests to send, and what came back.
--
-- A worker takes the oldest rows of `net.http_request_queue` (delete … returning, `for update
-- skip locked`), sends them, and adds a row to `net._http_response` for each; it removes responses
-- that are older than `pg_net.ttl`, six hours unless set. It listens on `homebase_workers`
-- (payload `net`) and its connection is named `homebase workers`.

create schema net;

create domain net.http_method as text
  check (lower(value) in ('get', 'post', 'delete'));

create unlogged table net.http_request_queue (
  id bigserial,
  method net.http_method not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds integer not null
);

create unlogged table net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out boolean,
  error_msg text,
  created timestamptz not null default now()
);
create index _http_response_created_idx on net._http_response (created);

create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');
create type net.http_response as (status_code integer, headers jsonb, body text);
create type net.http_response_result as (
  status net.request_status, message text, response net.http_response);

create function net.wake() returns void
  language sql set search_path = pg_catalog
as $$
  select pg_notify('homebase_workers', 'net')
$$;

create function net.homebase_wake() returns trigger
  language plpgsql
as $$
begin
  perform pg_notify('homebase_workers', 'net');
  return null;
end
$$;
create trigger homebase_wake after insert on net.http_request_queue
  for each statement execute function net.homebase_wake();

create function net.worker_restart() returns boolean
  language sql set search_path = pg_catalog
as $$
  select pg_notify('homebase_workers', 'net');
  select true
$$;

create function net.check_worker_is_up() returns void
  language plpgsql set search_path = pg_catalog
as $$
begin
  if not exists (
    select from pg_stat_activity
     where application_name = 'homebase workers' and datname = current_database())
  then
    raise exception using
      message = 'the pg_net background worker is not up',
      detail = 'requests wait in net.http_request_queue until homebase''s workers run',
      hint = 'run `homebase status`, and look at `homebase logs workers`';
  end if;
end
$$;
comment on function net.check_worker_is_up() is
  'raises an exception if no worker is there to send requests; says nothing otherwise';

create function net.wait_until_running() returns void
  language plpgsql set search_path = pg_catalog
as $$
declare
  patience constant timestamptz := clock_timestamp() + interval '10 seconds';
begin
  loop
    -- A transaction sees the activity of its first look, unless told to look again.
    perform pg_stat_clear_snapshot();
    begin
      perform net.check_worker_is_up();
      return;
    exception when raise_exception then
      if clock_timestamp() > patience then
        raise;
      end if;
    end;
    perform pg_sleep(0.05);
  end loop;
end
$$;
comment on function net.wait_until_running() is 'waits until a worker is there';

-- Percent-encodes every byte but letters, digits and `-._~` (RFC 3986, 2.3).
create function net._urlencode_string(string character varying) returns text
  language plpgsql immutable strict parallel safe
as $$
begin
  if string !~ '[^A-Za-z0-9._~-]' then
    return string;
  end if;
  return (
    select string_agg(
             case when piece ~ '^[A-Za-z0-9._~-]$' then piece
                  else regexp_replace(
                    upper(encode(convert_to(piece, 'UTF8'), 'hex')), '(..)', '%\1', 'g')
             end, '' order by place)
      from regexp_split_to_table(string, '') with ordinality as pieces (piece, place));
end
$$;

-- Adds `name=value` pairs to the query of an absolute URL.
create function net._encode_url_with_params_array(url text, params_array text[])
  returns text language plpgsql immutable strict parallel safe
as $$
declare
  added constant text := array_to_string(params_array, '&');
  -- Scheme and authority, path, query without `?`, fragment with `#`.
  parts text[];
  query text;
begin
  -- Most URLs need nothing; to take one apart costs ten times the rest.
  if added = '' and url ~ '^https?://[^/?#\x01-\x20\x7f]+/[^\x01-\x20\x7f]*$' then
    return url;
  end if;
  if url ~ '^[A-Za-z][A-Za-z0-9+.-]*:' and url !~* '^https?:' then
    raise exception using errcode = 'internal_error', message = 'Unsupported URL scheme',
      detail = format('invalid URL "%s"', url);
  end if;
  parts := regexp_match(url, '^([A-Za-z][A-Za-z0-9+.-]*://[^/?#]+)([^?#]*)\??([^#]*)(#.*)?$');
  if parts is null or url ~ '[\x01-\x20\x7f]' then
    raise exception using errcode = 'internal_error',
      message = 'URL using bad/illegal format or missing URL',
      detail = format('invalid URL "%s"', url);
  end if;
  query := concat_ws('&', nullif(parts[3], ''), nullif(added, ''));
  return parts[1] || coalesce(nullif(parts[2], ''), '/')
    || case when query = '' then '' else '?' || query end || coalesce(parts[4], '');
end
$$;

create function net.homebase_encode_url(url text, params jsonb) returns text
  language plpgsql immutable
as $$
begin
  if params = '{}' or params is null then
    return net._encode_url_with_params_array(url, '{}');
  end if;
  return net._encode_url_with_params_array(
    url,
    array(
      select net._urlencode_string(name) || '=' || net._urlencode_string(value)
        from jsonb_each_text(params) as param (name, value)));
end
$$;

-- The one insert: with parameters alone in it, its plan is made once a session. An expression in
-- it would be planned again at every call, ten times as slow.
create function net.homebase_add(
    method text, url text, headers jsonb, body bytea, timeout_milliseconds integer)
  returns bigint language plpgsql
as $$
declare
  request_id bigint;
begin
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
    values ($1, $2, $3, $4, $5)
    returning id into request_id;
  return request_id;
end
$$;

create function net.http_get(
    url text, params jsonb default '{}', headers jsonb default '{}',
    timeout_milliseconds integer default 5000)
  returns bigint language plpgsql
as $$
begin
  return net.homebase_add(
    'GET', net.homebase_encode_url(url, params), headers, null, timeout_milliseconds);
end
$$;

create function net.http_post(
    url text, body jsonb default '{}', params jsonb default '{}',
    headers jsonb default '{"Content-Type": "application/json"}',
    timeout_milliseconds integer default 5000)
  returns bigint language plpgsql
as $$
declare
  json_type constant jsonb := '{"Content-Type": "application/json"}';
  content_type text := headers ->> 'Content-Type';
begin
  if content_type is null and lower(headers::text) like '%"content-type": %' then
    select value into content_type
      from jsonb_each_text(headers) as header (name, value)
     where lower(name) = 'content-type'
     limit 1;
  end if;
  if content_type <> 'application/json' then
    raise exception 'Content-Type header must be "application/json"';
  end if;
  -- Headers without a content type get one.
  if content_type is null then
    headers := headers || json_type;
  end if;
  return net.homebase_add(
    'POST', net.homebase_encode_url(url, params), headers, convert_to(body::text, 'UTF8'),
    timeout_milliseconds);
end
$$;

create function net.http_delete(
    url text, params jsonb default '{}', headers jsonb default '{}',
    timeout_milliseconds integer default 5000, body jsonb default null)
  returns bigint language plpgsql
as $$
begin
  return net.homebase_add(
    'DELETE', net.homebase_encode_url(url, params), headers, convert_to(body::text, 'UTF8'),
    timeout_milliseconds);
end
$$;

-- Blocks until a response is there. Its request must have been committed before.
create function net._await_response(request_id bigint) returns boolean
  language plpgsql
as $$
begin
  while not exists (select from net._http_response where id = request_id) loop
    perform pg_sleep(0.05);
  end loop;
  return true;
end
$$;

create function net._http_collect_response(request_id bigint, async boolean default true)
  returns net.http_response_result language plpgsql
as $$
declare
  answer net._http_response;
begin
  if not async then
    perform net._await_response(request_id);
  end if;
  select * into answer from net._http_response where id = request_id;
  if not found or answer.error_msg is not null then
    return (
      'ERROR', coalesce(answer.error_msg, 'request matching request_id not found'), null
    )::net.http_response_result;
  end if;
  return (
    'SUCCESS', 'ok', (answer.status_code, answer.headers, answer.content)::net.http_response
  )::net.http_response_result;
end
$$;

create function net.http_collect_response(request_id bigint, async boolean default true)
  returns net.http_response_result language plpgsql
as $$
begin
  raise notice 'The net.http_collect_response function is deprecated.';
  return net._http_collect_response(request_id, async);
end
$$;

grant usage on schema net to public;
grant usage on schema net
  to supabase_functions_admin, postgres, anon, authenticated, service_role;
grant all on all tables in schema net to public;
grant all on all sequences in schema net to public;
