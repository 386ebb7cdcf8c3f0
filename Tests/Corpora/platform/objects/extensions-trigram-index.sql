-- projects: 4
-- An index by an operator class of an extension, with its schema and without.
create extension if not exists pg_trgm with schema extensions;
create table public.books (title text);
create index books_title on public.books using gin (title extensions.gin_trgm_ops);
create index books_title_too on public.books using gin (title gin_trgm_ops);
insert into public.books values ('The Time Machine');
do $$
begin
  if (select extensions.similarity(title, 'Time Machine') from public.books) < 0.5 then
    raise exception 'not similar';
  end if;
end
$$;
