create table public.second (id int);
