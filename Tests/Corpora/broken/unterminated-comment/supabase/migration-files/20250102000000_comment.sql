create table public.half (id int);
/* outer /* inner */
select 1;
