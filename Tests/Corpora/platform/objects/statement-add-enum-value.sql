-- projects: 7
-- A type that grows; the new value is used after its own transaction.
create type public.state as enum ('open');
create table public.tickets (state public.state default 'open');
alter type public.state add value 'closed';
alter type public.state add value if not exists 'waiting' before 'closed';
alter type public.state rename value 'open' to 'new';
do $$
begin
  if (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum
       where enumtypid = 'public.state'::regtype) <> 'new,waiting,closed' then
    raise exception 'wrong values';
  end if;
end
$$;
