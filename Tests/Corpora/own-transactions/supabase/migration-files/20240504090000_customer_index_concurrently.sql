-- Alone in its file, and refused inside a transaction block.
create index concurrently if not exists orders_customer_idx on public.orders (customer);
