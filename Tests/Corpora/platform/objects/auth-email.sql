-- projects: 4
-- Invitations: a row belongs to whoever has the address.
create table public.invitations (email text);
alter table public.invitations enable row level security;
create policy invited on public.invitations for select using (email = auth.email());
insert into public.invitations values ('a@example.com'), ('b@example.com');
set role authenticated;
do $$
begin
  perform set_config('request.jwt.claims', '{"email": "a@example.com"}', true);
  if (select string_agg(email, ',') from public.invitations) <> 'a@example.com' then
    raise exception 'wrong rows';
  end if;
end
$$;
reset role;
