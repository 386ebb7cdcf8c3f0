insert into public.authors (id, name, mood, born, tags, extra, mentor_id) values
  (1, 'Ada', 'happy', '1815-12-10', '{math,poetry}', '{"city": "London", "awards": [{"year": 1840}]}', null),
  (2, 'Brontë, Charlotte', 'ok', '1816-04-21', '{novel}', null, 1),
  (3, 'Chekhov', 'sad', '1860-01-29', '{drama,novel}', '{"city": "Taganrog"}', null),
  (4, 'Dostoevsky (F.)', 'ok', null, '{}', null, 3);
insert into public.publishers values (1, 'North', 'GB'), (2, 'South', null);
insert into public.books (id, title, author_id, editor_id, publisher_id, price, pages, in_print, period, meta) values
  (1, 'The Analytical Engine', 1, null, 1, 12.50, 120, true, '[1842-01-01,1843-01-01)', '{"lang": "en", "stock": 3}'),
  (2, 'Jane Eyre', 2, 1, 1, 9.99, 500, true, '[1847-01-01,1900-01-01)', '{"lang": "en", "stock": 0}'),
  (3, 'Shirley', 2, null, 2, 7.00, 600, false, '[1849-01-01,1880-01-01)', null),
  (4, 'The Cherry Orchard', 3, 2, 2, 5.25, 90, true, '[1904-01-01,)', '{"lang": "ru"}'),
  (5, 'Crime and Punishment', 4, 3, null, null, 700, null, null, '{"lang": "ru", "stock": 7}');
insert into public.genres values (1, 'novel'), (2, 'drama'), (3, 'science');
insert into public.book_genres values (1, 3), (2, 1), (3, 1), (4, 2), (5, 1), (5, 2);
insert into public.book_details values (2, 'isbn-2', 'a governess'), (5, 'isbn-5', null);
insert into public.numbers select n, n % 2 = 0 from generate_series(1, 120) n;
insert into public.notes (owner, body, private) values
  ('00000000-0000-4000-8000-00000000000a', 'for all to read', false),
  ('00000000-0000-4000-8000-00000000000a', 'a of ann', true),
  ('00000000-0000-4000-8000-00000000000b', 'b of ben', true);
insert into extra.things values (1, 'lamp'), (2, 'rug');
insert into public."Odd Table" values (1, 'a b', 'c.d', false, 'e"f', 'ü'), (2, null, null, true, null, null);
insert into public.events values (1, '2026-01-05', 'first'), (2, '2026-02-05', 'second');
refresh materialized view public.books_by_author;
select setval(pg_get_serial_sequence('public.authors', 'id'), 100),
  setval(pg_get_serial_sequence('public.books', 'id'), 100),
  setval(pg_get_serial_sequence('public.notes', 'id'), 100);
analyze public.numbers;
