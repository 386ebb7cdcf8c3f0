-- projects: 2
-- Data is loaded without triggers and foreign keys.
create table public.parents (id int primary key);
create table public.children (parent int references public.parents);
create table public.calls (id int);
create function public.called() returns trigger language plpgsql as
  $$ begin insert into public.calls values (1); return new; end $$;
create trigger called before insert on public.children
  for each row execute function public.called();
set session_replication_role = replica;
insert into public.children values (1);
create policy while_replica on storage.objects using (true);
insert into public.parents values (1);
set session_replication_role = origin;
insert into public.children values (1);
begin;
set local session_replication_role to 'replica';
insert into public.children values (2);
delete from public.children where parent = 2;
commit;
do $$
begin
  if (select count(*) from public.calls) <> 1 then raise exception 'wrong calls'; end if;
  if current_setting('session_replication_role') <> 'origin' then
    raise exception 'still a replica';
  end if;
end
$$;
