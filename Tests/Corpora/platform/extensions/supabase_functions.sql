-- Webhooks, as the dashboard writes them into a project's migrations and seeds.
-- Runs as `postgres`; raises when an answer is wrong. Nothing is sent: all is rolled back.

create function pg_temp.expect(answer text, wanted text, about text) returns void
  language plpgsql as $$
begin
  if answer is distinct from wanted then
    raise exception '%: % instead of %', about, answer, wanted;
  end if;
end
$$;

create function pg_temp.failure(statement text) returns text language plpgsql as $$
begin
  execute statement;
  return 'no error';
exception when others then
  return sqlstate || ' ' || sqlerrm;
end
$$;

-- What a data-only dump ends with.
select pg_catalog.setval('supabase_functions.hooks_id_seq', 1, false);
select pg_temp.expect(
  (select string_agg(version, ' ' order by version) from supabase_functions.migrations),
  '20210809183423_update_grants initial', 'versions');

create table public.orders (id integer primary key, note text);

-- A trigger may be there before pg_net is; then its call says what is missing.
create trigger early after insert on public.orders for each row
  execute function supabase_functions.http_request(
    'http://127.0.0.1:1/hook', 'POST', '{"Content-Type":"application/json"}', '{}', '1000');
select pg_temp.expect(
  pg_temp.failure('insert into public.orders values (0)'),
  '3F000 schema "net" does not exist', 'without pg_net');
drop trigger early on public.orders;

create extension if not exists pg_net with schema extensions;
create trigger "send-order" after insert or update or delete on public.orders for each row
  execute function supabase_functions.http_request(
    'http://127.0.0.1:1/hook', 'POST',
    '{"Content-Type":"application/json","Authorization":"Bearer x"}', '{"a":"1"}', '2000');
create trigger "get-order" after insert on public.orders for each row
  execute function supabase_functions.http_request(
    'http://127.0.0.1:1/seen', 'GET', 'null', 'null', 'null');
grant insert on public.orders to authenticated;

begin;
set local role authenticated;
insert into public.orders values (1, 'first');
reset role;
update public.orders set note = 'second' where id = 1;
delete from public.orders where id = 1;
select pg_temp.expect(
  (select string_agg(hook_name, ' ' order by id) from supabase_functions.hooks
    where hook_table_id = 'public.orders'::regclass::integer and request_id is not null),
  'get-order send-order send-order send-order', 'trail of hooks');
select pg_temp.expect(
  (select string_agg(
            method || ' ' || url || ' ' || timeout_milliseconds || ' '
              || coalesce(convert_from(body, 'UTF8')::jsonb ->> 'type', '-'), ', ' order by id)
     from net.http_request_queue),
  'GET http://127.0.0.1:1/seen 1000 -, POST http://127.0.0.1:1/hook?a=1 2000 INSERT, '
    'POST http://127.0.0.1:1/hook?a=1 2000 UPDATE, POST http://127.0.0.1:1/hook?a=1 2000 DELETE',
  'requests');
select pg_temp.expect(
  (select convert_from(body, 'UTF8')::jsonb::text from net.http_request_queue
    where convert_from(body, 'UTF8')::jsonb ->> 'type' = 'UPDATE'),
  '{"type": "UPDATE", "table": "orders", "record": {"id": 1, "note": "second"}, '
    '"schema": "public", "old_record": {"id": 1, "note": "first"}}',
  'body');
rollback;

create trigger bad_method after insert on public.orders for each row
  execute function supabase_functions.http_request('http://127.0.0.1:1/', 'PUT');
select pg_temp.expect(
  pg_temp.failure('insert into public.orders values (2)'),
  'P0001 method argument PUT is invalid', 'method');
drop trigger bad_method on public.orders;
create trigger bad_url after insert on public.orders for each row
  execute function supabase_functions.http_request('null', 'POST');
select pg_temp.expect(
  pg_temp.failure('insert into public.orders values (2)'),
  'P0001 url argument is missing', 'url');
drop trigger bad_url on public.orders;

-- The platform's event triggers, which dumps and dashboards name.
select pg_temp.expect(
  (select string_agg(evtname, ' ' order by evtname) from pg_event_trigger
    where evtname like 'issue\_%'),
  'issue_graphql_placeholder issue_pg_cron_access issue_pg_graphql_access '
    'issue_pg_net_access',
  'event triggers');
select pg_temp.expect(
  graphql_public.graphql(query := '{ __typename }')::text,
  '{"errors": [{"message": "pg_graphql extension is not enabled."}]}', 'without pg_graphql');
