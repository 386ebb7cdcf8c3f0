-- Hypothetical indexes: real with the package, a clear message without it.
create extension if not exists hypopg with schema extensions;
create table public.places (id integer, name text);
insert into public.places select n, 'place ' || n from generate_series(1, 10000) as n;
analyze public.places;

do $$
begin
  perform hypopg_create_index('create index on public.places (id)');
  assert (select count(*) from hypopg()) = 1;
exception when feature_not_supported then
  assert sqlerrm like 'hypopg is not installed%', sqlerrm;
end
$$;
select hypopg_reset();
select hypopg_drop_index(1);
do $$
begin
  assert (select count(*) from hypopg()) = 0 and not exists (select from hypopg_list_indexes);
end
$$;
drop extension hypopg;
create extension hypopg cascade;
drop extension hypopg cascade;
