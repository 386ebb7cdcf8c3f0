alter type public.level add value 'high';
select 'high'::public.level;
