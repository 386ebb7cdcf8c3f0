create table public.half (id int);
\connect other
select 1;
