create table public.half (id int);
insert into public.kept values (1, 'fine');
insert into public.kept
  values (2, 'never closed);
insert into public.kept values (3, 0);
