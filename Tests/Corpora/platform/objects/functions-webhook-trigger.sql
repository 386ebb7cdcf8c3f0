-- projects: 3 (2 set the sequence)
-- A webhook of the dashboard, as a dump has it. It sends nothing here: no row is written.
create table public.orders (id int primary key);
CREATE TRIGGER "notify" AFTER INSERT ON "public"."orders" FOR EACH ROW
  EXECUTE FUNCTION "supabase_functions"."http_request"(
    'http://127.0.0.1:9/hook', 'POST', '{"Content-type":"application/json"}', '{}', '1000');
SELECT pg_catalog.setval('"supabase_functions"."hooks_id_seq"', 3, true);
do $$
begin
  if not exists (select from pg_trigger where tgname = 'notify') then
    raise exception 'no trigger';
  end if;
  if nextval('supabase_functions.hooks_id_seq') <> 4 then raise exception 'wrong number'; end if;
end
$$;
