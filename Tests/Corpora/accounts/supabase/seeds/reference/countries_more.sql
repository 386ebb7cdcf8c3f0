-- Needs countries.sql before it: sorted inside the pattern.
insert into public.countries select 'XX', 'Nowhere; not ' || name from public.countries where code = 'IN';
