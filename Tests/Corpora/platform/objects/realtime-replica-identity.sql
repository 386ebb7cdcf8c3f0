-- projects: 5
-- Old rows in changes need the whole row in the log.
create table public.messages (id int primary key, body text);
alter table public.messages replica identity full;
alter publication supabase_realtime add table public.messages;
do $$
begin
  if (select relreplident from pg_class where oid = 'public.messages'::regclass) <> 'f' then
    raise exception 'not full';
  end if;
end
$$;
