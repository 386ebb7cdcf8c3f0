-- projects: 11
-- Policies that ask by which role a request comes.
create table public.countries (name text);
alter table public.countries enable row level security;
create policy "Signed in" on public.countries for select using (auth.role() = 'authenticated');
insert into public.countries values ('Norway');
set role authenticated;
do $$
begin
  perform set_config('request.jwt.claims', '{"role": "authenticated"}', true);
  if not exists (select from public.countries) then raise exception 'no access'; end if;
  perform set_config('request.jwt.claims', '{"role": "anon"}', true);
  if exists (select from public.countries) then raise exception 'access'; end if;
end
$$;
reset role;
