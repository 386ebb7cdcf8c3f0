-- Two transactions in one file: what the first commits, the second uses.
begin transaction;
alter type order_state add value 'shipped';
commit;

start transaction isolation level serializable;
alter table orders alter column state set default 'shipped';
insert into orders (customer, state) values ('first', 'shipped');
savepoint before_a_doubt;
insert into orders (customer) values ('never kept');
rollback to savepoint before_a_doubt;
release savepoint before_a_doubt;
commit and no chain;
