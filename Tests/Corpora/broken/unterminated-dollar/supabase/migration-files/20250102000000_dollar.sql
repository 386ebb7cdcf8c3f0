create table public.half (id int);
create function public.f() returns int language sql as $body$
  select 1;
$boody$;
select 1;
