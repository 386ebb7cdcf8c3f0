-- What a client can call, and what it is told when it cannot.
create table users (id int primary key, name text);
create table "Odd Table" (id int);
create type pair as (a int, b text);
create type tall as enum ('a', 'b');
create domain positive as int;
create function nothing() returns void language sql as '';
create function a_record() returns record language sql as 'select 1, 2';
create function records() returns setof record language sql as 'select 1, 2';
create function arguments(zeta int, alpha text, mid jsonb default '{}', variadic rest text[] default '{}')
  returns boolean language sql as 'select true';
create function many_arguments(first_argument int, second_argument text, third_argument jsonb, fourth uuid)
  returns timestamptz language sql as 'select now()';
create function outs(zeta int, out alpha int, inout mid text default 'x') language sql as 'select 1, $2';
create function one_out(out alpha int) language sql as 'select 1';
create function as_table(n int) returns table (zeta int, alpha text) language sql as 'select 1, ''a''';
create function one_user() returns users language sql as 'select * from users';
create function all_users() returns setof users language sql as 'select * from users';
create function single_user() returns setof users rows 1 language sql as 'select * from users';
create function one_pair() returns pair language sql as 'select 1, ''a''';
create function all_pairs() returns setof pair language sql as 'select 1, ''a''';
create function numbers() returns setof int language sql as 'select 1';
create function one_number() returns setof int rows 1 language sql as 'select 1';
create function positives(n positive) returns positive language sql as 'select n';
create function an_enum(which tall) returns tall[] language sql as 'select array[which]';
create function unnamed_text(text) returns int language sql as 'select 1';
create function unnamed_json(json) returns int language sql as 'select 1';
create function unnamed_int(int) returns int language sql as 'select 1';
create function unnamed_bytea(bytea) returns int language sql as 'select 1';
create function unnamed_two(text default 'a', text default 'b') returns int language sql as 'select 1';
create function unnamed_mixed(a int, text) returns int language sql as 'select 1';
create function of_user(users) returns setof users language sql as 'select $1.*';
create function of_user_one(users) returns users language sql as 'select $1';
create function of_user_named(u users) returns setof users rows 1 language sql as 'select u.*';
create function of_user_text(users) returns text language sql as 'select $1.name';
create function of_odd("Odd Table") returns setof users language sql as 'select * from users';
create function of_pair(pair) returns int language sql as 'select 1';
create function overloaded(a int) returns int language sql as 'select 1';
create function overloaded(b text) returns text language sql as 'select ''a''';
create function overloaded(c users) returns setof users language sql as 'select * from users';
create function short() returns int language sql as 'select 1';
create function short(a int) returns int language sql as 'select 1';
create function conflict(a int) returns int language sql as 'select 1';
create function conflict(a text) returns setof int language sql as 'select 1';
create function conflict(a boolean) returns users language sql as 'select * from users';
create function defaulted() returns int language sql as 'select 1';
create function defaulted(text default 'a') returns text language sql as 'select ''a''';
create function "10"() returns int language sql as 'select 1';
create function "9"() returns int language sql as 'select 1';
create function "constructor"() returns int language sql as 'select 1';
create function "odd ""name"""("odd key" int) returns int language sql as 'select 1';
create procedure a_procedure() language sql as '';
create aggregate an_aggregate(int) (sfunc = int4pl, stype = int);
create function a_trigger() returns trigger language plpgsql as 'begin return null; end';
create function a_returned_type_with_a_name_that_is_long_enough_to_break() returns setof pair
  language sql as 'select 1, ''a''';
create function long_record_name_that_does_not_fit_on_a_line_of_eighty__() returns setof record
  language sql as 'select 1, 2';
