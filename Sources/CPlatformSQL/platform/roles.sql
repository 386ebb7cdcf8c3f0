-- The cluster's roles: attributes, memberships, settings, and the parameters `postgres` may set.
--
-- Runs once a cluster, as the superuser that initdb made (`supabase_admin`).

-- The role of migrations and of people. Not a superuser: what it may do beyond its own objects
-- is granted in the scripts of each schema.
create role postgres
  nosuperuser createdb createrole login replication bypassrls;

-- The roles of API requests. The gateway's services switch to them; nobody logs in as them.
create role anon nologin inherit;
create role authenticated nologin inherit;
create role service_role nologin inherit bypassrls;
create role authenticator login noinherit;

-- Each service's own role.
create role supabase_auth_admin login createrole noinherit;
create role supabase_storage_admin login noinherit;
create role supabase_realtime_admin nologin noinherit;
create role supabase_functions_admin login createrole noinherit;
create role supabase_replication_admin login replication;
create role supabase_etl_admin login replication;
create role supabase_read_only_user login bypassrls;
create role dashboard_user nologin createrole createdb replication;
create role pgbouncer login;
create role supabase_superuser nologin;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to postgres with admin option;
grant authenticator to supabase_storage_admin;
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;
grant supabase_functions_admin, supabase_superuser to postgres;
grant supabase_superuser to supabase_etl_admin;
grant anon, authenticated, service_role to supabase_realtime_admin;
grant pg_read_all_data to supabase_read_only_user, supabase_etl_admin;
grant pg_monitor to supabase_read_only_user, supabase_etl_admin;

alter role supabase_admin set search_path to "$user", public, auth, extensions;
alter role postgres set search_path to "$user", public, extensions;
alter role supabase_auth_admin set search_path to auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout to '60s';
alter role supabase_storage_admin set search_path to storage;
alter role supabase_realtime_admin set search_path to public, extensions, realtime;
alter role supabase_functions_admin set search_path to supabase_functions;
alter role anon set statement_timeout to '3s';
alter role authenticated set statement_timeout to '8s';
alter role authenticator set statement_timeout to '8s';
alter role authenticator set lock_timeout to '8s';
