-- Bodies that a splitter trips over.
create or replace function public.nested_quotes() returns text language plpgsql as $_$
declare
  a text := $$one; two$$;
  b text := 'it''s; three';
  c text := E'four\'; five\\';
  d text := $q$ $$ ; $_ $ $q$;
begin
  /* ; /* ; */ ; */
  return a || b || c || d; -- ; the end
end;
$_$;

create function public.atomic_total(at_least bigint) returns bigint
language sql stable
begin atomic
  select case when count(*) > at_least then count(*) else at_least end
  from (select id from public.part_alpha union all select id from public.part_beta) as both_parts;
end;

create procedure public.atomic_add(words text)
begin atomic
  insert into public.part_alpha (body) values (words);
  insert into public.part_beta (body) values (case words when 'a' then 'end;' else words end);
end;

create function public.old_style(text, integer default 1) returns text as
  'select $1 || ''; '' || $2::text;' language sql immutable;

create function public.params(a int, b int) returns int language sql return a * 10 + b;

create function public."Odd; name"() returns trigger language plpgsql as 'begin return new; end;';

create trigger "odd;trigger" before insert on public.part_gamma
  for each row execute function public."Odd; name"();

create rule part_beta_twice as on update to public.part_beta do also (
  insert into public.part_gamma (body) values (new.body);
  insert into public.part_gamma (body) values (old.body)
);

create aggregate public.concat_all (text) (sfunc = textcat, stype = text, initcond = '');

create operator public.<+> (leftarg = int, rightarg = int, function = public.params);
