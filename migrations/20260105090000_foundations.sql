-- What every later migration stands on: an extension, a schema that the API never
-- shows, and the trigger function that keeps updated_at true.

create extension if not exists citext with schema extensions;

-- Helpers of policies and triggers. Not among api.schemas, so nobody calls them over HTTP.
create schema private;
grant usage on schema private to authenticated, service_role;

-- A function is for whom it is granted to, not for everyone. (Only without `in schema` does
-- PostgreSQL take this right away; in public the platform's own grants to the API roles stay.)
alter default privileges revoke execute on functions from public;

create function private.touch_updated_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;

comment on function private.touch_updated_at() is 'Trigger: sets updated_at on every change.';
