-- projects: 1
-- A function of one's own in schema storage. The hosted platform refuses it since April 2025.
create or replace function storage.is_image(name text) returns boolean language sql immutable as
  $$ select lower(storage.extension(name)) in ('png', 'jpg') $$;
create policy images on storage.objects for insert to authenticated
  with check (storage.is_image(name));
do $$
begin
  if not storage.is_image('a/B.PNG') then raise exception 'no image'; end if;
end
$$;
