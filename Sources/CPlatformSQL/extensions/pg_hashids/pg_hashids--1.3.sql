-- Hashids (hashids.org, version 1.0): short strings from numbers, and back.
--
-- The alphabet is shuffled by the salt; some letters separate numbers, some guard a minimal
-- length. Letters are counted in characters.
--
-- The extension can move to another schema. Bodies in standard SQL are bound when they are made; a
-- function in PL/pgSQL looks up where its helpers are.

create function _homebase_hashids_shuffle(alphabet text, salt text) returns text
  language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  letters text[] := string_to_array(alphabet, null);
  salts constant text[] := string_to_array(salt, null);
  place integer := 0;
  total integer := 0;
  code integer;
  other integer;
  letter text;
begin
  if coalesce(cardinality(salts), 0) = 0 then
    return alphabet;
  end if;
  for i in reverse cardinality(letters) - 1 .. 1 loop
    place := place % cardinality(salts);
    code := ascii(salts[place + 1]);
    total := total + code;
    other := (code + place + total) % i;
    letter := letters[other + 1];
    letters[other + 1] := letters[i + 1];
    letters[i + 1] := letter;
    place := place + 1;
  end loop;
  return array_to_string(letters, '');
end
$$;

-- The three alphabets that a salt makes of one: of numbers, of separators, of guards.
create function _homebase_hashids_alphabets(
    salt text, given text, out alphabet text, out separators text, out guards text)
  language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  home constant text := (
    select quote_ident(n.nspname)
      from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
     where e.extname = 'pg_hashids');
  shuffle constant text := format('select %s._homebase_hashids_shuffle($1, $2)', home);
  needed integer;
begin
  alphabet := (
    select string_agg(l.letter, '' order by l.place)
      from (select letter, min(place) as place
              from unnest(string_to_array(given, null)) with ordinality as l (letter, place)
             group by letter) as l);
  if coalesce(length(alphabet), 0) < 16 or strpos(alphabet, ' ') > 0 then
    raise exception 'hashids: the alphabet needs at least 16 different letters and no space'
      using errcode = 'invalid_parameter_value';
  end if;
  separators := coalesce(
    (select string_agg(s.letter, '' order by s.place)
       from unnest(string_to_array('cfhistuCFHISTU', null)) with ordinality as s (letter, place)
      where strpos(alphabet, s.letter) > 0), '');
  alphabet := translate(alphabet, separators, '');
  execute shuffle into separators using separators, salt;
  if separators = '' or length(alphabet)::numeric / length(separators) > 3.5 then
    needed := greatest(ceil(length(alphabet) / 3.5)::integer, 2);
    if needed > length(separators) then
      needed := needed - length(separators);
      separators := separators || left(alphabet, needed);
      alphabet := substr(alphabet, needed + 1);
    end if;
  end if;
  execute shuffle into alphabet using alphabet, salt;
  needed := ceil(length(alphabet) / 12.0)::integer;
  if length(alphabet) < 3 then
    guards := left(separators, needed);
    separators := substr(separators, needed + 1);
  else
    guards := left(alphabet, needed);
    alphabet := substr(alphabet, needed + 1);
  end if;
end
$$;

create function id_encode(
    numbers bigint[], salt text, min_length integer, alphabet text)
  returns text
  language plpgsql immutable strict parallel safe
as $$
declare
  home constant text := (
    select quote_ident(n.nspname)
      from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
     where e.extname = 'pg_hashids');
  shuffle constant text := format('select %s._homebase_hashids_shuffle($1, $2)', home);
  alphabets record;
  letters text;
  size integer;
  total bigint := 0;
  lottery text;
  answer text;
  last text;
  rest bigint;
  half integer;
  excess integer;
begin
  if cardinality(numbers) = 0 or 0 > any (numbers) then
    return '';
  end if;
  execute format('select * from %s._homebase_hashids_alphabets($1, $2)', home)
    into alphabets using salt, alphabet;
  letters := alphabets.alphabet;
  size := length(letters);
  half := size / 2;
  for i in 1 .. cardinality(numbers) loop
    total := total + numbers[i] % (i + 99);
  end loop;
  lottery := substr(letters, (total % size)::integer + 1, 1);
  answer := lottery;
  for i in 1 .. cardinality(numbers) loop
    execute shuffle into letters using letters, left(lottery || salt || letters, size);
    last := '';
    rest := numbers[i];
    loop
      last := substr(letters, (rest % size)::integer + 1, 1) || last;
      rest := rest / size;
      exit when rest = 0;
    end loop;
    answer := answer || last;
    if i < cardinality(numbers) then
      rest := numbers[i] % (ascii(left(last, 1)) + i - 1);
      answer := answer
        || substr(alphabets.separators, (rest % length(alphabets.separators))::integer + 1, 1);
    end if;
  end loop;

  if length(answer) < min_length then
    answer := substr(alphabets.guards, ((total + ascii(left(answer, 1)))
                     % length(alphabets.guards))::integer + 1, 1) || answer;
    if length(answer) < min_length then
      answer := answer || substr(alphabets.guards, ((total + ascii(substr(answer, 3, 1)))
                                 % length(alphabets.guards))::integer + 1, 1);
    end if;
  end if;
  while length(answer) < min_length loop
    execute shuffle into letters using letters, letters;
    answer := substr(letters, half + 1) || answer || left(letters, half);
    excess := length(answer) - min_length;
    if excess > 0 then
      answer := substr(answer, excess / 2 + 1, min_length);
    end if;
  end loop;
  return answer;
end
$$;

create function id_decode(hash text, salt text, min_length integer, alphabet text)
  returns bigint[]
  language plpgsql immutable strict parallel safe
as $$
declare
  home constant text := (
    select quote_ident(n.nspname)
      from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
     where e.extname = 'pg_hashids');
  shuffle constant text := format('select %s._homebase_hashids_shuffle($1, $2)', home);
  alphabets record;
  letters text;
  size integer;
  parts text[];
  body text;
  lottery text;
  part text;
  number bigint;
  answer bigint[] := '{}';
  again text;
begin
  execute format('select * from %s._homebase_hashids_alphabets($1, $2)', home)
    into alphabets using salt, alphabet;
  letters := alphabets.alphabet;
  size := length(letters);
  parts := string_to_array(
    translate(hash, alphabets.guards, repeat(' ', length(alphabets.guards))), ' ');
  body := parts[case when cardinality(parts) in (2, 3) then 2 else 1 end];
  lottery := left(body, 1);
  if coalesce(body, '') = '' then
    return '{}';
  end if;
  foreach part in array string_to_array(
    translate(substr(body, 2), alphabets.separators, repeat(' ', length(alphabets.separators))),
    ' ')
  loop
    execute shuffle into letters using letters, left(lottery || salt || letters, size);
    number := 0;
    for i in 1 .. length(part) loop
      if strpos(letters, substr(part, i, 1)) = 0 then
        return '{}';
      end if;
      number := number * size + (strpos(letters, substr(part, i, 1)) - 1);
    end loop;
    answer := answer || number;
  end loop;
  -- Another salt's string decodes to something, which encodes to another string.
  execute format('select %s.id_encode($1, $2, $3, $4)', home)
    into again using answer, salt, min_length, alphabet;
  return case when again = hash then answer else '{}' end;
exception when numeric_value_out_of_range then
  return '{}';
end
$$;

-- The shorter forms.

create function id_encode(numbers bigint[], salt text, min_length integer)
  returns text
  language sql immutable strict parallel safe
  return id_encode(
    numbers, salt, min_length, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890');
create function id_encode(numbers bigint[], salt text) returns text
  language sql immutable strict parallel safe
  return id_encode(numbers, salt, 0);
create function id_encode(numbers bigint[]) returns text
  language sql immutable strict parallel safe
  return id_encode(numbers, '', 0);

create function id_encode(
    number bigint, salt text, min_length integer, alphabet text)
  returns text
  language sql immutable strict parallel safe
  return id_encode(array[number], salt, min_length, alphabet);
create function id_encode(number bigint, salt text, min_length integer)
  returns text
  language sql immutable strict parallel safe
  return id_encode(array[number], salt, min_length);
create function id_encode(number bigint, salt text) returns text
  language sql immutable strict parallel safe
  return id_encode(array[number], salt, 0);
create function id_encode(number bigint) returns text
  language sql immutable strict parallel safe
  return id_encode(array[number], '', 0);

create function id_decode(hash text, salt text, min_length integer)
  returns bigint[]
  language sql immutable strict parallel safe
  return id_decode(
    hash, salt, min_length, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890');
create function id_decode(hash text, salt text) returns bigint[]
  language sql immutable strict parallel safe
  return id_decode(hash, salt, 0);
create function id_decode(hash text) returns bigint[]
  language sql immutable strict parallel safe
  return id_decode(hash, '', 0);

create function id_decode_once(
    hash text, salt text, min_length integer, alphabet text)
  returns bigint
  language sql immutable strict parallel safe
  return (id_decode(hash, salt, min_length, alphabet))[1];
create function id_decode_once(hash text, salt text, min_length integer)
  returns bigint
  language sql immutable strict parallel safe
  return (id_decode(hash, salt, min_length))[1];
create function id_decode_once(hash text, salt text) returns bigint
  language sql immutable strict parallel safe
  return (id_decode(hash, salt, 0))[1];
create function id_decode_once(hash text) returns bigint
  language sql immutable strict parallel safe
  return (id_decode(hash, '', 0))[1];

-- Names of before 1.3.
create function hash_encode(number bigint) returns text
  language sql immutable strict parallel safe return id_encode(number);
create function hash_encode(number bigint, salt text) returns text
  language sql immutable strict parallel safe return id_encode(number, salt);
create function hash_encode(number bigint, salt text, min_length integer)
  returns text
  language sql immutable strict parallel safe
  return id_encode(number, salt, min_length);
create function hash_decode(hash text, salt text, min_length integer)
  returns bigint
  language sql immutable strict parallel safe
  return id_decode_once(hash, salt, min_length);
