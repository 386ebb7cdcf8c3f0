create table public.half (id int);
