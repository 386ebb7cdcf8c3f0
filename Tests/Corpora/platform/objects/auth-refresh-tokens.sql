-- projects: 3 set the sequence, 1 writes the table
-- What pg_dump writes at the end of a data file.
insert into auth.refresh_tokens (instance_id, id, token, user_id, revoked, created_at, updated_at)
  values ('00000000-0000-0000-0000-000000000000', 1, 't', null, false, now(), now());
SELECT pg_catalog.setval('"auth"."refresh_tokens_id_seq"', 7, true);
do $$
begin
  if nextval('auth.refresh_tokens_id_seq') <> 8 then raise exception 'wrong number'; end if;
end
$$;
