-- The part of pgsodium that projects and dumps name: keys, encryption with them, random bytes.
--
-- Hashes and message authentication codes give libsodium's own bytes. Encryption is a
-- construction of ours over pgcrypto (AES-256 in CBC mode, then HMAC-SHA256): what is encrypted
-- here is decrypted here, and nowhere else. Public-key cryptography, BLAKE2, Argon2 and column
-- masking by security labels need libsodium, and are not there. The root key is in
-- `pgsodium_root.key` in the data folder, made at its first use.

-- Roles belong to the cluster: another database may have made them, or be about to.
do $$
declare
  name text;
begin
  if to_regrole('pgsodium_keymaker') is null then
    lock table pg_authid in share row exclusive mode;
  end if;
  if to_regrole('pgsodium_keymaker') is null then
    foreach name in array array['pgsodium_keyiduser', 'pgsodium_keyholder', 'pgsodium_keymaker']
    loop
      execute format('create role %I', name);
    end loop;
    grant pgsodium_keyiduser to pgsodium_keyholder, pgsodium_keymaker;
    grant pgsodium_keyholder to pgsodium_keymaker;
    if to_regrole('postgres') is not null then
      grant pgsodium_keyiduser, pgsodium_keyholder, pgsodium_keymaker to postgres
        with admin option;
    end if;
    if to_regrole('service_role') is not null then
      grant pgsodium_keyholder to service_role;
    end if;
  end if;
  if to_regnamespace('pgsodium_masks') is null then
    create schema pgsodium_masks;
  end if;
end
$$;

-- pgcrypto, wherever it is: neither extension holds the other.

create function pgsodium._homebase_pgcrypto() returns text
  language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  home constant text := (
    select quote_ident(n.nspname)
      from pg_extension as e join pg_namespace as n on n.oid = e.extnamespace
     where e.extname = 'pgcrypto');
begin
  if home is null then
    raise exception 'pgsodium needs the extension pgcrypto'
      using errcode = 'undefined_object',
            hint = 'Run: create extension pgcrypto with schema extensions;';
  end if;
  return home;
end
$$;

create function pgsodium._homebase_hmac(data bytea, key bytea, digest text) returns bytea
  language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  code bytea;
begin
  execute format('select %s.hmac($1, $2, $3)', pgsodium._homebase_pgcrypto())
    into code using data, key, digest;
  return code;
end
$$;

-- Random bytes

create function pgsodium.randombytes_buf(size integer) returns bytea
  language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  bytes bytea := '';
  more bytea;
begin
  -- pgcrypto gives 1024 at most at a time.
  while length(bytes) < size loop
    execute format('select %s.gen_random_bytes($1)', pgsodium._homebase_pgcrypto())
      into more using least(1024, size - length(bytes));
    bytes := bytes || more;
  end loop;
  return bytes;
end
$$;

create function pgsodium.randombytes_random() returns integer
  language sql volatile set search_path = pg_catalog, pg_temp
as $$
  select ('x' || encode(pgsodium.randombytes_buf(4), 'hex'))::bit(32)::integer
$$;

create function pgsodium.randombytes_uniform(upper_bound integer) returns integer
  language sql volatile set search_path = pg_catalog, pg_temp
as $$
  -- Of 63 bits: the remainder's bias is less than 2^-31.
  select (('x' || encode('\x00' || pgsodium.randombytes_buf(7), 'hex'))::bit(64)::bigint
          % upper_bound)::integer
$$;

create function pgsodium.randombytes_new_seed() returns bytea
  language sql volatile set search_path = pg_catalog, pg_temp
as $$
  select pgsodium.randombytes_buf(32)
$$;

create function pgsodium.randombytes_buf_deterministic(size integer, seed bytea) returns bytea
  language sql stable set search_path = pg_catalog, pg_temp
as $$
  select substr(
           coalesce(string_agg(sha256(seed || int8send(block)), ''::bytea order by block), ''),
           1, size)
    from generate_series(1, (size + 31) / 32) as block
$$;

-- Keys

create type pgsodium.key_status as enum ('default', 'valid', 'invalid', 'expired');
create type pgsodium.key_type as enum (
  'aead-ietf', 'aead-det', 'hmacsha512', 'hmacsha256', 'auth', 'shorthash', 'generichash', 'kdf',
  'secretbox', 'secretstream', 'stream_xchacha20');

create sequence pgsodium.key_key_id_seq;
create table pgsodium.key (
  id uuid primary key default gen_random_uuid(),
  status pgsodium.key_status default 'valid',
  created timestamptz not null default current_timestamp,
  expires timestamptz,
  key_type pgsodium.key_type,
  key_id bigint default nextval('pgsodium.key_key_id_seq'),
  key_context bytea default 'pgsodium' check (length(key_context) = 8),
  name text unique,
  associated_data text default 'associated',
  raw_key bytea,
  raw_key_nonce bytea,
  parent_key uuid references pgsodium.key (id),
  comment text,
  user_data text,
  -- A key is either derived from the root key or kept, encrypted by its parent.
  constraint pgsodium_raw check (
    case when raw_key is not null
      then key_id is null and key_context is null and parent_key is not null
      else key_id is not null and key_context is not null and parent_key is null
    end)
);
alter sequence pgsodium.key_key_id_seq owned by pgsodium.key.key_id;
create index key_status_idx on pgsodium.key (status) where status in ('valid', 'default');
create unique index key_status_idx1 on pgsodium.key (status) where status = 'default';
create unique index key_key_id_key_context_key_type_idx
  on pgsodium.key (key_id, key_context, key_type);

create view pgsodium.valid_key as
  select id, name, status, key_type, key_id, key_context, created, expires, associated_data
    from pgsodium.key
   where status in ('valid', 'default') and (expires is null or expires > now());

create function pgsodium._homebase_root_key() returns bytea
  language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  name constant text := 'pgsodium_root.key';
  key bytea := pg_read_binary_file(name, 0, 32, true);
  copy oid;
begin
  -- Shorter: another session is about to write it.
  if length(key) = 32 then
    return key;
  end if;
  -- Two sessions may want the first key at once: the second takes what the first wrote.
  perform pg_advisory_xact_lock(hashtext('homebase pgsodium root key'));
  key := pg_read_binary_file(name, 0, 32, true);
  if length(key) is distinct from 32 then
    key := pgsodium.randombytes_buf(32);
    copy := lo_from_bytea(0, key);
    perform lo_export(copy, current_setting('data_directory') || '/' || name);
    perform lo_unlink(copy);
  end if;
  return key;
end
$$;

create function pgsodium.derive_key(
    key_id bigint, key_len integer default 32, context bytea default 'pgsodium')
  returns bytea
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  select pgsodium.randombytes_buf_deterministic(
    key_len,
    pgsodium._homebase_hmac(
      int8send(key_id) || context, pgsodium._homebase_root_key(), 'sha512'))
$$;

create function pgsodium.crypto_kdf_keygen() returns bytea
  language sql volatile set search_path = pg_catalog, pg_temp
as $$ select pgsodium.randombytes_buf(32) $$;

create function pgsodium.crypto_kdf_derive_from_key(
    subkey_size bigint, subkey_id bigint, context bytea, primary_key bytea)
  returns bytea
  language sql stable set search_path = pg_catalog, pg_temp
as $$
  select pgsodium.randombytes_buf_deterministic(
    subkey_size::integer,
    pgsodium._homebase_hmac(int8send(subkey_id) || context, primary_key, 'sha512'))
$$;

-- Encryption with a key of any length: the same input gives the same output.

create function pgsodium._homebase_seal(
    message bytea, additional bytea, nonce bytea, key bytea)
  returns bytea
  language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  keys constant bytea := pgsodium._homebase_hmac('seal', key, 'sha512');
  about constant bytea := int8send(length(coalesce(additional, '')))
    || int8send(length(coalesce(nonce, ''))) || coalesce(additional, '') || coalesce(nonce, '');
  vector constant bytea := substr(
    pgsodium._homebase_hmac(about || message, substr(keys, 33), 'sha256'), 1, 16);
  body bytea;
begin
  execute format('select %s.encrypt_iv($1, $2, $3, %L)', pgsodium._homebase_pgcrypto(),
                 'aes-cbc/pad:pkcs')
    into body using message, substr(keys, 1, 32), vector;
  body := vector || body;
  return body || pgsodium._homebase_hmac(about || body, substr(keys, 33), 'sha256');
end
$$;

create function pgsodium._homebase_open(
    sealed bytea, additional bytea, nonce bytea, key bytea)
  returns bytea
  language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  keys constant bytea := pgsodium._homebase_hmac('seal', key, 'sha512');
  about constant bytea := int8send(length(coalesce(additional, '')))
    || int8send(length(coalesce(nonce, ''))) || coalesce(additional, '') || coalesce(nonce, '');
  body constant bytea := substr(sealed, 1, greatest(length(sealed) - 32, 0));
  message bytea;
begin
  if sealed is null then
    return null;
  end if;
  if length(body) < 32
     or pgsodium._homebase_hmac(about || body, substr(keys, 33), 'sha256')
        is distinct from substr(sealed, length(body) + 1)
  then
    raise exception 'pgsodium: invalid ciphertext'
      using errcode = 'data_exception',
            hint = 'Another key, another nonce, other additional data, or another database '
              'encrypted it.';
  end if;
  execute format('select %s.decrypt_iv($1, $2, $3, %L)', pgsodium._homebase_pgcrypto(),
                 'aes-cbc/pad:pkcs')
    into message using substr(body, 17), substr(keys, 1, 32), substr(body, 1, 16);
  return message;
end
$$;

-- The bytes of a key in the table.
create function pgsodium._homebase_key(key_uuid uuid, variadic types pgsodium.key_type[])
  returns bytea
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
  found_key pgsodium.key;
begin
  select k.* into found_key
    from pgsodium.key as k join pgsodium.valid_key as v using (id)
   where k.id = key_uuid and k.key_type = any (types);
  if found_key.id is null then
    raise exception 'pgsodium: there is no valid key % of type %', key_uuid,
      array_to_string(types, ' or ')
      using errcode = 'invalid_parameter_value';
  end if;
  if found_key.raw_key is not null then
    return pgsodium._homebase_open(
      found_key.raw_key,
      convert_to(found_key.id::text || coalesce(found_key.associated_data, ''), 'utf8'),
      found_key.raw_key_nonce, pgsodium._homebase_key(found_key.parent_key, 'aead-det'));
  end if;
  return pgsodium.derive_key(found_key.key_id, 32, found_key.key_context);
end
$$;

create function pgsodium.create_key(
    key_type pgsodium.key_type default 'aead-det', name text default null,
    raw_key bytea default null, raw_key_nonce bytea default null, parent_key uuid default null,
    key_context bytea default 'pgsodium', expires timestamptz default null,
    associated_data text default '')
  returns pgsodium.valid_key
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
  new_id constant uuid := gen_random_uuid();
  sealed bytea;
  result pgsodium.valid_key;
begin
  if raw_key is not null then
    raw_key_nonce := coalesce(raw_key_nonce, pgsodium.randombytes_buf(16));
    if parent_key is null then
      parent_key := (pgsodium.create_key()).id;
    end if;
    sealed := pgsodium._homebase_seal(
      raw_key, convert_to(new_id::text || coalesce(associated_data, ''), 'utf8'), raw_key_nonce,
      pgsodium._homebase_key(parent_key, 'aead-det'));
  end if;
  insert into pgsodium.key
    (id, key_id, key_context, key_type, raw_key, raw_key_nonce, parent_key, name, expires,
     associated_data)
  values
    (new_id, case when sealed is null then nextval('pgsodium.key_key_id_seq') end,
     case when sealed is null then key_context end, key_type, sealed,
     case when sealed is not null then raw_key_nonce end,
     case when sealed is not null then parent_key end, name, expires, associated_data);
  select v.* into result from pgsodium.valid_key as v where v.id = new_id;
  return result;
end
$$;

create function pgsodium.get_key_by_id(uuid) returns pgsodium.valid_key
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select v from pgsodium.valid_key as v where v.id = $1 $$;

create function pgsodium.get_key_by_name(text) returns pgsodium.valid_key
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select v from pgsodium.valid_key as v where v.name = $1 $$;

create function pgsodium.get_named_keys(filter text default '%') returns setof pgsodium.valid_key
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select v from pgsodium.valid_key as v where v.name like filter $$;

create view pgsodium.decrypted_key as
  select k.id, k.status, k.created, k.expires, k.key_type, k.key_id, k.key_context, k.name,
         k.associated_data, k.raw_key,
         case when k.raw_key is not null
           then pgsodium._homebase_key(k.id, k.key_type) end as decrypted_raw_key,
         k.raw_key_nonce, k.parent_key, k.comment
    from pgsodium.key as k;

-- Deterministic authenticated encryption

create function pgsodium.crypto_aead_det_keygen() returns bytea
  language sql volatile set search_path = pg_catalog, pg_temp
as $$ select pgsodium.randombytes_buf(32) $$;

create function pgsodium.crypto_aead_det_noncegen() returns bytea
  language sql volatile set search_path = pg_catalog, pg_temp
as $$ select pgsodium.randombytes_buf(16) $$;

create function pgsodium.crypto_aead_det_encrypt(
    message bytea, additional bytea, key bytea, nonce bytea default null)
  returns bytea
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select pgsodium._homebase_seal(message, additional, nonce, key) $$;

create function pgsodium.crypto_aead_det_encrypt(
    message bytea, additional bytea, key_id bigint, context bytea default 'pgsodium',
    nonce bytea default null)
  returns bytea
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  select pgsodium._homebase_seal(
    message, additional, nonce, pgsodium.derive_key(key_id, 32, context))
$$;

create function pgsodium.crypto_aead_det_encrypt(
    message bytea, additional bytea, key_uuid uuid, nonce bytea)
  returns bytea
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  select pgsodium._homebase_seal(
    message, additional, nonce, pgsodium._homebase_key(key_uuid, 'aead-det'))
$$;

create function pgsodium.crypto_aead_det_encrypt(
    message bytea, additional bytea, key_uuid uuid)
  returns bytea
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$ select pgsodium.crypto_aead_det_encrypt(message, additional, key_uuid, null) $$;

create function pgsodium.crypto_aead_det_decrypt(
    ciphertext bytea, additional bytea, key bytea, nonce bytea default null)
  returns bytea
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select pgsodium._homebase_open(ciphertext, additional, nonce, key) $$;

create function pgsodium.crypto_aead_det_decrypt(
    message bytea, additional bytea, key_id bigint, context bytea default 'pgsodium',
    nonce bytea default null)
  returns bytea
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  select pgsodium._homebase_open(
    message, additional, nonce, pgsodium.derive_key(key_id, 32, context))
$$;

create function pgsodium.crypto_aead_det_decrypt(
    message bytea, additional bytea, key_uuid uuid, nonce bytea)
  returns bytea
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  select pgsodium._homebase_open(
    message, additional, nonce, pgsodium._homebase_key(key_uuid, 'aead-det'))
$$;

create function pgsodium.crypto_aead_det_decrypt(
    message bytea, additional bytea, key_uuid uuid)
  returns bytea
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$ select pgsodium.crypto_aead_det_decrypt(message, additional, key_uuid, null) $$;

-- Encryption with a nonce, without additional data

create function pgsodium.crypto_secretbox_keygen() returns bytea
  language sql volatile set search_path = pg_catalog, pg_temp
as $$ select pgsodium.randombytes_buf(32) $$;

create function pgsodium.crypto_secretbox_noncegen() returns bytea
  language sql volatile set search_path = pg_catalog, pg_temp
as $$ select pgsodium.randombytes_buf(24) $$;

create function pgsodium.crypto_secretbox(message bytea, nonce bytea, key bytea) returns bytea
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select pgsodium._homebase_seal(message, null, nonce, key) $$;

create function pgsodium.crypto_secretbox(
    message bytea, nonce bytea, key_id bigint, context bytea default 'pgsodium')
  returns bytea
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  select pgsodium._homebase_seal(
    message, null, nonce, pgsodium.derive_key(key_id, 32, context))
$$;

create function pgsodium.crypto_secretbox(message bytea, nonce bytea, key_uuid uuid)
  returns bytea
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  select pgsodium._homebase_seal(
    message, null, nonce, pgsodium._homebase_key(key_uuid, 'secretbox'))
$$;

create function pgsodium.crypto_secretbox_open(ciphertext bytea, nonce bytea, key bytea)
  returns bytea
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select pgsodium._homebase_open(ciphertext, null, nonce, key) $$;

create function pgsodium.crypto_secretbox_open(
    message bytea, nonce bytea, key_id bigint, context bytea default 'pgsodium')
  returns bytea
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  select pgsodium._homebase_open(
    message, null, nonce, pgsodium.derive_key(key_id, 32, context))
$$;

create function pgsodium.crypto_secretbox_open(message bytea, nonce bytea, key_uuid uuid)
  returns bytea
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  select pgsodium._homebase_open(
    message, null, nonce, pgsodium._homebase_key(key_uuid, 'secretbox'))
$$;

-- Hashes and message authentication codes: the same bytes as libsodium's

create function pgsodium.crypto_hash_sha256(message bytea) returns bytea
  language sql immutable set search_path = pg_catalog, pg_temp
as $$ select sha256(message) $$;

create function pgsodium.crypto_hash_sha512(message bytea) returns bytea
  language sql immutable set search_path = pg_catalog, pg_temp
as $$ select sha512(message) $$;

create function pgsodium.crypto_auth_keygen() returns bytea
  language sql volatile set search_path = pg_catalog, pg_temp
as $$ select pgsodium.randombytes_buf(32) $$;

create function pgsodium.crypto_auth(message bytea, key bytea) returns bytea
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select substr(pgsodium._homebase_hmac(message, key, 'sha512'), 1, 32) $$;

create function pgsodium.crypto_auth_verify(mac bytea, message bytea, key bytea) returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select mac = pgsodium.crypto_auth(message, key) $$;

create function pgsodium.crypto_auth_hmacsha256_keygen() returns bytea
  language sql volatile set search_path = pg_catalog, pg_temp
as $$ select pgsodium.randombytes_buf(32) $$;

create function pgsodium.crypto_auth_hmacsha256(message bytea, secret bytea) returns bytea
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select pgsodium._homebase_hmac(message, secret, 'sha256') $$;

create function pgsodium.crypto_auth_hmacsha256(message bytea, key_uuid uuid) returns bytea
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  select pgsodium._homebase_hmac(
    message, pgsodium._homebase_key(key_uuid, 'hmacsha256'), 'sha256')
$$;

create function pgsodium.crypto_auth_hmacsha256_verify(hash bytea, message bytea, secret bytea)
  returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select hash = pgsodium.crypto_auth_hmacsha256(message, secret) $$;

create function pgsodium.crypto_auth_hmacsha512_keygen() returns bytea
  language sql volatile set search_path = pg_catalog, pg_temp
as $$ select pgsodium.randombytes_buf(32) $$;

create function pgsodium.crypto_auth_hmacsha512(message bytea, secret bytea) returns bytea
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select pgsodium._homebase_hmac(message, secret, 'sha512') $$;

create function pgsodium.crypto_auth_hmacsha512(message bytea, key_uuid uuid) returns bytea
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  select pgsodium._homebase_hmac(
    message, pgsodium._homebase_key(key_uuid, 'hmacsha512'), 'sha512')
$$;

create function pgsodium.crypto_auth_hmacsha512_verify(hash bytea, message bytea, secret bytea)
  returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select hash = pgsodium.crypto_auth_hmacsha512(message, secret) $$;

select pg_extension_config_dump('pgsodium.key', '');

-- Who may do what: key ids are to be seen by many, keys are used by few, and made by fewer.

revoke all on all functions in schema pgsodium from public;
grant usage on schema pgsodium, pgsodium_masks to pgsodium_keyiduser;
grant select on pgsodium.valid_key to pgsodium_keyiduser;
grant execute on all functions in schema pgsodium to pgsodium_keyholder;
grant all on pgsodium.key, pgsodium.valid_key, pgsodium.decrypted_key to pgsodium_keymaker;
grant all on sequence pgsodium.key_key_id_seq to pgsodium_keymaker;
revoke all on function pgsodium.derive_key(bigint, integer, bytea),
  pgsodium.create_key(pgsodium.key_type, text, bytea, bytea, uuid, bytea, timestamptz, text)
  from pgsodium_keyholder;
grant execute on function pgsodium.derive_key(bigint, integer, bytea),
  pgsodium.create_key(pgsodium.key_type, text, bytea, bytea, uuid, bytea, timestamptz, text)
  to pgsodium_keymaker;
revoke all on function pgsodium._homebase_root_key(),
  pgsodium._homebase_key(uuid, pgsodium.key_type[])
  from pgsodium_keyholder;
grant execute on function pgsodium._homebase_key(uuid, pgsodium.key_type[])
  to pgsodium_keymaker;
