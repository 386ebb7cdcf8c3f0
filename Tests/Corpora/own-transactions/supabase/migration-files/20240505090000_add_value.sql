ALTER TYPE public.order_state ADD VALUE IF NOT EXISTS 'returned' AFTER 'shipped';
