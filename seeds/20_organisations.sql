-- Four organisations, one of each kind, with plans, members of every role, and apps.

insert into public.organisations (id, slug, name, kind, created_by, created_at, settings)
select md5('organisation:' || slug)::uuid, slug, name, kind::public.organisation_kind,
  md5('user:' || founder)::uuid, founded, settings::jsonb
from (values
  ('monsoon-studio', 'Monsoon Studio', 'studio', 'asha', timestamptz '2026-01-05 10:00:00+00',
    '{"theme": "indigo", "week_starts": "monday"}'),
  ('riverbank-school', 'Riverbank School', 'school', 'chitra', '2026-01-06 09:00:00+00',
    '{"terms": ["spring", "autumn"]}'),
  ('copper-kettle', 'Copper Kettle Cooperative', 'cooperative', 'esme', '2026-01-09 12:00:00+00',
    '{"currency": "INR"}'),
  ('open-shelf', 'Open Shelf', 'nonprofit', 'gita', '2026-01-13 08:00:00+00', '{}')
) as organisation (slug, name, kind, founder, founded, settings);

insert into public.subscriptions (organisation_id, plan_id, period)
select md5('organisation:' || slug)::uuid, plan_id, daterange(starts::date, ends::date)
from (values
  ('monsoon-studio', 'team', '2026-01-05', '2027-01-05'),
  ('riverbank-school', 'federation', '2026-01-06', null),
  ('copper-kettle', 'team', '2026-02-01', '2026-08-01')
) as subscription (slug, plan_id, starts, ends);

-- The founders are owners already, by the trigger.
insert into public.members (organisation_id, user_id, role, joined_at)
select md5('organisation:' || slug)::uuid, md5('user:' || handle)::uuid,
  role::public.member_role, joined
from (values
  ('monsoon-studio', 'bruno', 'admin', timestamptz '2026-01-05 11:00:00+00'),
  ('monsoon-studio', 'dev', 'editor', '2026-01-08 11:00:00+00'),
  ('monsoon-studio', 'farid', 'viewer', '2026-01-12 13:00:00+00'),
  ('monsoon-studio', 'jonas', 'guest', '2026-01-23 09:00:00+00'),
  ('riverbank-school', 'gita', 'admin', '2026-01-13 09:00:00+00'),
  ('riverbank-school', 'hugo', 'editor', '2026-01-15 16:00:00+00'),
  ('riverbank-school', 'ila', 'editor', '2026-01-19 17:00:00+00'),
  ('riverbank-school', 'jonas', 'viewer', '2026-01-22 18:00:00+00'),
  ('copper-kettle', 'asha', 'admin', '2026-01-10 09:00:00+00'),
  ('copper-kettle', 'hugo', 'viewer', '2026-01-16 09:00:00+00'),
  ('open-shelf', 'ila', 'editor', '2026-01-20 09:00:00+00'),
  ('open-shelf', 'bruno', 'viewer', '2026-01-21 09:00:00+00')
) as member (slug, handle, role, joined);

insert into public.organisation_apps (organisation_id, app_id, enabled_by, enabled_at)
select o.id, a.id, o.created_by, o.created_at + a.position * interval '1 hour'
from public.organisations o
join public.apps a
  on a.id = 'pages'
  or (o.kind in ('studio', 'school') and a.id = 'desk')
  or (o.kind = 'cooperative' and a.id = 'ledger')
  or (o.kind in ('school', 'nonprofit') and a.id = 'circle');

insert into public.tags (organisation_id, name, colour)
select o.id, tag.name, tag.colour
from public.organisations o
cross join (values
  ('plan', '#3b6ea5'), ('minutes', '#7a8b3c'), ('how-to', '#a5563b'),
  ('decision', '#6b3ba5'), ('draft idea', '#808080')
) as tag (name, colour)
order by o.slug, tag.name;
