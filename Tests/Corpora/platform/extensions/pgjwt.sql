-- Tokens as a project signs and checks them; the first is the well-known example of HS256.
create extension if not exists pgjwt with schema extensions;
create extension if not exists pgjwt with schema extensions;

do $$
declare
  payload constant json := '{"sub":"1234567890","name":"John Doe","admin":true}';
  token text;
  answer record;
begin
  assert extensions.sign(payload, 'secret') =
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lI'
    'iwiYWRtaW4iOnRydWV9.TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ', 'HS256';

  foreach token in array array['HS256', 'HS384', 'HS512'] loop
    select * into answer
      from extensions.verify(
        token := extensions.sign(payload := payload, secret := 's', algorithm := token),
        secret := 's', algorithm := token);
    assert answer.valid, token;
    assert answer.payload ->> 'name' = 'John Doe', token;
    assert answer.header ->> 'alg' = token, token;
  end loop;

  select * into answer from extensions.verify(extensions.sign(payload, 'secret'), 'other');
  assert not answer.valid, 'another secret';
  assert answer.payload ->> 'sub' = '1234567890', 'the payload is readable all the same';

  -- HS512 is longer than a line of base64.
  assert extensions.sign(payload, 'secret', 'HS512') !~ '\s', 'no line break';
  assert extensions.url_encode('\xfbff') = '-_8', 'the alphabet of URLs';
  assert extensions.url_decode('-_8') = '\xfbff', 'and back';
  assert extensions.try_cast_double('1.5') = 1.5 and extensions.try_cast_double('x') is null;

  assert (select valid from extensions.verify(
    extensions.sign(json_build_object('exp', extract(epoch from now()) + 60), 's'), 's'));
  assert not (select valid from extensions.verify(
    extensions.sign(json_build_object('exp', extract(epoch from now()) - 60), 's'), 's')), 'exp';
  assert not (select valid from extensions.verify(
    extensions.sign(json_build_object('nbf', extract(epoch from now()) + 60), 's'), 's')), 'nbf';
  assert (select valid from extensions.verify(
    extensions.sign('{"exp": "soon"}', 's'), 's')), 'a claim that is no number sets no limit';
end
$$;

do $$
begin
  perform extensions.sign('{}', 'secret', 'bogus');
  raise exception 'a bogus algorithm signed';
exception when invalid_parameter_value then null;
end
$$;

-- Unqualified, through the search path of `postgres`; by the API roles; and elsewhere.
select sign('{}', 'secret');
set role anon;
select extensions.sign('{}', 'secret');
reset role;
drop extension pgjwt;
create schema jwt;
create extension pgjwt with schema jwt cascade;
select valid from jwt.verify(jwt.sign('{"a": 1}', 'x'), 'x');
drop extension pgjwt cascade;
create extension pgjwt schema extensions version '0.2.0';
do $$
begin
  assert (select installed_version from pg_available_extensions where name = 'pgjwt') = '0.2.0';
end
$$;
