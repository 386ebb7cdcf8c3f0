create table public."Ünïcode; ""quoted"" table" ("select" int, "a b" text, U&"d\0061t\+000061" date);
alter table public."Ünïcode; ""quoted"" table" enable row level security;
comment on column public."Ünïcode; ""quoted"" table"."a b" is U&'sn\00f6w; \2603';
;;
insert into public."Ünïcode; ""quoted"" table" ("select", "a b") values
  (1, 'continued '
      'over lines; still one'),
  (2, e'tab\tand \'quote\';'),
  (3, B'101'::text || X'1F'::text),
  (4, $aé$ a tag with a letter of its own; $aé$),
  (5, '日本語; ok');
select 1 as a$b$c, 5 operator(pg_catalog.-) 3, 7/*;*/-- ;
  as seven;
select (array[1, 2])[1:1], '{"a": [1]}'::jsonb -> 'a' ->> 0; select 2; -- no newline at the end