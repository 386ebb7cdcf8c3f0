-- projects: 3 (topic 2)
-- Broadcasts from SQL: by hand, as bytes, and of every change of a table.
create table public.notes (id int primary key, room text, body text);
create function public.broadcast_note() returns trigger language plpgsql security definer
  set search_path = '' as $$
begin
  perform realtime.broadcast_changes(
    'room:' || coalesce(new.room, old.room), tg_op, tg_op, tg_table_name, tg_table_schema, new,
    old);
  return null;
end $$;
create trigger broadcast after insert or update or delete on public.notes
  for each row execute function public.broadcast_note();
insert into public.notes values (1, 'a', 'x');
update public.notes set body = 'y';
delete from public.notes;
select realtime.send('{"hello": "world"}'::jsonb, 'greeting', 'room:b', false);
select realtime.send(jsonb_build_object('id', 7), 'greeting', 'room:b');
select realtime.send_binary('\x0102', 'bytes', 'room:b');
do $$
begin
  if (select string_agg(event, ',' order by event) from realtime.messages where topic = 'room:a')
     <> 'DELETE,INSERT,UPDATE' then
    raise exception 'wrong changes';
  end if;
  if (select payload -> 'record' ->> 'body' || (payload -> 'old_record' ->> 'body')
        from realtime.messages where event = 'UPDATE') <> 'yx' then
    raise exception 'wrong payload';
  end if;
  if (select count(*) from realtime.messages
       where topic = 'room:b' and (payload ? 'id') is distinct from (binary_payload is not null))
     <> 3 or (select private from realtime.messages where payload ->> 'hello' = 'world') then
    raise exception 'wrong messages';
  end if;
  if (select realtime.topic()) is not null and (select realtime.topic()) <> 'room:b' then
    raise exception 'wrong topic';
  end if;
end
$$;
