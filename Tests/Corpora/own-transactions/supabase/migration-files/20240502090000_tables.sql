BEGIN;

CREATE TYPE order_state AS ENUM ('open', 'paid');

CREATE TABLE public.orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer text NOT NULL,
  state order_state NOT NULL DEFAULT 'open',
  placed_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY;

COMMIT;
