-- In a file after the one that adds it: PostgreSQL refuses a new value in its own transaction.
create index orders_returned_idx on orders (placed_at) where state = 'returned';
