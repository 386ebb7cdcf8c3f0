/// The statements that type metadata is read with, all in one round trip.
///
/// `$1` is a JSON array of schemas. The columns of each are read by position, in
/// `TypeMetadataReader`. Lists come as rows of their own: a row is read faster than JSON is.
struct TypeMetadataQueries {
  /// Whether definitions, sizes and checks are asked for too; they cost the server time.
  var isWhole: Bool
  /// Whether every schema is read, whoever may use it, with what a request's SQL needs of types.
  var isForRequests = false

  /// Their `oid`s, looked up once a statement.
  private var wanted: String {
    if isForRequests {
      return """
        any (array(select w.oid from pg_catalog.pg_namespace w
          where w.nspname !~ '^pg_' and w.nspname <> 'information_schema'))
        """
    }
    return """
      any (array(select w.oid from pg_catalog.pg_namespace w
        where w.nspname in (select pg_catalog.json_array_elements_text($1::json))))
      """
  }

  /// What their foreign keys lead to, wherever it is.
  private var referenced: String {
    """
    any (array(select r.confrelid from pg_catalog.pg_constraint r
      where r.contype = 'f' and r.connamespace = \(wanted)))
    """
  }

  private let readsRelation = """
    (pg_catalog.pg_has_role(c.relowner, 'USAGE')
      or pg_catalog.has_table_privilege(
        c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
      or pg_catalog.has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))
    """

  /// Source: the privileges are those that `information_schema.schemata` asks for.
  var schemas: String {
    """
    select n.oid, n.nspname, pg_catalog.pg_get_userbyid(n.nspowner)
    from pg_catalog.pg_namespace n
    where n.oid = \(wanted) and n.nspname !~ '^pg_'
      and (pg_catalog.pg_has_role(n.nspowner, 'USAGE')
        or pg_catalog.has_schema_privilege(n.oid, 'CREATE, USAGE'))
    order by n.nspname collate "C"
    """
  }

  /// Every schema that could have been asked for.
  let schemaNames = """
    select n.nspname from pg_catalog.pg_namespace n
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and (pg_catalog.pg_has_role(n.nspowner, 'USAGE')
        or pg_catalog.has_schema_privilege(n.oid, 'CREATE, USAGE'))
    order by n.nspname collate "C"
    """

  /// Relations of every kind, in one scan: the kind tells them apart.
  ///
  /// Those that the role may not see, and those of other schemas that keys lead to, are there for
  /// their names.
  var relations: String {
    let sizes =
      isWhole
      ? """
      pg_catalog.pg_total_relation_size(c.oid),
        pg_catalog.pg_size_pretty(pg_catalog.pg_total_relation_size(c.oid)),
        pg_catalog.pg_stat_get_live_tuples(c.oid), pg_catalog.pg_stat_get_dead_tuples(c.oid)
      """ : "0, '', 0, 0"
    // Requests are about a partitioned table, not about its partitions.
    let isShown =
      isForRequests
      ? "not c.relispartition" : "(c.relkind not in ('r', 'p') or \(readsRelation))"
    return """
      select c.relkind, c.oid, n.nspname, c.relname,
        c.relnamespace = \(wanted) and \(isShown), ds.description,
        c.relrowsecurity, c.relforcerowsecurity,
        case c.relreplident when 'd' then 'DEFAULT' when 'i' then 'INDEX' when 'f' then 'FULL'
          else 'NOTHING' end,
        c.relispopulated,
        coalesce(w.by_itself & 20 = 20, false), coalesce(w.by_trigger & 8 = 8, false),
        coalesce(w.by_trigger & 4 = 4, false),
        \(sizes), coalesce(w.by_trigger & 16 = 16, false)
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        left join pg_catalog.pg_description ds on ds.objoid = c.oid and ds.objsubid = 0
          and ds.classoid = 'pg_catalog.pg_class'::regclass
        left join lateral (
          select pg_catalog.pg_relation_is_updatable(c.oid, false) as by_itself,
            pg_catalog.pg_relation_is_updatable(c.oid, true) as by_trigger
          where c.relkind = 'v' offset 0) w on true
      where (c.relnamespace = \(wanted) or c.oid = \(referenced))
        and c.relkind in ('r', 'p', 'v', 'm', 'f')
      order by n.nspname collate "C", c.relname collate "C"
      """
  }

  private var readsColumn: String {
    if isForRequests { return "true" }
    return """
      (pg_catalog.pg_has_role(c.relowner, 'USAGE')
          or pg_catalog.has_column_privilege(
            c.oid, a.attnum, 'SELECT, INSERT, UPDATE, REFERENCES'))
      """
  }

  /// The type with its length or precision, where it has one.
  private var modifier: String {
    isForRequests
      ? "case when a.atttypmod >= 0 then pg_catalog.format_type(a.atttypid, a.atttypmod) end"
      : "null"
  }

  /// What stands in for a default that the column itself does not have: its sequence, its domain's.
  ///
  /// By `oid` alone: `pg_get_serial_sequence` asks for USAGE on the schema.
  private var standIn: String {
    if !isForRequests { return "null" }
    return """
      case when a.attidentity = 'd' then (
            select pg_catalog.format('pg_catalog.nextval(%L)',
              pg_catalog.format('%I.%I', o.nspname, q.relname))
            from pg_catalog.pg_depend e
              join pg_catalog.pg_class q on q.oid = e.objid and q.relkind = 'S'
              join pg_catalog.pg_namespace o on o.oid = q.relnamespace
            where e.classid = 'pg_catalog.pg_class'::regclass and e.refclassid = e.classid
              and e.refobjid = c.oid and e.refobjsubid = a.attnum and e.deptype = 'i')
          when a.attidentity = '' and a.attgenerated = '' and not a.atthasdef then (
            select pg_catalog.pg_get_expr(b.typdefaultbin, 0) from pg_catalog.pg_type b
            where b.oid = a.atttypid and b.typtype = 'd') end
      """
  }

  /// In no order, types by their `oid` alone: rows that are neither wide nor sorted are read in a
  /// third of the time.
  ///
  /// Source: the privileges are those that `information_schema.columns` asks for.
  var columns: String {
    let check =
      isWhole
      ? """
      (select pg_catalog.pg_get_expr(k.conbin, k.conrelid, true) from pg_catalog.pg_constraint k
          where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]
          order by k.oid limit 1)
      """ : "null"
    return """
      select a.attrelid, a.attnum, a.attname,
        c.relnamespace = \(wanted) and \(readsColumn),
        a.atttypid,
        case when a.atthasdef then (
          select pg_catalog.pg_get_expr(d.adbin, d.adrelid) from pg_catalog.pg_attrdef d
          where d.adrelid = a.attrelid and d.adnum = a.attnum) end,
        a.attidentity, a.attgenerated <> '', not a.attnotnull,
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
        ds.description, \(check), \(modifier), \(standIn)
      from pg_catalog.pg_class c
        join pg_catalog.pg_attribute a on a.attrelid = c.oid
        left join pg_catalog.pg_description ds on ds.objoid = c.oid and ds.objsubid = a.attnum
          and ds.classoid = 'pg_catalog.pg_class'::regclass
      where (c.relnamespace = \(wanted) or c.oid = \(referenced))
        and c.relkind in ('r', 'v', 'm', 'f', 'p') and a.attnum > 0 and not a.attisdropped
      """
  }

  /// Primary keys by their index, since old ones have it alone.
  var primaryKeys: String {
    """
    select i.indrelid, i.indkey
    from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indrelid
    where i.indisprimary and c.relnamespace = \(wanted)
    """
  }

  /// Foreign keys, and primary and unique ones to tell which of them are one-to-one.
  var keys: String {
    """
    select k.contype, k.conparentid <> 0, k.conname, k.oid, k.conrelid, k.conkey,
      k.confrelid, k.confkey
    from pg_catalog.pg_constraint k
    where k.contype in ('f', 'p', 'u') and k.connamespace = \(wanted)
    """
  }

  /// What views are made of: their trees are read here, and not by the server.
  var views: String {
    """
    select c.oid, n.nspname, c.relname, w.ev_action
    from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_rewrite w on w.ev_class = c.oid and w.ev_type = '1'
    where c.relkind in ('v', 'm') and c.relnamespace = \(wanted)
    order by n.nspname collate "C", c.relname collate "C"
    """
  }

  var functions: String {
    let definitions =
      isWhole
      ? """
      case when l.lanname = 'internal' then '' else p.prosrc end,
        case when l.lanname = 'internal' then p.prosrc
          else pg_catalog.pg_get_functiondef(p.oid) end,
        pg_catalog.array_to_json(p.proconfig)
      """ : "'', '', " + (isForRequests ? "pg_catalog.array_to_json(p.proconfig)" : "null")
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
      where p.pronamespace = \(wanted) and p.prokind = 'f'
        and p.prorettype not in
          ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
      order by n.nspname collate "C", p.proname collate "C",
        pg_catalog.pg_get_function_identity_arguments(p.oid) collate "C"
      """
  }

  /// A row an argument or result, in the order of their declaration.
  var arguments: String {
    """
    select p.oid, coalesce(x.mode, 'i'), coalesce(x.name, ''), x.type
    from pg_catalog.pg_proc p
      cross join lateral rows from (
        pg_catalog.unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])),
        pg_catalog.unnest(p.proargmodes), pg_catalog.unnest(p.proargnames))
        with ordinality x(type, mode, name, place)
    where p.pronamespace = \(wanted) and p.prokind = 'f' and x.type is not null
    order by p.oid, x.place
    """
  }

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

  /// Casts that PostgreSQL makes by itself between a domain and JSON or text, by a function.
  let casts = """
    select c.castsource::pg_catalog.regtype::text, c.casttarget::pg_catalog.regtype::text,
      c.castfunc::pg_catalog.regproc::text
    from pg_catalog.pg_cast c
      join pg_catalog.pg_type s on s.oid = c.castsource
      join pg_catalog.pg_type t on t.oid = c.casttarget
    where c.castcontext = 'i' and c.castmethod = 'f'
      and pg_catalog.has_function_privilege(c.castfunc, 'execute')
      and (s.typtype = 'd' and c.casttarget in ('json'::regtype, 'text'::regtype)
        or t.typtype = 'd' and c.castsource in ('json'::regtype, 'text'::regtype))
    """

  /// What makes a body of some media type: aggregates over rows, and functions, whose result is a
  /// domain that is named like one.
  var mediaHandlers: String {
    """
    select m.typname, b.typname, p.prokind, n.nspname, p.proname, mn.nspname, an.nspname, a.typname
    from pg_catalog.pg_type m
      join pg_catalog.pg_type b on b.oid = m.typbasetype
      join pg_catalog.pg_namespace mn on mn.oid = m.typnamespace
      join pg_catalog.pg_proc p on p.prorettype = m.oid
      join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      left join pg_catalog.pg_type a on p.prokind = 'a' and a.oid = p.proargtypes[0]
      left join pg_catalog.pg_namespace an on an.oid = a.typnamespace
      left join pg_catalog.pg_class c on c.oid = a.typrelid
    where m.typbasetype <> 0 and p.pronamespace = \(wanted)
      and (m.typname ~* '^[a-z0-9.-]+/[a-z0-9.+-]+$' or m.typname = '*/*')
      and (p.prokind = 'f' and not p.proretset
        or p.prokind = 'a' and p.pronargs = 1
          and (a.oid = 'pg_catalog.anyelement'::regtype or c.relkind in ('r', 'p', 'v', 'm', 'f')))
    order by n.nspname collate "C", p.proname collate "C"
    """
  }

  /// All, in the order in which the reader takes their answers.
  var all: [String] {
    let shared = [
      schemas, schemaNames, relations, columns, primaryKeys, keys, views, functions, arguments,
      types, labels, attributes,
    ]
    return isForRequests ? shared + [casts, mediaHandlers] : shared
  }
}
