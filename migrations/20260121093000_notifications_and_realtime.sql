-- Notifications to people, and the tables whose changes clients may listen to.

create type public.notification_kind as enum ('mention', 'reply', 'comment', 'invitation');

create table public.notifications (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.profiles (id) on delete cascade,
  organisation_id uuid references public.organisations (id) on delete cascade,
  kind public.notification_kind not null,
  actor_id uuid references public.profiles (id) on delete set null,
  comment_id uuid references public.comments (id) on delete cascade,
  payload jsonb not null default '{}',
  read_at timestamptz,
  created_at timestamptz not null default now()
);

create index notifications_unread_idx
  on public.notifications (user_id, created_at desc) where read_at is null;
create index notifications_comment_idx on public.notifications (comment_id);

alter table public.notifications enable row level security;

revoke all on public.notifications from anon, authenticated;
grant select, delete, update (read_at) on public.notifications to authenticated;

create policy "notifications are read by whom they are for" on public.notifications
  for select to authenticated using (user_id = (select auth.uid()));
create policy "and marked as read" on public.notifications
  for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "and removed" on public.notifications
  for delete to authenticated using (user_id = (select auth.uid()));

-- One notification a person and comment: a mention says more than a reply, a reply more than
-- a comment. Only members of the organisation are told, and nobody of their own doing.
create function private.notify_of_comment()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.notifications (user_id, organisation_id, kind, actor_id, comment_id)
  select distinct on (n.id, told.user_id)
    told.user_id, d.organisation_id, told.kind, n.author_id, n.id
  from new_comments n
  join public.documents d on d.id = n.document_id
  cross join lateral (
    select m as user_id, 'mention'::public.notification_kind as kind from unnest(n.mentions) m
    union all
    select c.author_id, 'reply' from public.comments c where c.id = n.reply_to
    union all
    select d.author_id, 'comment'
  ) told
  join public.members on members.organisation_id = d.organisation_id
    and members.user_id = told.user_id
  where told.user_id is distinct from n.author_id
  order by n.id, told.user_id, told.kind;
  return null;
end;
$$;

create trigger comments_notify after insert on public.comments
  referencing new table as new_comments
  for each statement execute function private.notify_of_comment();

create function public.mark_all_read(before timestamptz default now())
returns integer
language sql
security invoker
set search_path = ''
as $$
  with marked as (
    update public.notifications set read_at = now()
    where user_id = (select auth.uid()) and read_at is null and created_at <= before
    returning 1)
  select count(*)::integer from marked
$$;

revoke execute on function public.mark_all_read(timestamptz) from public, anon;
grant execute on function public.mark_all_read(timestamptz) to authenticated;

-- Without the full old row a filter on document_id could not match a deleted comment.
alter table public.comments replica identity full;

alter publication supabase_realtime add table
  public.comments, public.reactions, public.notifications;
