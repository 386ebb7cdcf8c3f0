-- projects: 13 (17 with their tests)
-- Users made by hand in a seed, with every column that any project names.
insert into auth.users (
  instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, invited_at,
  confirmation_token, confirmation_sent_at, recovery_token, recovery_sent_at,
  email_change_token_new, email_change, email_change_sent_at, last_sign_in_at,
  raw_app_meta_data, raw_user_meta_data, is_super_admin, created_at, updated_at, phone,
  phone_confirmed_at, phone_change, phone_change_token, phone_change_sent_at,
  email_change_token_current, email_change_confirm_status, banned_until,
  reauthentication_token, reauthentication_sent_at, is_sso_user, deleted_at, is_anonymous)
values (
  '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000001',
  'authenticated', 'authenticated', 'a@example.com', crypt('password123', gen_salt('bf')),
  '2026-01-02', null, '', null, '', null, '', '', null, now(),
  '{"provider": "email", "providers": ["email"]}', '{"name": "Ada"}', null, now(), now(),
  null, '2026-01-01', '', '', null, '', 0, null, '', null, false, null, false);
insert into auth.users (id, email) values (gen_random_uuid(), 'b@example.com');
do $$
declare
  ada auth.users;
begin
  select * into ada from auth.users where email = 'a@example.com';
  if ada.confirmed_at <> '2026-01-01' then
    raise exception 'confirmed_at is %', ada.confirmed_at;
  end if;
  if ada.encrypted_password <> crypt('password123', ada.encrypted_password) then
    raise exception 'the password does not fit';
  end if;
  if (select (is_sso_user, is_anonymous, phone_change)::text from auth.users
       where email = 'b@example.com') <> '(f,f,"")' then
    raise exception 'wrong defaults';
  end if;
  begin
    update auth.users set confirmed_at = now();
    raise exception 'confirmed_at can be written';
  exception when generated_always then null;
  end;
  begin
    insert into auth.users (id, email) values (gen_random_uuid(), 'a@example.com');
    raise exception 'the same address twice';
  exception when unique_violation then null;
  end;
end
$$;
