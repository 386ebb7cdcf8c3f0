\echo Use "CREATE EXTENSION http" to load this file. \quit

-- Requests that are sent while their statement waits.
--
-- The server runs `./homebase http-call @FILE`: its working directory is its data folder, where
-- `homebase` is a link to the program and FILE was just written. FILE holds base64url (RFC 4648,
-- 5, no padding) of one JSON object; the program reads and removes it. No shell reads anything of
-- the caller's, no length is too much for an argument, and no process list shows a secret.
--
--   {"method": "POST", "uri": "http://…", "headers": [["name", "value"], …],
--    "content_type": "text/plain" or null, "content": base64 or null,
--    "options": {"CURLOPT_TIMEOUT_MS": "10000", …}, "timeout_ms": 5000}
--
-- The program prints one line of JSON, and exits with 0:
--
--   {"status": 200, "content_type": "text/plain" or null, "headers": [["name", "value"], …],
--    "content": base64 or null}
--   {"error": "Could not resolve host: nowhere.invalid"}

create domain http_method as text;
create domain content_type as text check (value ~ '^\S+\/\S+');
create type http_header as (field character varying, value character varying);
create type http_response as (
  status integer, content_type character varying, headers http_header[],
  content character varying);
create type http_request as (
  method http_method, uri character varying, headers http_header[],
  content_type character varying, content character varying);

-- The same bytes under another type (`byteasend` copies what it gets): a body in no charset
-- becomes a text all the same, and the client's encoding has no say in it.
create function bytea_to_text(data bytea) returns text
  language internal immutable strict parallel safe as 'byteasend';
create function text_to_bytea(data text) returns bytea
  language internal immutable strict parallel safe as 'byteasend';

-- Letters, digits and `-._~` stay, a space becomes `+`, every other byte is percent-encoded.
create function urlencode(string bytea) returns text
  language sql immutable strict parallel safe set search_path = pg_catalog
as $$
  select coalesce(string_agg(
           case when byte in (45, 46, 95, 126) or byte between 48 and 57
                  or byte between 65 and 90 or byte between 97 and 122 then chr(byte)
                when byte = 32 then '+'
                else '%' || lpad(upper(to_hex(byte)), 2, '0')
           end, '' order by place), '')
    from generate_series(0, octet_length(string) - 1) as place,
         lateral (select get_byte(string, place) as byte) as bytes
$$;

create function urlencode(string character varying) returns text
  language plpgsql immutable strict parallel safe set search_path = pg_catalog
as $$
begin
  if string !~ '[^A-Za-z0-9._~-]' then
    return string;
  end if;
  return @extschema@.urlencode(@extschema@.text_to_bytea(string));
end
$$;

create function urlencode(data jsonb) returns text
  language plpgsql immutable strict parallel safe set search_path = pg_catalog
as $$
begin
  if jsonb_typeof(data) <> 'object' then
    raise exception using errcode = 'invalid_parameter_value',
      message = 'cannot call urlencode_jsonb on a non-object';
  end if;
  return (
    select coalesce(string_agg(
             @extschema@.urlencode(name::character varying) || '='
               || @extschema@.urlencode(coalesce(value, '')::character varying), '&'), '')
      from jsonb_each_text(data) as pair (name, value)
     where name <> '');
end
$$;

create function http_header(field character varying, value character varying)
  returns http_header language sql
as $$
  select $1, $2
$$;

create function http_headers(variadic args text[]) returns http_header[]
  language plpgsql immutable set search_path = pg_catalog
as $$
begin
  if cardinality(args) % 2 <> 0 then
    raise exception 'http_headers takes pairs of a name and a value';
  end if;
  return array(
    select row(args[place], args[place + 1])::@extschema@.http_header
      from generate_series(1, cardinality(args), 2) as place
     order by place);
end
$$;

-- The options a session may set. They are kept as settings: `http.curlopt_timeout_ms`.
create function homebase_http_options() returns text[]
  language sql immutable set search_path = pg_catalog
as $$
  select array[
    'CURLOPT_CAINFO', 'CURLOPT_CONNECTTIMEOUT', 'CURLOPT_CONNECTTIMEOUT_MS',
    'CURLOPT_DNS_SERVERS', 'CURLOPT_IPRESOLVE', 'CURLOPT_PRE_PROXY', 'CURLOPT_PROXY',
    'CURLOPT_PROXYPASSWORD', 'CURLOPT_PROXYPORT', 'CURLOPT_PROXYUSERNAME',
    'CURLOPT_PROXYUSERPWD', 'CURLOPT_PROXY_TLSAUTH_PASSWORD', 'CURLOPT_PROXY_TLSAUTH_TYPE',
    'CURLOPT_PROXY_TLSAUTH_USERNAME', 'CURLOPT_SSLCERT', 'CURLOPT_SSLCERTTYPE',
    'CURLOPT_SSLKEY', 'CURLOPT_SSLKEYPASSWD', 'CURLOPT_SSL_VERIFYHOST',
    'CURLOPT_SSL_VERIFYPEER', 'CURLOPT_TCP_KEEPALIVE', 'CURLOPT_TCP_KEEPIDLE',
    'CURLOPT_TIMEOUT', 'CURLOPT_TIMEOUT_MS', 'CURLOPT_TLSAUTH_PASSWORD',
    'CURLOPT_TLSAUTH_TYPE', 'CURLOPT_TLSAUTH_USERNAME', 'CURLOPT_USERAGENT',
    'CURLOPT_USERPWD']
$$;

create function http_set_curlopt(curlopt character varying, value character varying)
  returns boolean language plpgsql set search_path = pg_catalog
as $$
begin
  if curlopt is null or value is null then
    return false;
  elsif upper(curlopt) <> all (@extschema@.homebase_http_options()) then
    raise exception using errcode = 'internal_error',
      message = format(
        'curl option ''%s'' is not available for run-time configuration', curlopt);
  end if;
  perform set_config('http.' || lower(curlopt), value, false);
  return true;
end
$$;

create function http_reset_curlopt() returns boolean
  language plpgsql set search_path = pg_catalog
as $$
begin
  perform set_config('http.' || lower(name), '', false)
     from unnest(@extschema@.homebase_http_options()) as name
    where current_setting('http.' || lower(name), true) <> '';
  return true;
end
$$;

create function http_list_curlopt() returns table (curlopt text, value text)
  language sql stable set search_path = pg_catalog
as $$
  select name, current_setting('http.' || lower(name), true)
    from unnest(@extschema@.homebase_http_options()) as name
   where current_setting('http.' || lower(name), true) <> ''
$$;

-- What the program prints, as a table: to read one is allowed in a read-only transaction, too,
-- such as that of a GET. The shell's parent is the session's own process. JSON has no control
-- characters: as quote and delimiter they make each line one field.
create function homebase_http_fdw_handler() returns fdw_handler
  language c strict as '$libdir/file_fdw', 'file_fdw_handler';
create function homebase_http_fdw_validator(text[], oid) returns void
  language c strict as '$libdir/file_fdw', 'file_fdw_validator';
create foreign data wrapper homebase_http
  handler homebase_http_fdw_handler validator homebase_http_fdw_validator;
create server homebase_http foreign data wrapper homebase_http;
create foreign table homebase_http_answer (line text) server homebase_http options (
  program './homebase http-call @homebase-http-$PPID',
  format 'csv', quote e'\x01', escape e'\x01', delimiter e'\x02');
revoke all on homebase_http_answer from public;
revoke all on homebase_http_answer from postgres;

-- Definer's rights for the file and the program alone.
create function homebase_http_call(document jsonb) returns jsonb
  language plpgsql security definer set search_path = pg_catalog
as $$
declare
  answer jsonb;
begin
  -- As a setting, because a statement's text could come into a log.
  perform set_config(
    'homebase.http_document',
    translate(encode(convert_to(document::text, 'UTF8'), 'base64'), e'+/=\n', '-_'), true);
  execute format(
    'copy (select current_setting(''homebase.http_document'')) to %L',
    current_setting('data_directory') || '/homebase-http-' || pg_backend_pid());
  perform set_config('homebase.http_document', '', true);
  begin
    select line::jsonb into answer from @extschema@.homebase_http_answer limit 1;
  exception when external_routine_exception or invalid_text_representation then
    null;
  end;
  return coalesce(
    answer, '{"error": "homebase could not send the request; run `homebase status`"}');
end
$$;

create function http(request @extschema@.http_request) returns http_response
  language plpgsql set search_path = pg_catalog
as $$
declare
  document jsonb;
  answer jsonb;
  body bytea;
  charset text;
begin
  if request is null and not (request is distinct from null) then
    raise exception using errcode = 'internal_error',
      message = 'An http_request must be provided';
  elsif request.uri is null then
    raise exception using errcode = 'internal_error', message = 'http_request.uri is NULL';
  elsif request.method is null then
    raise exception using errcode = 'internal_error', message = 'http_request.method is NULL';
  end if;
  document := jsonb_build_object(
    'method', upper(request.method),
    'uri', request.uri,
    'headers', coalesce(
      (select jsonb_agg(jsonb_build_array(header.field, coalesce(header.value, '')) order by place)
         from unnest(request.headers) with ordinality as header (field, value, place)
        where header.field is not null),
      '[]'),
    'content_type', request.content_type,
    'content', translate(
      encode(@extschema@.text_to_bytea(request.content), 'base64'), e'\n', ''),
    'options', coalesce(
      (select jsonb_object_agg(curlopt, value) from @extschema@.http_list_curlopt()), '{}'),
    'timeout_ms', coalesce(
      nullif(current_setting('http.timeout_msec', true), '')::integer, 5000));
  answer := @extschema@.homebase_http_call(document);
  if answer ? 'error' then
    raise exception using errcode = 'internal_error', message = answer ->> 'error';
  end if;
  body := decode(answer ->> 'content', 'base64');
  charset := substring(answer ->> 'content_type' from '(?i)charset="?([^";\s]+)');
  return (
    (answer ->> 'status')::integer,
    answer ->> 'content_type',
    array(
      select row(header ->> 0, header ->> 1)::@extschema@.http_header
        from jsonb_array_elements(answer -> 'headers') with ordinality as h (header, place)
       order by place),
    case when pg_char_to_encoding(charset::name) >= 0 then convert_from(body, charset::name)
         else @extschema@.bytea_to_text(body) end
  )::@extschema@.http_response;
end
$$;

create function http_get(uri character varying) returns http_response language sql
as $$
  select @extschema@.http(('GET', $1, null, null, null)::@extschema@.http_request)
$$;

create function http_get(uri character varying, data jsonb) returns http_response language sql
as $$
  select @extschema@.http(
    ('GET', $1 || '?' || @extschema@.urlencode($2), null, null, null)::@extschema@.http_request)
$$;

create function http_post(
    uri character varying, content character varying, content_type character varying)
  returns http_response language sql
as $$
  select @extschema@.http(('POST', $1, null, $3, $2)::@extschema@.http_request)
$$;

create function http_post(uri character varying, data jsonb) returns http_response language sql
as $$
  select @extschema@.http(
    ('POST', $1, null, 'application/x-www-form-urlencoded', @extschema@.urlencode($2))
      ::@extschema@.http_request)
$$;

create function http_put(
    uri character varying, content character varying, content_type character varying)
  returns http_response language sql
as $$
  select @extschema@.http(('PUT', $1, null, $3, $2)::@extschema@.http_request)
$$;

create function http_patch(
    uri character varying, content character varying, content_type character varying)
  returns http_response language sql
as $$
  select @extschema@.http(('PATCH', $1, null, $3, $2)::@extschema@.http_request)
$$;

create function http_delete(uri character varying) returns http_response language sql
as $$
  select @extschema@.http(('DELETE', $1, null, null, null)::@extschema@.http_request)
$$;

create function http_delete(
    uri character varying, content character varying, content_type character varying)
  returns http_response language sql
as $$
  select @extschema@.http(('DELETE', $1, null, $3, $2)::@extschema@.http_request)
$$;

create function http_head(uri character varying) returns http_response language sql
as $$
  select @extschema@.http(('HEAD', $1, null, null, null)::@extschema@.http_request)
$$;
