-- http as projects use it. Runs as `postgres`; raises when an answer is wrong.
-- No server is needed: what is sent goes to a port where nobody listens.

create extension if not exists http with schema extensions;
create extension if not exists http;
drop extension http cascade;
create extension http with schema public;
drop extension http;
create extension http schema extensions;

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
  (select extversion from pg_extension where extname = 'http'), '1.6', 'version');
select pg_temp.expect(answer, wanted, wanted)
  from (values
    (urlencode('my special string''s & things?'), 'my+special+string%27s+%26+things%3F'),
    (urlencode('ü~'), '%C3%BC~'),
    (urlencode(''), ''),
    (urlencode('\x00ff20'::bytea), '%00%FF+'),
    (urlencode('{"name": "Colin & James", "rate": "50%", "none": null}'::jsonb),
     'name=Colin+%26+James&none=&rate=50%25'),
    (text_to_bytea('ü')::text, '\xc3bc'),
    (bytea_to_text('\xc3bc'), 'ü'),
    (text_to_bytea(bytea_to_text('\x89504e47fffe'))::text, '\x89504e47fffe'),
    (http_header('Authorization', 'Bearer x')::text, '(Authorization,"Bearer x")'),
    (http_headers('A', '1', 'B', '2')::text, '{"(A,1)","(B,2)"}'),
    (pg_typeof((null::http_response).headers)::text, 'http_header[]'),
    (http_set_curlopt('CURLOPT_TIMEOUT_MS', '2000')::text, 'true'),
    (http_set_curlopt('curlopt_useragent', null)::text, 'false')
  ) as answers (answer, wanted);
select pg_temp.expect(
  (select string_agg(curlopt || '=' || value, ' ') from http_list_curlopt()),
  'CURLOPT_TIMEOUT_MS=2000', 'options');
select http_reset_curlopt();
select pg_temp.expect((select count(*)::text from http_list_curlopt()), '0', 'reset');

select pg_temp.expect(pg_temp.failure(statement), wanted, statement)
  from (values
    ('select urlencode(''[]''::jsonb)', '22023 cannot call urlencode_jsonb on a non-object'),
    ('select http_set_curlopt(''CURLOPT_X'', ''1'')',
     'XX000 curl option ''CURLOPT_X'' is not available for run-time configuration'),
    ('select http(null)', 'XX000 An http_request must be provided'),
    ('select http_get(null)', 'XX000 http_request.uri is NULL'),
    ('select http((null, ''http://h'', null, null, null)::http_request)',
     'XX000 http_request.method is NULL')
  ) as failing (statement, wanted);

-- Each way to call comes to the one that sends, and an API role may.
set role anon;
select pg_temp.expect(left(pg_temp.failure(statement), 5), 'XX000', statement)
  from unnest(array[
    'select status, content::jsonb ->> ''a'' from http_get(''http://127.0.0.1:1/'')',
    'select * from http_get(''http://127.0.0.1:1/'', ''{"a": 1}'')',
    'select status from http_post(''http://127.0.0.1:1/'', ''{}'', ''application/json'')',
    'select status from http_post(''http://127.0.0.1:1/'', ''{"a": 1}'')',
    'select status from http_put(''http://127.0.0.1:1/'', ''x'', ''text/plain'')',
    'select status from http_patch(''http://127.0.0.1:1/'', ''x'', ''text/plain'')',
    'select status from http_delete(''http://127.0.0.1:1/'')',
    'select status from http_delete(''http://127.0.0.1:1/'', ''x'', ''text/plain'')',
    'select status from http_head(''http://127.0.0.1:1/'')',
    'select (http((''GET'', ''http://127.0.0.1:1/'', array[http_header(''A'', ''b'')], null,
       null)::http_request)).status',
    -- A long body.
    'select http_post(''http://127.0.0.1:1/'', repeat(''x'', 200000), ''text/plain'')'
  ]) as statement;
reset role;

-- A function that the API calls by GET runs in such a transaction.
begin read only;
select pg_temp.expect(
  left(pg_temp.failure('select http_get(''http://127.0.0.1:1/'')'), 5), 'XX000', 'read-only');
commit;
set role anon;
select pg_temp.expect(
  pg_temp.failure('select * from extensions.homebase_http_answer'),
  '42501 permission denied for foreign table homebase_http_answer', 'the program''s output');
reset role;
