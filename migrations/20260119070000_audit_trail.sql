-- The audit trail: who changed which row, when. Append-only, one partition a quarter.
-- The partitions live in a schema without API access, so that nobody goes round the policy.

create schema audit;

create type public.audit_action as enum ('insert', 'update', 'delete');

create table public.audit_events (
  id bigint generated always as identity,
  occurred_at timestamptz not null default now(),
  organisation_id uuid,
  actor_id uuid,
  actor_role text not null default current_user,
  action public.audit_action not null,
  table_name text not null,
  row_key jsonb not null,
  changed jsonb not null default '{}',
  primary key (occurred_at, id)
) partition by range (occurred_at);

create index audit_events_organisation_idx
  on public.audit_events (organisation_id, occurred_at desc);

create table audit.events_default partition of public.audit_events default;

-- Makes the partition of a day's quarter unless it is there, and returns its name.
create function audit.ensure_quarter(day date)
returns text
language plpgsql
set search_path = ''
as $$
declare
  first_day date := date_trunc('quarter', day);
  partition_name text := to_char(first_day, '"events_"YYYY_"q"Q');
begin
  if to_regclass('audit.' || partition_name) is null then
    execute format(
      'create table audit.%I partition of public.audit_events for values from (%L) to (%L)',
      partition_name, first_day, first_day + interval '3 months');
  end if;
  return partition_name;
end;
$$;

select audit.ensure_quarter(make_date(2026, month, 1)) from generate_series(1, 12, 3) as month;

alter table public.audit_events enable row level security;

revoke all on public.audit_events from anon, authenticated, service_role;
grant select on public.audit_events to authenticated, service_role;

create policy "admins read their organisation's trail" on public.audit_events
  for select to authenticated
  using (organisation_id in (select private.my_organisations('admin')));

-- Append-only also for the owner of the table.
create function private.refuse_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  raise exception 'the audit trail is append-only'
    using errcode = 'insufficient_privilege',
      hint = 'a correction is a new event; old quarters are dropped as whole partitions';
end;
$$;

create trigger audit_events_append_only
  before update or delete on public.audit_events
  for each row execute function private.refuse_change();

-- A generic row trigger. Arguments: the columns of the key, by default id.
-- An update writes old and new value of what changed; a column named body only by name.
create function private.write_audit_event()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  before_row jsonb := to_jsonb(old);
  after_row jsonb := to_jsonb(new);
  this_row jsonb := coalesce(after_row, before_row);
  row_key jsonb := '{}';
  differences jsonb := '{}';
begin
  if tg_nargs = 0 then
    row_key := jsonb_build_object('id', this_row -> 'id');
  end if;
  for i in 0 .. tg_nargs - 1 loop
    row_key := row_key || jsonb_build_object(tg_argv[i], this_row -> tg_argv[i]);
  end loop;
  if tg_op = 'UPDATE' then
    select coalesce(jsonb_object_agg(a.key, case
      when a.key = 'body' then '"(changed)"'::jsonb
      else jsonb_build_array(before_row -> a.key, a.value) end), '{}')
    into differences
    from jsonb_each(after_row) a
    where a.value is distinct from before_row -> a.key and a.key not in ('updated_at', 'search');
    if differences = '{}' then
      return null;
    end if;
  end if;
  insert into public.audit_events
    (organisation_id, actor_id, actor_role, action, table_name, row_key, changed)
  values (
    (case when tg_table_name = 'organisations' then this_row ->> 'id'
      else this_row ->> 'organisation_id' end)::uuid,
    auth.uid(),
    coalesce(nullif(current_setting('role', true), 'none'), session_user),
    lower(tg_op)::public.audit_action,
    tg_table_name,
    row_key,
    differences);
  return null;
end;
$$;

create trigger organisations_audit after insert or update or delete on public.organisations
  for each row execute function private.write_audit_event();
create trigger members_audit after insert or update or delete on public.members
  for each row execute function private.write_audit_event('organisation_id', 'user_id');
create trigger organisation_apps_audit
  after insert or update or delete on public.organisation_apps
  for each row execute function private.write_audit_event('organisation_id', 'app_id');
create trigger documents_audit after insert or update or delete on public.documents
  for each row execute function private.write_audit_event();
create trigger files_audit after insert or delete on public.files
  for each row execute function private.write_audit_event();

comment on table public.audit_events is 'Append-only trail of changes, by quarter.';
comment on column public.audit_events.changed is 'Column → [old value, new value], of updates.';
