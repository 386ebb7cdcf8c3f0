-- projects: 5
-- Rows of files made by tests, without a file.
insert into storage.buckets (id, name) values ('b', 'b');
insert into storage.objects (bucket_id, name, owner, owner_id, version, metadata)
  values ('b', 'a/b/c.png', '00000000-0000-0000-0000-000000000001', 'me', 'v1',
          '{"size": 10, "mimetype": "image/png"}'),
         ('b', 'a/d.png', null, null, null, '{"size": 5}'), ('b', 'e.png', null, null, null, null);
insert into storage.objects (bucket_id, name) values ('b', 'e.png')
  on conflict (bucket_id, name) do update set user_metadata = '{}';
update storage.objects set metadata = metadata || '{"cacheControl": "x"}' where name like 'a/%';
do $$
begin
  if (select path_tokens from storage.objects where name = 'a/b/c.png') <> '{a,b,c.png}' then
    raise exception 'wrong tokens';
  end if;
  if (select string_agg(name, ',') from storage.search('a/', 'b')) <> 'b,d.png'
     or (select string_agg(name, ',') from storage.search('', 'b')) <> 'a,e.png'
     or (select string_agg(key, ',') from storage.search_v2('a/', 'b', levels => 2)) <> 'b,d.png'
     or (select string_agg(name, ',') from storage.list_objects_with_delimiter('b', '', '/'))
        <> 'a,e.png'
     or (select size from storage.get_size_by_bucket()) <> 15 then
    raise exception 'wrong listing';
  end if;
  begin
    insert into storage.objects (bucket_id, name) values ('nowhere', 'x');
    raise exception 'a file in no bucket';
  exception when foreign_key_violation then null;
  end;
end
$$;
