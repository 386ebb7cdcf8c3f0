-- Secrets as projects use them: 13 of 53 read decrypted_secrets, 6 call create_secret, 4 read the
-- table, and one points a foreign key at it.
create extension if not exists supabase_vault with schema vault cascade;
create extension if not exists "supabase_vault" with schema "vault";
create extension if not exists supabase_vault;

select vault.create_secret('https://api.example.com', 'project_url');
select vault.create_secret(
  new_secret := 'grüße 🔑', new_name := 'key', new_description := 'for the tests');

do $$
declare
  secret record;
  first text;
begin
  select * into secret from vault.decrypted_secrets where name = 'key';
  assert secret.decrypted_secret = 'grüße 🔑', secret.decrypted_secret;
  assert secret.description = 'for the tests' and secret.key_id is null;
  assert length(secret.nonce) = 16 and secret.created_at = secret.updated_at;
  assert position('grüße'::text::bytea in decode(secret.secret, 'base64')) = 0, 'clear at rest';
  first := secret.secret;

  perform vault.update_secret(secret.id, new_name := 'renamed');
  select * into secret from vault.decrypted_secrets where name = 'renamed';
  assert secret.decrypted_secret = 'grüße 🔑' and secret.secret = first, 'only the name';
  perform vault.update_secret(secret.id, 'new', 'key', 'text');
  select * into secret from vault.decrypted_secrets where name = 'key';
  assert secret.decrypted_secret = 'new' and secret.secret <> first, 'all of it';
  assert secret.description = 'text';

  assert (select array_agg(attname::text order by attnum) from pg_attribute
           where attrelid = 'vault.secrets'::regclass and attnum > 0) =
    array['id', 'name', 'description', 'secret', 'key_id', 'nonce', 'created_at', 'updated_at'];
  assert (select array_agg(attname::text order by attnum) from pg_attribute
           where attrelid = 'vault.decrypted_secrets'::regclass and attnum > 0) =
    array['id', 'name', 'description', 'secret', 'decrypted_secret', 'key_id', 'nonce',
          'created_at', 'updated_at'];
  assert vault.create_secret('') is not null, 'an empty secret without a name';
  assert (select decrypted_secret from vault.decrypted_secrets where name is null) = '';
end
$$;

-- A name is given once; two secrets without a name are fine.
do $$
begin
  perform vault.create_secret('x', 'key');
  raise exception 'a name twice';
exception when unique_violation then null;
end
$$;

-- The table is not written past the functions: it would hold clear text.
do $$
begin
  insert into vault.secrets (name, secret) values ('a', 'b');
  raise exception 'postgres wrote to vault.secrets';
exception when insufficient_privilege then null;
end
$$;
do $$
begin
  perform vault._homebase_root_key();
  raise exception 'postgres read the root key';
exception when insufficient_privilege then null;
end
$$;
do $$
begin
  perform vault._crypto_aead_det_encrypt('x', 'y', 0);
  raise exception 'postgres encrypted by itself';
exception when insufficient_privilege then null;
end
$$;
-- A row's ciphertext is of no use in another row.
do $$
begin
  perform vault._crypto_aead_det_decrypt(decode(secret, 'base64'), 'other', 0, nonce := nonce)
    from vault.secrets where name = 'key';
  raise exception 'a forged row was read';
exception when data_exception then null;
end
$$;

create table public.integrations (
  id bigint generated always as identity primary key,
  secret_id uuid references vault.secrets (id) on delete set null
);
insert into public.integrations (secret_id) select id from vault.secrets where name = 'key';
create function public.integration_key(integration bigint) returns text
  language sql security definer set search_path = ''
as $$
  select d.decrypted_secret
    from vault.decrypted_secrets as d join public.integrations as i on i.secret_id = d.id
   where i.id = integration
$$;
grant execute on function public.integration_key(bigint) to authenticated;

set role authenticated;
do $$
begin
  assert public.integration_key(1) = 'new', 'a definer function hands one out';
  perform from vault.decrypted_secrets;
  raise exception 'authenticated read the vault';
exception when insufficient_privilege then null;
end
$$;
reset role;
set role service_role;
do $$
begin
  assert (select decrypted_secret from vault.decrypted_secrets where name = 'key') = 'new';
  perform vault.create_secret('of the service', 'service');
  delete from vault.secrets where name = 'service';
  assert found;
end
$$;
reset role;

delete from vault.secrets where name = 'key';
do $$
begin
  assert (select secret_id is null from public.integrations), 'on delete set null';
end
$$;
grant select on vault.decrypted_secrets to authenticated;

drop extension supabase_vault cascade;
create extension supabase_vault;
select vault.create_secret('again', 'again');
do $$
begin
  assert (select decrypted_secret from vault.decrypted_secrets where name = 'again') = 'again';
end
$$;
