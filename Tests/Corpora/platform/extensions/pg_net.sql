-- pg_net as projects use it. Runs as `postgres`; raises when an answer is wrong.
-- Nothing is sent: each request is rolled back or only looked at in the queue.

create extension if not exists pg_net with schema extensions;
create extension if not exists pg_net;
drop extension pg_net cascade;
create extension pg_net with schema public;
drop extension pg_net;
create extension pg_net schema extensions;

create function pg_temp.expect(answer text, wanted text, about text) returns void
  language plpgsql as $$
begin
  if answer is distinct from wanted then
    raise exception '%: % instead of %', about, answer, wanted;
  end if;
end
$$;

-- Runs a statement that must fail, and answers with what it said.
create function pg_temp.failure(statement text) returns text language plpgsql as $$
begin
  execute statement;
  return 'no error';
exception when others then
  return sqlstate || ' ' || sqlerrm;
end
$$;

select pg_temp.expect(
  (select extversion from pg_extension where extname = 'pg_net'), '0.19.5', 'version');
select pg_temp.expect(
  (select string_agg(column_name || ' ' || data_type, ', ' order by ordinal_position)
     from information_schema.columns
    where table_schema = 'net' and table_name = '_http_response'),
  'id bigint, status_code integer, content_type text, headers jsonb, content text, '
    'timed_out boolean, error_msg text, created timestamp with time zone',
  'columns of a response');

-- The queue holds what is asked for in this transaction; the rollback takes it away unsent.
begin;
do $$
declare
  first bigint;
begin
  first := net.http_post(
    url := 'http://127.0.0.1:54321/functions/v1/hello',
    body := jsonb_build_object('name', 'Ünï'),
    headers := '{"Authorization": "Bearer x"}'::jsonb,
    timeout_milliseconds := 2000);
  perform pg_temp.expect(
    (select method || ' ' || url || ' ' || headers || ' ' || convert_from(body, 'UTF8') || ' '
              || timeout_milliseconds
       from net.http_request_queue where id = first),
    'POST http://127.0.0.1:54321/functions/v1/hello {"Content-Type": "application/json", '
      '"Authorization": "Bearer x"} {"name": "Ünï"} 2000', 'post');
  perform pg_temp.expect(
    net.http_get('http://h?a=1#f', '{"q": "a b&c", "ü": "~", "none": null}')::text,
    (first + 1)::text, 'numbers grow');
  perform pg_temp.expect(
    (select method || ' ' || url || ' ' || headers || ' ' || timeout_milliseconds
       from net.http_request_queue where id = first + 1),
    'GET http://h/?a=1&q=a%20b%26c&%C3%BC=~#f {} 5000', 'get');
  perform net.http_delete('http://h/x', body := '{"a": 1}');
  perform pg_temp.expect(
    (select method || ' ' || url || ' ' || convert_from(body, 'UTF8')
       from net.http_request_queue where id = first + 2),
    'DELETE http://h/x {"a": 1}', 'delete');
  perform net.http_post('http://h/x', null, headers := '{"content-type": "application/json"}');
  perform pg_temp.expect(
    (select coalesce(body::text, 'no body') || ' ' || headers from net.http_request_queue
      where id = first + 3),
    'no body {"content-type": "application/json"}', 'body of null');
  perform pg_temp.expect(
    (net._http_collect_response(first)).message, 'request matching request_id not found',
    'no response yet');
end
$$;
rollback;

select pg_temp.expect(pg_temp.failure(statement), wanted, statement)
  from (values
    ('select net.http_post(null)',
     '23502 null value in column "url" of relation "http_request_queue" '
       'violates not-null constraint'),
    ('select net.http_get(null)',
     '23502 null value in column "url" of relation "http_request_queue" '
       'violates not-null constraint'),
    ('select net.http_post(''http://h'', headers := ''{"Content-Type": "text/plain"}'')',
     'P0001 Content-Type header must be "application/json"'),
    ('select net.http_get(''/path'')', 'XX000 URL using bad/illegal format or missing URL'),
    ('select net.http_get(''http://a b'')',
     'XX000 URL using bad/illegal format or missing URL'),
    ('select net.http_get(''localhost:6666'')', 'XX000 Unsupported URL scheme'),
    ('insert into net.http_request_queue (method, url, timeout_milliseconds)
        values (''put'', ''http://h'', 1)',
     '23514 value for domain net.http_method violates check constraint "http_method_check"')
  ) as failing (statement, wanted);

-- API roles send, too, and read what came back.
begin;
set local role anon;
select net.http_get('http://127.0.0.1/');
select count(*) from net._http_response;
rollback;

begin;
insert into net._http_response (id, status_code, content, headers)
  values (-1, 200, '{"ok": true}', '{"x": "y"}'), (-2, null, null, null);
update net._http_response set error_msg = 'Timeout', timed_out = true where id = -2;
select pg_temp.expect(
  net._http_collect_response(-1, async := false)::text,
  '(SUCCESS,ok,"(200,""{""""x"""": """"y""""}"",""{""""ok"""": true}"")")', 'collected');
select pg_temp.expect(
  (net.http_collect_response(-2)).status::text, 'ERROR', 'collected error');
rollback;
