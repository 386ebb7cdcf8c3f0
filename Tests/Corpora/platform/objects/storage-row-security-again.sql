-- projects: uncounted (docs of before 2025 say it)
-- Row security of managed tables is on; to say so again is harmless, and gets a warning.
alter table storage.objects enable row level security;
ALTER TABLE "storage"."buckets" ENABLE ROW LEVEL SECURITY;
do $$
begin
  alter table storage.objects disable row level security;
  raise exception 'row security can be switched off';
exception when insufficient_privilege then null;
end
$$;
