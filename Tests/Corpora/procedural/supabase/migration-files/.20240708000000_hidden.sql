create table public.not_me (id int);
