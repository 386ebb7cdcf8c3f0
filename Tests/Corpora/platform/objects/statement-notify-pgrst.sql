-- projects: 2
-- The REST service is told to read the schema again.
create table public.fresh (id int);
NOTIFY pgrst, 'reload schema';
notify pgrst, 'reload config';
select pg_notify('pgrst', 'reload schema');
