-- vector as projects use it. Runs as `postgres`; raises when an answer is wrong.
-- All of it holds with pgvector itself, too, but what is said of homebase's own.

create extension if not exists vector with schema extensions;
create extension if not exists vector;
drop extension vector cascade;
create extension vector with schema public;
drop extension vector;
create extension vector with schema extensions;

create function pg_temp.expect(answer text, wanted text, about text) returns void
  language plpgsql as $$
begin
  if answer is distinct from wanted then
    raise exception '%: % instead of %', about, answer, wanted;
  end if;
end
$$;

-- Runs a statement that must fail, and answers with what it said.
create function pg_temp.failure(statement text) returns text language plpgsql as $$
begin
  execute statement;
  return 'no error';
exception when others then
  return sqlstate || ' ' || sqlerrm;
end
$$;

select pg_temp.expect(
  (select extversion from pg_extension where extname = 'vector'), '0.8.0', 'version');

create table public.documents (
  id bigint generated always as identity primary key,
  content text,
  embedding vector(3),
  anything vector
);
insert into public.documents (content, embedding, anything) values
  ('one', '[1,2,3]', '[1]'),
  ('two', ' [ 4.0, 5e0 ,6 ] ', '[1,2]'),
  ('none', null, null);
insert into public.documents (content, embedding) select 'array', array[1, 1, 1];
update public.documents set embedding = array[1.5, 2, 3]::double precision[] where id = 4;

select pg_temp.expect(answer, wanted, wanted)
  from (values
    ('[1,2,3]'::vector::text, '[1,2,3]'),
    (('[ 1.0, -2.50,3e2 ]'::vector)::text, '[1,-2.5,300]'),
    ('[0.1,1e-10,16777216,-0]'::vector::text, '[0.1,1e-10,1.6777216e+07,-0]'),
    ('[.5,+1.,1e-60]'::vector::text, '[0.5,1,0]'),
    (('[1,2,3]'::vector(3))::text, '[1,2,3]'),
    ((array[1,2,3]::real[]::vector)::text, '[1,2,3]'),
    ((array[1.5,2]::numeric[]::vector)::text, '[1.5,2]'),
    (('[0:1]={1,2}'::real[]::vector)::text, '[1,2]'),
    (('[1,2]'::vector)::real[]::text, '{1,2}'),
    (('[1,2,3]'::vector <-> '[4,5,6]')::text, '5.196152422706632'),
    (('[1,2,3]'::vector <#> '[4,5,6]')::text, '-32'),
    (('[1,2,3]'::vector <=> '[4,5,6]')::text, '0.025368153802923787'),
    (('[1,2,3]'::vector <+> '[4,5,6]')::text, '9'),
    (('[3,4]'::vector <-> '[0,0]')::text, '5'),
    (('[1,0]'::vector <=> '[0,1]')::text, '1'),
    (('[1,1]'::vector <=> '[2,2]')::text, '0'),
    (('[1,1]'::vector <=> '[-1,-1]')::text, '2'),
    (('[0,0]'::vector <=> '[1,1]')::text, 'NaN'),
    (('[1,0]'::vector <#> '[0,1]')::text, '-0'),
    (('[1e10,1e-10]'::vector <#> '[0,1]')::text, '-1.000000013351432e-10'),
    (('[1,2]'::vector <-> null)::text, null),
    (l2_distance('[0,0]'::vector, '[3,4]')::text, '5'),
    (inner_product('[1,2]'::vector, '[3,4]')::text, '11'),
    (cosine_distance('[1,2]'::vector, '[2,4]')::text, '0'),
    (l1_distance('[0,0]'::vector, '[3,4]')::text, '7'),
    (vector_dims('[1,2,3]'::vector)::text, '3'),
    (vector_norm('[3,4]'::vector)::text, '5'),
    (vector_norm('[0,1]'::vector)::text, '1'),
    (l2_normalize('[3,4]'::vector)::text, '[0.6,0.8]'),
    (l2_normalize('[0,0]'::vector)::text, '[0,0]'),
    (binary_quantize('[1,0,-1,0.5]'::vector)::text, '1001'),
    (subvector('[1,2,3,4,5]'::vector, 2, 3)::text, '[2,3,4]'),
    (subvector('[1,2,3,4,5]'::vector, -1, 3)::text, '[1]'),
    (subvector('[1,2,3,4,5]'::vector, 4, 99)::text, '[4,5]'),
    (('[1,2,3]'::vector + '[4,5,6]')::text, '[5,7,9]'),
    (('[1,2,3]'::vector - '[4,5,6]')::text, '[-3,-3,-3]'),
    (('[1,2,3]'::vector * '[4,5,6]')::text, '[4,10,18]'),
    (('[1,2]'::vector || '[3]')::text, '[1,2,3]'),
    (('[1,2]'::vector < '[1,2,3]')::text, 'true'),
    (('[1,2]'::vector = '[1,2]')::text, 'true'),
    (('[2]'::vector > '[1,9]')::text, 'true'),
    (('[1,2]'::vector <> '[1,3]')::text, 'true'),
    ((select avg(v)::text from unnest(array['[1,2]', '[3,5]']::vector[]) as v), '[2,3.5]'),
    ((select sum(v)::text from unnest(array['[1,2]', null, '[3,5]']::vector[]) as v), '[4,7]'),
    ((select avg(v)::text from unnest('{}'::vector[]) as v), null),
    ((select count(distinct v)::text
        from unnest(array['[1]', '[1.0]', '[2]']::vector[]) as v), '2'),
    (encode(vector_send('[1,2]'), 'hex'), '000200003f80000040000000'),
    -- halfvec
    ('[0.1,65504,1e-8]'::halfvec::text, '[0.099975586,65504,0]'),
    (('[1,2,3]'::vector::halfvec(3))::text, '[1,2,3]'),
    (('[1,2,3]'::halfvec::vector)::text, '[1,2,3]'),
    (('[1,2,3]'::halfvec <-> '[4,5,6]')::text, '5.196152422706632'),
    (('[1,2,3]'::halfvec <=> '[4,5,6]')::text, '0.025368153802923787'),
    (('[1,2]'::halfvec + '[3,4]')::text, '[4,6]'),
    (l2_norm('[3,4]'::halfvec)::text, '5'),
    ((select avg(v)::text from unnest(array['[1,2]', '[3,5]']::halfvec[]) as v), '[2,3.5]'),
    ('[1,-0.5,65504,6e-8]'::halfvec::text, '[1,-0.5,65504,5.9604645e-08]'),
    (encode(halfvec_send('[1,-0.5,65504,6e-8]'), 'hex'), '000400003c00b8007bff0001'),
    -- sparsevec
    ('{3:2, 1:1.50,2:0}/5'::sparsevec::text, '{1:1.5,3:2}/5'),
    ('{}/3'::sparsevec::text, '{}/3'),
    (('[0,1.5,0]'::vector::sparsevec)::text, '{2:1.5}/3'),
    (('{2:1.5}/3'::sparsevec::vector)::text, '[0,1.5,0]'),
    (('{1:1,2:2}/3'::sparsevec <-> '{1:4,2:6}/3')::text, '5'),
    (('{1:1,2:2}/3'::sparsevec <#> '{2:4,3:6}/3')::text, '-8'),
    (('{1:1}/3'::sparsevec <=> '{1:2}/3')::text, '0'),
    (('{1:1,2:2}/3'::sparsevec <+> '{2:4,3:6}/3')::text, '9'),
    (('{}/3'::sparsevec <-> '{}/3')::text, '0'),
    (('{1:1}/3'::sparsevec < '{1:2}/3')::text, 'true'),
    (l2_normalize('{1:3,2:4}/2'::sparsevec)::text, '{1:0.6,2:0.8}/2'),
    (array[1, 0, 2]::sparsevec::text, '{1:1,3:2}/3'),
    (encode(sparsevec_send('{1:1,3:2}/3'), 'hex'),
     '00000003000000020000000000000000000000023f80000040000000'),
    -- bits
    ((b'1010' <~> b'0110')::text, '2'),
    ((b'1100' <%> b'0110')::text, '0.6666666666666667'),
    ((b'0000' <%> b'0000')::text, '1')
  ) as answers (answer, wanted);

select pg_temp.expect(pg_temp.failure(statement), wanted, statement)
  from (values
    ('select ''abc''::vector', '22P02 invalid input syntax for type vector: "abc"'),
    ('select ''[1,2''::vector', '22P02 invalid input syntax for type vector: "[1,2"'),
    ('select ''[1,,2]''::vector', '22P02 invalid input syntax for type vector: "[1,,2]"'),
    ('select ''[1,a]''::vector', '22P02 invalid input syntax for type vector: "[1,a]"'),
    ('select ''[1]x''::vector', '22P02 invalid input syntax for type vector: "[1]x"'),
    ('select ''{1,2}''::vector', '22P02 invalid input syntax for type vector: "{1,2}"'),
    ('select ''[[1],[2]]''::vector', '22P02 invalid input syntax for type vector: "[[1],[2]]"'),
    ('select ''[]''::vector', '22000 vector must have at least 1 dimension'),
    ('select ''[1,NaN]''::vector', '22000 NaN not allowed in vector'),
    ('select ''[-Infinity]''::vector', '22000 infinite value not allowed in vector'),
    ('select ''[4e38,1]''::vector', '22003 "4e38" is out of range for type vector'),
    ('select ''[1,2,3]''::vector(2)', '22000 expected 2 dimensions, not 3'),
    ('select ''{1,2}''::real[]::vector(3)', '22000 expected 3 dimensions, not 2'),
    ('select ''{}''::real[]::vector', '22000 vector must have at least 1 dimension'),
    ('select ''{1,null}''::real[]::vector', '22004 array must not contain nulls'),
    ('select ''{{1},{2}}''::real[]::vector', '22000 array must be 1-D'),
    ('select ''{NaN}''::real[]::vector', '22000 NaN not allowed in vector'),
    ('select array_fill(0, array[16001])::vector',
     '54000 vector cannot have more than 16000 dimensions'),
    ('select ''[1,2]''::vector <-> ''[1,2,3]''', '22000 different vector dimensions 2 and 3'),
    ('select ''[1,2]''::vector <=> ''[1,2,3]''', '22000 different vector dimensions 2 and 3'),
    ('select ''[1,2]''::vector + ''[1]''', '22000 different vector dimensions 2 and 1'),
    ('select ''[3e38]''::vector + ''[3e38]''', '22003 value out of range: overflow'),
    ('select sum(v) from unnest(''{"[1]","[1,2]"}''::vector[]) as v',
     '22000 different vector dimensions 1 and 2'),
    ('select avg(v) from unnest(''{"[1]","[1,2]"}''::vector[]) as v',
     '22000 expected 1 dimensions, not 2'),
    ('select subvector(''[1,2]''::vector, 3, 1)', '22000 vector must have at least 1 dimension'),
    ('create table bad (v vector(0))', '22023 dimensions for type vector must be at least 1'),
    ('create table bad (v vector(16001))',
     '22023 dimensions for type vector cannot exceed 16000'),
    ('create table bad (v vector(1, 2))', '22023 invalid type modifier'),
    ('insert into public.documents (embedding) values (''[1,2]'')',
     '22000 expected 3 dimensions, not 2'),
    ('update public.documents set embedding = anything where id = 1',
     '22000 expected 3 dimensions, not 1'),
    ('select ''[1,x]''::halfvec', '22P02 invalid input syntax for type halfvec: "[1,x]"'),
    ('select ''[1]''::halfvec <-> ''[1,2]''', '22000 different halfvec dimensions 1 and 2'),
    ('select ''{1:1}''::sparsevec', '22P02 invalid input syntax for type sparsevec: "{1:1}"'),
    ('select ''{1:1}/0''::sparsevec', '22000 sparsevec must have at least 1 dimension'),
    ('select ''{4:1}/3''::sparsevec', '22000 sparsevec index out of bounds'),
    ('select ''{1:1,1:2}/3''::sparsevec',
     '22000 sparsevec indices must not contain duplicates'),
    ('select ''{1:1}/3''::sparsevec(2)', '22000 expected 2 dimensions, not 3'),
    ('select ''{}/3''::sparsevec <-> ''{}/4''',
     '22000 different sparsevec dimensions 3 and 4'),
    ('select b''10'' <~> b''1''', '22000 different bit lengths 2 and 1'),
    ('create index on public.documents using hnsw (anything vector_l2_ops)',
     '22023 column does not have dimensions'),
    ('create table wide (v vector(2001));
      create index on wide using ivfflat (v vector_l2_ops)',
     '54000 column cannot have more than 2000 dimensions for ivfflat index'),
    ('create index on public.documents using hnsw (embedding vector_no_ops)',
     '42704 operator class "vector_no_ops" does not exist for access method "hnsw"')
  ) as failing (statement, wanted);

-- Index statements, as migrations have them once the runner left out `with (m = 16, …)`.
create index documents_embedding_idx on public.documents
  using hnsw (embedding vector_cosine_ops);
create index concurrently on public.documents using ivfflat (embedding vector_l2_ops);
create index on public.documents using ivfflat (embedding vector_ip_ops);
create index on public.documents using hnsw (embedding vector_l1_ops);
create index on public.documents using hnsw ((embedding::halfvec(3)) halfvec_l2_ops);
create index on public.documents
  using hnsw ((binary_quantize(embedding)::bit(3)) bit_hamming_ops);
create index on public.documents using btree (embedding);
set hnsw.ef_search = 100;
set ivfflat.probes = 10;
select set_config('hnsw.iterative_scan', 'strict_order', false);

-- The search of every tutorial, and what an index must not change.
create function public.match_documents(
    query_embedding vector(3), match_threshold double precision, match_count integer)
  returns table (id bigint, content text, similarity double precision)
  language sql stable as $$
  select d.id, d.content, 1 - (d.embedding <=> query_embedding)
    from public.documents as d
   where 1 - (d.embedding <=> query_embedding) > match_threshold
   order by d.embedding <=> query_embedding
   limit match_count
$$;
insert into public.documents (content, embedding)
  select 'filler', array[i % 17 - 8, i % 13 - 6, 1] from generate_series(1, 500) as i;
analyze public.documents;
set enable_seqscan = off;
select pg_temp.expect(
  (select content from public.match_documents('[4,5,6]', 0.9, 1)), 'two', 'match');
select pg_temp.expect(
  (select string_agg(content, ' ' order by distance, id)
     from (select id, content, embedding <-> '[1,2,3]' as distance from public.documents
            order by distance limit 2) as nearest),
  'one array', 'nearest');
select pg_temp.expect(
  (select count(*)::text from public.documents where embedding = '[4,5,6]'), '1', 'equal');
reset enable_seqscan;

-- Distances of many kinds of vectors beside plain sums in double precision.
do $$
declare
  scale double precision;
  other_scale double precision;
  n integer;
  a vector;
  b vector;
  x double precision[];
  y double precision[];
  dot double precision;
  square double precision;
  norms double precision;
  far double precision;
begin
  perform setseed(0.25);
  for round in 1..300 loop
    n := 1 + (random() * 40)::integer;
    scale := 10 ^ (random() * 16 - 8);
    other_scale := case when round % 2 = 0 then scale else 10 ^ (random() * 16 - 8) end;
    a := array(select ((random() - 0.5) * scale)::real from generate_series(1, n));
    b := case round % 5
      when 0 then array(
        select (v * (1 + 1e-5 * random()))::real from unnest(a::real[]) as v)
      else array(select ((random() - 0.5) * other_scale)::real from generate_series(1, n)) end;
    x := a::real[];
    y := b::real[];
    select sum(p * q), sum((p - q) ^ 2), sqrt(sum(p ^ 2)) * sqrt(sum(q ^ 2)), sum(abs(p - q))
      into dot, square, norms, far from unnest(x, y) as pair (p, q);
    if abs((a <-> b) - sqrt(square)) > 1e-6 * sqrt(square)
      or abs(-(a <#> b) - dot) > 1e-6 * abs(dot)
      or abs((a <=> b) - (1 - dot / norms)) > 1e-6
      or abs((a <+> b) - far) > 1e-6 * far
    then
      raise exception 'distances of % and % are wrong', a, b;
    end if;
  end loop;
end
$$;

-- As long as those of today's models, and through a prepared statement's parameter.
create table public.embeddings (id integer, embedding vector(1536));
insert into public.embeddings
  select i, array(select (random() - 0.5 + i * 0)::real from generate_series(1, 1536))
    from generate_series(1, 20) as i;
prepare nearest (vector) as
  select id from public.embeddings order by embedding <=> $1 limit 1;
select pg_temp.expect(
  (select (select e.id from public.embeddings as e order by e.embedding <=> wanted.embedding
            limit 1)::text
     from public.embeddings as wanted where wanted.id = 7),
  '7', 'long vectors');
