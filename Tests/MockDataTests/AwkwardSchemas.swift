/// Schemas that are hard to fill, each in another way.
enum AwkwardSchemas {
  /// The auth tables as the platform has them, cut to what matters, with the usual trigger.
  static let supabase = """
    create schema auth;
    create table auth.users (
      instance_id uuid, id uuid primary key, aud varchar(255), role varchar(255),
      email varchar(255), encrypted_password varchar(255), email_confirmed_at timestamptz,
      confirmation_token varchar(255), recovery_token varchar(255), email_change varchar(255),
      raw_app_meta_data jsonb, raw_user_meta_data jsonb, is_super_admin bool,
      created_at timestamptz, updated_at timestamptz, phone text unique,
      confirmed_at timestamptz generated always as (email_confirmed_at) stored,
      email_change_confirm_status smallint default 0
        check (email_change_confirm_status between 0 and 2),
      banned_until timestamptz, is_sso_user bool not null default false,
      is_anonymous bool not null default false);
    create unique index users_email_partial_key on auth.users (email) where not is_sso_user;
    create table auth.identities (
      provider_id text not null, user_id uuid not null references auth.users on delete cascade,
      identity_data jsonb not null, provider text not null, last_sign_in_at timestamptz,
      created_at timestamptz, updated_at timestamptz,
      id uuid primary key default gen_random_uuid(), unique (provider_id, provider));
    create table public.profiles (
      id uuid primary key references auth.users on delete cascade,
      username text unique not null check (char_length(username) >= 3),
      full_name text not null, avatar_url text, updated_at timestamptz default now());
    create function public.handle_new_user() returns trigger language plpgsql security definer
    as $$ begin
      insert into public.profiles (id, username, full_name) values
        (new.id, new.raw_user_meta_data->>'username', new.raw_user_meta_data->>'full_name');
      return new;
    end $$;
    create trigger on_auth_user_created after insert on auth.users
      for each row execute function public.handle_new_user();
    create type public.member_role as enum ('owner', 'admin', 'member');
    create table public.organisations (
      id uuid primary key default gen_random_uuid(), name text not null,
      slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
      settings jsonb not null default '{}', created_by uuid references auth.users,
      created_at timestamptz not null default now(), deleted_at timestamptz);
    create table public.members (
      organisation_id uuid not null references public.organisations,
      user_id uuid not null references public.profiles, role public.member_role not null,
      primary key (organisation_id, user_id));
    create table public.invitations (
      id bigint generated always as identity primary key, organisation_id uuid not null,
      invited_by uuid not null, email text not null, token text not null unique,
      expires_at timestamptz not null, accepted_at timestamptz,
      foreign key (organisation_id, invited_by) references public.members,
      unique (organisation_id, email));
    """

  /// One column of almost every type, with limits.
  static let types = """
    create schema extra;
    create extension citext schema extra;
    create type extra.mood as enum ('sad', 'it''s ok', 'very "happy"');
    create domain extra.mail as text check (value ~ '^[^@\\s]+@[^@\\s]+\\.[a-z]+$');
    create domain extra.percent as numeric(5, 2) not null check (value between 0 and 100);
    create domain extra.code as extra.mail check (length(value) < 60);
    create type extra.address as (street text, "Zip ""x" varchar(6), mood extra.mood);
    create table public."All Types" (
      "Id ""1" int primary key, a2 smallint not null, a8 bigint not null, n numeric not null,
      n62 numeric(6, 2) not null, n3 numeric(3) not null, n20 numeric(20, 10) not null,
      f4 real not null, f8 double precision not null, m money not null, b boolean not null,
      t text not null, v5 varchar(5) not null unique, c3 char(3) not null, c1 "char" not null,
      nm name not null, ci extra.citext not null unique, u uuid not null unique,
      d date not null, ts timestamp not null, tz timestamptz not null, tm time not null,
      tt timetz not null, iv interval not null, j json not null, jb jsonb not null,
      by bytea not null, ip inet not null, ci2 cidr not null, ma macaddr not null,
      pt point not null, bx box not null, ci3 circle not null, ln line not null, ls lseg not null,
      pl polygon not null, tv tsvector not null, tq tsquery not null, bi bit(4) not null,
      vb varbit(7) not null, ir int4range not null, nr numrange not null, dr daterange not null,
      tr tstzrange not null, mr int8multirange not null, e extra.mood not null,
      em extra.mail not null, pc extra.percent, co extra.code not null, ad extra.address not null,
      ta text[] not null, ia int[] not null, ea extra.mood[] not null, da extra.mail[] not null,
      aa extra.address[] not null, ua uuid[], va varchar(4)[] not null,
      mobile text not null, contact_email text not null unique, homepage_url text not null,
      g text generated always as (t || '!') stored, s serial, x bigint generated always as identity,
      y int generated by default as identity, xm xml not null);
    """

  /// Checks of the usual kinds, on one column and across columns.
  static let checks = """
    create type public.rank as enum ('first', 'second', 'third', 'fourth');
    create table public.checks (
      id uuid primary key default gen_random_uuid(),
      age int not null check (age >= 18 and age < 21), price numeric(8, 2) check (price > 0),
      rating smallint check (rating between 1 and 5), negative int not null check (negative < -5),
      status text not null check (status in ('draft', 'sent', 'paid')),
      kind varchar(10) not null check (kind = any (array['a', 'b'])),
      state text not null check (state = 'on' or state = 'off'),
      title text not null check (length(title) between 5 and 8 and title <> ''),
      trimmed text not null check (length(trim(trimmed)) > 0), pan char(6) not null check (length(pan) = 6),
      currency text not null check (currency ~ '^[A-Z]{3}$'),
      colour text not null check (colour ~* '^#[0-9a-f]{6}$'),
      phone text not null check (phone ~ '^\\+[1-9]\\d{7,14}$'),
      slug text not null check (slug = lower(slug) and slug ~ '^[a-z0-9-]+$'),
      website text check (website is null or website like 'https://%'),
      email text not null check (email ~* '^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$'),
      starts_at timestamptz not null, ends_at timestamptz not null check (ends_at > starts_at),
      from_day date not null check (from_day >= '2030-01-01'), to_day date,
      check (to_day is null or to_day > from_day), low int, high int, check (low <= high),
      one uuid, two uuid, check (num_nonnulls(one, two) = 1),
      a int, b text, check ((a is null) = (b is null)), check (a is distinct from 7),
      mode text not null check (mode in ('x', 'y')), x_value int, y_value int,
      check ((mode = 'x' and x_value is not null and y_value is null)
        or (mode = 'y' and x_value is null and y_value is not null)),
      tags text[] not null check (cardinality(tags) >= 2), list jsonb check (jsonb_typeof(list) = 'array'),
      required text check (required is not null),
      level int not null check (case when mode = 'x' then level > 500 else level <= 500 end),
      tri int unique check (tri in (10, 20, 30) or tri is null),
      hash bytea not null check (octet_length(hash) = 32),
      month date not null check (extract(day from month) = 1),
      period daterange not null check (not isempty(period) and lower(period) > '2020-01-01'),
      path text not null, check (path like id::text || '/%'),
      quantity int not null, unit_price int not null, total int not null,
      check (total = quantity * unit_price), folded text not null, check (folded = lower(title)),
      rank public.rank not null check (rank < 'third'),
      meta jsonb not null check (jsonb_typeof(meta) = 'object'), token varchar(20) not null);
    create unique index on public.checks (token) where token !~ '^[0-9 ]*$';
    create unique index on public.checks (status, lower(title)) where age > 19;
    """

  /// Links in circles, to themselves, over several columns, with tenants; partitions; odd names.
  static let links = """
    create schema "Odd Schema";
    create table public.a (id int generated always as identity primary key, b_id bigint, name varchar(12) not null);
    create table public.b (id bigserial primary key, a_id int not null references public.a, k1 smallint not null, k2 boolean, unique (k1, k2));
    alter table public.a add foreign key (b_id) references public.b;
    create table public.p (id int primary key, q_id int not null);
    create table public.q (id int primary key, p_id int not null references public.p deferrable initially immediate);
    alter table public.p add foreign key (q_id) references public.q deferrable;
    create table public.tree (id serial primary key, parent_id int references public.tree, root_id int not null references public.tree, slug text not null, check (parent_id <> id));
    create unique index on public.tree (lower(slug));
    create table public.tenants (id uuid primary key);
    create table public.projects (tenant_id uuid not null references public.tenants, id int not null, name text not null, primary key (tenant_id, id));
    create table public.tasks (tenant_id uuid not null references public.tenants, id int not null, project_id int not null, parent_id int, primary key (tenant_id, id), foreign key (tenant_id, project_id) references public.projects, foreign key (tenant_id, parent_id) references public.tasks);
    create table public.labels (id int primary key); create table public.colours (id int primary key);
    create table public.pairs (label_id int references public.labels, colour_id int references public.colours, primary key (label_id, colour_id));
    create table public.profile (label_id int primary key references public.labels, note text);
    create table public.events (id bigint generated by default as identity, at date not null, kind text not null, primary key (id, at)) partition by range (at);
    create table public.events_1 partition of public.events for values from ('2021-01-01') to ('2021-02-01');
    create table public.events_2 partition of public.events for values from ('2021-06-01') to ('2021-07-01');
    create table public.regions (id int not null, region text not null) partition by list (region);
    create table public.regions_1 partition of public.regions for values in ('north', 'south');
    create table "Odd Schema"."Tab""le" ("Ünï cødé" text primary key, "select" int not null, "it's" int references public.labels);
    create table public.empty_one (id serial primary key);
    create view public.v as select * from public.a;
    """

  /// What cannot be filled, beside what can.
  static let impossible = """
    create table public.fine (id int primary key, note text);
    create table public.few (flag boolean primary key);
    create table public.never (id int primary key, n int not null check (n > 5 and n < 5));
    create table public.child (id int primary key, never_id int not null references public.never);
    create table public.optional (id int primary key, never_id int references public.never);
    create table public.c1 (id int primary key, c2_id int not null);
    create table public.c2 (id int primary key, c1_id int not null references public.c1);
    alter table public.c1 add foreign key (c2_id) references public.c2;
    create table public.nowhere (id int not null) partition by range (id);
    create table public.strange (id int primary key, snapshot pg_snapshot not null);
    create function public.is_fine(n int) returns boolean language sql immutable as 'select true';
    create table public.unknown (id int primary key, n int check (public.is_fine(n)));
    """
}
