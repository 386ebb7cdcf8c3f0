create table public.half (id int);

-- a comment
select * from
  no_such_table;
