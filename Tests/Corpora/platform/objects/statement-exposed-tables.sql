-- projects: 20 of 35 need it, 1 needs the opposite
-- With `[api] auto_expose_new_tables` unset or true, requests reach new tables by themselves.
create table public.seen (id int generated always as identity, body text);
create function public.answer() returns int language sql as 'select 42';
create view public.view_of_seen as select id from public.seen;
do $$
declare
  requester text;
begin
  foreach requester in array array['anon', 'authenticated', 'service_role'] loop
    if not has_table_privilege(requester, 'public.seen', 'select, insert, update, delete')
       or not has_table_privilege(requester, 'public.view_of_seen', 'select')
       or not has_sequence_privilege(requester, 'public.seen_id_seq', 'usage')
       or not has_function_privilege(requester, 'public.answer()', 'execute') then
      raise exception '% cannot reach it', requester;
    end if;
  end loop;
end
$$;
