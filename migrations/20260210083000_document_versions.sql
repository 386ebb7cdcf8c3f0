-- Every change of title or body keeps what was there before.

create table public.document_versions (
  document_id uuid not null references public.documents (id) on delete cascade,
  version integer not null check (version > 0),
  title text not null,
  body text not null,
  edited_by uuid references public.profiles (id) on delete set null,
  replaced_at timestamptz not null default now(),
  primary key (document_id, version)
);

create index document_versions_edited_by_idx on public.document_versions (edited_by);

alter table public.document_versions enable row level security;

revoke all on public.document_versions from anon, authenticated;
grant select on public.document_versions to authenticated;

create policy "editors read earlier versions" on public.document_versions
  for select to authenticated
  using (
    document_id in (
      select d.id from public.documents d
      where d.organisation_id in (select private.my_organisations('editor'))));

-- The row lock of the update keeps two versions of one document from taking one number.
create function private.keep_version()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.document_versions (document_id, version, title, body, edited_by)
  select old.id, coalesce(max(v.version), 0) + 1, old.title, old.body,
    (select p.id from public.profiles p where p.id = auth.uid())
  from public.document_versions v where v.document_id = old.id;
  return null;
end;
$$;

create trigger documents_keep_version after update of title, body on public.documents
  for each row
  when (old.title is distinct from new.title or old.body is distinct from new.body)
  execute function private.keep_version();
