-- projects: 16
-- Tables whose changes clients hear.
create table public.messages (id int primary key, body text);
create table public.rooms (id int primary key);
alter publication supabase_realtime add table public.messages;
alter publication supabase_realtime add table only public.rooms;
do $$
begin
  if not exists (
    select from pg_publication_tables
     where pubname = 'supabase_realtime' and tablename = 'messages')
  then
    alter publication supabase_realtime add table public.messages;
  end if;
  begin
    alter publication supabase_realtime add table public.messages;
    raise exception 'added twice';
  exception when duplicate_object then null;
  end;
end
$$;
alter publication supabase_realtime drop table public.rooms;
alter publication supabase_realtime set table public.messages, public.rooms;
