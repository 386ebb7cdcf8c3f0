-- projects: 9
-- Migrations that mend users, and functions that let a user go.
insert into auth.users (id, email, raw_app_meta_data) values
  ('00000000-0000-0000-0000-000000000001', 'a@example.com', '{}'),
  ('00000000-0000-0000-0000-000000000002', 'b@example.com', '{}');
update auth.users
   set raw_app_meta_data = raw_app_meta_data || '{"role": "admin"}'
 where email = 'a@example.com';
create function public.delete_own_account() returns void language sql security definer
  set search_path = '' as 'delete from auth.users where id = auth.uid()';
grant execute on function public.delete_own_account() to authenticated;
set role authenticated;
select set_config(
  'request.jwt.claims', '{"sub": "00000000-0000-0000-0000-000000000002"}', false);
select public.delete_own_account();
reset role;
do $$
begin
  if (select string_agg(email || raw_app_meta_data::text, ',') from auth.users)
     <> 'a@example.com{"role": "admin"}' then
    raise exception 'left are %', (select string_agg(email, ',') from auth.users);
  end if;
end
$$;
