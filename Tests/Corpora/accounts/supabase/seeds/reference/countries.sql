insert into public.countries values ('IN', 'India'), ('NO', 'Norway');
