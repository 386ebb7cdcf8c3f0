-- pg_cron as projects use it. Runs as `postgres`; raises when an answer is wrong.

create extension if not exists pg_cron with schema extensions;
create extension if not exists pg_cron;
drop extension pg_cron cascade;
create extension pg_cron with schema pg_catalog;
grant usage on schema cron to postgres;
grant all privileges on all tables in schema cron to postgres;

create function pg_temp.expect(answer text, wanted text, about text) returns void
  language plpgsql as $$
begin
  if answer is distinct from wanted then
    raise exception '%: % instead of %', about, answer, wanted;
  end if;
end
$$;

-- Runs a statement that must fail, and answers with what it said.
create function pg_temp.failure(statement text) returns text language plpgsql as $$
begin
  execute statement;
  return 'no error';
exception when others then
  return sqlstate || ' ' || sqlerrm;
end
$$;

select pg_temp.expect(
  (select extversion || ' ' || extnamespace::regnamespace from pg_extension
    where extname = 'pg_cron'),
  '1.6.4 pg_catalog', 'version and schema');

do $$
declare
  first bigint;
begin
  first := cron.schedule('nightly', '0 3 * * *', 'delete from events');
  perform pg_temp.expect(
    cron.schedule('nightly', '0 4 * * *', $c$select 1$c$)::text, first::text, 'same name');
  perform pg_temp.expect(
    (select schedule || ' ' || command || ' ' || username || ' ' || nodename || ' ' || active
       from cron.job where jobname = 'nightly'),
    '0 4 * * * select 1 postgres localhost true', 'row of a job');
  perform cron.alter_job(job_id := first, active := false);
  perform cron.alter_job(first, schedule => '*/10 * * * *');
  perform pg_temp.expect(
    (select schedule || ' ' || active from cron.job where jobid = first),
    '*/10 * * * * false', 'altered');
  perform pg_temp.expect(cron.unschedule('nightly')::text, 'true', 'unschedule by name');
  perform pg_temp.expect(
    cron.unschedule(cron.schedule('* * * * *', 'select 1'))::text, 'true',
    'unschedule by number');
end
$$;

-- A project removes a job that may not be there.
select cron.unschedule(jobid) from cron.job where jobname = 'nothing';
do $$
begin
  perform cron.unschedule('nothing');
exception when others then
  perform pg_temp.expect(
    sqlerrm, 'could not find valid entry for job ''nothing''', 'unknown name');
end
$$;

create temporary table accepted as
  select unnest(array[
    '* * * * *', '*/5 * * * *', '0 0 1 1 0', '59 23 31 12 7', '0-10/2,30 * * * *',
    '0 9 * * mon-fri', '0 9 * JAN,feb *', '0 0 $ * *', '1 seconds', '59 SECONDS',
    ' 30 second', '@hourly', '@reboot', '@daily', '0 0 * * * *', '  5 4 * * *'
  ]) as pattern;
select cron.schedule('ok ' || pattern, pattern, 'select 1') from accepted;
select pg_temp.expect(
         (select schedule from cron.job where jobname = 'ok ' || pattern), pattern, 'schedule')
  from accepted;
select pg_temp.expect(
         pg_temp.failure(format('select cron.schedule(%L, %L)', pattern, 'select 1')),
         '22023 invalid schedule: ' || pattern, pattern)
  from unnest(array[
    '', '* * * *', '60 * * * *', '* 24 * * *', '* * 0 * *', '* * 32 * *', '* * * 13 *',
    '* * * * 8', '1/20 * * * *', '*/0 * * * *', '* * * foo *', '5- * * * *', '0 seconds',
    '60 seconds', '5 minutes', '1.5 seconds', '@never', '@restar', '$ * * * *', '*-5 * * * *',
    'every day'
  ]) as pattern;

select pg_temp.expect(pg_temp.failure(statement), wanted, statement)
  from (values
    ('select cron.schedule(null, ''* * * * *'', ''x'')', 'XX000 job_name can not be NULL'),
    ('select cron.schedule(''* * * * *'', null)', 'XX000 command can not be NULL'),
    ('select cron.alter_job(-1)', 'XX000 no updates specified'),
    ('select cron.alter_job(-1, active := true)',
     'XX000 Job -1 does not exist or you don''t own it'),
    ('select cron.unschedule(-1)', 'XX000 could not find valid entry for job -1'),
    ('select cron.schedule_in_database(''a'', ''* * * * *'', ''x'', ''nowhere'')',
     '3D000 database "nowhere" does not exist'),
    ('select cron.schedule_in_database(''a'', ''* * * * *'', ''x'', ''postgres'', ''anon'')',
     'XX000 must be superuser to create a job for another role'),
    ('insert into cron.job (schedule, command) values (''* * * * *'', ''x'')',
     '42501 permission denied for table job'),
    ('update cron.job set active = false', '42501 permission denied for table job'),
    ('insert into cron.homebase_own_job
        (schedule, command, nodename, nodeport, database, username, active)
        values (''* * * * *'', ''x'', ''localhost'', 1, ''postgres'', ''supabase_admin'', true)',
     '44000 new row violates check option for view "homebase_own_job"')
  ) as failing (statement, wanted);

-- The history is the project's to read and to shorten.
insert into cron.job_run_details (jobid, runid, status, end_time)
  values (1, 1, 'succeeded', now() - interval '8 days');
delete from cron.job_run_details where end_time < now() - interval '7 days';
select pg_temp.expect((select count(*)::text from cron.job_run_details), '0', 'history');

-- A definer's function schedules for its owner.
create function public.plan_cleanup() returns bigint language sql security definer as $$
  select cron.schedule('cleanup', '0 0 * * *', 'select 1')
$$;
set role authenticated;
select public.plan_cleanup();
reset role;
select pg_temp.expect(
  (select username from cron.job where jobname = 'cleanup'), 'postgres', 'definer''s job');
