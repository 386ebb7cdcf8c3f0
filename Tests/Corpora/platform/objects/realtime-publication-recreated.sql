-- projects: 4
-- The publication is dropped and made anew, for chosen tables or for all.
create table public.messages (id int primary key);
begin;
  drop publication if exists supabase_realtime;
  create publication supabase_realtime;
commit;
alter publication supabase_realtime add table public.messages;
drop publication supabase_realtime;
create publication supabase_realtime for all tables;
do $$
begin
  if not (select puballtables from pg_publication where pubname = 'supabase_realtime') then
    raise exception 'not for all tables';
  end if;
  if (select rolsuper from pg_roles where rolname = 'postgres') then
    raise exception 'postgres is a superuser';
  end if;
end
$$;
