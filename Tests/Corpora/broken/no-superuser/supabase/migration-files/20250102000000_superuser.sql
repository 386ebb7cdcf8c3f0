create table public.half (id int);
alter role postgres superuser;
