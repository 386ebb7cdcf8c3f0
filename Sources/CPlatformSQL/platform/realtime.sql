-- Schema `realtime`: its messages, and the publication.
--
-- Column for column what the Realtime service has in 2026. Types, subscriptions and functions are
-- in `realtime-functions.sql`, which runs again at every upgrade.

create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;

create table realtime.schema_migrations (
  version bigint not null,
  inserted_at timestamp(0),
  constraint schema_migrations_pkey primary key (version)
);
revoke all on table realtime.schema_migrations from postgres, dashboard_user;

create table realtime.messages (
  topic text not null,
  extension text not null,
  payload jsonb,
  event text,
  private boolean default false,
  updated_at timestamp not null default timezone('utc', now()),
  inserted_at timestamp not null default timezone('utc', now()),
  id uuid not null default gen_random_uuid(),
  binary_payload bytea,
  skip_broadcast boolean not null default false,
  constraint messages_pkey primary key (id, inserted_at),
  constraint messages_payload_exclusive check (payload is null or binary_payload is null)
) partition by range (inserted_at);
-- The service cuts days off it (`homebase.rotate_messages`); until then no message is refused.
create table realtime.messages_default partition of realtime.messages default;
create index messages_inserted_at_topic_index
  on realtime.messages (inserted_at desc, topic)
  where extension = 'broadcast' and private is true;
alter table realtime.messages enable row level security;
alter table realtime.messages_default enable row level security;
alter table realtime.messages owner to supabase_realtime_admin;
alter table realtime.messages_default owner to supabase_realtime_admin;
grant select, insert, update on table realtime.messages
  to anon, authenticated, service_role;
grant all on table realtime.messages to postgres, dashboard_user;
