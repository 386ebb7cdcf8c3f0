-- The apps of the platform, and which organisation has switched on which.

create type public.app_state as enum ('preview', 'live', 'retired');

create table public.apps (
  id text primary key check (id ~ '^[a-z][a-z0-9_]{1,30}$'),
  name text not null,
  tagline text not null,
  state public.app_state not null default 'preview',
  default_settings jsonb not null default '{}',
  position smallint not null unique
);

create table public.organisation_apps (
  organisation_id uuid not null references public.organisations (id) on delete cascade,
  app_id text not null references public.apps (id),
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
  enabled_by uuid references auth.users (id) on delete set null,
  enabled_at timestamptz not null default now(),
  primary key (organisation_id, app_id)
);

create index organisation_apps_app_id_idx on public.organisation_apps (app_id);

alter table public.apps enable row level security;
alter table public.organisation_apps enable row level security;

revoke all on public.apps, public.organisation_apps from anon, authenticated;
grant select on public.apps to anon, authenticated;
grant select, insert, update, delete on public.organisation_apps to authenticated;

create policy "the catalogue is public" on public.apps
  for select to anon, authenticated
  using (state <> 'retired');

create policy "members see what is switched on" on public.organisation_apps
  for select to authenticated
  using (organisation_id in (select private.my_organisations()));

create policy "admins switch apps" on public.organisation_apps
  for all to authenticated
  using (organisation_id in (select private.my_organisations('admin')))
  with check (organisation_id in (select private.my_organisations('admin')));

comment on table public.apps is 'The catalogue of apps; the same rows in every environment.';

-- Reference data belongs to the schema: staging and production need these rows too.
insert into public.apps (id, name, tagline, state, position) values
  ('pages', 'Pages', 'Documents that a team writes together', 'live', 1),
  ('desk', 'Desk', 'Requests that come in, and who answers them', 'live', 2),
  ('circle', 'Circle', 'A noticeboard for members', 'preview', 3),
  ('ledger', 'Ledger', 'Shared costs of a cooperative', 'preview', 4);
