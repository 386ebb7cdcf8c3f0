-- projects: 53
-- The table in which every project's migrations are noted, as the CLI has it.
insert into supabase_migrations.schema_migrations (version, statements, name)
  values ('20260101000000', array['select 1'], 'first');
insert into supabase_migrations.seed_files (path, hash) values ('supabase/seed.sql', 'x');
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
do $$
begin
  if (select name from supabase_migrations.schema_migrations where version = '20260101000000')
     <> 'first' then
    raise exception 'not noted';
  end if;
end
$$;
