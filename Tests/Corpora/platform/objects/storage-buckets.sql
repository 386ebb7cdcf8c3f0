-- projects: 25 insert (public 20, size limit 5, MIME types 5, owner 3), 2 with a policy
-- Buckets made by a migration or a seed, more than once.
insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true);
insert into storage.buckets (id, name) values ('plain', 'plain');
INSERT INTO "storage"."buckets"
  ("id", "name", "owner", "created_at", "updated_at", "public", "avif_autodetection",
   "file_size_limit", "allowed_mime_types", "owner_id")
VALUES ('docs', 'docs', NULL, '2026-01-02 03:04:05+00', '2026-01-02 03:04:05+00', FALSE, FALSE,
        52428800, '{"application/pdf","image/png"}', NULL);
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('avatars', 'avatars', false, 1048576, array['image/jpeg', 'image/png'])
on conflict (id) do update set public = excluded.public,
  file_size_limit = excluded.file_size_limit, allowed_mime_types = excluded.allowed_mime_types;
insert into storage.buckets (id, name) values ('plain', 'plain') on conflict do nothing;
update storage.buckets set public = true where id = 'plain';
create policy "See buckets" on storage.buckets for select to authenticated using (public);
do $$
begin
  if (select string_agg(id, ',' order by id) from storage.buckets where public) <> 'plain' then
    raise exception 'wrong buckets';
  end if;
  if (select type::text || versioning_status from storage.buckets where id = 'docs')
     <> 'STANDARDDISABLED' then
    raise exception 'wrong defaults';
  end if;
  begin
    delete from storage.buckets where id = 'plain';
    raise exception 'a bucket was deleted by SQL';
  exception when insufficient_privilege then null;
  end;
end
$$;
set role authenticated;
do $$
begin
  if (select count(*) from storage.buckets) <> 1 then raise exception 'wrong rows'; end if;
end
$$;
reset role;
