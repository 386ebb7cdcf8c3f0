-- projects: 6
-- What `supabase db dump` writes of the publication.
ALTER PUBLICATION "supabase_realtime" OWNER TO "postgres";
do $$
begin
  if (select pubowner::regrole::text from pg_publication where pubname = 'supabase_realtime')
     <> 'postgres' then
    raise exception 'wrong owner';
  end if;
end
$$;
