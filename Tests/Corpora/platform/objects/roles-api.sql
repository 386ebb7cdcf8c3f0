-- projects: 40 authenticated, 31 anon, 31 service_role
-- Rights of the three roles of requests, given and taken.
create table public.open (id int);
create table public.closed (id int);
grant select on table public.open to anon, authenticated;
grant all on table public.open to service_role;
revoke all on table public.closed from anon, authenticated;
revoke insert, update, delete on public.open from anon;
grant usage on schema public to anon, authenticated, service_role;
GRANT ALL ON ALL TABLES IN SCHEMA public TO postgres, service_role;
create schema api;
grant usage on schema api to anon, authenticated, service_role;
grant select on all tables in schema api to anon;
do $$
begin
  if has_table_privilege('anon', 'public.open', 'insert')
     or has_table_privilege('authenticated', 'public.closed', 'select')
     or not has_table_privilege('service_role', 'public.closed', 'delete')
     or not has_table_privilege('anon', 'public.open', 'select') then
    raise exception 'wrong rights';
  end if;
  if not (select rolbypassrls from pg_roles where rolname = 'service_role') then
    raise exception 'service_role heeds row security';
  end if;
end
$$;
