-- The installer of database.dev, for what is on this machine: nothing is fetched.

create schema dbdev;

create function dbdev.install(
    package_name text, base_url text default 'https://api.database.dev/rest/v1/',
    api_key text default null)
  returns boolean
  language plpgsql
as $$
begin
  if exists (
    select from pg_catalog.pg_available_extensions as a where a.name::text = package_name)
  then
    raise notice 'the extension "%" is part of homebase: nothing had to be fetched', package_name;
    return true;
  end if;
  raise exception 'dbdev: there is no package "%" here', package_name
    using errcode = 'undefined_object',
          hint = 'homebase fetches nothing from database.dev. Keep the SQL of the package in a '
            'migration that calls pgtle.install_extension: `dbdev add` writes one.';
end
$$;
