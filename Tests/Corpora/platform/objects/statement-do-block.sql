-- projects: 26
-- Code in a migration: objects only when they are not there, policies in a loop.
do $$
begin
  if not exists (select from pg_type where typname = 'mood') then
    create type public.mood as enum ('happy');
  end if;
end
$$;
DO $body$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['one', 'two'] LOOP
    EXECUTE format('create table public.%I (id int, owner uuid)', t);
    EXECUTE format('alter table public.%I enable row level security', t);
    EXECUTE format(
      'create policy %I on public.%I using (owner = auth.uid())', t || '_own', t);
  END LOOP;
END
$body$ LANGUAGE plpgsql;
do $$
declare
  p record;
begin
  create policy a on storage.objects using (true);
  create policy b on storage.objects using (true);
  for p in select policyname from pg_policies where schemaname = 'storage' loop
    execute format('drop policy if exists %I on storage.objects', p.policyname);
  end loop;
  if exists (select from pg_policies where schemaname = 'storage') then
    raise exception 'policies are left';
  end if;
  if (select count(*) from pg_policies where schemaname = 'public') <> 2 then
    raise exception 'policies are missing';
  end if;
end
$$;
