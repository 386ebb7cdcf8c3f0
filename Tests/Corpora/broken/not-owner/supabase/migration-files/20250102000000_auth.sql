create table public.half (id int);

alter table auth.users add column nickname text;
