insert into public.kept values (1, 'one');

insert into public.kept
values (1, 'one again');
