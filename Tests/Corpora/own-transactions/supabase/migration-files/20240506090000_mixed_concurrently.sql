-- Statements that want a transaction on both sides of statements that refuse one.
alter table orders add column note text;

drop index concurrently if exists orders_customer_idx;

create unique index concurrently orders_customer_placed_key
  on orders (customer, placed_at);

/* vacuum, too */ vacuum (analyze) orders;

alter table orders add constraint orders_customer_placed_key
  unique using index orders_customer_placed_key;
