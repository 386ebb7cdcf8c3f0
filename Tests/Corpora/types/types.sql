-- What PostgreSQL's types become.
create schema other;
create type mood as enum ('sad', 'happy');
create type other.mood as enum ('cold', 'warm');
create type other.weather as enum ('sun', 'rain');
create type other.long_weather as enum
  ('sun', 'rain', 'snow', 'fog', 'hail', 'sleet', 'thunder', 'overcast', 'partly cloudy');
create type other.single as enum ('only');
create type empty_enum as enum ();
create type pair as (second int, first text, nested mood[], gone int);
alter type pair drop attribute gone;
create type empty_pair as ();
create type other.pair_elsewhere as (x int);
create domain positive as int check (value > 0);
create domain very_positive as positive check (value > 10);
create domain words as text[];
create table elements (id int);
create view shown as select id from elements;
create materialized view stored as select id from elements;
create extension citext;
create extension hstore;
create table scalars (
  a bool, b int2, c int4, d int8, e float4, f float8, g numeric(10, 2), h text, i varchar(3),
  j char(3), k citext, l uuid, m date, n timestamp, o timestamptz, p time, q timetz, r interval,
  s bytea, t json, u jsonb, v oid, w regclass, x inet, y cidr, z macaddr, aa money, ab bit(3),
  ac varbit, ad xml, ae tsvector, af tsquery, ag point, ah polygon, ai int4range, aj int4multirange,
  ak hstore, al name, am "char", an pg_lsn, ao jsonpath, ap int2vector
);
create table arrays (a int[], b text[][], c mood[], d jsonb[] not null, e int4range[], f bool[] not null);
create table own (
  a mood, b other.mood, c other.weather, d other.long_weather, e other.weather[] not null,
  f other.single, g other.single[], h empty_enum, i pair, j pair[] not null, k empty_pair,
  l other.pair_elsewhere, m positive, n very_positive, o words, p positive[], q elements, r shown,
  s stored, t elements[]
);
