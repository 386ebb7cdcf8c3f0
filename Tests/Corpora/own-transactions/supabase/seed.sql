BEGIN;
insert into public.orders (customer, state, placed_at)
select 'customer ' || n, 'paid', timestamptz '2024-06-01' + n * interval '1 hour'
from generate_series(1, 20) as n;
COMMIT;

-- COPY from the file itself: the data ends at the line with \. and is not SQL.
copy public.orders (customer, state, note) from stdin;
copied one	open	a; semicolon, a 'quote and a $$ dollar
copied two	paid	\N
\.

insert into public.orders (customer) values ('after the copy');
