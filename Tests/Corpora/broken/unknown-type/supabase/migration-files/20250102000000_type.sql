create table public.half (
  id int,

  name txet
);
