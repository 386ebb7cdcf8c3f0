-- projects: 2
-- What happens to a file is noted in a table of one's own.
create table public.documents (object uuid references storage.objects on delete cascade, path text);
create function public.note() returns trigger language plpgsql security definer
  set search_path = '' as $$
begin
  insert into public.documents values (new.id, new.path_tokens[1]);
  return new;
end $$;
create trigger on_file after insert on storage.objects
  for each row execute function public.note();
insert into storage.buckets (id, name) values ('b', 'b');
insert into storage.objects (bucket_id, name) values ('b', 'folder/file.txt');
do $$
begin
  if (select path from public.documents) <> 'folder' then raise exception 'not noted'; end if;
end
$$;
drop trigger on_file on storage.objects;
