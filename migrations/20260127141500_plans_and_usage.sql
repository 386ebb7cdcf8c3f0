-- What an organisation has bought, what it has used, and the limits between the two.

create type public.usage_metric as enum ('documents_created', 'bytes_stored', 'function_calls');

create domain public.paise as bigint check (value >= 0);

create table public.plans (
  id text primary key check (id ~ '^[a-z]{3,20}$'),
  name text not null,
  price_per_month public.paise not null,
  seats integer not null check (seats > 0),
  limits jsonb not null default '{}'
);

create table public.subscriptions (
  organisation_id uuid primary key references public.organisations (id) on delete cascade,
  plan_id text not null references public.plans (id),
  period daterange not null,
  cancelled_at timestamptz,
  check (not isempty(period))
);

create table public.usage_counters (
  organisation_id uuid not null references public.organisations (id) on delete cascade,
  metric public.usage_metric not null,
  month date not null check (extract(day from month) = 1),
  amount bigint not null default 0 check (amount >= 0),
  primary key (organisation_id, metric, month)
);

create index subscriptions_plan_idx on public.subscriptions (plan_id);

create trigger subscriptions_audit after insert or update or delete on public.subscriptions
  for each row execute function private.write_audit_event('organisation_id');

alter table public.plans enable row level security;
alter table public.subscriptions enable row level security;
alter table public.usage_counters enable row level security;

revoke all on public.plans, public.subscriptions, public.usage_counters from anon, authenticated;
grant select on public.plans to anon, authenticated;
grant select on public.subscriptions, public.usage_counters to authenticated;

create policy "prices are public" on public.plans for select to anon, authenticated using (true);
create policy "members see their plan" on public.subscriptions
  for select to authenticated
  using (organisation_id in (select private.my_organisations()));
create policy "admins see the usage" on public.usage_counters
  for select to authenticated
  using (organisation_id in (select private.my_organisations('admin')));

insert into public.plans (id, name, price_per_month, seats, limits) values
  ('free', 'Free', 0, 5, '{"documents_created": 100, "bytes_stored": 104857600}'),
  ('team', 'Team', 99900, 25, '{"bytes_stored": 10737418240}'),
  ('federation', 'Federation', 499900, 250, '{}');

create function private.count_usage(
  organisation uuid, metric public.usage_metric, amount bigint, at timestamptz default now())
returns void
language sql
security definer
set search_path = ''
as $$
  insert into public.usage_counters as u (organisation_id, metric, month, amount)
  values (organisation, metric, date_trunc('month', at at time zone 'UTC')::date, amount)
  on conflict (organisation_id, metric, month) do update set amount = u.amount + excluded.amount
$$;

create function private.count_document()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform private.count_usage(n.organisation_id, 'documents_created', count(*), n.month)
  from (select organisation_id, date_trunc('month', created_at, 'UTC') as month from new_rows) n
  group by n.organisation_id, n.month
  order by n.organisation_id, n.month;
  return null;
end;
$$;

create trigger documents_count after insert on public.documents
  referencing new table as new_rows
  for each statement execute function private.count_document();

-- The advisory lock makes two members who join in one moment wait for each other.
create function private.check_seats()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  allowed integer;
begin
  perform pg_advisory_xact_lock(hashtext('seats'), hashtext(new.organisation_id::text));
  select p.seats into allowed
  from public.subscriptions s join public.plans p on p.id = s.plan_id
  where s.organisation_id = new.organisation_id;
  if (select count(*) from public.members m where m.organisation_id = new.organisation_id)
    > coalesce(allowed, 5) then
    raise exception 'no seat is left in this plan'
      using errcode = 'check_violation', hint = 'remove a member or choose a larger plan';
  end if;
  return null;
end;
$$;

create constraint trigger members_seats after insert on public.members
  deferrable initially deferred
  for each row execute function private.check_seats();

comment on domain public.paise is 'Money in hundredths of a rupee.';
