-- projects: 1
-- A data file with the log of a real project.
INSERT INTO "auth"."audit_log_entries"
  ("instance_id", "id", "payload", "created_at", "ip_address") VALUES
  ('00000000-0000-0000-0000-000000000000', '5d9c0d3e-0000-4000-8000-000000000001',
   '{"action":"user_signedup"}', '2026-01-02 03:04:05+00', '');
do $$
begin
  if (select payload ->> 'action' from auth.audit_log_entries) <> 'user_signedup' then
    raise exception 'the entry is not there';
  end if;
end
$$;
