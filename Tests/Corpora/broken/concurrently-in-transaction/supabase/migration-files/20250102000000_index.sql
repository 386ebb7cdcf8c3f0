begin;
create index concurrently kept_name on public.kept (name);
commit;
