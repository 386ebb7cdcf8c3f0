-- What may be written through a view, and what it shows.
create table users (id int primary key, name text not null, born date);
create view simple as select id, name from users;
create view with_expression as select id, upper(name) as shout, born from users;
create view grouped as select name, count(*) as many from users group by name;
create view read_by_trigger as select id, name from grouped join users using (name);
create function write_users() returns trigger language plpgsql as 'begin return new; end';
create trigger write instead of insert on read_by_trigger for each row execute function write_users();
create view by_rule as select distinct id, name from users;
create rule insert_rule as on insert to by_rule do instead insert into users (id, name) values (new.id, new.name);
create rule update_rule as on update to by_rule do instead update users set name = new.name where id = old.id;
create rule delete_rule as on delete to by_rule do instead delete from users where id = old.id;
create materialized view stored as select id, name from users;
create function shout(simple) returns text language sql as 'select upper($1.name)';
create function initial(stored) returns char language sql as 'select left($1.name, 1)';
create function years(u users) returns int language sql as 'select 1';
create function age(users) returns int language sql as 'select 1';
create function name(users) returns text language sql as 'select $1.name';
create function twins(users) returns setof users rows 1 language sql as 'select $1.*';
