-- projects: 1
-- A migration that deletes files by SQL fails as on the platform, unless it says what the Storage
-- service says.
insert into storage.buckets (id, name) values ('b', 'b');
insert into storage.objects (bucket_id, name) values ('b', 'x');
do $$
declare
  said text;
begin
  begin
    delete from storage.objects where bucket_id = 'b';
  exception when insufficient_privilege then
    said := sqlerrm;
  end;
  if said <> 'Direct deletion from storage tables is not allowed. Use the Storage API instead.'
     or said is null then
    raise exception 'it said %', said;
  end if;
  perform set_config('storage.allow_delete_query', 'true', true);
  delete from storage.objects;
  delete from storage.buckets;
end
$$;
