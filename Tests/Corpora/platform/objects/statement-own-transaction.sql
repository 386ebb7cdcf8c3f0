-- projects: 10
-- A file with transactions of its own.
BEGIN;
create table public.first (id int);
COMMIT;
begin;
create table public.second (id int);
rollback;
begin transaction;
create table public.third (id int);
end;
do $$
begin
  if to_regclass('public.first') is null or to_regclass('public.second') is not null
     or to_regclass('public.third') is null then
    raise exception 'wrong tables';
  end if;
end
$$;
