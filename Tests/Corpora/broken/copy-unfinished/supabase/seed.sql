copy public.kept (id, name) from stdin;
2	two
3	three
