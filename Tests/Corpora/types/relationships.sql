-- What refers to what, through views too.
create schema other;
create table other.far (id int primary key);
create table a (id int primary key, x int, y int, unique (x, y));
create table b (
  id int primary key references a, a_id int references a, far_id int references other.far,
  x int, y int, constraint pair foreign key (x, y) references a (x, y),
  constraint turned foreign key (y, x) references a (y, x));
alter table a add unique (y, x);
create table self (id int primary key, parent_id int references self on delete cascade);
create table late (id int references a deferrable initially deferred);
alter table late add constraint unchecked foreign key (id) references a not valid;
create table parts (id int references a) partition by list (id);
create table parts_one partition of parts for values in (1);
create view va as select id, x, y from a;
create view va_twice as select id, id as again from a;
create view va_half as select x from a;
create view vb as select id, a_id as other_id from b;
create view vvb as select other_id from vb where id > 0;
create view expression as select id + 1 as id from a;
create view united as select id from a union select id from a;
create view counted as select count(id) from a;
create materialized view ma as select id from a;
create table a_table_with_a_long_name_of_more_than_forty_letters (
  the_first_column_of_a_very_long_key int, the_second_column_of_a_very_long_key int,
  primary key (the_first_column_of_a_very_long_key, the_second_column_of_a_very_long_key));
create table refers (
  x int, y int, constraint long_key foreign key (x, y)
  references a_table_with_a_long_name_of_more_than_forty_letters);
