create table public.half (id int);

alter table public.half enable row level security;
-- a comment; of its own
insert into public.half values (1);
