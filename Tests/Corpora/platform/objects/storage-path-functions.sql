-- projects: 14 foldername, 7 filename, 6 extension
-- Parts of a key, as policies ask for them.
do $$
begin
  if storage.foldername('a/b/c.tar.gz') <> array['a', 'b']
     or storage.foldername('c.png') <> array[]::text[]
     or (storage.foldername('user/x.png'))[1] <> 'user'
     or storage.filename('a/b/c.tar.gz') <> 'c.tar.gz'
     or storage.extension('a/b/c.tar.gz') <> 'gz'
     or storage.extension('photo.PNG') <> 'PNG' then
    raise exception 'wrong parts';
  end if;
end
$$;
create table public.files (
  name text, check (storage.extension(name) in ('png', 'jpg')));
insert into public.files values ('a/b.png');
create index on public.files ((storage.filename(name)));
