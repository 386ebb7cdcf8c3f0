-- Parameters that only a superuser could set otherwise: for a session, a role or a database.
--
-- A grant names one parameter: there is no pattern, so every setting of the REST service is listed
-- (`alter role authenticator set pgrst.db_pre_request = …` in a migration needs it), and the names
-- of their own that projects keep in the database (`alter database postgres set "app.…"`).
-- Runs on a new cluster and again at every upgrade.
do $$
declare
  parameter text;
begin
  foreach parameter in array array[
    'session_replication_role',
    'deadlock_timeout', 'log_duration', 'log_lock_waits', 'log_min_duration_statement',
    'log_min_error_statement', 'log_min_messages', 'log_replication_commands',
    'log_statement', 'log_temp_files', 'log_parameter_max_length', 'track_activities',
    'track_counts', 'track_functions', 'track_io_timing', 'wal_compression',
    'app.settings.jwt_secret', 'app.settings.jwt_exp', 'app.settings.service_role_key',
    'app.settings.anon_key', 'app.settings.supabase_url', 'app.settings.supabase_anon_key',
    'app.settings.supabase_service_role_key', 'app.settings.supabase_functions_url',
    'app.settings.project_url', 'app.settings.project_ref', 'app.settings.api_url',
    'app.settings.site_url', 'app.settings.base_url', 'app.settings.app_url',
    'app.settings.edge_function_url', 'app.settings.edge_functions_url',
    'app.settings.functions_url', 'app.settings.webhook_url', 'app.settings.webhook_secret',
    'app.settings.cron_secret', 'app.settings.encryption_key', 'app.settings.environment',
    'app.settings.env', 'app.jwt_secret', 'app.service_role_key', 'app.anon_key',
    'app.supabase_url', 'app.supabase_service_role_key', 'app.supabase_anon_key',
    'app.project_url', 'app.api_url', 'app.site_url', 'app.base_url', 'app.edge_function_url',
    'app.functions_url', 'app.webhook_url', 'app.webhook_secret', 'app.cron_secret',
    'app.encryption_key', 'app.environment', 'app.env',
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
    'pg_net.batch_size', 'pg_net.ttl', 'plan_filter.statement_cost_limit',
    'safeupdate.enabled'
  ]
  loop
    begin
      execute format('grant set on parameter %I to postgres', parameter);
    exception when others then
      -- An older or newer server may not know a name: what it cannot set, nobody needs to.
      raise log 'the parameter % cannot be granted: %', parameter, sqlerrm;
    end;
  end loop;
end
$$;
-- `realtime.list_changes` quiets the server's log while it reads.
grant set on parameter log_min_messages to supabase_realtime_admin;
