create unique index concurrently kept_name on public.kept ((1 / (id - 1)));
