-- Two buckets, and the table that ties a stored object to a document.
-- Object names begin with whom they belong to: avatars/<user>/…,
-- attachments/<organisation>/<document>/…

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('avatars', 'avatars', true, 1048576, array['image/png', 'image/jpeg', 'image/webp']),
  ('attachments', 'attachments', false, 26214400, null)
on conflict (id) do update set
  public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create table public.files (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references public.organisations (id) on delete cascade,
  document_id uuid references public.documents (id) on delete cascade,
  uploaded_by uuid references public.profiles (id) on delete set null,
  object_name text not null unique,
  title text not null,
  media_type text not null check (media_type ~ '^[a-z]+/[a-z0-9.+-]+$'),
  size_in_bytes bigint not null check (size_in_bytes >= 0),
  created_at timestamptz not null default now(),
  check (object_name like organisation_id::text || '/%')
);

create index files_document_idx on public.files (document_id);
create index files_organisation_idx on public.files (organisation_id, created_at desc);

alter table public.files enable row level security;

revoke all on public.files from anon, authenticated;
grant select, insert, delete on public.files to authenticated;

create policy "files follow their document" on public.files
  for select to authenticated
  using (
    organisation_id in (select private.my_organisations())
    and (document_id is null or document_id in (select id from public.documents)));

create policy "editors attach" on public.files
  for insert to authenticated
  with check (
    uploaded_by = (select auth.uid())
    and organisation_id in (select private.my_organisations('editor')));

create policy "uploaders and admins remove" on public.files
  for delete to authenticated
  using (
    uploaded_by = (select auth.uid())
    or organisation_id in (select private.my_organisations('admin')));

-- The first folder as a uuid, or null: a cast that fails would break every listing.
create function private.first_folder(object_name text)
returns uuid
language sql
immutable
set search_path = ''
as $$
  select case
    when split_part(object_name, '/', 1) ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      then split_part(object_name, '/', 1)::uuid
  end
$$;

grant execute on function private.first_folder(text) to authenticated;

create policy "sasarjan: own avatar, write" on storage.objects
  for insert to authenticated
  with check (bucket_id = 'avatars' and private.first_folder(name) = (select auth.uid()));

create policy "sasarjan: own avatar, replace" on storage.objects
  for update to authenticated
  using (bucket_id = 'avatars' and private.first_folder(name) = (select auth.uid()))
  with check (bucket_id = 'avatars' and private.first_folder(name) = (select auth.uid()));

create policy "sasarjan: own avatar, remove" on storage.objects
  for delete to authenticated
  using (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);

create policy "sasarjan: members read attachments" on storage.objects
  for select to authenticated
  using (
    bucket_id = 'attachments'
    and private.first_folder(name) in (select private.my_organisations()));

create policy "sasarjan: editors upload attachments" on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'attachments'
    and private.first_folder(name) in (select private.my_organisations('editor')));

create policy "sasarjan: admins remove attachments" on storage.objects
  for delete to authenticated
  using (
    bucket_id = 'attachments'
    and private.first_folder(name) in (select private.my_organisations('admin')));
