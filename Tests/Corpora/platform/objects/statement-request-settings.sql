-- projects: 9
-- Functions that read the request as the REST service hands it on.
create function public.header(name text) returns text language sql stable as $$
  select current_setting('request.headers', true)::json ->> name
$$;
create function public.who() returns text language sql stable as $$
  select coalesce(
    current_setting('request.jwt.claim.sub', true),
    current_setting('request.jwt.claims', true)::json ->> 'sub')
$$;
select set_config('request.headers', '{"x-forwarded-for": "10.0.0.1"}', false);
select set_config('request.jwt.claims', '{"sub": "me", "role": "anon"}', false);
set request.method = 'GET';
set local request.path to '/notes';
do $$
begin
  if public.header('x-forwarded-for') <> '10.0.0.1' or public.who() <> 'me'
     or current_setting('request.method', true) <> 'GET'
     or current_setting('request.never', true) is not null then
    raise exception 'wrong settings';
  end if;
end
$$;
