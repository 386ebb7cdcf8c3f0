-- projects: 3
-- Sessions, read by functions; they go with their user.
insert into auth.users (id, email)
  values ('00000000-0000-0000-0000-000000000001', 'a@example.com');
insert into auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, ip)
  values (gen_random_uuid(), '00000000-0000-0000-0000-000000000001', now(), now(), 'aal1', 'x',
          '127.0.0.1');
create function public.session_count() returns bigint language sql security definer
  set search_path = '' as 'select count(*) from auth.sessions where user_id = auth.uid()';
do $$
begin
  perform set_config(
    'request.jwt.claims', '{"sub": "00000000-0000-0000-0000-000000000001"}', true);
  if public.session_count() <> 1 then raise exception 'no session'; end if;
  delete from auth.users;
  if exists (select from auth.sessions) then raise exception 'sessions are left'; end if;
end
$$;
