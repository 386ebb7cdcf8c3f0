-- projects: 15
-- Views that heed the row security of whoever asks.
create table public.notes (id int, owner uuid);
alter table public.notes enable row level security;
insert into public.notes values (1, gen_random_uuid());
create view public.checked with (security_invoker = true) as select * from public.notes;
create or replace view public.checked_too with (security_invoker = on, security_barrier)
  as select id from public.notes;
create view public.unchecked as select * from public.notes;
alter view public.unchecked set (security_invoker = off);
set role authenticated;
do $$
begin
  if (select count(*) from public.checked) <> 0 or (select count(*) from public.checked_too) <> 0
     or (select count(*) from public.unchecked) <> 1 then
    raise exception 'wrong rows';
  end if;
end
$$;
reset role;
