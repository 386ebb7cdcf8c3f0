-- Four of 53 projects create pgsodium, one sets its sequence as dumps do.
create schema if not exists pgsodium;
create extension if not exists "pgsodium" with schema "pgsodium";
create extension if not exists pgsodium;
select pg_catalog.setval('pgsodium.key_key_id_seq', 1, false);
select pg_catalog.setval('"pgsodium"."key_key_id_seq"', 7, true);

do $$
declare
  key pgsodium.valid_key;
  nonce constant bytea := pgsodium.crypto_aead_det_noncegen();
  sealed bytea;
  own constant bytea := pgsodium.crypto_aead_det_keygen();
begin
  key := pgsodium.create_key();
  assert key.key_id = 8 and key.status = 'valid' and key.key_type = 'aead-det'
    and key.key_context = 'pgsodium' and key.expires is null, key::text;
  assert (pgsodium.create_key(name := 'named')).name = 'named';
  assert (pgsodium.get_key_by_name('named')).id is not null;
  assert (pgsodium.get_key_by_id(key.id)).key_id = key.key_id;
  assert (select count(*) from pgsodium.get_named_keys('nam%')) = 1;
  assert (select count(*) from pgsodium.valid_key) = 2;

  sealed := pgsodium.crypto_aead_det_encrypt('hello', 'about', key.id);
  assert sealed = pgsodium.crypto_aead_det_encrypt('hello', 'about', key.id), 'deterministic';
  assert pgsodium.crypto_aead_det_decrypt(sealed, 'about', key.id) = 'hello';
  assert position('hello'::bytea in sealed) = 0;
  sealed := pgsodium.crypto_aead_det_encrypt(
    message := 'hello', additional := 'about', key_uuid := key.id, nonce := nonce);
  assert pgsodium.crypto_aead_det_decrypt(
    message := sealed, additional := 'about', key_uuid := key.id, nonce := nonce) = 'hello';
  begin
    perform pgsodium.crypto_aead_det_decrypt(sealed, 'other', key.id, nonce);
    raise exception 'other additional data were taken';
  exception when data_exception then null;
  end;
  sealed := pgsodium.crypto_aead_det_encrypt('hello', 'about', key.key_id);
  assert pgsodium.crypto_aead_det_decrypt(sealed, 'about', key.key_id) = 'hello', 'by number';
  assert pgsodium.crypto_aead_det_decrypt(
    pgsodium.crypto_aead_det_encrypt('', '', own), '', own) = '', 'an own key';

  -- A key of the project's own is kept encrypted.
  key := pgsodium.create_key('hmacsha256', 'shared', raw_key := 'the shared secret');
  assert pgsodium.crypto_auth_hmacsha256('message', key.id)
    = pgsodium.crypto_auth_hmacsha256('message', 'the shared secret'::bytea);
  assert (select position('shared secret'::bytea in raw_key) = 0
            from pgsodium.key where name = 'shared');
  assert (select decrypted_raw_key from pgsodium.decrypted_key where name = 'shared')
    = 'the shared secret';
  begin
    perform pgsodium.crypto_aead_det_encrypt('x', 'y', key.id);
    raise exception 'a key of another type was used';
  exception when invalid_parameter_value then null;
  end;

  key := pgsodium.create_key('secretbox');
  sealed := pgsodium.crypto_secretbox('box', '\x000102', key.id);
  assert pgsodium.crypto_secretbox_open(sealed, '\x000102', key.id) = 'box';

  assert length(pgsodium.derive_key(1)) = 32 and length(pgsodium.derive_key(1, 64)) = 64;
  assert pgsodium.derive_key(1) <> pgsodium.derive_key(2);
  assert pgsodium.derive_key(1) <> pgsodium.derive_key(1, 32, 'contexts');
  assert length(pgsodium.randombytes_buf(3000)) = 3000;
  assert pgsodium.randombytes_uniform(3) between 0 and 2;
  assert pgsodium.randombytes_random() is not null;
  assert length(pgsodium.randombytes_buf_deterministic(40, 'seed')) = 40;

  -- RFC 4231, test case 2; the first half of its SHA-512 is libsodium's `crypto_auth`.
  assert pgsodium.crypto_auth_hmacsha256('what do ya want for nothing?', 'Jefe'::bytea)
    = '\x5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
  assert pgsodium.crypto_auth('what do ya want for nothing?', 'Jefe')
    = '\x164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554';
  assert pgsodium.crypto_auth_verify(pgsodium.crypto_auth('m', 'k'), 'm', 'k');
  assert pgsodium.crypto_hash_sha256('') =
    '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
end
$$;

-- Roles: who may see keys' ids is not who may use them.
grant pgsodium_keyiduser to authenticated;
set role authenticated;
do $$
begin
  perform from pgsodium.valid_key;
  perform pgsodium.create_key();
  raise exception 'authenticated made a key';
exception when insufficient_privilege then null;
end
$$;
reset role;
revoke pgsodium_keyiduser from authenticated;
set role anon;
do $$
begin
  perform from pgsodium.valid_key;
  raise exception 'anon saw the keys';
exception when insufficient_privilege then null;
end
$$;
reset role;
set role service_role;
do $$
declare
  id constant uuid := (select id from pgsodium.valid_key where name = 'named');
begin
  assert pgsodium.crypto_aead_det_decrypt(
    pgsodium.crypto_aead_det_encrypt('x', 'y', id, null), 'y', id, null) = 'x';
end
$$;
reset role;
do $$
begin
  perform pgsodium._homebase_root_key();
  raise exception 'postgres read the root key';
exception when insufficient_privilege then null;
end
$$;

-- A column that points at a key, as projects with encrypted columns have it.
create table public.patients (
  id bigint generated always as identity primary key,
  key_id uuid not null default (pgsodium.create_key()).id references pgsodium.key (id),
  nonce bytea not null default pgsodium.crypto_aead_det_noncegen(),
  diagnosis text
);
insert into public.patients (diagnosis) values ('none');
do $$
begin
  assert exists (
    select from public.patients as p join pgsodium.valid_key as k on k.id = p.key_id);
end
$$;
drop table public.patients;

create schema if not exists pgsodium_masks;
drop extension pgsodium;
create extension pgsodium;
drop extension pgsodium cascade;
create extension if not exists pgsodium cascade;
do $$
begin
  assert (pgsodium.create_key()).key_id = 1;
end
$$;
