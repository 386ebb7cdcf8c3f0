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
grant pg_read_all_data to supabase_read_only_user, supabase_etl_admin;
grant pg_monitor to supabase_read_only_user, supabase_etl_admin;

alter role supabase_admin set search_path to "$user", public, auth, extensions;
alter role postgres set search_path to "$user", public, extensions;
alter role supabase_auth_admin set search_path to auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout to '60s';
alter role supabase_storage_admin set search_path to storage;
alter role supabase_functions_admin set search_path to supabase_functions;
alter role anon set statement_timeout to '3s';
alter role authenticated set statement_timeout to '8s';
alter role authenticator set statement_timeout to '8s';
alter role authenticator set lock_timeout to '8s';

-- Parameters that only a superuser could set otherwise. A grant names one parameter: there is
-- no pattern, so every setting of the REST service is listed (`alter role authenticator set
-- pgrst.db_pre_request = …` in a migration needs it).
do $$
declare
  parameter text;
begin
  foreach parameter in array array[
    'session_replication_role',
    'deadlock_timeout', 'log_duration', 'log_lock_waits', 'log_min_duration_statement',
    'log_min_error_statement', 'log_min_messages', 'log_replication_commands',
    'log_statement', 'log_temp_files', 'track_activities', 'track_counts',
    'track_functions', 'track_io_timing', 'wal_compression',
    'app.settings.jwt_secret', 'app.settings.jwt_exp',
    'auto_explain.log_analyze', 'auto_explain.log_buffers', 'auto_explain.log_format',
    'auto_explain.log_min_duration', 'auto_explain.log_nested_statements',
    'auto_explain.log_timing', 'auto_explain.log_triggers', 'auto_explain.log_verbose',
    'auto_explain.sample_rate',
    'pg_stat_statements.track', 'pg_stat_statements.track_planning',
    'pg_stat_statements.track_utility',
    'pgaudit.log', 'pgaudit.log_catalog', 'pgaudit.log_client', 'pgaudit.log_level',
    'pgaudit.log_relation', 'pgaudit.log_rows', 'pgaudit.log_statement',
    'pgaudit.log_statement_once', 'pgaudit.role',
    'pgrst.admin_server_host', 'pgrst.admin_server_port', 'pgrst.app_settings',
    'pgrst.client_error_verbosity', 'pgrst.db_aggregates_enabled', 'pgrst.db_anon_role',
    'pgrst.db_channel', 'pgrst.db_channel_enabled', 'pgrst.db_config',
    'pgrst.db_extra_search_path', 'pgrst.db_hoisted_tx_settings', 'pgrst.db_max_rows',
    'pgrst.db_plan_enabled', 'pgrst.db_pool', 'pgrst.db_pool_acquisition_timeout',
    'pgrst.db_pool_automatic_recovery', 'pgrst.db_pool_max_idletime',
    'pgrst.db_pool_max_lifetime', 'pgrst.db_pre_config', 'pgrst.db_pre_request',
    'pgrst.db_prepared_statements', 'pgrst.db_root_spec', 'pgrst.db_schema',
    'pgrst.db_schemas', 'pgrst.db_timezone_enabled', 'pgrst.db_tx_end', 'pgrst.jwt_aud',
    'pgrst.jwt_cache_max_lifetime', 'pgrst.jwt_role_claim_key', 'pgrst.jwt_secret',
    'pgrst.jwt_secret_is_base64', 'pgrst.log_level', 'pgrst.log_query',
    'pgrst.openapi_mode', 'pgrst.openapi_security_active', 'pgrst.openapi_server_proxy_uri',
    'pgrst.raw_media_types', 'pgrst.server_cors_allowed_origins',
    'pgrst.server_timing_enabled', 'pgrst.server_trace_header',
    'plan_filter.statement_cost_limit', 'safeupdate.enabled'
  ]
  loop
    begin
      execute format('grant set on parameter %I to postgres',
                     parameter);
    exception when others then
      -- An older or newer server may not know a name: what it cannot set, nobody needs to.
      raise log 'the parameter % cannot be granted: %', parameter, sqlerrm;
    end;
  end loop;
end
$$;
