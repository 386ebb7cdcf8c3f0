-- projects: 8 (7 insert, 6 with provider_id)
-- How a user made by hand signs in; the address is read from the identity's own data.
insert into auth.users (id, email)
  values ('00000000-0000-0000-0000-000000000001', 'a@example.com');
insert into auth.identities
  (id, user_id, provider_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
select gen_random_uuid(), id, id, format('{"sub": "%s", "email": "%s"}', id, email)::jsonb,
       'email', now(), now(), now()
  from auth.users;
insert into auth.identities (provider_id, user_id, identity_data, provider)
  values ('42', '00000000-0000-0000-0000-000000000001', '{"email": "A@Example.com"}', 'github');
do $$
begin
  if (select string_agg(email, ',' order by provider) from auth.identities)
     <> 'a@example.com,a@example.com' then
    raise exception 'addresses are %', (select string_agg(email, ',') from auth.identities);
  end if;
  begin
    insert into auth.identities (provider_id, user_id, identity_data, provider)
      values ('42', '00000000-0000-0000-0000-000000000001', '{}', 'github');
    raise exception 'one identity twice';
  exception when unique_violation then null;
  end;
  delete from auth.users;
  if exists (select from auth.identities) then raise exception 'identities are left'; end if;
end
$$;
