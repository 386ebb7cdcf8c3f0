/// The statements that type metadata is read with, all in one round trip.
///
/// `$1` is a JSON array of schemas. The columns of each are read by position, in
/// `TypeMetadataReader`. Lists come as rows of their own: a row is read faster than JSON is.
struct TypeMetadataQueries {
  /// Whether definitions, sizes and checks are asked for too; they cost the server time.
  var isWhole: Bool

  private static let wanted = "(select pg_catalog.json_array_elements_text($1::json))"

  private static let readsRelation = """
    (pg_catalog.pg_has_role(c.relowner, 'USAGE')
      or pg_catalog.has_table_privilege(
        c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
      or pg_catalog.has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))
    """

  /// Source: the privileges are those that `information_schema.schemata` asks for.
  let schemas = """
    select n.oid, n.nspname, pg_catalog.pg_get_userbyid(n.nspowner)
    from pg_catalog.pg_namespace n
    where n.nspname in \(Self.wanted) and n.nspname !~ '^pg_'
      and (pg_catalog.pg_has_role(n.nspowner, 'USAGE')
        or pg_catalog.has_schema_privilege(n.oid, 'CREATE, USAGE'))
    order by n.nspname collate "C"
    """

  /// Every schema that could have been asked for.
  let schemaNames = """
    select n.nspname from pg_catalog.pg_namespace n
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and (pg_catalog.pg_has_role(n.nspowner, 'USAGE')
        or pg_catalog.has_schema_privilege(n.oid, 'CREATE, USAGE'))
    order by n.nspname collate "C"
    """

  /// Ordinary relations of every kind, in one scan: the kind tells them apart.
  var relations: String {
    let sizes =
      isWhole
      ? """
      pg_catalog.pg_total_relation_size(c.oid),
        pg_catalog.pg_size_pretty(pg_catalog.pg_total_relation_size(c.oid)),
        pg_catalog.pg_stat_get_live_tuples(c.oid), pg_catalog.pg_stat_get_dead_tuples(c.oid)
      """ : "0, '', 0, 0"
    return """
      select c.relkind, c.oid, n.nspname, c.relname, ds.description,
        c.relrowsecurity, c.relforcerowsecurity,
        case c.relreplident when 'd' then 'DEFAULT' when 'i' then 'INDEX' when 'f' then 'FULL'
          else 'NOTHING' end,
        c.relispopulated,
        coalesce(w.by_itself & 20 = 20, false), coalesce(w.by_trigger & 8 = 8, false),
        coalesce(w.by_trigger & 4 = 4, false),
        \(sizes)
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        left join pg_catalog.pg_description ds on ds.objoid = c.oid and ds.objsubid = 0
          and ds.classoid = 'pg_catalog.pg_class'::regclass
        left join lateral (
          select pg_catalog.pg_relation_is_updatable(c.oid, false) as by_itself,
            pg_catalog.pg_relation_is_updatable(c.oid, true) as by_trigger
          where c.relkind = 'v' offset 0) w on true
      where n.nspname in \(Self.wanted) and c.relkind in ('r', 'p', 'v', 'm', 'f')
        and (c.relkind not in ('r', 'p') or \(Self.readsRelation))
      order by n.nspname collate "C", c.relname collate "C"
      """
  }

  /// Source: the privileges are those that `information_schema.columns` asks for.
  ///
  /// A domain counts as what it restricts, one level deep; an array of a domain as itself.
  var columns: String {
    let check =
      isWhole
      ? """
      (select pg_catalog.pg_get_expr(k.conbin, k.conrelid, true) from pg_catalog.pg_constraint k
          where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]
          order by k.oid limit 1)
      """ : "null"
    return """
      select c.oid, n.nspname, c.relname, a.attnum, a.attname,
        case when a.atthasdef then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end,
        case when y.typelem <> 0 and y.typlen = -1 then 'ARRAY'
          when yn.nspname = 'pg_catalog' then pg_catalog.format_type(y.oid, null)
          else 'USER-DEFINED' end,
        y.typname, yn.nspname, y.oid, t.oid, a.attidentity, a.attgenerated <> '',
        not (a.attnotnull or t.typtype = 'd' and t.typnotnull),
        c.relkind in ('r', 'p')
          or c.relkind in ('v', 'f') and pg_catalog.pg_column_is_updatable(c.oid, a.attnum, false),
        c.relkind = 'v' and (
          exists (
            select from pg_catalog.pg_trigger g
            where g.tgrelid = c.oid and not g.tgisinternal
              and g.tgtype & 64 <> 0 and g.tgtype & 20 <> 0)
          or exists (
            select from pg_catalog.pg_rewrite w
            where w.ev_class = c.oid and w.is_instead and w.ev_type in ('2', '3')
              and w.ev_qual::text = '<>')),
        u.conrelid is not null, ds.description, \(check)
      from pg_catalog.pg_attribute a
        join pg_catalog.pg_class c on c.oid = a.attrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_type t on t.oid = a.atttypid
        join pg_catalog.pg_type y
          on y.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
        join pg_catalog.pg_namespace yn on yn.oid = y.typnamespace
        left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join pg_catalog.pg_description ds on ds.objoid = c.oid and ds.objsubid = a.attnum
          and ds.classoid = 'pg_catalog.pg_class'::regclass
        left join (
          select distinct k.conrelid, k.conkey[1] as number from pg_catalog.pg_constraint k
          where k.contype = 'u' and pg_catalog.cardinality(k.conkey) = 1) u
          on u.conrelid = c.oid and u.number = a.attnum
      where n.nspname in \(Self.wanted) and c.relkind in ('r', 'v', 'm', 'f', 'p')
        and a.attnum > 0 and not a.attisdropped
        and (pg_catalog.pg_has_role(c.relowner, 'USAGE')
          or pg_catalog.has_column_privilege(
            c.oid, a.attnum, 'SELECT, INSERT, UPDATE, REFERENCES'))
      order by n.nspname collate "C", c.relname collate "C", a.attnum
      """
  }

  let primaryKeys = """
    select n.nspname, c.relname, a.attname, c.oid
    from pg_catalog.pg_index i
      join pg_catalog.pg_class c on c.oid = i.indrelid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
    where i.indisprimary and n.nspname in \(Self.wanted) and \(Self.readsRelation)
    order by n.nspname collate "C", c.relname collate "C",
      pg_catalog.array_position(i.indkey::int2[], a.attnum)
    """

  /// Foreign keys, and primary and unique ones to tell which of them are one-to-one; a row a column.
  let keys = """
    select k.oid, k.contype, k.conparentid <> 0, k.conname, k.conrelid, cn.nspname, c.relname,
      a.attname, a.attnum, k.confrelid, rn.nspname, r.relname, ra.attname, ra.attnum
    from pg_catalog.pg_constraint k
      join pg_catalog.pg_class c on c.oid = k.conrelid
      join pg_catalog.pg_namespace cn on cn.oid = k.connamespace
      cross join lateral unnest(k.conkey, k.confkey)
        with ordinality p(number, other, place)
      join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = p.number
      left join pg_catalog.pg_class r on r.oid = k.confrelid
      left join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
      left join pg_catalog.pg_attribute ra on ra.attrelid = k.confrelid and ra.attnum = p.other
    where k.contype in ('f', 'p', 'u') and cn.nspname in \(Self.wanted)
    order by cn.nspname collate "C", c.relname collate "C", k.conname collate "C", k.oid, p.place
    """

  /// What views are made of: their trees are read here, and not by the server.
  let views = """
    select c.oid, n.nspname, c.relname, w.ev_action
    from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_rewrite w on w.ev_class = c.oid and w.ev_type = '1'
    where c.relkind in ('v', 'm') and n.nspname in \(Self.wanted)
    order by n.nspname collate "C", c.relname collate "C"
    """

  /// Names of the columns of views, also of those that the role may not see.
  let viewColumns = """
    select a.attrelid, a.attnum, a.attname
    from pg_catalog.pg_attribute a
      join pg_catalog.pg_class c on c.oid = a.attrelid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm') and n.nspname in \(Self.wanted) and a.attnum > 0
    order by a.attrelid, a.attnum
    """

  var functions: String {
    let definitions =
      isWhole
      ? """
      case when l.lanname = 'internal' then '' else p.prosrc end,
        case when l.lanname = 'internal' then p.prosrc
          else pg_catalog.pg_get_functiondef(p.oid) end,
        pg_catalog.array_to_json(p.proconfig)
      """ : "'', '', null"
    return """
      select p.oid, n.nspname, p.proname, l.lanname,
        pg_catalog.pg_get_function_arguments(p.oid),
        pg_catalog.pg_get_function_identity_arguments(p.oid), p.prorettype,
        pg_catalog.pg_get_function_result(p.oid), nullif(t.typrelid, 0), p.proretset,
        case when p.proretset then nullif(p.prorows, 0) end,
        case p.provolatile when 'i' then 'IMMUTABLE' when 's' then 'STABLE' else 'VOLATILE' end,
        p.prosecdef, p.proisstrict, ds.description,
        p.pronargs, p.pronargdefaults, \(definitions)
      from pg_catalog.pg_proc p
        join pg_catalog.pg_namespace n on n.oid = p.pronamespace
        join pg_catalog.pg_language l on l.oid = p.prolang
        join pg_catalog.pg_type t on t.oid = p.prorettype
        left join pg_catalog.pg_description ds on ds.objoid = p.oid and ds.objsubid = 0
          and ds.classoid = 'pg_catalog.pg_proc'::regclass
      where n.nspname in \(Self.wanted) and p.prokind = 'f'
        and p.prorettype not in
          ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
      order by n.nspname collate "C", p.proname collate "C",
        pg_catalog.pg_get_function_identity_arguments(p.oid) collate "C"
      """
  }

  /// A row an argument or result, in the order of their declaration.
  let arguments = """
    select p.oid, coalesce(x.mode, 'i'), coalesce(x.name, ''), x.type
    from pg_catalog.pg_proc p
      join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      cross join lateral rows from (
        pg_catalog.unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])),
        pg_catalog.unnest(p.proargmodes), pg_catalog.unnest(p.proargnames))
        with ordinality x(type, mode, name, place)
    where n.nspname in \(Self.wanted) and p.prokind = 'f' and x.type is not null
    order by p.oid, x.place
    """

  /// Without the row types of sequences, indexes and the like.
  let types = """
    select t.oid, t.typname, n.nspname, pg_catalog.format_type(t.oid, null),
      ds.description, nullif(t.typrelid, 0), t.typtype, c.relkind,
      case when t.typelem <> 0 and t.typlen = -1 then t.typelem end, nullif(t.typbasetype, 0),
      t.typnotnull
    from pg_catalog.pg_type t
      join pg_catalog.pg_namespace n on n.oid = t.typnamespace
      left join pg_catalog.pg_class c on c.oid = t.typrelid
      left join pg_catalog.pg_description ds on ds.objoid = t.oid and ds.objsubid = 0
        and ds.classoid = 'pg_catalog.pg_type'::regclass
    where (t.typrelid = 0 or c.relkind in ('c', 'r', 'v', 'm', 'p', 'f'))
    order by n.nspname collate "C", t.typname collate "C"
    """

  let labels = """
    select l.enumtypid, l.enumlabel from pg_catalog.pg_enum l
    order by l.enumtypid, l.enumsortorder
    """

  let attributes = """
    select a.attrelid, a.attname, a.atttypid
    from pg_catalog.pg_attribute a
      join pg_catalog.pg_class c on c.oid = a.attrelid
    where c.relkind = 'c' and a.attnum > 0 and not a.attisdropped
    order by a.attrelid, a.attnum
    """

  /// All, in the order in which the reader takes their answers.
  var all: [String] {
    [
      schemas, schemaNames, relations, columns, primaryKeys, keys, views, viewColumns, functions,
      arguments, types, labels, attributes,
    ]
  }
}
