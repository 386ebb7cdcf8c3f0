-- projects: 19
-- What dumps say of objects to come, and projects that take it back.
ALTER DEFAULT PRIVILEGES FOR ROLE "postgres" IN SCHEMA "public"
  GRANT ALL ON SEQUENCES TO "postgres";
ALTER DEFAULT PRIVILEGES FOR ROLE "postgres" IN SCHEMA "public" GRANT ALL ON TABLES TO "anon";
ALTER DEFAULT PRIVILEGES FOR ROLE "postgres" IN SCHEMA "public"
  GRANT ALL ON FUNCTIONS TO "service_role";
create table public.before (id int);
alter default privileges in schema public revoke all on tables from anon;
alter default privileges in schema public revoke execute on functions from public;
create schema private;
alter default privileges in schema private grant select on tables to authenticated;
create table public.after (id int);
create table private.own (id int);
do $$
begin
  if not has_table_privilege('anon', 'public.before', 'select')
     or has_table_privilege('anon', 'public.after', 'select')
     or not has_table_privilege('authenticated', 'public.after', 'select')
     or not has_table_privilege('authenticated', 'private.own', 'select') then
    raise exception 'wrong rights';
  end if;
end
$$;
