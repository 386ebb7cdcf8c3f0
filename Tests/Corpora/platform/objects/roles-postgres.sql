-- projects: 18 (12 OWNER TO)
-- Dumps say who owns each object.
create table public.things (id bigint generated always as identity);
ALTER TABLE "public"."things" OWNER TO "postgres";
create function public.f() returns int language sql as 'select 1';
ALTER FUNCTION "public"."f"() OWNER TO "postgres";
create type public.kind as enum ('a');
ALTER TYPE "public"."kind" OWNER TO "postgres";
create schema other;
ALTER SCHEMA "other" OWNER TO "postgres";
create sequence public.numbers;
ALTER TABLE public.numbers OWNER TO postgres;
grant all on table public.things to postgres;
do $$
begin
  if current_user <> 'postgres' or (select rolsuper from pg_roles where rolname = 'postgres') then
    raise exception 'not as postgres, or as a superuser';
  end if;
end
$$;
