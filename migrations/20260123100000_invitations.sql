-- Invitations by e-mail. The table keeps a hash; the token itself is returned once.

create type public.invitation_state as enum ('open', 'accepted', 'revoked');

create table public.invitations (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references public.organisations (id) on delete cascade,
  email extensions.citext not null check (email like '%_@_%'),
  role public.member_role not null default 'viewer' check (role < 'owner'),
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  state public.invitation_state not null default 'open',
  invited_by uuid references public.profiles (id) on delete set null,
  accepted_by uuid references public.profiles (id) on delete set null,
  expires_at timestamptz not null default now() + interval '14 days',
  created_at timestamptz not null default now()
);

-- One open invitation an address and organisation.
create unique index invitations_open_key
  on public.invitations (organisation_id, email) where state = 'open';

create trigger invitations_audit after insert or update or delete on public.invitations
  for each row execute function private.write_audit_event();

alter table public.invitations enable row level security;

revoke all on public.invitations from anon, authenticated;
grant select (id, organisation_id, email, role, state, invited_by, accepted_by, expires_at,
  created_at) on public.invitations to authenticated;
grant update (state) on public.invitations to authenticated;

create policy "admins see invitations" on public.invitations
  for select to authenticated
  using (organisation_id in (select private.my_organisations('admin')));

create policy "admins revoke open invitations" on public.invitations
  for update to authenticated
  using (state = 'open' and organisation_id in (select private.my_organisations('admin')))
  with check (
    state = 'revoked' and organisation_id in (select private.my_organisations('admin')));

create function public.create_invitation(
  organisation_id uuid, email text, role public.member_role default 'viewer')
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  token text := encode(extensions.gen_random_bytes(24), 'hex');
begin
  if create_invitation.organisation_id not in (select private.my_organisations('admin')) then
    raise exception 'only an admin of the organisation may invite'
      using errcode = 'insufficient_privilege';
  end if;
  insert into public.invitations (organisation_id, email, role, token_hash, invited_by)
  values (
    create_invitation.organisation_id, create_invitation.email, create_invitation.role,
    sha256(convert_to(token, 'utf8')), (select auth.uid()));
  return token;
end;
$$;

create function public.accept_invitation(token text)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  me uuid := auth.uid();
  invitation public.invitations;
begin
  if me is null then
    raise exception 'sign in first' using errcode = 'insufficient_privilege';
  end if;
  update public.invitations i set state = 'accepted', accepted_by = me
  where i.token_hash = sha256(convert_to(token, 'utf8'))
    and i.state = 'open' and i.expires_at > now()
    and lower(i.email::text) = lower((select u.email from auth.users u where u.id = me))
  returning i.* into invitation;
  if not found then
    raise exception 'this invitation is not valid'
      using errcode = 'no_data_found', hint = 'ask for a new one: it may have expired';
  end if;
  insert into public.members (organisation_id, user_id, role)
  values (invitation.organisation_id, me, invitation.role)
  on conflict on constraint members_pkey do nothing;
  return invitation.organisation_id;
end;
$$;

revoke execute on function public.create_invitation(uuid, text, public.member_role)
  from public, anon;
revoke execute on function public.accept_invitation(text) from public, anon;
grant execute on function public.create_invitation(uuid, text, public.member_role)
  to authenticated;
grant execute on function public.accept_invitation(text) to authenticated;

comment on column public.invitations.token_hash is 'SHA-256 of the token; no API role reads it.';
