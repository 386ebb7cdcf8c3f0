create table public.half (id int);
\restrict abc
select 1;
