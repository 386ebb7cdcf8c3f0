create tabel public.half (id int);
