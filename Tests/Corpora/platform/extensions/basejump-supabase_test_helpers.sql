-- What a project's pgTAP tests call. pgTAP itself may be missing: then its parts are left out.
do $$
begin
  if exists (select from pg_available_extensions where name = 'pgtap') then
    create extension if not exists pgtap with schema extensions;
  end if;
end
$$;
create extension if not exists "basejump-supabase_test_helpers" version '0.0.5';
alter extension "basejump-supabase_test_helpers" update;
drop extension "basejump-supabase_test_helpers";
create extension "basejump-supabase_test_helpers" cascade;
create extension if not exists "basejump-supabase_test_helpers" with schema extensions;

create table public.notes (
  id bigint generated always as identity primary key,
  owner uuid not null default auth.uid() references auth.users (id),
  written timestamptz not null default now()
);
alter table public.notes enable row level security;
create policy own on public.notes for all to authenticated using (owner = (select auth.uid()));
create table public.open ();

select tests.create_supabase_user('owner');
select tests.create_supabase_user('member', 'member@test.com', '555-555-5555', '{"key": 1}');
do $$
declare
  member json := tests.get_supabase_user('member');
begin
  assert tests.get_supabase_uid('owner') <> tests.get_supabase_uid('member');
  assert member ->> 'email' = 'member@test.com' and member ->> 'phone' = '555-555-5555';
  assert member #>> '{raw_user_meta_data,key}' = '1';
  begin
    perform tests.get_supabase_uid('nobody');
    raise exception 'found nobody';
  exception when raise_exception then
    assert sqlerrm = 'User with identifier nobody not found', sqlerrm;
  end;
end
$$;

-- The role and the claims last until the end of the transaction.
do $$
begin
  perform tests.authenticate_as('owner');
  insert into public.notes default values;
  assert current_user = 'authenticated' and auth.uid() = tests.get_supabase_uid('owner');
  assert auth.email() like '%@test.com' and auth.role() = 'authenticated';
  assert (select count(*) from public.notes) = 1;

  perform tests.authenticate_as('member');
  assert (select count(*) from public.notes) = 0;

  perform tests.authenticate_as_service_role();
  assert current_user = 'service_role' and auth.uid() is null;
  assert (select count(*) from public.notes) = 1;

  perform tests.clear_authentication();
  assert current_user = 'anon' and auth.uid() is null;
  assert (select count(*) from public.notes) = 0;
end
$$;
reset role;

do $$
begin
  if exists (select from pg_extension where extname = 'pgtap') then
    perform extensions.plan(3);
    assert tests.rls_enabled('public', 'notes') like 'ok 1%';
    assert tests.rls_enabled('public') like 'not ok 2%';
    assert tests.rls_enabled('public', 'open') like 'not ok 3%';
  else
    perform tests.rls_enabled('public');
    raise exception 'checked without pgTAP';
  end if;
exception when undefined_object then
  assert sqlerrm like '%needs the extension pgtap%', sqlerrm;
end
$$;

select tests.freeze_time('2020-01-01 00:00:00+00');
do $$
begin
  assert now() = '2020-01-01 00:00:00+00', now()::text;
end
$$;
do $$
begin
  perform tests.freeze_time('2021-01-01');
  perform tests.authenticate_as('owner');
  assert now() = '2021-01-01 00:00:00', now()::text;
end
$$;
reset role;
select tests.unfreeze_time();
do $$
begin
  assert now() > '2022-01-01' and current_setting('search_path') !~ 'test_overrides',
    current_setting('search_path');
end
$$;

-- A project's own helper beside these.
create function tests.of_the_project() returns integer language sql as 'select 1';
drop function tests.of_the_project();
drop extension "basejump-supabase_test_helpers";
create extension "basejump-supabase_test_helpers" version '0.0.4';
drop extension "basejump-supabase_test_helpers" cascade;
