create table public.half (id int);

-- the next statement has a typo; the one after it is fine
create table public.other (
  id int,
  name txet not nul
);
insert into public.half values (1);
