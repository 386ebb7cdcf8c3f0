-- projects: 3
-- Settings of the REST service, kept with its role.
create function public.check_request() returns void language sql as '';
alter role authenticator set pgrst.db_pre_request = 'public.check_request';
ALTER ROLE authenticator SET pgrst.db_aggregates_enabled = 'true';
alter role authenticator set pgrst.db_tx_end = 'commit-allow-override';
notify pgrst, 'reload config';
do $$
begin
  if not (select rolconfig @> array['pgrst.db_pre_request=public.check_request',
                                    'pgrst.db_aggregates_enabled=true',
                                    'pgrst.db_tx_end=commit-allow-override']
            from pg_roles where rolname = 'authenticator') then
    raise exception 'not kept';
  end if;
end
$$;
alter role authenticator reset pgrst.db_pre_request;
alter role authenticator reset pgrst.db_aggregates_enabled;
alter role authenticator reset pgrst.db_tx_end;
