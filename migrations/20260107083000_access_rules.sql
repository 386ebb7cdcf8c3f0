-- Who may see and change organisations, members and profiles.
--
-- Policies ask private.my_organisations(): security definer, because a policy on members that
-- reads members would call itself; a set, because `in (select …)` runs once a query, not a row.

create function private.my_organisations(least_role public.member_role default 'viewer')
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select m.organisation_id
  from public.members m
  where m.user_id = (select auth.uid()) and m.role >= least_role
$$;

create function private.my_colleagues()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select distinct other.user_id
  from public.members mine
  join public.members other using (organisation_id)
  where mine.user_id = (select auth.uid())
$$;

grant execute on function private.my_organisations(public.member_role) to authenticated;
grant execute on function private.my_colleagues() to authenticated;

-- The platform grants everything in public to the API roles, TRUNCATE included, which row
-- security does not see. So each table takes all away and names what it gives.
revoke all on public.organisations, public.members, public.profiles from anon, authenticated;
grant select, insert, update, delete on public.organisations, public.members to authenticated;
grant select, update (handle, display_name, avatar_path, locale, bio) on public.profiles
  to authenticated;

create policy "members see their organisations" on public.organisations
  for select to authenticated
  using (id in (select private.my_organisations()) or created_by = (select auth.uid()));

create policy "anyone signed in may found one" on public.organisations
  for insert to authenticated
  with check (created_by = (select auth.uid()));

create policy "admins change it" on public.organisations
  for update to authenticated
  using (id in (select private.my_organisations('admin')))
  with check (id in (select private.my_organisations('admin')));

create policy "owners dissolve it" on public.organisations
  for delete to authenticated
  using (id in (select private.my_organisations('owner')));

create policy "members see each other" on public.members
  for select to authenticated
  using (organisation_id in (select private.my_organisations()));

-- An admin may not make, change or remove an owner; an owner may.
create policy "admins add members" on public.members
  for insert to authenticated
  with check (
    (role < 'owner' and organisation_id in (select private.my_organisations('admin')))
    or organisation_id in (select private.my_organisations('owner')));

create policy "admins change roles" on public.members
  for update to authenticated
  using (
    (role < 'owner' and organisation_id in (select private.my_organisations('admin')))
    or organisation_id in (select private.my_organisations('owner')))
  with check (
    (role < 'owner' and organisation_id in (select private.my_organisations('admin')))
    or organisation_id in (select private.my_organisations('owner')));

create policy "members leave, admins remove" on public.members
  for delete to authenticated
  using (
    user_id = (select auth.uid())
    or (role < 'owner' and organisation_id in (select private.my_organisations('admin')))
    or organisation_id in (select private.my_organisations('owner')));

create policy "colleagues see each other's profile" on public.profiles
  for select to authenticated
  using (id = (select auth.uid()) or id in (select private.my_colleagues()));

create policy "a profile is its user's" on public.profiles
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));

-- The founder becomes the owner, in the same transaction: no organisation without one.
create function private.make_founder_owner()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if new.created_by is not null then
    insert into public.members (organisation_id, user_id, role)
    values (new.id, new.created_by, 'owner');
  end if;
  return new;
end;
$$;

create trigger organisations_founder after insert on public.organisations
  for each row execute function private.make_founder_owner();

-- Deferred, so that one transaction may hand the ownership over in either order.
create function private.keep_an_owner()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if old.role = 'owner'
    and exists (select from public.organisations o where o.id = old.organisation_id)
    and not exists (
      select from public.members m
      where m.organisation_id = old.organisation_id and m.role = 'owner') then
    raise exception 'an organisation needs an owner'
      using errcode = 'check_violation', hint = 'make someone else the owner first';
  end if;
  return null;
end;
$$;

create constraint trigger members_keep_an_owner
  after update of role or delete on public.members
  deferrable initially deferred
  for each row execute function private.keep_an_owner();
