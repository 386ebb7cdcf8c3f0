-- projects: 12
-- Claims beyond the id: a custom role, two factors, an address.
create table public.admin_notes (id serial primary key);
alter table public.admin_notes enable row level security;
create policy admins on public.admin_notes to authenticated
  using ((auth.jwt() -> 'app_metadata' ->> 'role') = 'admin');
create policy two_factors on public.admin_notes as restrictive to authenticated
  using ((select auth.jwt() ->> 'aal') = 'aal2');
insert into public.admin_notes default values;
set role authenticated;
do $$
begin
  perform set_config('request.jwt.claims', '{"app_metadata": {"role": "admin"}}', true);
  if exists (select from public.admin_notes) then raise exception 'one factor is enough'; end if;
  perform set_config(
    'request.jwt.claims', '{"app_metadata": {"role": "admin"}, "aal": "aal2"}', true);
  if not exists (select from public.admin_notes) then raise exception 'no access'; end if;
  if auth.jwt() ->> 'nothing' is not null then raise exception 'a claim that is not there'; end if;
end
$$;
reset role;
