-- projects: 7
-- Settings of one's own: the platform's two, those that a database keeps, those of a session.
do $$
begin
  if current_setting('app.settings.jwt_secret') is null
     or current_setting('app.settings.jwt_exp')::int <= 0 then
    raise exception 'the platform''s settings are missing';
  end if;
  if current_setting('app.settings.nothing', true) is not null then
    raise exception 'a setting that is not there';
  end if;
  perform set_config('app.current_tenant', 'a', false);
  execute format(
    'alter database %I set app.settings.service_role_key = ''key''', current_database());
  execute format(
    'alter database %I set "app.settings.supabase_url" to ''http://127.0.0.1''',
    current_database());
end
$$;
set app.current_user_id = '1';
do $$
begin
  if current_setting('app.current_tenant') || current_setting('app.current_user_id') <> 'a1' then
    raise exception 'wrong settings';
  end if;
end
$$;
