-- Queues as five of 53 projects use them: create and send, read with headers, delete, archive.
create extension if not exists pgmq;
create extension if not exists pgmq cascade;

select pgmq.create('tasks');
select pgmq.create('tasks');
select pgmq.create_unlogged('fast');
select pgmq.create_non_partitioned(queue_name := 'My-Queue');

do $$
declare
  first bigint;
  message pgmq.message_record;
  figures record;
begin
  assert (select array_agg(queue_name::text order by queue_name collate "C")
            from pgmq.list_queues()) = array['My-Queue', 'fast', 'tasks'];
  assert (select is_unlogged and not is_partitioned and created_at <= now()
            from pgmq.list_queues() where queue_name = 'fast');
  assert to_regclass('pgmq."q_my-queue"') is not null, 'table names are lower case';

  select pgmq.send('tasks', '{"n": 1}') into first;
  assert first = 1;
  assert pgmq.send('tasks', '{"n": 2}', 60) = 2, 'a delay in seconds';
  assert pgmq.send('tasks', '{"n": 3}', now() - interval '1 minute') = 3, 'a moment';
  assert pgmq.send('tasks', '{"n": 4}', '{"trace": "a"}'::jsonb) = 4, 'headers';
  assert pgmq.send(queue_name := 'tasks', msg := '{"n": 5}', headers := '{"trace": "b"}',
                   delay := 0) = 5;
  assert pgmq.send('tasks', '{"n": 6}', '{"trace": "c"}', now()) = 6;
  assert (select array_agg(id) from pgmq.send_batch(
    'tasks', array['{"n": 7}', '{"n": 8}']::jsonb[]) as id) = array[7, 8]::bigint[];
  assert (select array_agg(id) from pgmq.send_batch(
    'tasks', array['{"n": 9}', '{"n": 10}']::jsonb[],
    array['{"trace": "d"}', '{"trace": "e"}']::jsonb[]) as id) = array[9, 10]::bigint[];
  assert (select count(*) from pgmq.send_batch(
    queue_name := 'tasks', msgs := array['{"n": 11}']::jsonb[], delay := 5)) = 1;

  -- Ten are visible, in order; what is read is hidden for a while.
  assert (select array_agg(m.message ->> 'n') from pgmq.read('tasks', 30, 2) as m)
    = array['1', '3'];
  select * into message from pgmq.read(queue_name := 'tasks', vt := 30, qty := 1);
  assert message.msg_id = 4 and message.read_ct = 1 and message.headers ->> 'trace' = 'a';
  assert message.vt > clock_timestamp() + interval '29 seconds';
  select * into message from pgmq.read('tasks', 30, 5, '{"n": 9}');
  assert message.msg_id = 9 and message.headers ->> 'trace' = 'd', 'by its content';
  select * into message from pgmq.read_with_poll('tasks', 30, 1, 1, 10);
  assert message.msg_id = 5;
  assert not exists (select from pgmq.read_with_poll('fast', 1, 1, 0, 10)), 'nothing there';

  select * into message from pgmq.set_vt('tasks', 5, 0);
  assert message.msg_id = 5;
  select * into message from pgmq.pop('tasks');
  assert message.msg_id = 5 and message.read_ct = 1, 'visible again, and gone';

  assert pgmq.delete('tasks', 6) and not pgmq.delete('tasks', 6);
  assert (select array_agg(id order by id) from pgmq.delete('tasks', array[7, 8, 999]) as id)
    = array[7, 8]::bigint[];
  assert pgmq.archive('tasks', 1) and not pgmq.archive('tasks', 1);
  assert (select array_agg(id order by id) from pgmq.archive('tasks', array[3, 4]) as id)
    = array[3, 4]::bigint[];
  assert (select headers ->> 'trace' from pgmq.a_tasks where msg_id = 4) = 'a';
  assert (select bool_and(archived_at = now()) from pgmq.a_tasks);

  select * into figures from pgmq.metrics('tasks');
  assert figures.queue_name = 'tasks' and figures.queue_length = 4
    and figures.total_messages = 11 and figures.queue_visible_length = 1
    and figures.newest_msg_age_sec is not null, figures::text;
  assert (select count(*) from pgmq.metrics_all()) = 3;
  assert (select queue_length = 0 and total_messages = 0 and oldest_msg_age_sec is null
            from pgmq.metrics('fast'));

  assert pgmq.purge_queue('tasks') = 4;
  assert pgmq.drop_queue('fast');
  assert to_regclass('pgmq.q_fast') is null and to_regclass('pgmq.a_fast') is null;
  assert not exists (select from pgmq.meta where queue_name = 'fast');
end
$$;

-- What comes out is a `message_record`, also in a project's own functions.
create function public.next_task() returns setof pgmq.message_record
  language sql security definer set search_path = ''
as $$
  select * from pgmq.read('tasks', 10, 1)
$$;
select pgmq.send('tasks', '{"kind": "email"}');
do $$
begin
  assert (select message ->> 'kind' from public.next_task()) = 'email';
end
$$;

-- Bad names.
do $$
begin
  perform pgmq.create('a;b');
  raise exception 'a bad name was taken';
exception when raise_exception then
  assert sqlerrm like 'queue name contains invalid characters%', sqlerrm;
end
$$;
do $$
begin
  perform pgmq.create(repeat('x', 48));
  raise exception 'a long name was taken';
exception when raise_exception then
  assert sqlerrm like 'queue name is too long%', sqlerrm;
end
$$;
do $$
begin
  perform pgmq.send('nowhere', '{}');
  raise exception 'sent to nowhere';
exception when undefined_table then null;
end
$$;
-- Partitions need pg_partman.
do $$
begin
  if not exists (select from pg_available_extensions where name = 'pg_partman') then
    perform pgmq.create_partitioned('parts');
    raise exception 'a queue with partitions and without pg_partman';
  end if;
exception when feature_not_supported then
  assert sqlerrm like 'pg_partman is required%', sqlerrm;
end
$$;

-- Rights on a queue are the project's to give; row-level security holds.
grant usage on schema pgmq to service_role, authenticated;
grant all on pgmq.q_tasks, pgmq.a_tasks to service_role, authenticated;
alter table pgmq.q_tasks enable row level security;
set role service_role;
select pgmq.send('tasks', '{"from": "the service"}');
reset role;
set role authenticated;
do $$
begin
  assert not exists (select from pgmq.read('tasks', 1, 10)), 'no policy, no message';
  perform pgmq.send('tasks', '{}');
  raise exception 'row-level security did not hold';
exception when insufficient_privilege then null;
end
$$;
reset role;

-- A trigger that sends, which is how projects start their work.
create table public.orders (id bigint generated always as identity primary key);
create function public.order_placed() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  perform pgmq.send('tasks', jsonb_build_object('order', new.id));
  return new;
end
$$;
create trigger order_placed after insert on public.orders
  for each row execute function public.order_placed();
insert into public.orders default values;
do $$
begin
  assert exists (select from pgmq.q_tasks where message ? 'order');
end
$$;
drop function public.next_task();

-- An archive that was detached outlives the extension; the queues do not.
select pgmq.detach_archive('tasks');
drop extension pgmq cascade;
do $$
begin
  assert to_regclass('pgmq.q_tasks') is null and to_regclass('pgmq.a_tasks') is not null;
end
$$;
create extension pgmq with schema pgmq;
select pgmq.create('tasks');
select pgmq.send('tasks', '{"again": true}');
do $$
begin
  assert (select count(*) from pgmq.read('tasks', 0, 1)) = 1;
end
$$;
