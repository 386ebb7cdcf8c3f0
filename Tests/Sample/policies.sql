-- What SaSarjan's policies promise, tried as the people of the seeds. Changes nothing.
--
--   psql "$DB_URL" -X -v ON_ERROR_STOP=1 -f Tests/Sample/policies.sql
--
-- The last line says how many promises were kept; the first broken one ends it with an error.

begin;

create temp table kept (promise text primary key);
grant insert on kept to anon, authenticated;

-- Signs in: from here until the next call, statements run as that person.
create function pg_temp.become(handle text) returns void language plpgsql as $$
begin
  perform set_config('role', case when handle is null then 'anon' else 'authenticated' end, true);
  perform set_config('request.jwt.claims', coalesce(json_build_object(
    'sub', md5('user:' || handle)::uuid, 'role', 'authenticated')::text, ''), true);
end;
$$;

create function pg_temp.holds(promise text, truth boolean) returns void language plpgsql as $$
begin
  if truth is not true then
    raise exception 'broken promise: %', promise;
  end if;
  insert into kept values (promise);
end;
$$;

-- A statement that must be refused, with the SQLSTATE it must be refused with.
create function pg_temp.refused(promise text, wanted text, statement text)
returns void language plpgsql as $$
declare
  got text := 'nothing';
begin
  begin
    execute statement;
    set constraints all immediate;
  exception when others then
    got := sqlstate;
  end;
  perform pg_temp.holds(format('%s (%s, got %s)', promise, wanted, got), got = wanted);
end;
$$;

-- A statement that the policies let run, but on no row.
create function pg_temp.touches(promise text, wanted integer, statement text)
returns void language plpgsql as $$
declare
  got integer;
begin
  execute statement;
  get diagnostics got = row_count;
  perform pg_temp.holds(format('%s (%s rows, got %s)', promise, wanted, got), got = wanted);
end;
$$;

grant execute on all functions in schema pg_temp to anon, authenticated;

\o /dev/null

select pg_temp.holds('every user of the seeds has a profile',
  (select count(*) from auth.users) = 10 and (select count(*) from public.profiles) = 10);
select pg_temp.holds('every table of public has row level security', not exists (
  select from pg_class where relnamespace = 'public'::regnamespace
    and relkind in ('r', 'p') and not relispartition and not relrowsecurity));
select pg_temp.holds('every table of public has a policy', not exists (
  select from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
    and not exists (select from pg_policy p where p.polrelid = c.oid)));
select pg_temp.holds('no API role may truncate', not exists (
  select from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
    and (has_table_privilege('anon', oid, 'truncate')
      or has_table_privilege('authenticated', oid, 'truncate'))));
select pg_temp.holds('every security definer function pins its search path', not exists (
  select from pg_proc where prosecdef
    and pronamespace in ('public'::regnamespace, 'private'::regnamespace)
    and not coalesce(proconfig, '{}') @> array['search_path=""']));
select pg_temp.holds('comments are published to realtime', exists (
  select from pg_publication_tables
  where pubname = 'supabase_realtime' and tablename = 'comments'));

select pg_temp.become(null);
select pg_temp.holds('a stranger sees the catalogue of apps', (select count(*) from public.apps) = 4);
select pg_temp.refused('a stranger reads no document', '42501', 'select from public.documents');
select pg_temp.refused('a stranger accepts no invitation', '42501',
  $$select public.accept_invitation('welcome-ila')$$);

select pg_temp.become('farid');
select pg_temp.holds('a viewer sees one organisation',
  (select array_agg(slug) from public.organisation_overview) = array['monsoon-studio']);
select pg_temp.holds('a viewer sees published documents and those in review',
  (select array_agg(distinct status::text) from public.documents) = array['in_review', 'published']);
select pg_temp.holds('a viewer finds by full text',
  (select count(*) from public.search_documents('garden wall')) > 0);
select pg_temp.holds('a viewer sees no audit trail', not exists (select from public.audit_events));
select pg_temp.refused('a viewer writes no document', '42501', $$
  insert into public.documents (organisation_id, author_id, title)
  values (md5('organisation:monsoon-studio')::uuid, md5('user:farid')::uuid, 'x')$$);
select pg_temp.touches('a viewer promotes nobody', 0, $$
  update public.members set role = 'owner' where user_id = md5('user:farid')::uuid$$);

select pg_temp.become('jonas');
select pg_temp.holds('a guest sees only what is shared', (
  select count(*) from public.documents
  where organisation_id = md5('organisation:monsoon-studio')::uuid) = 3);

select pg_temp.become('bruno');
select pg_temp.touches('an admin does not demote the owner', 0, $$
  update public.members set role = 'viewer' where role = 'owner'$$);
select pg_temp.refused('an admin makes no owner', '42501', $$
  update public.members set role = 'owner'
  where user_id = md5('user:farid')::uuid
    and organisation_id = md5('organisation:monsoon-studio')::uuid$$);
select pg_temp.holds('an admin reads the trail of this organisation only', (
  select array_agg(distinct organisation_id) from public.audit_events)
  = array[md5('organisation:monsoon-studio')::uuid]);

select pg_temp.become('asha');
select pg_temp.refused('the last owner cannot leave', '23514', $$
  delete from public.members where user_id = md5('user:asha')::uuid
    and organisation_id = md5('organisation:monsoon-studio')::uuid$$);
select pg_temp.refused('no API role reads a token hash', '42501',
  'select token_hash from public.invitations');
select pg_temp.refused('an invitation is for its address only', 'P0002',
  $$select public.accept_invitation('welcome-ila')$$);
select pg_temp.touches('a founder founds', 1, $$
  insert into public.organisations (slug, name, kind, created_by)
  values ('just-founded', 'Just Founded', 'studio', md5('user:asha')::uuid)$$);
select pg_temp.holds('and is its owner', (
  select m.role = 'owner' from public.members m join public.organisations o
    on o.id = m.organisation_id where o.slug = 'just-founded'));
select pg_temp.refused('the trail is append-only', '42501', 'delete from public.audit_events');

select pg_temp.become('ila');
select pg_temp.holds('the invited one joins', (
  select public.accept_invitation('welcome-ila')) = md5('organisation:monsoon-studio')::uuid);

reset role;
select pg_temp.refused('the trail is append-only for its owner too', '42501',
  'delete from public.audit_events');
select pg_temp.refused('a plan has only so many seats', '23514', $$
  insert into public.members (organisation_id, user_id)
  select md5('organisation:open-shelf')::uuid, id from public.profiles
  on conflict do nothing$$);

\o
select count(*) || ' promises kept' from kept;

rollback;
