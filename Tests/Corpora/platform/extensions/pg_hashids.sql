-- Numbers and strings that every implementation of Hashids gives.
create extension if not exists pg_hashids with schema extensions;
create extension if not exists pg_hashids;
do $$
declare
  salt constant text := 'this is my salt';
begin
  assert id_encode(12345, salt) = 'NkK9', id_encode(12345, salt);
  assert id_encode(array[683, 94108, 123, 5]::bigint[], salt) = 'aBMswoO2UB3Sj';
  assert id_encode(1, salt, 8) = 'gB0NV05e', id_encode(1, salt, 8);
  assert id_encode(array[1, 2, 3]::bigint[], salt) = 'laHquq';
  assert id_encode(array[5, 5, 5, 5]::bigint[], salt) = '1Wc8cwcE';
  assert id_encode(array[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]::bigint[], salt) = 'kRHnurhptKcjIDTWC3sx';
  assert id_encode(array[1, 2, 3]::bigint[]) = 'o2fXhV';
  assert id_encode(1234567, salt, 0, '0123456789abcdef') = 'b332db5', 'an own alphabet';

  assert id_decode('NkK9', salt) = array[12345]::bigint[];
  assert id_decode('aBMswoO2UB3Sj', salt) = array[683, 94108, 123, 5]::bigint[];
  assert id_decode('gB0NV05e', salt, 8) = array[1]::bigint[];
  assert id_decode('b332db5', salt, 0, '0123456789abcdef') = array[1234567]::bigint[];
  assert id_decode_once('NkK9', salt) = 12345;
  assert id_decode('NkK9', 'another salt') = '{}', 'another salt';
  assert id_decode('not one', salt) = '{}';
  assert hash_decode(hash_encode(7, salt, 10), salt, 10) = 7;
  for n in 0 .. 200 loop
    assert id_decode_once(id_encode(n * 7919, salt, n % 30), salt, n % 30) = n * 7919, n;
  end loop;
  assert id_decode_once(id_encode(9223372036854775807)) = 9223372036854775807;
end
$$;
create table public.links (
  id bigint primary key,
  slug text generated always as (extensions.id_encode(id, 'salt', 6)) stored
);
insert into public.links (id) values (1);
drop extension pg_hashids cascade;
create extension pg_hashids version '1.3';
drop extension pg_hashids;

-- It can be moved; its functions find each other.
create schema elsewhere;
create extension pg_hashids with schema public;
alter extension pg_hashids set schema elsewhere;
do $$
begin
  if elsewhere.id_decode_once(elsewhere.id_encode(1001, 'salt', 30), 'salt', 30) <> 1001
    or elsewhere.hash_decode(elsewhere.hash_encode(7, 'salt', 12), 'salt', 12) <> 7
  then
    raise exception 'moved functions answer something else';
  end if;
end
$$;
