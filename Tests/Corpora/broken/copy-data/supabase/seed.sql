insert into public.kept values (1, 'one');
copy public.kept (id, name) from stdin;
2	two
three	3
\.
