-- projects: 8 (8 end with RESET ALL)
-- The first lines of a dump: nothing after them may need a search path.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
COMMENT ON SCHEMA "public" IS 'standard public schema';
CREATE EXTENSION IF NOT EXISTS "pgcrypto" WITH SCHEMA "extensions";
CREATE OR REPLACE FUNCTION "public"."later"() RETURNS "void" LANGUAGE "sql"
  AS $$ select * from public.not_yet_there $$;
SET default_tablespace = '';
SET default_table_access_method = "heap";
CREATE TABLE IF NOT EXISTS "public"."things" (
  "id" "uuid" DEFAULT "extensions"."uuid_generate_v4"() NOT NULL,
  "made" timestamp with time zone DEFAULT "now"() NOT NULL
);
ALTER TABLE ONLY "public"."things" ADD CONSTRAINT "things_pkey" PRIMARY KEY ("id");
CREATE POLICY "Open" ON "public"."things" FOR SELECT USING (true);
CREATE POLICY "Files" ON "storage"."objects" FOR SELECT USING (true);
CREATE OR REPLACE TRIGGER "made" AFTER INSERT ON "auth"."users" FOR EACH STATEMENT
  EXECUTE FUNCTION "pg_catalog"."suppress_redundant_updates_trigger"();
DROP TRIGGER "made" ON "auth"."users";
RESET ALL;
do $$
begin
  if current_setting('search_path') <> '"$user", public, extensions' then
    raise exception 'the search path is %', current_setting('search_path');
  end if;
end
$$;
