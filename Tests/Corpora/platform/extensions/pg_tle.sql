-- Three of 53 projects create pg_tle, and extensions whose SQL is in a migration.
create extension if not exists pg_tle;
create extension if not exists pg_tle cascade;

select pgtle.install_extension(
  'acme-greet', '0.1', 'Greets''s first\version',
  $ext$
    create function greet(name text) returns text language sql as $$ select 'hi ' || name $$;
  $ext$);
select pgtle.install_update_path(
  'acme-greet', '0.1', '0.2',
  $ext$
    create or replace function greet(name text) returns text
      language sql as $$ select 'hello ' || name $$;
  $ext$);
select pgtle.install_extension(
  name := 'acme@needs', version := '1.0.0', description := 'needs another',
  ext := 'create table @extschema@.needed (); select greet(''x'');',
  requires := array['acme-greet']);

do $$
begin
  assert (select array_agg(name::text order by name) from pgtle.available_extensions())
    = array['acme-greet', 'acme@needs'];
  assert (select default_version from pgtle.available_extensions() where name = 'acme-greet')
    = '0.1';
  assert (select requires from pgtle.available_extension_versions() where name = 'acme@needs')
    = array['pg_tle', 'acme-greet']::name[];
  assert (select path from pgtle.extension_update_paths('acme-greet')
           where source = '0.1' and target = '0.2') = '0.1--0.2';
end
$$;

create extension "acme-greet" with schema extensions;
do $$
begin
  assert extensions.greet('you') = 'hi you';
  assert (select extversion from pg_extension where extname = 'acme-greet') = '0.1';
  assert (select p.proowner::regrole::text from pg_proc as p where proname = 'greet')
    = 'postgres', 'it runs with the rights of who creates it';
  assert not exists (select from pg_available_extensions where name = 'acme-greet'),
    'no file is left behind';
end
$$;
select pgtle.set_default_version('acme-greet', '0.2');
alter extension "acme-greet" update;
do $$
begin
  assert extensions.greet('you') = 'hello you';
end
$$;
drop extension "acme-greet";

-- By name in a DO block, in a function that was only called, with what it requires.
create extension "acme@needs" with schema public cascade;
drop extension "acme@needs", "acme-greet";
create function public.make_it() returns void language plpgsql as $$
begin
  execute 'create extension "acme-' || 'greet" version ''0.1''';
end
$$;
select public.make_it();
do $$
begin
  assert (select extversion from pg_extension where extname = 'acme-greet') = '0.1';
  drop extension "acme-greet";
end
$$;

-- What fails, fails with a name.
do $$
begin
  perform pgtle.install_extension('acme-greet', '9', '', '');
  raise exception 'installed twice';
exception when duplicate_object then null;
end
$$;
do $$
begin
  perform pgtle.install_extension('pgcrypto', '9', '', '');
  raise exception 'took the place of pgcrypto';
exception when duplicate_object then null;
end
$$;
do $$
declare
  name text;
begin
  foreach name in array array['../x', 'a/b', 'a--b', 'a b', '', '-x', 'x''', 'a;b', '$(x)'] loop
    begin
      perform pgtle.install_extension(name, '1', '', '');
      raise exception 'took the name %', name;
    exception when invalid_parameter_value then null;
    end;
  end loop;
end
$$;
do $$
begin
  perform pgtle.uninstall_extension('nobody');
  raise exception 'uninstalled what is not there';
exception when undefined_object then null;
end
$$;
do $$
begin
  perform pgtle.set_default_version('acme-greet', '7');
  raise exception 'a default that is not there';
exception when undefined_object then null;
end
$$;
do $$
begin
  perform pgtle._homebase_write('/tmp/x', 'y');
  raise exception 'postgres wrote a file';
exception when insufficient_privilege then null;
end
$$;
set role authenticated;
do $$
begin
  perform from pgtle.available_extensions();
  perform pgtle.install_extension('x', '1', '', '');
  raise exception 'authenticated installed an extension';
exception when insufficient_privilege then null;
end
$$;
reset role;

do $$
begin
  assert pgtle.uninstall_extension_if_exists('acme@needs');
  assert not pgtle.uninstall_extension_if_exists('acme@needs');
  assert pgtle.uninstall_update_path('acme-greet', '0.1', '0.2');
  assert not pgtle.uninstall_update_path_if_exists('acme-greet', '0.1', '0.2');
  assert pgtle.uninstall_extension('acme-greet');
  create extension "acme-greet";
  raise exception 'created what was uninstalled';
exception when feature_not_supported or undefined_file then null;
end
$$;

drop extension pg_tle;
create extension pg_tle;
drop extension pg_tle cascade;
create extension pg_tle with schema pgtle;
