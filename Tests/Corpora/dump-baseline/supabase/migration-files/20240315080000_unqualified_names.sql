-- The dump before this one emptied the search path of its session. RESET ALL between files
-- brings "$user", public, extensions back; without it this file fails with 3F000 or 42P01.
create table notes (
  id uuid primary key default uuid_generate_v4(),
  ticket_id bigint not null references tickets (id) on delete cascade,
  body text not null
);
alter table notes enable row level security;
create policy notes_of_own_tickets on notes using (
  exists (select 1 from tickets where tickets.id = ticket_id and customer_id = auth.uid()));

-- Left behind on purpose: the next file must not see it.
set search_path = '';
set statement_timeout = '1ms';
set role authenticated;
