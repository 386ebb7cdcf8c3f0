-- projects: 2
-- Statements that PostgreSQL refuses inside a transaction.
create table public.big (id int, body text);
create index concurrently if not exists big_id on public.big (id);
create index concurrently big_body on public.big (lower(body));
drop index concurrently public.big_body;
reindex table concurrently public.big;
vacuum public.big;
do $$
begin
  if not (select indisvalid from pg_index where indexrelid = 'public.big_id'::regclass) then
    raise exception 'the index is not valid';
  end if;
end
$$;
