create table public.half (id int);
alter table public.half enable row level security;
