create table public.half (id int);
-- latin-1, as an old editor saves it:
insert into public.kept values (1, 'café');
