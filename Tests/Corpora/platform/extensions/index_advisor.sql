-- The two examples of the extension's page. What comes out is the same with hypopg's package and
-- with homebase's stand-in for it.
create extension if not exists index_advisor cascade;
create extension if not exists hypopg;
create extension if not exists index_advisor;

create table public.author (id serial primary key, name text not null);
create table public.book (
  id serial primary key,
  author_id integer not null references public.author (id),
  title text,
  about json
);
insert into public.author (name) select 'author ' || n from generate_series(1, 500) as n;
insert into public.book (author_id, title)
  select n % 500 + 1, 'title ' || n from generate_series(1, 5000) as n;
analyze public.author, public.book;
create view public.books as
  select b.title, a.name from public.book as b join public.author as a on a.id = b.author_id;

do $$
declare
  advice record;
begin
  select * into advice from index_advisor('select book.id from book where title = $1');
  assert advice.index_statements = array['CREATE INDEX ON public.book USING btree (title)'],
    advice::text;
  assert advice.errors = '{}';
  assert advice.total_cost_after::numeric < advice.total_cost_before::numeric;
  assert jsonb_typeof(advice.startup_cost_before) = 'number'
    and jsonb_typeof(advice.startup_cost_after) = 'number';

  select * into advice from index_advisor(
    query := 'select b.title from book as b join author as a on a.id = b.author_id
               where a.name = $1 and a.id > $2;');
  assert advice.index_statements @> array['CREATE INDEX ON public.book USING btree (author_id)'],
    advice::text;

  select * into advice from index_advisor('select title from books where title = $1');
  assert advice.index_statements = array['CREATE INDEX ON public.book USING btree (title)'],
    'through a view';

  select * into advice from index_advisor('select * from book where id = $1');
  assert advice.index_statements = '{}' and advice.errors = '{}'
    and advice.total_cost_before = advice.total_cost_after, 'nothing to gain';

  select * into advice from index_advisor('select * from nowhere');
  assert advice.errors = array['relation "nowhere" does not exist'], advice::text;
  assert advice.index_statements = '{}' and advice.total_cost_before is null;
  select * into advice from index_advisor('select about from book where about::text = $1');
  assert advice.errors = '{}', 'a type without an order';

  assert not exists (
    select from pg_index as i join pg_class as c on c.oid = i.indexrelid
     where i.indrelid = 'public.book'::regclass and c.relname <> 'book_pkey'), 'nothing stays';
  assert not exists (select from pg_prepared_statements);
  assert (select count(*) from hypopg()) = 0;
end
$$;
select hypopg_reset();

drop extension hypopg cascade;
do $$
begin
  assert not exists (select from pg_extension where extname = 'index_advisor');
end
$$;
create extension index_advisor with schema extensions version '0.2.0' cascade;
select * from extensions.index_advisor('select 1');
drop extension index_advisor;
