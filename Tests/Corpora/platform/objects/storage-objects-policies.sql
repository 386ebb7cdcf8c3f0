-- projects: 28 (13 drop one first)
-- Who may do what with files, by bucket, folder and owner.
insert into storage.buckets (id, name) values ('avatars', 'avatars'), ('docs', 'docs');
drop policy if exists "Anyone can read" on storage.objects;
create policy "Anyone can read" on storage.objects for select using (bucket_id = 'avatars');
CREATE POLICY "Own folder 1oj01fe_0" ON "storage"."objects" AS PERMISSIVE FOR INSERT
  TO authenticated
  WITH CHECK ((bucket_id = 'docs') AND ((storage.foldername(name))[1] = (auth.uid())::text));
create policy "Own files" on storage.objects for update to authenticated
  using (auth.uid() = owner) with check (bucket_id = 'docs');
create policy "Old" on storage.objects for delete using (owner_id = (select auth.uid()::text));
alter policy "Old" on storage.objects rename to "New";
drop policy "New" on storage.objects;
do $$
begin
  create policy "Anyone can read" on storage.objects for select using (true);
exception when duplicate_object then null;
end
$$;
set role authenticated;
do $$
begin
  perform set_config(
    'request.jwt.claims', '{"sub": "00000000-0000-0000-0000-000000000001"}', true);
  insert into storage.objects (bucket_id, name)
    values ('docs', '00000000-0000-0000-0000-000000000001/a.pdf');
  begin
    insert into storage.objects (bucket_id, name) values ('docs', 'somebody/a.pdf');
    raise exception 'wrote into another folder';
  exception when insufficient_privilege then null;
  end;
  if exists (select from storage.objects) then raise exception 'reads another bucket'; end if;
end
$$;
reset role;
do $$
begin
  if (select array_agg(policyname::text order by policyname collate "C") from pg_policies
       where schemaname = 'storage' and tablename = 'objects')
     <> array['Anyone can read', 'Own files', 'Own folder 1oj01fe_0'] then
    raise exception 'wrong policies';
  end if;
end
$$;
