-- Content: documents with tags and full-text search.

create type public.document_status as enum ('draft', 'in_review', 'published', 'archived');

create table public.documents (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references public.organisations (id) on delete cascade,
  app_id text not null default 'pages' references public.apps (id),
  author_id uuid references public.profiles (id) on delete set null,
  parent_id uuid references public.documents (id) on delete set null,
  title text not null check (char_length(title) between 1 and 200),
  body text not null default '',
  status public.document_status not null default 'draft',
  published_at timestamptz,
  search tsvector generated always as (
    setweight(to_tsvector('english', title), 'A')
    || setweight(to_tsvector('english', left(body, 100000)), 'B')) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint documents_published_have_a_date
    check (status <> 'published' or published_at is not null),
  constraint documents_not_their_own_parent check (parent_id <> id)
);

create table public.tags (
  id bigint generated always as identity primary key,
  organisation_id uuid not null references public.organisations (id) on delete cascade,
  name extensions.citext not null check (char_length(name::text) between 1 and 40),
  colour text not null default '#808080' check (colour ~ '^#[0-9a-f]{6}$'),
  unique (organisation_id, name)
);

create table public.document_tags (
  document_id uuid not null references public.documents (id) on delete cascade,
  tag_id bigint not null references public.tags (id) on delete cascade,
  primary key (document_id, tag_id)
);

create index documents_organisation_idx
  on public.documents (organisation_id, status, updated_at desc);
create index documents_author_idx on public.documents (author_id);
create index documents_parent_idx on public.documents (parent_id) where parent_id is not null;
create index documents_search_idx on public.documents using gin (search);
create index document_tags_tag_idx on public.document_tags (tag_id);

create function private.stamp_publication()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.status = 'published' and new.published_at is null then
    new.published_at := now();
  end if;
  return new;
end;
$$;

create trigger documents_stamp before insert or update of status on public.documents
  for each row execute function private.stamp_publication();
create trigger documents_touch before update on public.documents
  for each row execute function private.touch_updated_at();

alter table public.documents enable row level security;
alter table public.tags enable row level security;
alter table public.document_tags enable row level security;

revoke all on public.documents, public.tags, public.document_tags from anon, authenticated;
grant select, insert, update, delete on public.documents, public.tags to authenticated;
grant select, insert, delete on public.document_tags to authenticated;

create policy "members read; drafts are their author's and the editors'" on public.documents
  for select to authenticated
  using (
    (
      status in ('in_review', 'published')
      and organisation_id in (select private.my_organisations()))
    or organisation_id in (select private.my_organisations('editor'))
    or author_id = (select auth.uid()));

create policy "editors write under their own name" on public.documents
  for insert to authenticated
  with check (
    author_id = (select auth.uid())
    and organisation_id in (select private.my_organisations('editor')));

create policy "editors change" on public.documents
  for update to authenticated
  using (organisation_id in (select private.my_organisations('editor')))
  with check (organisation_id in (select private.my_organisations('editor')));

create policy "admins delete, authors delete their drafts" on public.documents
  for delete to authenticated
  using (
    organisation_id in (select private.my_organisations('admin'))
    or (status = 'draft' and author_id = (select auth.uid())));

create policy "members read tags" on public.tags
  for select to authenticated
  using (organisation_id in (select private.my_organisations()));

create policy "editors keep tags" on public.tags
  for all to authenticated
  using (organisation_id in (select private.my_organisations('editor')))
  with check (organisation_id in (select private.my_organisations('editor')));

-- The subquery is under the policies of documents: who sees the document sees its tags.
create policy "tags follow their document" on public.document_tags
  for select to authenticated
  using (document_id in (select id from public.documents));

create policy "editors tag within one organisation" on public.document_tags
  for all to authenticated
  using (
    document_id in (
      select d.id from public.documents d
      where d.organisation_id in (select private.my_organisations('editor'))))
  with check (
    exists (
      select from public.documents d
      join public.tags t on t.organisation_id = d.organisation_id
      where d.id = document_id and t.id = tag_id
        and d.organisation_id in (select private.my_organisations('editor'))));

comment on table public.documents is 'What a team writes. Drafts are seen by editors only.';
comment on column public.documents.search is 'Title (A) and body (B), for search_documents().';
