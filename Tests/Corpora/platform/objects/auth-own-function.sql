-- projects: 2
-- A function of one's own in schema auth. The hosted platform refuses it since April 2025;
-- homebase warns, so that projects from before start.
create or replace function auth.tenant_id() returns uuid language sql stable as $$
  select nullif(auth.jwt() -> 'app_metadata' ->> 'tenant', '')::uuid
$$;
create or replace function auth.tenant_id() returns uuid language sql stable as $$
  select (auth.jwt() -> 'app_metadata' ->> 'tenant')::uuid
$$;
grant execute on function auth.tenant_id() to authenticated;
create table public.rooms (tenant uuid);
alter table public.rooms enable row level security;
create policy own_tenant on public.rooms using (tenant = auth.tenant_id());
insert into public.rooms values ('00000000-0000-0000-0000-00000000000a'), (gen_random_uuid());
set role authenticated;
do $$
begin
  perform set_config(
    'request.jwt.claims',
    '{"app_metadata": {"tenant": "00000000-0000-0000-0000-00000000000a"}}', true);
  if (select count(*) from public.rooms) <> 1 then raise exception 'wrong rows'; end if;
end
$$;
reset role;
do $$
begin
  create table auth.own (id int);
  raise exception 'schema auth takes tables';
exception when insufficient_privilege then null;
end
$$;
