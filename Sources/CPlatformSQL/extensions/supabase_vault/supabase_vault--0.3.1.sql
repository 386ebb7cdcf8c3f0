-- Secrets, encrypted at rest with a key that no table and no dump holds.
--
-- The root key is 32 random bytes in `vault_root.key` in the server's data folder, made when the
-- first secret is written. Each purpose gets its own keys from it by HMAC. A message is
-- encrypted with AES-256 in CBC mode and then authenticated by HMAC-SHA256; the initialization
-- vector is itself an HMAC of everything, so the same input gives the same output. pgcrypto does
-- the work; its schema is looked up at each call, so neither extension holds the other.

create function vault._homebase_pgcrypto() returns text
  language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  home constant text := (
    select quote_ident(n.nspname)
      from pg_extension as e join pg_namespace as n on n.oid = e.extnamespace
     where e.extname = 'pgcrypto');
begin
  if home is null then
    raise exception 'supabase_vault needs the extension pgcrypto'
      using errcode = 'undefined_object',
            hint = 'Run: create extension pgcrypto with schema extensions;';
  end if;
  return home;
end
$$;

create function vault._homebase_root_key() returns bytea
  language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  name constant text := 'vault_root.key';
  key bytea := pg_read_binary_file(name, 0, 32, true);
  copy oid;
begin
  -- Shorter: another session is about to write it.
  if length(key) = 32 then
    return key;
  end if;
  -- Two sessions may want the first key at once: the second takes what the first wrote.
  perform pg_advisory_xact_lock(hashtext('homebase vault root key'));
  key := pg_read_binary_file(name, 0, 32, true);
  if length(key) is distinct from 32 then
    execute format('select %s.gen_random_bytes(32)', vault._homebase_pgcrypto()) into key;
    copy := lo_from_bytea(0, key);
    perform lo_export(copy, current_setting('data_directory') || '/' || name);
    perform lo_unlink(copy);
  end if;
  return key;
end
$$;

-- The keys for one purpose: the first 32 bytes encrypt, the last 32 authenticate.
create function vault._homebase_keys(key_id bigint, context bytea) returns bytea
  language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  keys bytea;
begin
  execute format('select %s.hmac($1, $2, %L)', vault._homebase_pgcrypto(), 'sha512')
    into keys using int8send(key_id) || context, vault._homebase_root_key();
  return keys;
end
$$;

create function vault._crypto_aead_det_noncegen() returns bytea
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
  nonce bytea;
begin
  execute format('select %s.gen_random_bytes(16)', vault._homebase_pgcrypto()) into nonce;
  return nonce;
end
$$;

create function vault._crypto_aead_det_encrypt(
    message bytea, additional bytea, key_id bigint, context bytea default 'pgsodium',
    nonce bytea default null)
  returns bytea
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
  keys constant bytea := vault._homebase_keys(key_id, context);
  -- Lengths first: no two inputs look alike when joined.
  about constant bytea := int8send(length(coalesce(additional, '')))
    || int8send(length(coalesce(nonce, ''))) || coalesce(additional, '') || coalesce(nonce, '');
  sealed bytea;
begin
  if message is null then
    return null;
  end if;
  execute format($sql$
      with start as (
        select substr(%1$s.hmac($2 || $3, $4, 'sha256'), 1, 16) as vector
      ), body as (
        select vector || %1$s.encrypt_iv($3, $1, vector, 'aes-cbc/pad:pkcs') as bytes from start
      )
      select bytes || %1$s.hmac($2 || bytes, $4, 'sha256') from body
    $sql$, vault._homebase_pgcrypto())
    into sealed using substr(keys, 1, 32), about, message, substr(keys, 33);
  return sealed;
end
$$;

create function vault._crypto_aead_det_decrypt(
    message bytea, additional bytea, key_id bigint, context bytea default 'pgsodium',
    nonce bytea default null)
  returns bytea
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
  keys constant bytea := vault._homebase_keys(key_id, context);
  about constant bytea := int8send(length(coalesce(additional, '')))
    || int8send(length(coalesce(nonce, ''))) || coalesce(additional, '') || coalesce(nonce, '');
  body constant bytea := substr(message, 1, greatest(length(message) - 32, 0));
  is_genuine boolean;
  clear bytea;
begin
  if message is null then
    return null;
  end if;
  if length(body) >= 32 then
    execute format('select %s.hmac($1, $2, %L) = $3', vault._homebase_pgcrypto(), 'sha256')
      into is_genuine using about || body, substr(keys, 33), substr(message, length(body) + 1);
  end if;
  if is_genuine is not true then
    raise exception 'vault: invalid ciphertext'
      using errcode = 'data_exception',
            hint = 'It was encrypted with another root key, or for another row: secrets do not '
              'travel with a dump. Write the secret again with vault.update_secret.';
  end if;
  execute format('select %s.decrypt_iv($1, $2, $3, %L)', vault._homebase_pgcrypto(),
                 'aes-cbc/pad:pkcs')
    into clear using substr(body, 17), substr(keys, 1, 32), substr(body, 1, 16);
  return clear;
end
$$;

create table vault.secrets (
  id uuid primary key default gen_random_uuid(),
  name text,
  description text not null default '',
  secret text not null,
  key_id uuid,
  nonce bytea default vault._crypto_aead_det_noncegen(),
  created_at timestamptz not null default current_timestamp,
  updated_at timestamptz not null default current_timestamp
);
create unique index secrets_name_idx on vault.secrets (name) where name is not null;
comment on table vault.secrets is 'Secrets; the column `secret` is encrypted.';

create view vault.decrypted_secrets as
  select s.id, s.name, s.description, s.secret,
         convert_from(
           vault._crypto_aead_det_decrypt(
             message := decode(s.secret, 'base64'), additional := convert_to(s.id::text, 'utf8'),
             key_id := 0, context := 'pgsodium'::bytea, nonce := s.nonce),
           'utf8') as decrypted_secret,
         s.key_id, s.nonce, s.created_at, s.updated_at
    from vault.secrets as s;
comment on view vault.decrypted_secrets is 'Secrets, decrypted when they are read.';

create function vault.create_secret(
    new_secret text, new_name text default null, new_description text default '',
    new_key_id uuid default null)
  returns uuid
  language plpgsql security definer set search_path = ''
as $$
declare
  new_id constant uuid := pg_catalog.gen_random_uuid();
  new_nonce constant bytea := vault._crypto_aead_det_noncegen();
begin
  insert into vault.secrets (id, name, description, secret, key_id, nonce)
  values (
    new_id, new_name, new_description,
    pg_catalog.encode(
      vault._crypto_aead_det_encrypt(
        message := pg_catalog.convert_to(new_secret, 'utf8'),
        additional := pg_catalog.convert_to(new_id::text, 'utf8'),
        key_id := 0, context := 'pgsodium'::bytea, nonce := new_nonce),
      'base64'),
    new_key_id, new_nonce);
  return new_id;
end
$$;

-- What is null stays as it is.
create function vault.update_secret(
    secret_id uuid, new_secret text default null, new_name text default null,
    new_description text default null, new_key_id uuid default null)
  returns void
  language plpgsql security definer set search_path = ''
as $$
declare
  new_nonce constant bytea := vault._crypto_aead_det_noncegen();
begin
  update vault.secrets as s
     set secret = case when new_secret is null then s.secret else
           pg_catalog.encode(
             vault._crypto_aead_det_encrypt(
               message := pg_catalog.convert_to(new_secret, 'utf8'),
               additional := pg_catalog.convert_to(s.id::text, 'utf8'),
               key_id := 0, context := 'pgsodium'::bytea, nonce := new_nonce),
             'base64') end,
         nonce = case when new_secret is null then s.nonce else new_nonce end,
         name = coalesce(new_name, s.name),
         description = coalesce(new_description, s.description),
         key_id = coalesce(new_key_id, s.key_id),
         updated_at = pg_catalog.now()
   where s.id = secret_id;
end
$$;

select pg_extension_config_dump('vault.secrets', '');

revoke all on all functions in schema vault from public;
do $$
begin
  if to_regrole('postgres') is not null then
    grant usage on schema vault to postgres with grant option;
    grant select, delete, truncate, references on vault.secrets, vault.decrypted_secrets
      to postgres with grant option;
    grant execute on function vault.create_secret(text, text, text, uuid),
      vault.update_secret(uuid, text, text, text, uuid),
      vault._crypto_aead_det_decrypt(bytea, bytea, bigint, bytea, bytea)
      to postgres with grant option;
  end if;
  if to_regrole('service_role') is not null then
    grant usage on schema vault to service_role;
    grant select, delete on vault.secrets, vault.decrypted_secrets to service_role;
    grant execute on function vault.create_secret(text, text, text, uuid),
      vault.update_secret(uuid, text, text, text, uuid),
      vault._crypto_aead_det_decrypt(bytea, bytea, bigint, bytea, bytea)
      to service_role;
  end if;
end
$$;
