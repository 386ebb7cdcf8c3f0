-- 160 documents with tags, files, comments and reactions. Every value follows from the row's
-- number, so each reset gives the same rows.

insert into public.documents (
  id, organisation_id, app_id, author_id, parent_id, title, body, status, published_at,
  created_at, updated_at)
select
  md5('document:' || n)::uuid,
  o.id,
  case when n % 9 = 0 and o.kind in ('studio', 'school') then 'desk' else 'pages' end,
  o.writers[1 + n % cardinality(o.writers)],
  -- Each tenth of an organisation's documents is a root, the others hang below it.
  case when n / 4 % 10 <> 0 then md5('document:' || (n / 40 * 40 + n % 4))::uuid end,
  format('%s %s: %s',
    (array['Weekly', 'Monthly', 'Opening', 'Closing', 'Revised', 'Shared'])[1 + n % 6],
    (array['plan', 'notes', 'checklist', 'review', 'budget', 'timetable', 'guide'])[1 + n % 7],
    (array['garden wall', 'summer term', 'reading room', 'kiln', 'ferry trip', 'seed library',
      'music evening', 'workshop roof', 'village map', 'tea stall', 'puppet show'])[1 + n % 11]),
  (select string_agg(
      (array['We agreed to start small and to write down what we learn.',
        'The first visit is on Monday; bring gloves and a notebook.',
        'Costs stay within the budget as long as the timber is reused.',
        'Two people keep the keys, and both must be told of a change.',
        'What is not decided here goes on the list of open questions.',
        'The older version had no dates, which caused some confusion.',
        'Please comment below rather than by mail.'])[1 + (n * 3 + line * 5) % 7],
      E'\n\n' order by line)
    from generate_series(1, 3 + n % 5) as line),
  (case when n / 4 % 10 < 6 then 'published' when n / 4 % 10 < 8 then 'draft'
    when n / 4 % 10 = 8 then 'in_review' else 'archived' end)::public.document_status,
  case when n / 4 % 10 < 6 then timestamptz '2026-01-27 09:00:00+00' + n * interval '4 hours' end,
  timestamptz '2026-01-26 09:00:00+00' + n * interval '4 hours',
  timestamptz '2026-01-27 09:00:00+00' + n * interval '4 hours'
from generate_series(0, 159) as n
join (
  select
    o.id, o.kind, row_number() over (order by o.slug) - 1 as number,
    array_agg(m.user_id order by m.joined_at) as writers
  from public.organisations o
  join public.members m on m.organisation_id = o.id and m.role >= 'editor'
  group by o.id
) o on o.number = n % 4
order by n;

insert into public.document_tags (document_id, tag_id)
select d.id, t.id
from (
  select id, organisation_id, row_number() over (order by created_at) as n
  from public.documents
) d
join (
  select id, organisation_id, row_number() over (partition by organisation_id order by id) as n
  from public.tags
) t on t.organisation_id = d.organisation_id and (d.n + t.n) % 3 = 0;

insert into public.files (
  id, organisation_id, document_id, uploaded_by, object_name, title, media_type, size_in_bytes,
  created_at)
select
  md5('file:' || n)::uuid, d.organisation_id, d.id, d.author_id,
  format('%s/%s/%s.%s', d.organisation_id, d.id, n, kind.extension),
  format('Attachment %s', n), kind.media_type, 1000 + n * 137,
  d.created_at + interval '1 hour'
from generate_series(0, 159, 5) as n
join public.documents d on d.id = md5('document:' || n)::uuid
join (values (0, 'pdf', 'application/pdf'), (1, 'png', 'image/png'), (2, 'csv', 'text/csv'))
  as kind (number, extension, media_type) on kind.number = n / 5 % 3;

-- Threads of three comments, by members; the third is a reply to the second.
insert into public.comments (
  id, document_id, author_id, reply_to, body, mentions, resolved_at, created_at, updated_at)
select
  md5('comment:' || n)::uuid, d.id, m.people[1 + n % cardinality(m.people)],
  case when n % 3 = 2 then md5('comment:' || n - 1)::uuid end,
  (array['Good. One question: who brings the ladder?', 'I have changed the second paragraph.',
    'Agreed.', 'Could we move this by a week?', 'See the file I attached.'])[1 + n % 5],
  case when n % 4 = 0 then array[d.author_id] else '{}' end,
  case when n % 5 = 0 then d.created_at + interval '3 days' end,
  d.created_at + (n % 48) * interval '1 hour',
  d.created_at + (n % 48) * interval '1 hour'
from generate_series(0, 239) as n
join public.documents d
  on d.id = md5('document:' || n / 3 * 7 % 160)::uuid and d.status = 'published'
join (
  select organisation_id, array_agg(user_id order by joined_at, user_id) as people
  from public.members where role >= 'viewer' group by organisation_id
) m on m.organisation_id = d.organisation_id
order by n;

insert into public.reactions (comment_id, user_id, kind, created_at)
select
  c.id, m.user_id,
  (array['agree', 'celebrate', 'question', 'thanks'])[1 + n % 4]::public.reaction_kind,
  c.created_at + interval '2 hours'
from generate_series(0, 239, 2) as n
join public.comments c on c.id = md5('comment:' || n)::uuid
join public.documents d on d.id = c.document_id
join public.members m on m.organisation_id = d.organisation_id and m.role = 'owner'
where m.user_id <> c.author_id;
