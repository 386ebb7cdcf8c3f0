-- Organisations and who belongs to them. A tenant of the platform is a row of organisations.

create type public.organisation_kind as enum ('studio', 'school', 'cooperative', 'nonprofit');

-- In rising order of power: policies compare roles with >=.
create type public.member_role as enum ('viewer', 'editor', 'admin', 'owner');

create table public.organisations (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$'),
  name text not null check (char_length(name) between 1 and 120),
  kind public.organisation_kind not null,
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
  created_by uuid references auth.users (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table public.members (
  organisation_id uuid not null references public.organisations (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role public.member_role not null default 'viewer',
  joined_at timestamptz not null default now(),
  primary key (organisation_id, user_id)
);

create index members_user_id_idx on public.members (user_id);

create trigger organisations_touch before update on public.organisations
  for each row execute function private.touch_updated_at();

alter table public.organisations enable row level security;
alter table public.members enable row level security;

comment on table public.organisations is
  'A tenant: a studio, a school, a cooperative, a nonprofit.';
comment on column public.organisations.settings is 'Free-form preferences; nothing secret.';
comment on table public.members is 'Who belongs to which organisation, and as what.';
