/* A file head of the kind that generators write.
   /* Comments nest in PostgreSQL; */
   so this is still one; and not SQL: drop table nothing; */
do $$
begin
  if not exists (select from pg_type where typname = 'mood') then
    create type public.mood as enum ('calm', 'busy; very');
  end if;
exception when duplicate_object then
  null;
end $$;

do language plpgsql $outer$
declare
  name text;
begin
  foreach name in array array['alpha', 'beta', 'gamma'] loop
    execute format($inner$
      create table public.%I (
        id bigint generated always as identity primary key,
        body text default $text$semi;colon$text$,
        mood public.mood
      );
      alter table public.%1$I enable row level security;
    $inner$, 'part_' || name);
    execute 'create policy "' || name || '; all" on public.part_' || name || ' using (true)';
  end loop;
end
$outer$;
