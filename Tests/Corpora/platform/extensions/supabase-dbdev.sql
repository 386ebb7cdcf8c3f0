-- The lines that database.dev's page tells people to put into a migration, from where the
-- network would be asked; what it answered is null here.
create extension if not exists pg_tle;
select pgtle.uninstall_extension_if_exists('supabase-dbdev');
drop extension if exists "supabase-dbdev";
select pgtle.install_extension('supabase-dbdev', null, 'PostgreSQL package manager', null);
create extension "supabase-dbdev";
select dbdev.install('supabase-dbdev');
drop extension if exists "supabase-dbdev";
create extension "supabase-dbdev";
create extension if not exists "supabase-dbdev";

do $$
begin
  assert dbdev.install('basejump-supabase_test_helpers');
  begin
    perform dbdev.install('somebody-something');
    raise exception 'installed what is not there';
  exception when undefined_object then
    assert sqlerrm like 'dbdev: there is no package%', sqlerrm;
  end;
end
$$;
create extension "basejump-supabase_test_helpers" version '0.0.6';
drop extension "basejump-supabase_test_helpers";
drop extension "supabase-dbdev" cascade;
create extension "supabase-dbdev" cascade;
