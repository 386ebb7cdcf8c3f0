/// The one query.
///
/// Its answer is a JSON document in the shape of `Catalog`.
///
/// `$1` is a JSON array of schemas. Tables that foreign keys lead to, and partitions, come along.
/// Run with an empty search path, so that every name in an expression is qualified.
let catalogQuery = """
  with recursive wanted(oid) as (
    select c.oid from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f')
      and n.nspname in (select pg_catalog.json_array_elements_text($1::json))
    union
    select x.oid from wanted w, lateral (
      select k.confrelid from pg_catalog.pg_constraint k
      where k.conrelid = w.oid and k.contype = 'f'
      union all
      select h.inhrelid from pg_catalog.pg_inherits h
        join pg_catalog.pg_class c on c.oid = h.inhrelid and c.relispartition
      where h.inhparent = w.oid) x(oid)
  ),
  types as (
    select t.oid, pg_catalog.json_build_object(
      'name', pg_catalog.json_build_object('schema', n.nspname, 'name', e.typname),
      'kind', e.typtype, 'isArray', e.oid <> t.oid,
      'rangeOf', (
        select pg_catalog.json_build_object('schema', sn.nspname, 'name', st.typname)
        from pg_catalog.pg_range r
          join pg_catalog.pg_type st on st.oid = r.rngsubtype
          join pg_catalog.pg_namespace sn on sn.oid = st.typnamespace
        where r.rngtypid = e.oid or r.rngmultitypid = e.oid)) as document
    from pg_catalog.pg_type t
      join pg_catalog.pg_type e
        on e.oid = case when t.typcategory = 'A' and t.typelem <> 0 then t.typelem else t.oid end
      join pg_catalog.pg_namespace n on n.oid = e.typnamespace
  ),
  attributes as (
    select a.attrelid, pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', a.attname, 'number', a.attnum,
      'type', t.document::jsonb || pg_catalog.jsonb_build_object(
        'modifier', a.atttypmod, 'sql', pg_catalog.format_type(a.atttypid, a.atttypmod)),
      'isNullable', not a.attnotnull,
      'defaultExpression', pg_catalog.pg_get_expr(d.adbin, d.adrelid),
      'identity', nullif(a.attidentity, ''), 'isGenerated', a.attgenerated <> '',
      'comment', pg_catalog.col_description(a.attrelid, a.attnum)) order by a.attnum) as list
    from pg_catalog.pg_attribute a
      join types t on t.oid = a.atttypid
      left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped
    group by a.attrelid
  ),
  keys as (
    select i.indrelid, i.indisprimary, k.conname is not null as constrained, c.relname,
      pg_catalog.json_build_object(
        'name', c.relname, 'isConstraint', k.conname is not null,
        'columns', coalesce((
          select pg_catalog.json_agg(a.attname order by p.place)
          from pg_catalog.generate_series(0, i.indnkeyatts - 1) p(place)
            join pg_catalog.pg_attribute a
              on a.attrelid = i.indrelid and a.attnum = i.indkey[p.place]
          where i.indkey[p.place] <> 0), '[]'),
        'expressions', coalesce((
          select pg_catalog.json_agg(
            pg_catalog.pg_get_indexdef(i.indexrelid, p.place + 1, true) order by p.place)
          from pg_catalog.generate_series(0, i.indnkeyatts - 1) p(place)
          where i.indkey[p.place] = 0), '[]'),
        'predicate', pg_catalog.pg_get_expr(i.indpred, i.indrelid),
        'nullsNotDistinct',
          coalesce((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false)) as document
    from pg_catalog.pg_index i
      join pg_catalog.pg_class c on c.oid = i.indexrelid
      left join pg_catalog.pg_constraint k
        on k.conindid = i.indexrelid and k.contype in ('p', 'u')
    where i.indisunique and i.indisvalid and i.indrelid in (select oid from wanted)
  ),
  names as (
    select c.oid, pg_catalog.json_build_object('schema', n.nspname, 'name', c.relname) as document
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  ),
  foreign_keys as (
    select k.conrelid, pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', k.conname,
      'columns', (
        select pg_catalog.json_agg(a.attname order by p.place)
        from pg_catalog.unnest(k.conkey) with ordinality p(number, place)
          join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = p.number),
      'referencedTable', r.document,
      'referencedColumns', (
        select pg_catalog.json_agg(a.attname order by p.place)
        from pg_catalog.unnest(k.confkey) with ordinality p(number, place)
          join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = p.number),
      'onUpdate', k.confupdtype, 'onDelete', k.confdeltype,
      'isDeferrable', k.condeferrable, 'isInitiallyDeferred', k.condeferred)
      order by k.conname) as list
    from pg_catalog.pg_constraint k join names r on r.oid = k.confrelid
    where k.contype = 'f' and (
      k.conparentid = 0 or k.conrelid <> (
        select u.conrelid from pg_catalog.pg_constraint u where u.oid = k.conparentid))
    group by k.conrelid
  ),
  checks as (
    select k.conrelid, k.contypid, pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', k.conname,
      'expression', coalesce(
        pg_catalog.pg_get_expr(k.conbin, k.conrelid),
        pg_catalog.pg_get_constraintdef(k.oid)),
      'columns', coalesce((
        select pg_catalog.json_agg(a.attname order by a.attnum)
        from pg_catalog.pg_attribute a
        where a.attrelid = k.conrelid and a.attnum = any (k.conkey)), '[]'))
      order by k.conname) as list
    from pg_catalog.pg_constraint k where k.contype = 'c'
    group by k.conrelid, k.contypid
  ),
  tables as (
    select pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', q.document, 'kind', c.relkind, 'hasRowSecurity', c.relrowsecurity,
      'comment', pg_catalog.obj_description(c.oid, 'pg_class'),
      'partitionOf', (
        select p.document from pg_catalog.pg_inherits h join names p on p.oid = h.inhparent
        where h.inhrelid = c.oid and c.relispartition),
      'partitionBound', pg_catalog.pg_get_expr(c.relpartbound, c.oid),
      'partitionKey',
        case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end,
      'columns', coalesce(a.list, '[]'),
      'primaryKey', (select k.document from keys k where k.indrelid = c.oid and k.indisprimary),
      'uniqueKeys', coalesce((
        select pg_catalog.json_agg(k.document order by k.relname)
        from keys k where k.indrelid = c.oid and not k.indisprimary), '[]'),
      'foreignKeys', coalesce(f.list, '[]'),
      'checks', coalesce(x.list, '[]'),
      'exclusions', coalesce((
        select pg_catalog.json_agg(pg_catalog.pg_get_constraintdef(k.oid) order by k.conname)
        from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype = 'x'), '[]'),
      'insertTriggers', coalesce((
        select pg_catalog.json_agg(g.tgname order by g.tgname)
        from pg_catalog.pg_trigger g
        where g.tgrelid = c.oid and not g.tgisinternal and g.tgtype & 4 <> 0), '[]'))
      order by
        (q.document ->> 'schema') collate "C", (q.document ->> 'name') collate "C") as list
    from wanted w
      join pg_catalog.pg_class c on c.oid = w.oid
      join names q on q.oid = c.oid
      left join attributes a on a.attrelid = c.oid
      left join foreign_keys f on f.conrelid = c.oid
      left join checks x on x.conrelid = c.oid
  ),
  own_types as (
    select t.oid, t.typtype, t.typrelid, t.typnotnull, t.typdefault, t.typbasetype, t.typtypmod,
      n.nspname, t.typname,
      pg_catalog.json_build_object('schema', n.nspname, 'name', t.typname) as document
    from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  )
  select pg_catalog.json_build_object(
    'tables', coalesce((select list from tables), '[]'),
    'enums', coalesce((
      select pg_catalog.json_agg(pg_catalog.json_build_object(
        'name', t.document,
        'labels', (
          select pg_catalog.json_agg(l.enumlabel order by l.enumsortorder)
          from pg_catalog.pg_enum l where l.enumtypid = t.oid),
        'comment', pg_catalog.obj_description(t.oid, 'pg_type')) order by t.nspname, t.typname)
      from own_types t
      where t.typtype = 'e'
        and exists (select from pg_catalog.pg_enum l where l.enumtypid = t.oid)), '[]'),
    'domains', coalesce((
      select pg_catalog.json_agg(pg_catalog.json_build_object(
        'name', t.document,
        'base', b.document::jsonb || pg_catalog.jsonb_build_object(
          'modifier', t.typtypmod, 'sql', pg_catalog.format_type(t.typbasetype, t.typtypmod)),
        'isNullable', not t.typnotnull, 'defaultExpression', t.typdefault,
        'checks', coalesce((
          select x.list from checks x where x.contypid = t.oid and x.conrelid = 0), '[]'))
        order by t.nspname, t.typname)
      from own_types t join types b on b.oid = t.typbasetype where t.typtype = 'd'), '[]'),
    'composites', coalesce((
      select pg_catalog.json_agg(pg_catalog.json_build_object(
        'name', t.document, 'attributes', coalesce(a.list, '[]')) order by t.nspname, t.typname)
      from own_types t
        join pg_catalog.pg_class c on c.oid = t.typrelid and c.relkind = 'c'
        left join attributes a on a.attrelid = t.typrelid
      where t.typtype = 'c'), '[]'))::text
  """
