-- projects: 5
-- Second factors: asked by policies, watched by triggers.
create table public.factor_log (user_id uuid, status text);
create function public.log_factor() returns trigger language plpgsql security definer
  set search_path = '' as $$
begin
  insert into public.factor_log values (new.user_id, new.status::text);
  return new;
end $$;
create trigger on_factor after insert or update of status on auth.mfa_factors
  for each row execute function public.log_factor();
create function public.has_two_factors() returns boolean language sql stable security definer
  set search_path = '' as $$
  select exists (
    select from auth.mfa_factors where user_id = auth.uid() and status = 'verified')
$$;
insert into auth.users (id, email)
  values ('00000000-0000-0000-0000-000000000001', 'a@example.com');
insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at, secret)
  values (gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'totp', 'unverified', now(),
          now(), 's');
update auth.mfa_factors set status = 'verified';
do $$
begin
  perform set_config(
    'request.jwt.claims', '{"sub": "00000000-0000-0000-0000-000000000001"}', true);
  if not public.has_two_factors() then raise exception 'the factor is not seen'; end if;
  if (select string_agg(status, ',') from public.factor_log) <> 'unverified,verified' then
    raise exception 'the log has %', (select string_agg(status, ',') from public.factor_log);
  end if;
end
$$;
