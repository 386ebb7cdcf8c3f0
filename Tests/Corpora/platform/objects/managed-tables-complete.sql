-- projects: 44 touch auth, 28 storage, 22 realtime
-- Every table of the platform that a migration may refer to, and what may not happen to it.
do $$
declare
  name text;
begin
  foreach name in array array[
    'auth.audit_log_entries', 'auth.custom_oauth_providers', 'auth.flow_state',
    'auth.identities', 'auth.instances', 'auth.mfa_amr_claims', 'auth.mfa_challenges',
    'auth.mfa_factors', 'auth.oauth_authorizations', 'auth.oauth_client_states',
    'auth.oauth_clients', 'auth.oauth_consents', 'auth.one_time_tokens', 'auth.refresh_tokens',
    'auth.saml_providers', 'auth.saml_relay_states', 'auth.schema_migrations', 'auth.sessions',
    'auth.sso_domains', 'auth.sso_providers', 'auth.users', 'auth.webauthn_challenges',
    'auth.webauthn_credentials', 'realtime.messages', 'realtime.schema_migrations',
    'realtime.subscription', 'storage.bucket_lifecycle_states', 'storage.buckets',
    'storage.buckets_analytics', 'storage.buckets_vectors', 'storage.iceberg_namespaces',
    'storage.iceberg_tables', 'storage.migrations', 'storage.objects',
    'storage.s3_multipart_uploads', 'storage.s3_multipart_uploads_parts',
    'storage.vector_indexes', 'supabase_functions.hooks', 'supabase_functions.migrations',
    'supabase_migrations.schema_migrations', 'supabase_migrations.seed_files']
  loop
    if to_regclass(name) is null then raise exception '% is missing', name; end if;
    if name like any (array['auth.%', 'storage.%']) then
      if not (select relrowsecurity from pg_class where oid = to_regclass(name)) then
        raise exception '% has no row security', name;
      end if;
      begin
        execute format('drop table %s cascade', name);
        raise exception '% can be dropped', name;
      exception when insufficient_privilege then null;
      end;
    end if;
  end loop;
end
$$;
