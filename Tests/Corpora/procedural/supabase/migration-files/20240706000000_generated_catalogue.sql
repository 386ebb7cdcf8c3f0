-- Dynamic SQL that reads the catalog; quoted percent signs; a cursor loop.
do $do$
declare
  t record;
  statement text;
begin
  for t in
    select c.relname from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname like 'part\_%'
    order by 1
  loop
    statement := format('comment on table public.%I is %L', t.relname, '100 %; made for ' || t.relname);
    execute statement;
    execute format($f$alter table public.%I add column extra jsonb default '{"a;b": 1}'::jsonb$f$, t.relname);
  end loop;
end
$do$;
call public.atomic_add('a');
