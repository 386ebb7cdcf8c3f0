create table public.half (id int);
create extension no_such_extension with schema extensions;
