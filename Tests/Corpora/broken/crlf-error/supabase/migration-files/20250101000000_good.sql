create table public.kept (id int primary key, name text);
alter table public.kept enable row level security;
