-- projects: 5
-- A file that becomes somebody else for a while.
create table public.notes (id int);
alter table public.notes enable row level security;
insert into public.notes values (1);
set role authenticated;
do $$
begin
  if current_user <> 'authenticated' or exists (select from public.notes) then
    raise exception 'not authenticated';
  end if;
end
$$;
reset role;
set role service_role;
do $$
begin
  if not exists (select from public.notes) then raise exception 'row security holds'; end if;
end
$$;
set role postgres;
begin;
set local role anon;
commit;
do $$
begin
  if current_user <> 'postgres' then raise exception 'still %', current_user; end if;
  begin
    set local role supabase_admin;
    raise exception 'postgres may be the superuser';
  exception when insufficient_privilege then null;
  end;
end
$$;
