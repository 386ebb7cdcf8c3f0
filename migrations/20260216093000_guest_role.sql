-- Guests: people from outside who see only what is shared with them.
-- A file of its own: PostgreSQL lets nobody use an enum value in the transaction that adds it.

alter type public.member_role add value if not exists 'guest' before 'viewer';
