-- Users with every column that seeds in the wild write, and their identities.
insert into auth.users (
  instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, invited_at,
  confirmation_token, confirmation_sent_at, recovery_token, recovery_sent_at,
  email_change_token_new, email_change, email_change_sent_at, last_sign_in_at,
  raw_app_meta_data, raw_user_meta_data, is_super_admin, created_at, updated_at, phone,
  phone_confirmed_at, phone_change, phone_change_token, phone_change_sent_at,
  email_change_token_current, email_change_confirm_status, banned_until, reauthentication_token,
  reauthentication_sent_at, is_sso_user, deleted_at, is_anonymous)
values
  ('00000000-0000-0000-0000-000000000000', 'ab4d2c1e-1111-4111-8111-aaaaaaaaaaa1',
   'authenticated', 'authenticated', 'admin@example.com', crypt('password', gen_salt('bf', 4)),
   now(), null, '', null, '', null, '', '', null, now(),
   '{"provider": "email", "providers": ["email"], "role": "admin"}',
   '{"username": "admin", "country": "IN"}', null, now(), now(), null, null, '', '', null, '', 0,
   null, '', null, false, null, false),
  ('00000000-0000-0000-0000-000000000000', 'ab4d2c1e-2222-4222-8222-aaaaaaaaaaa2',
   'authenticated', 'authenticated', 'member@example.com', crypt('password', gen_salt('bf', 4)),
   now(), null, '', null, '', null, '', '', null, now(),
   '{"provider": "email", "providers": ["email", "github"]}', '{"username": "o''member"}', null,
   now(), now(), null, null, '', '', null, '', 0, null, '', null, false, null, false);

insert into auth.identities (id, user_id, provider_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
select gen_random_uuid(), id, id::text, format('{"sub":"%s","email":"%s"}', id::text, email)::jsonb,
  'email', now(), now(), now()
from auth.users;

insert into auth.identities (user_id, provider_id, identity_data, provider)
values ('ab4d2c1e-2222-4222-8222-aaaaaaaaaaa2', '4711',
  '{"sub": "4711", "user_name": "member"}', 'github');
