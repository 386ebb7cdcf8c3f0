-- projects: 3
-- A unique key in which two nulls are the same (new in PostgreSQL 15).
create table public.settings (
  tenant uuid, key text, unique nulls not distinct (tenant, key));
create unique index on public.settings (key, tenant) nulls not distinct;
insert into public.settings values (null, 'a');
do $$
begin
  insert into public.settings values (null, 'a');
  raise exception 'twice';
exception when unique_violation then null;
end
$$;
