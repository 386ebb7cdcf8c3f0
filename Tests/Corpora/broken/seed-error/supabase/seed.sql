insert into public.kept values (1, 'one');

insert into public.kept values
  (2, 'two'),
  (3, 'three', true);
