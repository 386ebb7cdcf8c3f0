\echo Use "CREATE EXTENSION vector" to load this file. \quit

-- pgvector's types, operators and functions without a library of its own. Search is exact.
--
-- A dense vector is stored as its text, a NUL and spaces up to 16 * n + 8 bytes, its n values as a
-- `cube` (four bytes of header, then doubles), and its norm in 24 bytes of text: together
-- 24 * n + 36 bytes, so that the length tells n and every part can be read by itself. The output
-- function is that of text, which ends at the first NUL. Distances are those of contrib's cube,
-- in C; its limit of 100 dimensions is one of its input only.
--
-- Functions refer to each other in standard SQL bodies, bound when they are made: the extension
-- can move to another schema. PL/pgSQL has no such body: there only built-in functions are named.

-- The same bytes under another type: `byteasend` copies what it gets, whatever it is.
create function homebase_raw(double precision[]) returns bytea
  language internal immutable strict parallel safe as 'byteasend';
create function homebase_doubles_of(bytea) returns double precision[]
  language internal immutable strict parallel safe as 'byteasend';
create function homebase_text_of(bytea) returns text
  language internal immutable strict parallel safe as 'byteasend';
create function homebase_cube_distance(bytea, bytea) returns double precision
  language c immutable strict parallel safe as '$libdir/cube', 'cube_distance';
create function homebase_cube_taxicab(bytea, bytea) returns double precision
  language c immutable strict parallel safe as '$libdir/cube', 'distance_taxicab';

-- Arguments that say which vectors it is about keep the planner from calling it ahead of time.
create function homebase_vector_fail(
    sample anyelement, code text, message text, first integer default null,
    second integer default null)
  returns anyelement language plpgsql immutable parallel safe
as $$
begin
  raise exception using errcode = code, message = format(message, first, second);
end
$$;

create function homebase_vector_typmod(modifiers text[], kind text, most integer)
  returns integer language plpgsql immutable strict parallel safe
as $$
declare
  dimensions integer;
begin
  if cardinality(modifiers) <> 1 then
    raise exception using errcode = '22023', message = 'invalid type modifier';
  end if;
  dimensions := modifiers[1]::integer;
  if dimensions < 1 then
    raise exception using errcode = '22023',
      message = format('dimensions for type %s must be at least 1', kind);
  elsif dimensions > most then
    raise exception using errcode = '22023',
      message = format('dimensions for type %s cannot exceed %s', kind, most);
  end if;
  return dimensions;
end
$$;

-- `[1, 2.5]` to an array; whether its values will do is said by `homebase_vector_check`.
create function homebase_vector_parse(input text, kind text) returns real[]
  language plpgsql immutable strict parallel safe set search_path = pg_catalog
as $$
declare
  space constant text := e' \t\n\r\v\f';
  number constant text := '[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?';
  extreme constant text := '[eE][-+]?0*(?:3[5-9]|[4-9][0-9]|[1-9][0-9]{2})|[0-9]{30}';
  body text;
  inner_text text;
  word text;
  words text[];
  detail text;
begin
  -- What is right goes the short way, by way of an array's input. No exception is caught here:
  -- that would be a subtransaction, which no parallel query may have.
  if input ~ ('^\s*\[\s*' || number || '\s*(?:,\s*' || number || '\s*)*\]\s*$') then
    if input !~ extreme then
      return replace(replace(input, '[', '{'), ']', '}')::real[];
    end if;
    -- What may be too large, or so small that it is zero (as strtof has it), is looked at.
    words := string_to_array(btrim(input, '[]' || space), ',');
    for place in 1..cardinality(words) loop
      word := btrim(words[place], space);
      if word ~ extreme then
        if word ~ '^[-+0.]*([eE]|$)' or word ~ '[eE]-0*[1-9][0-9]{3}' then
          words[place] := '0';
        elsif word ~ '[eE]\+?0*[1-9][0-9]{3}' or abs(word::numeric) > 3.40282356e38 then
          raise exception using errcode = '22003',
            message = format('"%s" is out of range for type %s', word, kind);
        elsif abs(word::numeric) < 7.0065e-46 then
          words[place] := '0';
        end if;
      end if;
    end loop;
    return words::real[];
  end if;
  body := btrim(input, space);
  inner_text := substr(body, 2, length(body) - 2);
  if left(body, 1) <> '[' then
    detail := 'Vector contents must start with "[".';
  elsif strpos(body, ']') = 0 then
    detail := 'Unexpected end of input.';
  elsif right(body, 1) <> ']' then
    detail := 'Junk after closing right brace.';
  elsif btrim(inner_text, space) = '' then
    raise exception using errcode = '22000',
      message = format('%s must have at least 1 dimension', kind);
  elsif inner_text ~* '(^|,)\s*[+-]?nan\s*(,|$)' then
    raise exception using errcode = '22000', message = format('NaN not allowed in %s', kind);
  elsif inner_text ~* '(^|,)\s*[+-]?inf(inity)?\s*(,|$)' then
    raise exception using errcode = '22000',
      message = format('infinite value not allowed in %s', kind);
  end if;
  if detail is null then
    raise exception using errcode = '22P02',
      message = format('invalid input syntax for type %s: "%s"', kind, input);
  end if;
  raise exception using errcode = '22P02', detail = detail,
    message = format('invalid input syntax for type %s: "%s"', kind, input);
end
$$;

-- Raises what is wrong with an array that is to be a vector; else it is true.
create function homebase_vector_check(input real[], typmod integer, kind text) returns boolean
  language plpgsql immutable parallel safe set search_path = pg_catalog
as $$
declare
  dimensions constant integer := coalesce(cardinality(input), 0);
begin
  if array_ndims(input) > 1 then
    raise exception using errcode = '22000', message = 'array must be 1-D';
  elsif array_position(input, null) is not null then
    raise exception using errcode = '22004', message = 'array must not contain nulls';
  elsif dimensions < 1 then
    raise exception using errcode = '22000',
      message = format('%s must have at least 1 dimension', kind);
  elsif dimensions > 16000 then
    raise exception using errcode = '54000',
      message = format('%s cannot have more than 16000 dimensions', kind);
  elsif typmod > 0 and dimensions <> typmod then
    raise exception using errcode = '22000',
      message = format('expected %s dimensions, not %s', typmod, dimensions);
  elsif 'NaN' = any (input) then
    raise exception using errcode = '22000', message = format('NaN not allowed in %s', kind);
  elsif 'Infinity' = any (input) or '-Infinity' = any (input) then
    raise exception using errcode = '22000',
      message = format('infinite value not allowed in %s', kind);
  end if;
  return true;
end
$$;

-- An array's image: dimensions, offset, element type and bounds in 20 bytes, then the doubles.
create function homebase_cube(image bytea) returns bytea
  language sql immutable strict parallel safe
  return substring(image from 13 for 2) || '\x0080'::bytea || substring(image from 21);
create function homebase_cube_array(cube bytea) returns double precision[]
  language sql immutable strict parallel safe
  return homebase_doubles_of(
    '\x0100000000000000bd020000'::bytea || substring(cube from 1 for 2)
    || '\x000001000000'::bytea || substring(cube from 5));

-- The text of values is the shortest that reads back as the same, whatever the session wants.
create function homebase_vector_layout(input real[], cube bytea, norm double precision)
  returns bytea language plpgsql immutable strict parallel safe
  set search_path = pg_catalog set extra_float_digits = 1
as $$
declare
  braced text := input::text;
  shown bytea;
begin
  -- An array that does not start at 1 says so.
  if left(braced, 1) = '[' then
    braced := substr(braced, strpos(braced, '{'));
  end if;
  -- `btrim` and `translate` look at every character: 20 times as slow as `replace`.
  shown := convert_to(replace(replace(braced, '{', '['), '}', ']'), 'UTF8') || '\x00';
  return shown
    || convert_to(repeat(' ', 16 * cardinality(input) + 8 - octet_length(shown)), 'UTF8')
    || cube || convert_to(rpad(norm::text, 24), 'UTF8');
end
$$;

create function homebase_vector_bytes(input real[], typmod integer, kind text) returns bytea
  language sql immutable parallel safe
begin atomic
  select homebase_vector_layout(
           input, made.cube, homebase_cube_distance(made.cube, '\x00000080'::bytea))
    from (select case when homebase_vector_check(input, typmod, kind)
                      then homebase_cube(homebase_raw(input::double precision[]))
                 end as cube
          offset 0) as made;
end;

-- Distances from what cube says, rounded as pgvector's are, which adds up in single precision.
create function homebase_single(value double precision) returns double precision
  language plpgsql immutable strict parallel safe
as $$
begin
  if abs(value) > 3.4e38 or abs(value) < 1.2e-38 then
    return value;
  end if;
  return value::real;
end
$$;
create function homebase_l2(distance double precision) returns double precision
  language plpgsql immutable strict parallel safe
as $$
declare
  square constant double precision := distance * distance;
begin
  if square > 3.4e38 or square < 1.2e-38 then
    return distance;
  end if;
  return sqrt(square::real::double precision);
end
$$;
-- By the law of cosines. Null when so much cancels out that single precision is not certain.
create function homebase_inner(
    distance double precision, norm double precision, other_norm double precision)
  returns double precision language plpgsql immutable strict parallel safe
as $$
declare
  squares constant double precision := norm * norm + other_norm * other_norm;
  product constant double precision := (squares - distance * distance) / 2;
begin
  if squares < 1e-30 or squares > 1e38 or abs(product) < 1e-7 * squares then
    return null;
  end if;
  return product::real;
end
$$;
create function homebase_inner_exact(first bytea, second bytea) returns double precision
  language sql immutable strict parallel safe
begin atomic
  select homebase_single(sum(pair.x * pair.y))
    from unnest(homebase_cube_array(first), homebase_cube_array(second)) as pair (x, y);
end;
create function homebase_cosine(
    product double precision, norm double precision, other_norm double precision)
  returns double precision language plpgsql immutable strict parallel safe
as $$
declare
  square double precision := norm * norm;
  other_square double precision := other_norm * other_norm;
begin
  if norm = 0 or other_norm = 0 then
    return 'NaN';
  end if;
  if square between 1e-30 and 1e38 and other_square between 1e-30 and 1e38 then
    square := square::real;
    other_square := other_square::real;
  end if;
  return 1 - greatest(-1, least(1, product / sqrt(square * other_square)));
end
$$;
create function homebase_spherical(product double precision) returns double precision
  language sql immutable strict parallel safe
  return acos(greatest(-1, least(1, product))) / pi();

-- Half precision: 11 bits, the smallest exponent -14, ties to even.
create function homebase_halves(input real[], kind text) returns real[]
  language plpgsql immutable strict parallel safe set search_path = pg_catalog
as $$
declare
  halves real[] := array(
    select case when value is null or value = 0 or value in ('NaN', 'Infinity', '-Infinity')
                then value
                else (round(value::double precision / unit) * unit)::real
           end
      from unnest(input) with ordinality as v (value, place),
           lateral (
             select 2::double precision ^ (greatest(-14, floor(log(
               2, nullif(abs(case when value in ('NaN', 'Infinity', '-Infinity') then null
                                  else value end), 0)::numeric))::integer) - 10) as unit
           ) as steps
     order by place);
  complaint real;
begin
  select value into complaint from unnest(halves) as value
   where abs(value) > 65504 and abs(value) < 'Infinity' limit 1;
  if found then
    raise exception using errcode = '22003',
      message = format('"%s" is out of range for type %s', complaint, kind);
  end if;
  return halves;
end
$$;

-- vector

create type vector;
-- The type needs functions that are not of SQL; they are replaced when it is there.
create function vector_in(cstring, oid, integer) returns vector
  language internal immutable strict as 'textin';
create function vector_out(vector) returns cstring
  language internal immutable strict parallel safe as 'textout';
create function vector_typmod_in(cstring[]) returns integer
  language internal immutable strict parallel safe as 'varchartypmodin';
create function vector_send(vector) returns bytea
  language internal immutable strict parallel safe as 'byteasend';
create type vector (
  input = vector_in, output = vector_out, typmod_in = vector_typmod_in, send = vector_send,
  storage = external);

create function homebase_vector(bytea) returns vector
  language internal immutable strict parallel safe as 'byteasend';
create function homebase_length(vector) returns integer
  language internal immutable strict parallel safe as 'byteaoctetlen';
create function homebase_from(vector, integer, integer) returns bytea
  language internal immutable strict parallel safe as 'bytea_substr';
create function homebase_build_vector(input real[], typmod integer) returns vector
  language sql immutable parallel safe
  return homebase_vector(
    homebase_vector_bytes(input, typmod, 'vector'));

create function vector_dims(vector) returns integer
  language sql immutable strict parallel safe
  return (homebase_length($1) - 36) / 24;
create function homebase_cube(vector) returns bytea
  language sql immutable strict parallel safe
  return homebase_from(
    $1, (homebase_length($1) - 36) / 24 * 16 + 9, (homebase_length($1) - 36) / 24 * 8 + 4);
create function vector_norm(vector) returns double precision
  language sql immutable strict parallel safe
  return homebase_text_of(homebase_from($1, homebase_length($1) - 23, 24))::double precision;
create function homebase_array(vector) returns double precision[]
  language sql immutable strict parallel safe
  return homebase_cube_array(homebase_cube($1));

create or replace function vector_send(vector) returns bytea
  language sql immutable strict parallel safe
begin atomic
  select int2send(vector_dims($1)::smallint) || int2send(0::smallint)
      || string_agg(float4send(v.value::real), ''::bytea order by v.place)
    from unnest(homebase_array($1)) with ordinality as v (value, place);
end;

-- Not strict, so that the planner puts their bodies in place of them: what depends on a constant
-- alone is then computed once a query.
create function homebase_differ(vector, vector) returns double precision
  language sql immutable parallel safe
  return homebase_vector_fail(
    null::double precision, '22000', 'different vector dimensions %s and %s',
    vector_dims($1), vector_dims($2));
create function l2_distance(vector, vector) returns double precision
  language sql immutable parallel safe
  return case
    when homebase_length($1) <> homebase_length($2) then homebase_differ($1, $2)
    else homebase_l2(homebase_cube_distance(homebase_cube($1), homebase_cube($2))) end;
create function l1_distance(vector, vector) returns double precision
  language sql immutable parallel safe
  return case
    when homebase_length($1) <> homebase_length($2) then homebase_differ($1, $2)
    else homebase_single(homebase_cube_taxicab(homebase_cube($1), homebase_cube($2))) end;
create function inner_product(vector, vector) returns double precision
  language sql immutable parallel safe
  return case
    when homebase_length($1) <> homebase_length($2) then homebase_differ($1, $2)
    else coalesce(
      homebase_inner(
        homebase_cube_distance(homebase_cube($1), homebase_cube($2)),
        vector_norm($1), vector_norm($2)),
      homebase_inner_exact(homebase_cube($1), homebase_cube($2))) end;
create function cosine_distance(vector, vector) returns double precision
  language sql immutable parallel safe
  return homebase_cosine(inner_product($1, $2), vector_norm($1), vector_norm($2));
create function vector_negative_inner_product(vector, vector) returns double precision
  language sql immutable parallel safe
  return -inner_product($1, $2);
create function vector_l2_squared_distance(vector, vector) returns double precision
  language sql immutable parallel safe
  return homebase_single(l2_distance($1, $2) ^ 2);
create function vector_spherical_distance(vector, vector) returns double precision
  language sql immutable parallel safe
  return homebase_spherical(inner_product($1, $2));

create function vector_cmp(vector, vector) returns integer
  language sql immutable strict parallel safe
  return btarraycmp(homebase_array($1), homebase_array($2));
create function vector_lt(vector, vector) returns boolean
  language sql immutable strict parallel safe
  return homebase_array($1) < homebase_array($2);
create function vector_le(vector, vector) returns boolean
  language sql immutable strict parallel safe
  return homebase_array($1) <= homebase_array($2);
create function vector_eq(vector, vector) returns boolean
  language sql immutable strict parallel safe
  return homebase_array($1) = homebase_array($2);
create function vector_ne(vector, vector) returns boolean
  language sql immutable strict parallel safe
  return homebase_array($1) <> homebase_array($2);
create function vector_ge(vector, vector) returns boolean
  language sql immutable strict parallel safe
  return homebase_array($1) >= homebase_array($2);
create function vector_gt(vector, vector) returns boolean
  language sql immutable strict parallel safe
  return homebase_array($1) > homebase_array($2);

create function l2_normalize(vector) returns vector language sql immutable strict parallel safe
begin atomic
  select homebase_build_vector(
    array(
      select case when vector_norm($1) > 0 then (v.value / vector_norm($1))::real
                  else v.value::real end
        from unnest(homebase_array($1)) with ordinality as v (value, place)
       order by v.place),
    -1);
end;
create function binary_quantize(vector) returns "bit" language sql immutable strict parallel safe
begin atomic
  select string_agg(case when v.value > 0 then '1' else '0' end, '' order by v.place)
           ::bit varying::pg_catalog."bit"
    from unnest(homebase_array($1)) with ordinality as v (value, place);
end;
create function subvector(vector, integer, integer) returns vector
  language sql immutable strict parallel safe
  return homebase_build_vector(
    ((homebase_array($1))[greatest($2, 1):least($2::bigint + $3 - 1, 16000)::integer])::real[],
    -1);
create function homebase_same(vector, vector) returns boolean
  language sql immutable strict parallel safe
  return case when homebase_length($1) <> homebase_length($2)
    then homebase_differ($1, $2) is null else true end;
create function vector_add(vector, vector) returns vector
  language sql immutable strict parallel safe
begin atomic
  select case when homebase_same($1, $2) then homebase_build_vector(
    array(
      select pair.x::real + pair.y::real
        from unnest(homebase_array($1), homebase_array($2))
             with ordinality as pair (x, y, place)
       order by pair.place),
    -1) end;
end;
create function vector_sub(vector, vector) returns vector
  language sql immutable strict parallel safe
begin atomic
  select case when homebase_same($1, $2) then homebase_build_vector(
    array(
      select pair.x::real - pair.y::real
        from unnest(homebase_array($1), homebase_array($2))
             with ordinality as pair (x, y, place)
       order by pair.place),
    -1) end;
end;
create function vector_mul(vector, vector) returns vector
  language sql immutable strict parallel safe
begin atomic
  select case when homebase_same($1, $2) then homebase_build_vector(
    array(
      select pair.x::real * pair.y::real
        from unnest(homebase_array($1), homebase_array($2))
             with ordinality as pair (x, y, place)
       order by pair.place),
    -1) end;
end;

create function vector_concat(vector, vector) returns vector
  language sql immutable strict parallel safe
  return homebase_build_vector((homebase_array($1) || homebase_array($2))::real[], -1);

create function vector_accum(double precision[], vector) returns double precision[]
  language sql immutable strict parallel safe
begin atomic
  select case
    when $1[1] = 0 then array[1::double precision] || homebase_array($2)
    when cardinality($1) - 1 <> vector_dims($2) then array[homebase_vector_fail(
      null::double precision, '22000', 'expected %s dimensions, not %s',
      cardinality($1) - 1, vector_dims($2))]
    else array[$1[1] + 1] || array(
      select pair.x + pair.y
        from unnest($1[2:], homebase_array($2)) with ordinality as pair (x, y, place)
       order by pair.place) end;
end;
create function vector_avg(double precision[]) returns vector
  language sql immutable strict parallel safe
begin atomic
  select case when $1[1] > 0 then homebase_build_vector(
    array(
      select (v.value / $1[1])::real
        from unnest($1[2:]) with ordinality as v (value, place) order by v.place),
    -1) end;
end;

-- Casts and input.
create function vector(vector, integer, boolean) returns vector
  language sql immutable strict parallel safe
  return case when $2 < 1 or $2 = vector_dims($1) then $1
    else homebase_vector_fail(
      null::vector, '22000', 'expected %s dimensions, not %s', $2, vector_dims($1)) end;
create cast (vector as vector) with function vector(vector, integer, boolean) as implicit;
create function vector_to_float4(vector, integer, boolean) returns real[]
  language sql immutable strict parallel safe
  return homebase_array($1)::real[];
create cast (vector as real[])
  with function vector_to_float4(vector, integer, boolean) as implicit;
create function array_to_vector(integer[], integer, boolean) returns vector
  language sql immutable strict parallel safe
  return homebase_build_vector($1::real[], $2);
create cast (integer[] as vector)
  with function array_to_vector(integer[], integer, boolean) as assignment;
create function array_to_vector(real[], integer, boolean) returns vector
  language sql immutable strict parallel safe
  return homebase_build_vector($1::real[], $2);
create cast (real[] as vector)
  with function array_to_vector(real[], integer, boolean) as assignment;
create function array_to_vector(double precision[], integer, boolean) returns vector
  language sql immutable strict parallel safe
  return homebase_build_vector($1::real[], $2);
create cast (double precision[] as vector)
  with function array_to_vector(double precision[], integer, boolean) as assignment;
create function array_to_vector(numeric[], integer, boolean) returns vector
  language sql immutable strict parallel safe
  return homebase_build_vector($1::real[], $2);
create cast (numeric[] as vector)
  with function array_to_vector(numeric[], integer, boolean) as assignment;

create operator <-> (
  leftarg = vector, rightarg = vector, function = l2_distance, commutator = '<->');
create operator <#> (
  leftarg = vector, rightarg = vector, function = vector_negative_inner_product,
  commutator = '<#>');
create operator <=> (
  leftarg = vector, rightarg = vector, function = cosine_distance, commutator = '<=>');
create operator <+> (
  leftarg = vector, rightarg = vector, function = l1_distance, commutator = '<+>');
create operator + (
  leftarg = vector, rightarg = vector, function = vector_add, commutator = +);
create operator - (leftarg = vector, rightarg = vector, function = vector_sub);
create operator * (
  leftarg = vector, rightarg = vector, function = vector_mul, commutator = *);
create operator || (leftarg = vector, rightarg = vector, function = vector_concat);
create operator < (
  leftarg = vector, rightarg = vector, function = vector_lt, commutator = >, negator = >=,
  restrict = scalarltsel, join = scalarltjoinsel);
create operator <= (
  leftarg = vector, rightarg = vector, function = vector_le, commutator = >=, negator = >,
  restrict = scalarlesel, join = scalarlejoinsel);
create operator = (
  leftarg = vector, rightarg = vector, function = vector_eq, commutator = =, negator = <>,
  restrict = eqsel, join = eqjoinsel);
create operator <> (
  leftarg = vector, rightarg = vector, function = vector_ne, commutator = <>, negator = =,
  restrict = neqsel, join = neqjoinsel);
create operator >= (
  leftarg = vector, rightarg = vector, function = vector_ge, commutator = <=, negator = <,
  restrict = scalargesel, join = scalargejoinsel);
create operator > (
  leftarg = vector, rightarg = vector, function = vector_gt, commutator = <, negator = <=,
  restrict = scalargtsel, join = scalargtjoinsel);
create operator class vector_ops default for type vector using btree as
  operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >,
  function 1 vector_cmp(vector, vector);

create function vector_combine(double precision[], double precision[])
  returns double precision[] language sql immutable strict parallel safe
begin atomic
  select case
    when $1[1] = 0 then $2
    when $2[1] = 0 then $1
    when cardinality($1) <> cardinality($2) then array[homebase_vector_fail(
      null::double precision, '22000', 'expected %s dimensions, not %s',
      cardinality($1) - 1, cardinality($2) - 1)]
    else array(
      select pair.x + pair.y
        from unnest($1, $2) with ordinality as pair (x, y, place) order by pair.place) end;
end;

create aggregate avg(vector) (
  sfunc = vector_accum, stype = double precision[], finalfunc = vector_avg, initcond = '{0}',
  combinefunc = vector_combine, parallel = safe);
create aggregate sum(vector) (
  sfunc = vector_add, stype = vector, combinefunc = vector_add, parallel = safe);

-- A half in its two bytes: sign, five bits of exponent, ten of fraction.
create function homebase_half_send(value double precision) returns bytea
  language plpgsql immutable strict parallel safe set search_path = pg_catalog
as $$
declare
  sign constant integer := case when value < 0 or value::text = '-0' then 32768 else 0 end;
  exponent constant integer :=
    case when value = 0 then -15
         else greatest(-15, floor(log(2, abs(value)::numeric))::integer) end;
begin
  return int2send(((sign + case
    when exponent = -15 then (abs(value) * 2::double precision ^ 24)::integer
    else (exponent + 15) * 1024
      + ((abs(value) / 2::double precision ^ exponent - 1) * 1024)::integer
  end + 32768) % 65536 - 32768)::smallint);
end
$$;

-- halfvec

create type halfvec;
-- The type needs functions that are not of SQL; they are replaced when it is there.
create function halfvec_in(cstring, oid, integer) returns halfvec
  language internal immutable strict as 'textin';
create function halfvec_out(halfvec) returns cstring
  language internal immutable strict parallel safe as 'textout';
create function halfvec_typmod_in(cstring[]) returns integer
  language internal immutable strict parallel safe as 'varchartypmodin';
create function halfvec_send(halfvec) returns bytea
  language internal immutable strict parallel safe as 'byteasend';
create type halfvec (
  input = halfvec_in, output = halfvec_out, typmod_in = halfvec_typmod_in, send = halfvec_send,
  storage = external);

create function homebase_halfvec(bytea) returns halfvec
  language internal immutable strict parallel safe as 'byteasend';
create function homebase_length(halfvec) returns integer
  language internal immutable strict parallel safe as 'byteaoctetlen';
create function homebase_from(halfvec, integer, integer) returns bytea
  language internal immutable strict parallel safe as 'bytea_substr';
create function homebase_build_halfvec(input real[], typmod integer) returns halfvec
  language sql immutable parallel safe
  return homebase_halfvec(
    homebase_vector_bytes(homebase_halves(input, 'halfvec'), typmod, 'halfvec'));

create function vector_dims(halfvec) returns integer
  language sql immutable strict parallel safe
  return (homebase_length($1) - 36) / 24;
create function homebase_cube(halfvec) returns bytea
  language sql immutable strict parallel safe
  return homebase_from(
    $1, (homebase_length($1) - 36) / 24 * 16 + 9, (homebase_length($1) - 36) / 24 * 8 + 4);
create function l2_norm(halfvec) returns double precision
  language sql immutable strict parallel safe
  return homebase_text_of(homebase_from($1, homebase_length($1) - 23, 24))::double precision;
create function homebase_array(halfvec) returns double precision[]
  language sql immutable strict parallel safe
  return homebase_cube_array(homebase_cube($1));

create or replace function halfvec_send(halfvec) returns bytea
  language sql immutable strict parallel safe
begin atomic
  select int2send(vector_dims($1)::smallint) || int2send(0::smallint)
      || string_agg(homebase_half_send(v.value), ''::bytea order by v.place)
    from unnest(homebase_array($1)) with ordinality as v (value, place);
end;

-- Not strict, so that the planner puts their bodies in place of them: what depends on a constant
-- alone is then computed once a query.
create function homebase_differ(halfvec, halfvec) returns double precision
  language sql immutable parallel safe
  return homebase_vector_fail(
    null::double precision, '22000', 'different halfvec dimensions %s and %s',
    vector_dims($1), vector_dims($2));
create function l2_distance(halfvec, halfvec) returns double precision
  language sql immutable parallel safe
  return case
    when homebase_length($1) <> homebase_length($2) then homebase_differ($1, $2)
    else homebase_l2(homebase_cube_distance(homebase_cube($1), homebase_cube($2))) end;
create function l1_distance(halfvec, halfvec) returns double precision
  language sql immutable parallel safe
  return case
    when homebase_length($1) <> homebase_length($2) then homebase_differ($1, $2)
    else homebase_single(homebase_cube_taxicab(homebase_cube($1), homebase_cube($2))) end;
create function inner_product(halfvec, halfvec) returns double precision
  language sql immutable parallel safe
  return case
    when homebase_length($1) <> homebase_length($2) then homebase_differ($1, $2)
    else coalesce(
      homebase_inner(
        homebase_cube_distance(homebase_cube($1), homebase_cube($2)),
        l2_norm($1), l2_norm($2)),
      homebase_inner_exact(homebase_cube($1), homebase_cube($2))) end;
create function cosine_distance(halfvec, halfvec) returns double precision
  language sql immutable parallel safe
  return homebase_cosine(inner_product($1, $2), l2_norm($1), l2_norm($2));
create function halfvec_negative_inner_product(halfvec, halfvec) returns double precision
  language sql immutable parallel safe
  return -inner_product($1, $2);
create function halfvec_l2_squared_distance(halfvec, halfvec) returns double precision
  language sql immutable parallel safe
  return homebase_single(l2_distance($1, $2) ^ 2);
create function halfvec_spherical_distance(halfvec, halfvec) returns double precision
  language sql immutable parallel safe
  return homebase_spherical(inner_product($1, $2));

create function halfvec_cmp(halfvec, halfvec) returns integer
  language sql immutable strict parallel safe
  return btarraycmp(homebase_array($1), homebase_array($2));
create function halfvec_lt(halfvec, halfvec) returns boolean
  language sql immutable strict parallel safe
  return homebase_array($1) < homebase_array($2);
create function halfvec_le(halfvec, halfvec) returns boolean
  language sql immutable strict parallel safe
  return homebase_array($1) <= homebase_array($2);
create function halfvec_eq(halfvec, halfvec) returns boolean
  language sql immutable strict parallel safe
  return homebase_array($1) = homebase_array($2);
create function halfvec_ne(halfvec, halfvec) returns boolean
  language sql immutable strict parallel safe
  return homebase_array($1) <> homebase_array($2);
create function halfvec_ge(halfvec, halfvec) returns boolean
  language sql immutable strict parallel safe
  return homebase_array($1) >= homebase_array($2);
create function halfvec_gt(halfvec, halfvec) returns boolean
  language sql immutable strict parallel safe
  return homebase_array($1) > homebase_array($2);

create function l2_normalize(halfvec) returns halfvec language sql immutable strict parallel safe
begin atomic
  select homebase_build_halfvec(
    array(
      select case when l2_norm($1) > 0 then (v.value / l2_norm($1))::real
                  else v.value::real end
        from unnest(homebase_array($1)) with ordinality as v (value, place)
       order by v.place),
    -1);
end;
create function binary_quantize(halfvec) returns "bit" language sql immutable strict parallel safe
begin atomic
  select string_agg(case when v.value > 0 then '1' else '0' end, '' order by v.place)
           ::bit varying::pg_catalog."bit"
    from unnest(homebase_array($1)) with ordinality as v (value, place);
end;
create function subvector(halfvec, integer, integer) returns halfvec
  language sql immutable strict parallel safe
  return homebase_build_halfvec(
    ((homebase_array($1))[greatest($2, 1):least($2::bigint + $3 - 1, 16000)::integer])::real[],
    -1);
create function homebase_same(halfvec, halfvec) returns boolean
  language sql immutable strict parallel safe
  return case when homebase_length($1) <> homebase_length($2)
    then homebase_differ($1, $2) is null else true end;
create function halfvec_add(halfvec, halfvec) returns halfvec
  language sql immutable strict parallel safe
begin atomic
  select case when homebase_same($1, $2) then homebase_build_halfvec(
    array(
      select pair.x::real + pair.y::real
        from unnest(homebase_array($1), homebase_array($2))
             with ordinality as pair (x, y, place)
       order by pair.place),
    -1) end;
end;
create function halfvec_sub(halfvec, halfvec) returns halfvec
  language sql immutable strict parallel safe
begin atomic
  select case when homebase_same($1, $2) then homebase_build_halfvec(
    array(
      select pair.x::real - pair.y::real
        from unnest(homebase_array($1), homebase_array($2))
             with ordinality as pair (x, y, place)
       order by pair.place),
    -1) end;
end;
create function halfvec_mul(halfvec, halfvec) returns halfvec
  language sql immutable strict parallel safe
begin atomic
  select case when homebase_same($1, $2) then homebase_build_halfvec(
    array(
      select pair.x::real * pair.y::real
        from unnest(homebase_array($1), homebase_array($2))
             with ordinality as pair (x, y, place)
       order by pair.place),
    -1) end;
end;

create function halfvec_concat(halfvec, halfvec) returns halfvec
  language sql immutable strict parallel safe
  return homebase_build_halfvec((homebase_array($1) || homebase_array($2))::real[], -1);

create function halfvec_accum(double precision[], halfvec) returns double precision[]
  language sql immutable strict parallel safe
begin atomic
  select case
    when $1[1] = 0 then array[1::double precision] || homebase_array($2)
    when cardinality($1) - 1 <> vector_dims($2) then array[homebase_vector_fail(
      null::double precision, '22000', 'expected %s dimensions, not %s',
      cardinality($1) - 1, vector_dims($2))]
    else array[$1[1] + 1] || array(
      select pair.x + pair.y
        from unnest($1[2:], homebase_array($2)) with ordinality as pair (x, y, place)
       order by pair.place) end;
end;
create function halfvec_avg(double precision[]) returns halfvec
  language sql immutable strict parallel safe
begin atomic
  select case when $1[1] > 0 then homebase_build_halfvec(
    array(
      select (v.value / $1[1])::real
        from unnest($1[2:]) with ordinality as v (value, place) order by v.place),
    -1) end;
end;

-- Casts and input.
create function halfvec(halfvec, integer, boolean) returns halfvec
  language sql immutable strict parallel safe
  return case when $2 < 1 or $2 = vector_dims($1) then $1
    else homebase_vector_fail(
      null::halfvec, '22000', 'expected %s dimensions, not %s', $2, vector_dims($1)) end;
create cast (halfvec as halfvec) with function halfvec(halfvec, integer, boolean) as implicit;
create function halfvec_to_float4(halfvec, integer, boolean) returns real[]
  language sql immutable strict parallel safe
  return homebase_array($1)::real[];
create cast (halfvec as real[])
  with function halfvec_to_float4(halfvec, integer, boolean) as assignment;
create function array_to_halfvec(integer[], integer, boolean) returns halfvec
  language sql immutable strict parallel safe
  return homebase_build_halfvec($1::real[], $2);
create cast (integer[] as halfvec)
  with function array_to_halfvec(integer[], integer, boolean) as assignment;
create function array_to_halfvec(real[], integer, boolean) returns halfvec
  language sql immutable strict parallel safe
  return homebase_build_halfvec($1::real[], $2);
create cast (real[] as halfvec)
  with function array_to_halfvec(real[], integer, boolean) as assignment;
create function array_to_halfvec(double precision[], integer, boolean) returns halfvec
  language sql immutable strict parallel safe
  return homebase_build_halfvec($1::real[], $2);
create cast (double precision[] as halfvec)
  with function array_to_halfvec(double precision[], integer, boolean) as assignment;
create function array_to_halfvec(numeric[], integer, boolean) returns halfvec
  language sql immutable strict parallel safe
  return homebase_build_halfvec($1::real[], $2);
create cast (numeric[] as halfvec)
  with function array_to_halfvec(numeric[], integer, boolean) as assignment;

create operator <-> (
  leftarg = halfvec, rightarg = halfvec, function = l2_distance, commutator = '<->');
create operator <#> (
  leftarg = halfvec, rightarg = halfvec, function = halfvec_negative_inner_product,
  commutator = '<#>');
create operator <=> (
  leftarg = halfvec, rightarg = halfvec, function = cosine_distance, commutator = '<=>');
create operator <+> (
  leftarg = halfvec, rightarg = halfvec, function = l1_distance, commutator = '<+>');
create operator + (
  leftarg = halfvec, rightarg = halfvec, function = halfvec_add, commutator = +);
create operator - (leftarg = halfvec, rightarg = halfvec, function = halfvec_sub);
create operator * (
  leftarg = halfvec, rightarg = halfvec, function = halfvec_mul, commutator = *);
create operator || (leftarg = halfvec, rightarg = halfvec, function = halfvec_concat);
create operator < (
  leftarg = halfvec, rightarg = halfvec, function = halfvec_lt, commutator = >, negator = >=,
  restrict = scalarltsel, join = scalarltjoinsel);
create operator <= (
  leftarg = halfvec, rightarg = halfvec, function = halfvec_le, commutator = >=, negator = >,
  restrict = scalarlesel, join = scalarlejoinsel);
create operator = (
  leftarg = halfvec, rightarg = halfvec, function = halfvec_eq, commutator = =, negator = <>,
  restrict = eqsel, join = eqjoinsel);
create operator <> (
  leftarg = halfvec, rightarg = halfvec, function = halfvec_ne, commutator = <>, negator = =,
  restrict = neqsel, join = neqjoinsel);
create operator >= (
  leftarg = halfvec, rightarg = halfvec, function = halfvec_ge, commutator = <=, negator = <,
  restrict = scalargesel, join = scalargejoinsel);
create operator > (
  leftarg = halfvec, rightarg = halfvec, function = halfvec_gt, commutator = <, negator = <=,
  restrict = scalargtsel, join = scalargtjoinsel);
create operator class halfvec_ops default for type halfvec using btree as
  operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >,
  function 1 halfvec_cmp(halfvec, halfvec);

create aggregate avg(halfvec) (
  sfunc = halfvec_accum, stype = double precision[], finalfunc = halfvec_avg, initcond = '{0}',
  combinefunc = vector_combine, parallel = safe);
create aggregate sum(halfvec) (
  sfunc = halfvec_add, stype = halfvec, combinefunc = halfvec_add, parallel = safe);

create function vector_to_halfvec(vector, integer, boolean) returns halfvec
  language sql immutable strict parallel safe
  return homebase_build_halfvec(homebase_array($1)::real[], $2);
create cast (vector as halfvec)
  with function vector_to_halfvec(vector, integer, boolean) as implicit;
create function halfvec_to_vector(halfvec, integer, boolean) returns vector
  language sql immutable strict parallel safe
  return homebase_build_vector(homebase_array($1)::real[], $2);
create cast (halfvec as vector)
  with function halfvec_to_vector(halfvec, integer, boolean) as assignment;

-- sparsevec: its text in canonical form, ascending and without zeros: `{1:1.5,3:2}/5`.

create type sparsevec;
create function sparsevec_in(cstring, oid, integer) returns sparsevec
  language internal immutable strict as 'textin';
create function sparsevec_out(sparsevec) returns cstring
  language internal immutable strict parallel safe as 'textout';
create function sparsevec_typmod_in(cstring[]) returns integer
  language internal immutable strict parallel safe as 'varchartypmodin';
create function sparsevec_send(sparsevec) returns bytea
  language internal immutable strict parallel safe as 'byteasend';
create type sparsevec (
  input = sparsevec_in, output = sparsevec_out, typmod_in = sparsevec_typmod_in,
  send = sparsevec_send, storage = external);
create function homebase_sparsevec(text) returns sparsevec
  language internal immutable strict parallel safe as 'byteasend';
create function homebase_text(sparsevec) returns text
  language internal immutable strict parallel safe as 'byteasend';

create function homebase_sparse_text(positions integer[], contents real[], dimensions integer)
  returns text language sql immutable strict parallel safe
  set search_path = pg_catalog set extra_float_digits = 1
as $$
  select '{' || coalesce(string_agg(place || ':' || value, ',' order by place), '') || '}/'
      || dimensions
    from unnest(positions, contents) as pair (place, value)
   where value <> 0
$$;

create function homebase_sparse_parse(input text, typmod integer) returns text
  language plpgsql immutable strict parallel safe
  set search_path = pg_catalog
as $$
declare
  parts constant text[] := regexp_match(
    input, '^\s*\{\s*([^{}]*?)\s*\}\s*/\s*(-?[0-9]{1,18})\s*$');
  pairs text[];
  positions bigint[];
  contents real[];
  dimensions bigint;
begin
  if parts is null then
    raise exception using errcode = '22P02',
      message = format('invalid input syntax for type sparsevec: "%s"', input);
  end if;
  dimensions := parts[2]::bigint;
  pairs := string_to_array(nullif(parts[1], ''), ',');
  if exists (
    select from unnest(pairs) as pair
     where pair !~ ('^\s*-?[0-9]{1,18}\s*:\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)'
       '(?:[eE][-+]?[0-9]+)?\s*$'))
  then
    if parts[1] ~* ':\s*[-+]?nan' then
      raise exception using errcode = '22000', message = 'NaN not allowed in sparsevec';
    elsif parts[1] ~* ':\s*[-+]?inf' then
      raise exception using errcode = '22000',
        message = 'infinite value not allowed in sparsevec';
    end if;
    raise exception using errcode = '22P02',
      message = format('invalid input syntax for type sparsevec: "%s"', input);
  end if;
  select coalesce(array_agg(split_part(pair, ':', 1)::bigint), '{}'),
         coalesce(array_agg(btrim(split_part(pair, ':', 2))::real), '{}')
    into positions, contents
    from unnest(pairs) as pair;
  if dimensions < 1 then
    raise exception using errcode = '22000',
      message = 'sparsevec must have at least 1 dimension';
  elsif dimensions > 1000000000 then
    raise exception using errcode = '54000',
      message = 'sparsevec cannot have more than 1000000000 dimensions';
  elsif exists (select from unnest(positions) as place where place not between 1 and dimensions)
  then
    raise exception using errcode = '22000', message = 'sparsevec index out of bounds';
  elsif (select count(*) <> count(distinct place) from unnest(positions) as place) then
    raise exception using errcode = '22000',
      message = 'sparsevec indices must not contain duplicates';
  elsif cardinality(positions) > 16000 then
    raise exception using errcode = '54000',
      message = 'sparsevec cannot have more than 16000 non-zero elements';
  elsif typmod > 0 and dimensions <> typmod then
    raise exception using errcode = '22000',
      message = format('expected %s dimensions, not %s', typmod, dimensions);
  end if;
  return (
    select '{' || coalesce(string_agg(place || ':' || value, ',' order by place), '') || '}/'
        || dimensions
      from unnest(positions, contents) as pair (place, value)
     where value <> 0);
end
$$;

create function homebase_dimensions(sparsevec) returns integer
  language sql immutable strict parallel safe
  return split_part(homebase_text($1), '/', 2)::integer;
create function homebase_pairs(sparsevec, out place integer, out value double precision)
  returns setof record language sql immutable strict parallel safe
begin atomic
  select split_part(pair, ':', 1)::integer, split_part(pair, ':', 2)::real::double precision
    from unnest(string_to_array(
           nullif(split_part(substr(homebase_text($1), 2), '}', 1), ''), ',')) as pair;
end;

create or replace function sparsevec_send(sparsevec) returns bytea
  language sql immutable strict parallel safe
begin atomic
  -- Positions count from zero in a message.
  select int4send(homebase_dimensions($1)) || int4send(count(*)::integer) || int4send(0)
      || coalesce(string_agg(int4send(place - 1), ''::bytea order by place), ''::bytea)
      || coalesce(string_agg(float4send(value::real), ''::bytea order by place), ''::bytea)
    from homebase_pairs($1);
end;
-- Every position that one of two has, as two arrays of values; their dimensions must agree.
create function homebase_aligned(
    sparsevec, sparsevec, out x double precision, out y double precision, out place integer)
  returns setof record language sql immutable strict parallel safe
begin atomic
  select coalesce(one.value, 0), coalesce(other.value, 0), coalesce(one.place, other.place)
    from homebase_pairs($1) as one
    full join homebase_pairs($2) as other on other.place = one.place
   where case when homebase_dimensions($1) <> homebase_dimensions($2)
     then homebase_vector_fail(
       true, '22000', 'different sparsevec dimensions %s and %s', homebase_dimensions($1),
       homebase_dimensions($2))
     else true end;
end;
-- Two without values have no pair that could say that they differ.
create function homebase_alike(sparsevec, sparsevec) returns boolean
  language sql immutable strict parallel safe
  return case when homebase_dimensions($1) <> homebase_dimensions($2)
    then homebase_vector_fail(
      true, '22000', 'different sparsevec dimensions %s and %s', homebase_dimensions($1),
      homebase_dimensions($2))
    else true end;

create function l2_norm(sparsevec) returns double precision
  language sql immutable strict parallel safe
begin atomic
  select coalesce(sqrt(sum(value * value)), 0) from homebase_pairs($1);
end;
create function l2_distance(sparsevec, sparsevec) returns double precision
  language sql immutable strict parallel safe
begin atomic
  select case when homebase_alike($1, $2)
    then coalesce(homebase_l2(sqrt(sum((x - y) * (x - y)))), 0) end
    from homebase_aligned($1, $2);
end;
create function sparsevec_l2_squared_distance(sparsevec, sparsevec) returns double precision
  language sql immutable strict parallel safe
  return homebase_single(l2_distance($1, $2) ^ 2);
create function inner_product(sparsevec, sparsevec) returns double precision
  language sql immutable strict parallel safe
begin atomic
  select case when homebase_alike($1, $2) then coalesce(homebase_single(sum(x * y)), 0) end
    from homebase_aligned($1, $2);
end;
create function sparsevec_negative_inner_product(sparsevec, sparsevec)
  returns double precision language sql immutable strict parallel safe
  return -inner_product($1, $2);
create function cosine_distance(sparsevec, sparsevec) returns double precision
  language sql immutable strict parallel safe
  return homebase_cosine(inner_product($1, $2), l2_norm($1), l2_norm($2));
create function l1_distance(sparsevec, sparsevec) returns double precision
  language sql immutable strict parallel safe
begin atomic
  select case when homebase_alike($1, $2)
    then coalesce(homebase_single(sum(abs(x - y))), 0) end
    from homebase_aligned($1, $2);
end;
create function l2_normalize(sparsevec) returns sparsevec
  language sql immutable strict parallel safe
begin atomic
  select case when l2_norm($1) = 0 then $1
    else homebase_sparsevec(homebase_sparse_text(
      array_agg(place), array_agg((value / l2_norm($1))::real), homebase_dimensions($1))) end
    from homebase_pairs($1);
end;
create function sparsevec_cmp(sparsevec, sparsevec) returns integer
  language sql immutable strict parallel safe
begin atomic
  -- The first position that differs decides, as it would in dense vectors; then the length.
  select coalesce(
    (select case when coalesce(one.value, 0) < coalesce(other.value, 0) then -1 else 1 end
       from homebase_pairs($1) as one
       full join homebase_pairs($2) as other on other.place = one.place
      where coalesce(one.value, 0) <> coalesce(other.value, 0)
        and coalesce(one.place, other.place)
          <= least(homebase_dimensions($1), homebase_dimensions($2))
      order by coalesce(one.place, other.place) limit 1),
    sign(homebase_dimensions($1) - homebase_dimensions($2))::integer);
end;
create function sparsevec_lt(sparsevec, sparsevec) returns boolean
  language sql immutable strict parallel safe return sparsevec_cmp($1, $2) < 0;
create function sparsevec_le(sparsevec, sparsevec) returns boolean
  language sql immutable strict parallel safe return sparsevec_cmp($1, $2) <= 0;
create function sparsevec_eq(sparsevec, sparsevec) returns boolean
  language sql immutable strict parallel safe return sparsevec_cmp($1, $2) = 0;
create function sparsevec_ne(sparsevec, sparsevec) returns boolean
  language sql immutable strict parallel safe return sparsevec_cmp($1, $2) <> 0;
create function sparsevec_ge(sparsevec, sparsevec) returns boolean
  language sql immutable strict parallel safe return sparsevec_cmp($1, $2) >= 0;
create function sparsevec_gt(sparsevec, sparsevec) returns boolean
  language sql immutable strict parallel safe return sparsevec_cmp($1, $2) > 0;

create function sparsevec(sparsevec, integer, boolean) returns sparsevec
  language sql immutable strict parallel safe
  return case when $2 < 1 or $2 = homebase_dimensions($1) then $1
    else homebase_vector_fail(
      null::sparsevec, '22000', 'expected %s dimensions, not %s', $2, homebase_dimensions($1))
    end;
create cast (sparsevec as sparsevec)
  with function sparsevec(sparsevec, integer, boolean) as implicit;

-- Between dense and sparse.
create function homebase_dense(sparsevec) returns real[]
  language sql immutable strict parallel safe
begin atomic
  select array(
    select coalesce(pair.value, 0)::real
      from generate_series(1, case
             when homebase_dimensions($1) > 16000 then homebase_vector_fail(
               0, '54000', 'vector cannot have more than 16000 dimensions',
               homebase_dimensions($1))
             else homebase_dimensions($1) end) as place
      left join homebase_pairs($1) as pair on pair.place = place.place
     order by place.place);
end;
create function homebase_sparse(real[], integer) returns sparsevec
  language sql immutable strict parallel safe
begin atomic
  select case when homebase_vector_check($1, $2, 'sparsevec')
    then homebase_sparsevec(homebase_sparse_text(
      array(select generate_series(1, cardinality($1))), $1, cardinality($1))) end;
end;
create function sparsevec_to_vector(sparsevec, integer, boolean) returns vector
  language sql immutable strict parallel safe
  return homebase_build_vector(homebase_dense($1), $2);
create cast (sparsevec as vector)
  with function sparsevec_to_vector(sparsevec, integer, boolean) as assignment;
create function vector_to_sparsevec(vector, integer, boolean) returns sparsevec
  language sql immutable strict parallel safe
  return homebase_sparse(homebase_array($1)::real[], $2);
create cast (vector as sparsevec)
  with function vector_to_sparsevec(vector, integer, boolean) as implicit;
create function sparsevec_to_halfvec(sparsevec, integer, boolean) returns halfvec
  language sql immutable strict parallel safe
  return homebase_build_halfvec(homebase_dense($1), $2);
create cast (sparsevec as halfvec)
  with function sparsevec_to_halfvec(sparsevec, integer, boolean) as assignment;
create function halfvec_to_sparsevec(halfvec, integer, boolean) returns sparsevec
  language sql immutable strict parallel safe
  return homebase_sparse(homebase_array($1)::real[], $2);
create cast (halfvec as sparsevec)
  with function halfvec_to_sparsevec(halfvec, integer, boolean) as implicit;
create function array_to_sparsevec(integer[], integer, boolean) returns sparsevec
  language sql immutable strict parallel safe return homebase_sparse($1::real[], $2);
create cast (integer[] as sparsevec)
  with function array_to_sparsevec(integer[], integer, boolean) as assignment;
create function array_to_sparsevec(real[], integer, boolean) returns sparsevec
  language sql immutable strict parallel safe return homebase_sparse($1::real[], $2);
create cast (real[] as sparsevec)
  with function array_to_sparsevec(real[], integer, boolean) as assignment;
create function array_to_sparsevec(double precision[], integer, boolean) returns sparsevec
  language sql immutable strict parallel safe return homebase_sparse($1::real[], $2);
create cast (double precision[] as sparsevec)
  with function array_to_sparsevec(double precision[], integer, boolean) as assignment;
create function array_to_sparsevec(numeric[], integer, boolean) returns sparsevec
  language sql immutable strict parallel safe return homebase_sparse($1::real[], $2);
create cast (numeric[] as sparsevec)
  with function array_to_sparsevec(numeric[], integer, boolean) as assignment;

create operator <-> (
  leftarg = sparsevec, rightarg = sparsevec, function = l2_distance, commutator = '<->');
create operator <#> (
  leftarg = sparsevec, rightarg = sparsevec, function = sparsevec_negative_inner_product,
  commutator = '<#>');
create operator <=> (
  leftarg = sparsevec, rightarg = sparsevec, function = cosine_distance, commutator = '<=>');
create operator <+> (
  leftarg = sparsevec, rightarg = sparsevec, function = l1_distance, commutator = '<+>');
create operator < (
  leftarg = sparsevec, rightarg = sparsevec, function = sparsevec_lt, commutator = >, negator = >=,
  restrict = scalarltsel, join = scalarltjoinsel);
create operator <= (
  leftarg = sparsevec, rightarg = sparsevec, function = sparsevec_le, commutator = >=, negator = >,
  restrict = scalarlesel, join = scalarlejoinsel);
create operator = (
  leftarg = sparsevec, rightarg = sparsevec, function = sparsevec_eq, commutator = =, negator = <>,
  restrict = eqsel, join = eqjoinsel);
create operator <> (
  leftarg = sparsevec, rightarg = sparsevec, function = sparsevec_ne, commutator = <>, negator = =,
  restrict = neqsel, join = neqjoinsel);
create operator >= (
  leftarg = sparsevec, rightarg = sparsevec, function = sparsevec_ge, commutator = <=, negator = <,
  restrict = scalargesel, join = scalargejoinsel);
create operator > (
  leftarg = sparsevec, rightarg = sparsevec, function = sparsevec_gt, commutator = <, negator = <=,
  restrict = scalargtsel, join = scalargtjoinsel);
create operator class sparsevec_ops default for type sparsevec using btree as
  operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >,
  function 1 sparsevec_cmp(sparsevec, sparsevec);

-- Distances of bit strings.

create function homebase_bits_agree("bit", "bit") returns boolean
  language sql immutable strict parallel safe
  return case when length($1) <> length($2)
    then homebase_vector_fail(
      true, '22000', 'different bit lengths %s and %s', length($1), length($2))
    else true end;
create function hamming_distance("bit", "bit") returns double precision
  language sql immutable strict parallel safe
  return case when homebase_bits_agree($1, $2)
    then bit_count($1 # $2)::double precision end;
create function jaccard_distance("bit", "bit") returns double precision
  language sql immutable strict parallel safe
  return case when homebase_bits_agree($1, $2)
    then 1 - coalesce(
      bit_count($1 & $2)::double precision / nullif(bit_count($1 | $2), 0), 0) end;
create operator <~> (
  leftarg = "bit", rightarg = "bit", function = hamming_distance, commutator = '<~>');
create operator <%> (
  leftarg = "bit", rightarg = "bit", function = jaccard_distance, commutator = '<%>');

-- Index methods that take every index statement and answer no query: each is a hash index whose
-- operator classes have no operator, so the planner never finds a use for it. A search reads the
-- whole table, and is exact. A hash index knows no `m`, `ef_construction` or `lists`: homebase's
-- runner leaves such a WITH clause out.

create function ivfflathandler(internal) returns index_am_handler
  language internal as 'hashhandler';
create function hnswhandler(internal) returns index_am_handler
  language internal as 'hashhandler';
create access method ivfflat type index handler ivfflathandler;
comment on access method ivfflat is 'ivfflat index access method';
create access method hnsw type index handler hnswhandler;
comment on access method hnsw is 'hnsw index access method';
-- Nobody calls these; types that were generated from a project's database list them.
create function ivfflat_halfvec_support(internal) returns internal
  language internal as 'hashhandler';
create function ivfflat_bit_support(internal) returns internal
  language internal as 'hashhandler';
create function hnsw_halfvec_support(internal) returns internal
  language internal as 'hashhandler';
create function hnsw_bit_support(internal) returns internal
  language internal as 'hashhandler';
create function hnsw_sparsevec_support(internal) returns internal
  language internal as 'hashhandler';

create function homebase_hash(vector) returns integer
  language internal immutable strict parallel safe as 'hashvarlena';
create function homebase_hash(halfvec) returns integer
  language internal immutable strict parallel safe as 'hashvarlena';
create function homebase_hash(sparsevec) returns integer
  language internal immutable strict parallel safe as 'hashvarlena';
create function homebase_hash("bit") returns integer
  language internal immutable strict parallel safe as 'hashvarlena';

create operator class vector_l2_ops default for type vector using ivfflat as
  function 1 homebase_hash(vector);
create operator class vector_ip_ops for type vector using ivfflat as
  function 1 homebase_hash(vector);
create operator class vector_cosine_ops for type vector using ivfflat as
  function 1 homebase_hash(vector);
create operator class halfvec_l2_ops for type halfvec using ivfflat as
  function 1 homebase_hash(halfvec);
create operator class halfvec_ip_ops for type halfvec using ivfflat as
  function 1 homebase_hash(halfvec);
create operator class halfvec_cosine_ops for type halfvec using ivfflat as
  function 1 homebase_hash(halfvec);
create operator class bit_hamming_ops for type "bit" using ivfflat as
  function 1 homebase_hash("bit");
create operator class vector_l2_ops for type vector using hnsw as
  function 1 homebase_hash(vector);
create operator class vector_ip_ops for type vector using hnsw as
  function 1 homebase_hash(vector);
create operator class vector_cosine_ops for type vector using hnsw as
  function 1 homebase_hash(vector);
create operator class vector_l1_ops for type vector using hnsw as
  function 1 homebase_hash(vector);
create operator class halfvec_l2_ops for type halfvec using hnsw as
  function 1 homebase_hash(halfvec);
create operator class halfvec_ip_ops for type halfvec using hnsw as
  function 1 homebase_hash(halfvec);
create operator class halfvec_cosine_ops for type halfvec using hnsw as
  function 1 homebase_hash(halfvec);
create operator class halfvec_l1_ops for type halfvec using hnsw as
  function 1 homebase_hash(halfvec);
create operator class sparsevec_l2_ops for type sparsevec using hnsw as
  function 1 homebase_hash(sparsevec);
create operator class sparsevec_ip_ops for type sparsevec using hnsw as
  function 1 homebase_hash(sparsevec);
create operator class sparsevec_cosine_ops for type sparsevec using hnsw as
  function 1 homebase_hash(sparsevec);
create operator class sparsevec_l1_ops for type sparsevec using hnsw as
  function 1 homebase_hash(sparsevec);
create operator class bit_hamming_ops for type "bit" using hnsw as
  function 1 homebase_hash("bit");
create operator class bit_jaccard_ops for type "bit" using hnsw as
  function 1 homebase_hash("bit");

-- What a real index of these kinds would refuse.
create function homebase_vector_index() returns event_trigger
  language plpgsql set search_path = pg_catalog
as $$
declare
  found record;
begin
  for found in
    -- The index's own column is that of a hash; an expression shows its type when it is a cast.
    select am.amname as method, coalesce(type.typname, shown.cast_to[1]) as kind,
           coalesce(column_.atttypmod, shown.cast_to[2]::integer) as dimensions,
           case coalesce(type.typname, shown.cast_to[1])
             when 'vector' then 2000 when 'halfvec' then 4000 when 'bit' then 64000 end as most
      from pg_event_trigger_ddl_commands() as command
      join pg_class as made on made.oid = command.objid and made.relkind in ('i', 'I')
      join pg_am as am on am.oid = made.relam and am.amname in ('hnsw', 'ivfflat')
      join pg_index as index on index.indexrelid = made.oid
      left join pg_attribute as column_
        on column_.attrelid = index.indrelid and column_.attnum = index.indkey[0]
       and column_.attnum > 0
      left join pg_type as type on type.oid = column_.atttypid
      cross join lateral (
        select regexp_match(
          pg_get_indexdef(made.oid, 1, false), '::(?:\w+\.)?(vector|halfvec|bit)\((\d+)\)\)*$')
      ) as shown (cast_to)
     where command.classid = 'pg_class'::regclass
  loop
    if found.dimensions < 1 then
      raise exception using errcode = '22023', message = 'column does not have dimensions';
    elsif found.dimensions > found.most then
      raise exception using errcode = '54000',
        message = format(
          'column cannot have more than %s dimensions for %s index', found.most, found.method);
    end if;
  end loop;
end
$$;
create event trigger homebase_vector_index on ddl_command_end when tag in ('CREATE INDEX')
  execute function homebase_vector_index();

-- Input and modifiers. SQL refuses arguments of type cstring when a function is made, and has no
-- trouble with them when it runs: its validator rests for these lines. The same cannot be done
-- for binary input, whose argument is of type internal: a client sends text.
update pg_catalog.pg_language set lanvalidator = 0 where lanname = 'sql';
create or replace function sparsevec_in(cstring, oid, integer) returns sparsevec
  language sql immutable strict parallel safe
  return homebase_sparsevec(homebase_sparse_parse($1::text, $3));
create or replace function sparsevec_typmod_in(cstring[]) returns integer
  language sql immutable strict parallel safe
  return homebase_vector_typmod($1::text[], 'sparsevec', 1000000000);
create or replace function vector_in(cstring, oid, integer) returns vector
  language sql immutable strict parallel safe
  return homebase_build_vector(homebase_vector_parse($1::text, 'vector'), $3);
create or replace function vector_typmod_in(cstring[]) returns integer
  language sql immutable strict parallel safe
  return homebase_vector_typmod($1::text[], 'vector', 16000);
create or replace function halfvec_in(cstring, oid, integer) returns halfvec
  language sql immutable strict parallel safe
  return homebase_build_halfvec(homebase_vector_parse($1::text, 'halfvec'), $3);
create or replace function halfvec_typmod_in(cstring[]) returns integer
  language sql immutable strict parallel safe
  return homebase_vector_typmod($1::text[], 'halfvec', 16000);
update pg_catalog.pg_language
   set lanvalidator = 'pg_catalog.fmgr_sql_validator(oid)'::regprocedure
 where lanname = 'sql';

-- A type and its input depend on each other, which pg_dump knows how to untie; what the input
-- calls would make the loop longer, and pg_dump would warn. The extension keeps them together.
delete from pg_catalog.pg_depend as d
 using pg_catalog.pg_proc as p
 where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass
   and d.deptype = 'n' and p.pronamespace = (
     select extnamespace from pg_catalog.pg_extension where extname = 'vector')
   and p.proname ~ '^(vector|halfvec|sparsevec)_(in|typmod_in|send)$';
