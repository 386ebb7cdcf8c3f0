-- JSON Web Tokens with a shared secret (RFC 7515, 7519): HS256, HS384, HS512.
--
-- Bodies are parsed here and now, while pgcrypto's schema is on the search path: they find
-- `hmac` wherever it is, and whatever search path their caller has.

create function @extschema@.url_encode(data bytea) returns text
  language sql immutable
  return translate(encode(data, 'base64'), E'+/=\n', '-_');

create function @extschema@.url_decode(data text) returns bytea
  language sql immutable
  return decode(
    translate(data, '-_', '+/') || repeat('=', (4 - length(translate(data, E'=\n', '')) % 4) % 4),
    'base64');

-- An unknown algorithm is pgcrypto's to refuse: no digest is called ''.
create function @extschema@.algorithm_sign(signables text, secret text, algorithm text)
  returns text
  language sql immutable
  return @extschema@.url_encode(
    hmac(
      signables, secret,
      case algorithm
        when 'HS256' then 'sha256' when 'HS384' then 'sha384' when 'HS512' then 'sha512'
        else ''
      end));

create function @extschema@.sign(payload json, secret text, algorithm text default 'HS256')
  returns text
  language sql immutable
begin atomic
  with unsigned as (
    select @extschema@.url_encode(
             convert_to(format('{"alg":"%s","typ":"JWT"}', algorithm), 'utf8'))
           || '.' || @extschema@.url_encode(convert_to(payload::text, 'utf8')) as text
  )
  select u.text || '.' || @extschema@.algorithm_sign(u.text, secret, algorithm)
    from unsigned as u;
end;

create function @extschema@.try_cast_double(inp text) returns double precision
  language plpgsql immutable
as $$
begin
  return inp::double precision;
exception when invalid_text_representation or numeric_value_out_of_range then
  return null;
end
$$;

-- A token holds from `nbf` until just before `exp`; a claim that is absent or no number sets
-- no limit.
create function @extschema@.verify(
    token text, secret text, algorithm text default 'HS256',
    out header json, out payload json, out valid boolean)
  returns setof record
  language sql stable
begin atomic
  with parts as (
    select convert_from(@extschema@.url_decode(split_part(token, '.', 1)), 'utf8')::json as head,
           convert_from(@extschema@.url_decode(split_part(token, '.', 2)), 'utf8')::json as body,
           split_part(token, '.', 3) = @extschema@.algorithm_sign(
             split_part(token, '.', 1) || '.' || split_part(token, '.', 2), secret, algorithm)
             as is_genuine
  ), limits as (
    select p.*,
           to_timestamp(@extschema@.try_cast_double(p.body ->> 'nbf')) as not_before,
           to_timestamp(@extschema@.try_cast_double(p.body ->> 'exp')) as expires
      from parts as p
  )
  select l.head, l.body,
         l.is_genuine
         and coalesce(l.not_before <= current_timestamp, true)
         and coalesce(current_timestamp < l.expires, true)
    from limits as l;
end;
