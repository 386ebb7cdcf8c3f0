create table public.short_version (id int);
alter table public.short_version enable row level security;
