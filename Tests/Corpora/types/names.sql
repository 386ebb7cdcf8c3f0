-- Names that need care, and their order.
create table "order" (
  "Zeta" int, alpha int, "Alpha" int, a_b int, "a-b" int, "a b" int, ab int, "aB" int, b int,
  "1st" int, "10" int, _a int, "$a" int, "á" int, "é" int, e int, f int, "имя" int, "名前" int,
  "😀" int, "class" int, "default" int, "it's" int, "say ""hi""" int, "both "" and '" int,
  "two "" quotes "" and one '" int, "back\slash" int, "new
line" int, "tab	" int, "zero​width" int);
create table "Quoted Table" (id int primary key);
create table "emoji 😀" (id int references "Quoted Table");
create type "enum 'x'" as enum ('it''s', 'say "hi"', 'back\slash', '', ' ', '1', 'é', '😀', 'a
b');
create type "long labels" as enum
  ('the first label of this enum is long', 'the second label of this enum is long too', 'short');
create type fits as enum ('aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb', 'cccccccccccccccc', 'dd');
create type fits_not as enum ('aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb', 'cccccccccccccccc', 'd');
create type "composite type" as ("odd key" int, "class" text);
create view "view ""q""" as select "Zeta", alpha from "order";
