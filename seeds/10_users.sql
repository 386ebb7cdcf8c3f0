-- Ten people, all invented. Password of each: sasarjan
-- An id in the seeds is md5('kind:name')::uuid, so that tests can name a row without a look-up:
-- md5('user:asha')::uuid. The profiles come from the trigger on auth.users.

insert into auth.users (
  instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, last_sign_in_at,
  raw_app_meta_data, raw_user_meta_data, created_at, updated_at,
  confirmation_token, recovery_token, email_change_token_new, email_change)
select
  '00000000-0000-0000-0000-000000000000',
  md5('user:' || handle)::uuid,
  'authenticated', 'authenticated',
  handle || '@example.com',
  '$2a$10$qLzpTUNamyYMvuVNiameWueCYT9YMMa1pph12JwDUo1MiWP71uf.W',
  joined, joined + interval '30 days',
  '{"provider": "email", "providers": ["email"]}',
  jsonb_build_object('handle', handle, 'full_name', full_name, 'locale', locale),
  joined, joined, '', '', '', ''
from (values
  ('asha', 'Asha Verne', 'en-IN', timestamptz '2026-01-05 09:00:00+00'),
  ('bruno', 'Bruno Halloway', 'en', '2026-01-05 09:30:00+00'),
  ('chitra', 'Chitra Lindqvist', 'hi', '2026-01-06 08:00:00+00'),
  ('dev', 'Dev Amberley', 'en-IN', '2026-01-08 10:00:00+00'),
  ('esme', 'Esme Tarkovan', 'en', '2026-01-09 11:00:00+00'),
  ('farid', 'Farid Oakes', 'en', '2026-01-12 12:00:00+00'),
  ('gita', 'Gita Marlowe', 'hi', '2026-01-13 07:30:00+00'),
  ('hugo', 'Hugo Penhallow', 'en', '2026-01-15 15:00:00+00'),
  ('ila', 'Ila Thornby', 'en-IN', '2026-01-19 16:00:00+00'),
  ('jonas', 'Jonas Quillfeather', 'en', '2026-01-22 17:00:00+00')
) as people (handle, full_name, locale, joined);

insert into auth.identities (
  id, user_id, provider, provider_id, identity_data, last_sign_in_at, created_at, updated_at)
select
  md5('identity:' || email)::uuid, id, 'email', id::text,
  jsonb_build_object('sub', id, 'email', email, 'email_verified', true, 'phone_verified', false),
  last_sign_in_at, created_at, updated_at
from auth.users
where email like '%@example.com';
