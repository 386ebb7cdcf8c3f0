-- What guests see: published documents that an editor shared with them.
-- my_organisations() asks for 'viewer' at least, so every older policy leaves guests out.

create table public.document_shares (
  document_id uuid not null references public.documents (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  shared_by uuid references public.profiles (id) on delete set null,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (document_id, user_id)
);

create index document_shares_user_idx on public.document_shares (user_id);

alter table public.document_shares enable row level security;

revoke all on public.document_shares from anon, authenticated;
grant select, insert, delete on public.document_shares to authenticated;

create function private.my_shared_documents()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select s.document_id
  from public.document_shares s
  join public.documents d on d.id = s.document_id
  join public.members m on m.organisation_id = d.organisation_id and m.user_id = s.user_id
  where s.user_id = (select auth.uid()) and (s.expires_at is null or s.expires_at > now())
$$;

-- Security definer: a policy of document_shares that reads documents, whose policy reads
-- document_shares, would go round in a circle.
create function private.may_edit_document(document uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from public.documents d
    join public.members m on m.organisation_id = d.organisation_id
    where d.id = document and m.user_id = (select auth.uid()) and m.role >= 'editor')
$$;

grant execute on function private.my_shared_documents() to authenticated;
grant execute on function private.may_edit_document(uuid) to authenticated;

create policy "guests see what is shared with them" on public.documents
  for select to authenticated
  using (status = 'published' and id in (select private.my_shared_documents()));

create policy "guests see where they are guests" on public.organisations
  for select to authenticated
  using (id in (select private.my_organisations('guest')));

create policy "shares are seen by both sides" on public.document_shares
  for select to authenticated
  using (user_id = (select auth.uid()) or private.may_edit_document(document_id));

create policy "editors share" on public.document_shares
  for insert to authenticated
  with check (shared_by = (select auth.uid()) and private.may_edit_document(document_id));

create policy "editors take back" on public.document_shares
  for delete to authenticated
  using (private.may_edit_document(document_id));
