-- None of these begins or ends a transaction, nor runs concurrently.
create function public.begin_work() returns text language plpgsql as $$
begin
  return 'begin; commit; rollback;';
end;
$$;
comment on function public.begin_work() is 'commit; vacuum; create index concurrently';
create table public."begin" ("commit" text, "rollback" text default 'rollback;');
alter table public."begin" enable row level security;
select 'BEGIN;' as "COMMIT", $commit$ COMMIT; $commit$ as done;
