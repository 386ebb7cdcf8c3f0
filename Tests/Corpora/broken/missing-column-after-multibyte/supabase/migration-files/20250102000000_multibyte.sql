/* ünïcödé — 日本語 before the error: the server counts characters */
insert into public.kept (id, name) values (1, '日本語');
insert into public.kept (id, nom) values (2, 'é');
