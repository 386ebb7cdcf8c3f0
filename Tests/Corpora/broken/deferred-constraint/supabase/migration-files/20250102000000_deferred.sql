create table public.half (id int references public.kept deferrable initially deferred);
insert into public.half values (99);
select 1;
