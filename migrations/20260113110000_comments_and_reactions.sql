-- Comments on documents, in threads, and reactions to them.

create type public.reaction_kind as enum ('agree', 'celebrate', 'question', 'thanks');

create table public.comments (
  id uuid primary key default gen_random_uuid(),
  document_id uuid not null references public.documents (id) on delete cascade,
  author_id uuid references public.profiles (id) on delete set null,
  reply_to uuid,
  body text not null check (char_length(body) between 1 and 4000),
  mentions uuid[] not null default '{}' check (cardinality(mentions) <= 20),
  resolved_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (document_id, id),
  -- A reply stays on the document of what it answers.
  foreign key (document_id, reply_to) references public.comments (document_id, id)
    on delete cascade
);

create table public.reactions (
  comment_id uuid not null references public.comments (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  kind public.reaction_kind not null,
  created_at timestamptz not null default now(),
  primary key (comment_id, user_id, kind)
);

create index comments_document_idx on public.comments (document_id, created_at);
create index comments_author_idx on public.comments (author_id);
create index comments_open_idx on public.comments (document_id) where resolved_at is null;
create index reactions_user_idx on public.reactions (user_id);

create trigger comments_touch before update on public.comments
  for each row execute function private.touch_updated_at();

alter table public.comments enable row level security;
alter table public.reactions enable row level security;

revoke all on public.comments, public.reactions from anon, authenticated;
grant select, insert, delete, update (body, mentions, resolved_at) on public.comments
  to authenticated;
grant select, insert, delete on public.reactions to authenticated;

create policy "who reads the document reads its comments" on public.comments
  for select to authenticated
  using (document_id in (select id from public.documents));

create policy "who reads the document comments on it" on public.comments
  for insert to authenticated
  with check (
    author_id = (select auth.uid()) and document_id in (select id from public.documents));

create policy "a comment is its author's" on public.comments
  for update to authenticated
  using (author_id = (select auth.uid()))
  with check (author_id = (select auth.uid()));

create policy "authors and admins delete" on public.comments
  for delete to authenticated
  using (
    author_id = (select auth.uid())
    or document_id in (
      select d.id from public.documents d
      where d.organisation_id in (select private.my_organisations('admin'))));

create policy "reactions follow their comment" on public.reactions
  for select to authenticated
  using (comment_id in (select id from public.comments));

create policy "everyone reacts for themselves" on public.reactions
  for insert to authenticated
  with check (
    user_id = (select auth.uid()) and comment_id in (select id from public.comments));

create policy "and takes it back" on public.reactions
  for delete to authenticated
  using (user_id = (select auth.uid()));
