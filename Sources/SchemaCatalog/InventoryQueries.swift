/// The statements that an inventory is read with, all in one round trip.
///
/// Column names are those of `SchemaObject.Fact`, besides `key`, `parent`, `class`, `oid`, `number`
/// and `acl`. Names come quoted by the server, which knows its own reserved words. `$1` is a regular
/// expression of the schemas that are the platform's. Members of extensions are left out.
enum InventoryQueries {
  /// Each with the kind of object that a row is, unless the row has a column `kind`.
  static let all: [(kind: SchemaObject.Kind?, sql: String)] = [
    (.schema, schemas), (.extension, extensions), (nil, types), (.constraint, domainConstraints),
    (nil, relations), (.column, columns), (.sequence, sequences), (.constraint, constraints),
    (.index, indexes), (nil, functions), (.trigger, triggers), (.policy, policies),
    (.rule, rules), (.eventTrigger, eventTriggers), (.publication, publications),
    (.publicationMember, publicationMembers), (.defaultPrivileges, defaultPrivileges),
    (.statistics, statistics), (.foreignServer, foreignServers), (.cast, casts),
    (.operator, operators), (.collation, collations),
  ]

  private static func notOfExtension(_ catalog: String, _ oid: String) -> String {
    """
    not exists (
      select from pg_depend e
      where e.classid = '\(catalog)'::regclass and e.objid = \(oid) and e.objsubid = 0
        and e.deptype in ('e', 'i'))
    """
  }

  /// Materialized: the expressions are tried once a schema, not once a row.
  private static let namespaces = """
    (with schemas as materialized (
        select s.oid, s.nspname, s.nspowner, s.nspname ~ $1 as managed from pg_namespace s
        where s.nspname !~ '^(pg_.*|information_schema)$')
      select * from schemas)
    """

  /// Whatever has columns: its name is written once, not once a column.
  private static let holders = """
    (select c.oid, c.relkind, n.managed, format('%I.%I', n.nspname, c.relname) as key
      from pg_class c join \(namespaces) n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'f', 'v', 'm') and \(notOfExtension("pg_class", "c.oid"))
      offset 0)
    """

  private static func acl(_ column: String, _ type: String, _ owner: String) -> String {
    "array_to_string(coalesce(\(column), acldefault(\(type), \(owner))), E'\\n') as acl"
  }

  /// Of a row of `pg_sequence`, as `create sequence` takes them.
  private static let sequenceOptions = """
    concat_ws(' ', 'start with ' || q.seqstart, 'increment by ' || q.seqincrement,
      'minvalue ' || q.seqmin, 'maxvalue ' || q.seqmax, 'cache ' || q.seqcache,
      case when q.seqcycle then 'cycle' else 'no cycle' end)
    """

  private static let schemas = """
    select quote_ident(n.nspname) as key, 'pg_namespace'::regclass::oid::int as class, n.oid,
      n.nspname ~ $1 as managed, n.nspowner::regrole as owner,
      cm.description as comment, \(acl("n.nspacl", "'n'", "n.nspowner"))
    from pg_namespace n
      left join pg_description cm on cm.objoid = n.oid
        and cm.classoid = 'pg_namespace'::regclass and cm.objsubid = 0
    where n.nspname !~ '^(pg_.*|information_schema)$' and \(notOfExtension("pg_namespace", "n.oid"))
    """

  private static let extensions = """
    select quote_ident(x.extname) as key, 'pg_extension'::regclass::oid::int as class, x.oid,
      quote_ident(n.nspname) as schema, x.extversion as version
    from pg_extension x join \(namespaces) n on n.oid = x.extnamespace
    where x.extname <> 'plpgsql'
    """

  /// `alias` is the address of the same thing in `pg_class`, `arrayType` that of its array.
  private static let types = """
    select case t.typtype when 'e' then 'enumeration' when 'd' then 'domain'
        when 'r' then 'range' else 'composite' end as kind,
      format('%I.%I', n.nspname, t.typname) as key, quote_ident(n.nspname) as schema,
      'pg_type'::regclass::oid::int as class, t.oid, nullif(t.typrelid, 0) as alias,
      nullif(t.typarray, 0) as "arrayType", nullif(r.rngmultitypid, 0) as "multirangeType",
      t.typowner::regrole as owner, cm.description as comment,
      \(acl("t.typacl", "'T'", "t.typowner")),
      case t.typtype
        when 'e' then (
          select json_agg(l.enumlabel order by l.enumsortorder)::text
          from pg_enum l where l.enumtypid = t.oid)
        when 'c' then (
          select json_agg(json_build_array(
            quote_ident(a.attname), format_type(a.atttypid, a.atttypmod)
              || case when a.attcollation <> y.typcollation
                then ' collate ' || a.attcollation::regcollation else '' end)
            order by a.attnum)::text
          from pg_attribute a join pg_type y on y.oid = a.atttypid
          where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)
        when 'd' then format_type(t.typbasetype, t.typtypmod)
          || case when t.typcollation <> b.typcollation
            then ' collate ' || t.typcollation::regcollation else '' end
        else concat_ws(', ',
          'subtype = ' || format_type(r.rngsubtype, null),
          'subtype_opclass = ' || (
            select format('%I.%I', on_.nspname, o.opcname)
            from pg_opclass o join pg_namespace on_ on on_.oid = o.opcnamespace
            where o.oid = r.rngsubopc and not o.opcdefault),
          'collation = ' || nullif(r.rngcollation, 0)::regcollation,
          'subtype_diff = ' || nullif(r.rngsubdiff::oid, 0)::regproc,
          'multirange_type_name = ' || (
            select format('%I.%I', mn.nspname, m.typname)
            from pg_type m join pg_namespace mn on mn.oid = m.typnamespace
            where m.oid = r.rngmultitypid and (mn.oid, m.typname) is distinct from (n.oid,
              case when t.typname like '%range%'
                then regexp_replace(t.typname, 'range', 'multirange')
                else t.typname || '_multirange' end)))
      end as definition,
      case when t.typtype = 'd' then t.typnotnull end as "notNull",
      case when t.typtype = 'd' then pg_get_expr(t.typdefaultbin, 0) end as default
    from pg_type t
      join \(namespaces) n on n.oid = t.typnamespace
      left join pg_class c on c.oid = t.typrelid
      left join pg_range r on r.rngtypid = t.oid
      left join pg_type b on b.oid = t.typbasetype
      left join pg_description cm on cm.objoid = t.oid
        and cm.classoid = 'pg_type'::regclass and cm.objsubid = 0
    where t.typtype in ('e', 'd', 'r', 'c') and (t.typtype <> 'c' or c.relkind = 'c')
      and not n.managed and \(notOfExtension("pg_type", "t.oid"))
    """

  private static let domainConstraints = """
    select format('%I on domain %I.%I', k.conname, n.nspname, t.typname) as key,
      format('%I.%I', n.nspname, t.typname) as parent, 'd' as type, quote_ident(k.conname) as name,
      'pg_constraint'::regclass::oid::int as class, k.oid,
      pg_get_constraintdef(k.oid) as definition,
      cm.description as comment
    from pg_constraint k join pg_type t on t.oid = k.contypid
      join \(namespaces) n on n.oid = t.typnamespace
      left join pg_description cm on cm.objoid = k.oid
        and cm.classoid = 'pg_constraint'::regclass and cm.objsubid = 0
    where k.contypid <> 0 and k.contype = 'c' and not n.managed
      and \(notOfExtension("pg_type", "t.oid"))
    """

  /// Those of managed schemas come for their grants only.
  private static let relations = """
    select case c.relkind when 'v' then 'view' when 'm' then 'materializedView'
        when 'f' then 'foreignTable' else 'table' end as kind,
      format('%I.%I', n.nspname, c.relname) as key, quote_ident(n.nspname) as schema,
      'pg_class'::regclass::oid::int as class, c.oid, n.managed,
      nullif(c.reltype, 0) as "rowType", nullif(y.typarray, 0) as "arrayType",
      c.relowner::regrole as owner, cm.description as comment,
      \(acl("c.relacl", "'r'", "c.relowner")),
      nullif(c.relpersistence, 'p') as persistence,
      case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as "partitionKey",
      case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end as "partitionBound",
      (select json_agg(format('%I.%I', pn.nspname, p.relname) order by h.inhseqno)::text
        from pg_inherits h join pg_class p on p.oid = h.inhparent
          join pg_namespace pn on pn.oid = p.relnamespace
        where h.inhrelid = c.oid) as parents,
      case when c.relkind in ('r', 'p') then case c.relreplident
        when 'f' then 'full' when 'n' then 'nothing'
        when 'i' then (
          select 'using index ' || quote_ident(i.relname)
          from pg_index x join pg_class i on i.oid = x.indexrelid
          where x.indrelid = c.oid and x.indisreplident) end end as "replicaIdentity",
      nullif(c.relrowsecurity, false) as "rowSecurity",
      nullif(c.relforcerowsecurity, false) as "forcedRowSecurity",
      array_to_string(c.reloptions, ', ') as options,
      (select quote_ident(m.amname) from pg_am m
        where m.oid = c.relam and m.amname <> 'heap') as "accessMethod",
      case when c.relkind in ('v', 'm') and not n.managed
        then rtrim(pg_get_viewdef(c.oid), ';') end as definition,
      case when c.relkind = 'v' and not n.managed then (
        select string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
          || ' ' || a.attcollation, E'\\n' order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0) end as columns,
      case when c.relkind = 'f' then (
        select quote_ident(s.srvname) || coalesce(' options (' || (
            select string_agg(quote_ident(o.option_name) || ' ' || quote_literal(o.option_value),
              ', ') from pg_options_to_table(ft.ftoptions) o) || ')', '')
        from pg_foreign_table ft join pg_foreign_server s on s.oid = ft.ftserver
        where ft.ftrelid = c.oid) end as server
    from pg_class c
      join \(namespaces) n on n.oid = c.relnamespace
      left join pg_type y on y.oid = c.reltype
      left join pg_description cm on cm.objoid = c.oid
        and cm.classoid = 'pg_class'::regclass and cm.objsubid = 0
    where c.relkind in ('r', 'p', 'v', 'm', 'f')
      and \(notOfExtension("pg_class", "c.oid"))
    """

  /// Those of managed schemas come when they have grants of their own.
  private static let columns = """
    select c.key || '.' || quote_ident(a.attname) as key,
      c.key as parent, quote_ident(a.attname) as name,
      'pg_class'::regclass::oid::int as class, c.oid, a.attnum as number, c.managed,
      format_type(a.atttypid, a.atttypmod) as type,
      case when a.attcollation <> t.typcollation
        then a.attcollation::regcollation::text end as collation,
      nullif(a.attnotnull, false) as "notNull",
      case when not c.managed then pg_get_expr(d.adbin, d.adrelid) end as default,
      d.oid as "defaultOID",
      nullif(a.attgenerated, '') as generated,
      nullif(a.attidentity, '') as identity,
      case when a.attidentity <> '' then q.options end as "identityOptions",
      nullif(a.attstattarget, -1) as "statisticsTarget",
      case when a.attstorage <> t.typstorage then a.attstorage end as storage,
      nullif(a.attcompression, '') as compression,
      case when array_to_string(a.attoptions, ' ') like '%n_distinct%' then (
        select string_agg(o, ', ') from unnest(a.attoptions) o where o like 'n_distinct%')
        end as options,
      case when not a.attislocal then true end as inherited,
      array_to_string(a.attacl, E'\\n') as acl,
      cm.description as comment
    from pg_attribute a
      join \(holders) c on c.oid = a.attrelid
      join pg_type t on t.oid = a.atttypid
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      left join (
        select e.refobjid, e.refobjsubid,
          \(sequenceOptions) as options
        from pg_sequence q join pg_depend e on e.classid = 'pg_class'::regclass
          and e.objid = q.seqrelid and e.refclassid = 'pg_class'::regclass and e.deptype = 'i'
        offset 0
      ) q on q.refobjid = c.oid and q.refobjsubid = a.attnum
      left join pg_description cm on cm.objoid = c.oid
        and cm.classoid = 'pg_class'::regclass and cm.objsubid = a.attnum
    where a.attnum > 0 and not a.attisdropped and (not c.managed or a.attacl is not null)
    order by c.oid, a.attnum
    """

  private static let sequences = """
    select format('%I.%I', n.nspname, c.relname) as key, quote_ident(n.nspname) as schema,
      'pg_class'::regclass::oid::int as class, c.oid, n.managed,
      c.relowner::regrole as owner, cm.description as comment,
      \(acl("c.relacl", "'s'", "c.relowner")),
      nullif(c.relpersistence, 'p') as persistence, format_type(q.seqtypid, null) as type,
      \(sequenceOptions) as definition,
      case when e.refobjid is not null
        then format('%I.%I.%I', tn.nspname, t.relname, a.attname) end as "ownedBy"
    from pg_class c
      join \(namespaces) n on n.oid = c.relnamespace
      join pg_sequence q on q.seqrelid = c.oid
      left join pg_depend e on e.classid = 'pg_class'::regclass and e.objid = c.oid
        and e.objsubid = 0 and e.refclassid = 'pg_class'::regclass and e.deptype in ('a', 'i')
      left join pg_class t on t.oid = e.refobjid
      left join pg_namespace tn on tn.oid = t.relnamespace
      left join pg_attribute a on a.attrelid = e.refobjid and a.attnum = e.refobjsubid
      left join pg_description cm on cm.objoid = c.oid
        and cm.classoid = 'pg_class'::regclass and cm.objsubid = 0
    where c.relkind = 'S' and e.deptype is distinct from 'i'
      and \(notOfExtension("pg_class", "c.oid"))
    """

  private static let constraints = """
    select quote_ident(k.conname) || ' on ' || c.key as key,
      c.key as parent, k.contype as type,
      quote_ident(k.conname) as name,
      'pg_constraint'::regclass::oid::int as class, k.oid,
      case when k.contype in ('p', 'u', 'x') then k.conindid end as alias,
      pg_get_constraintdef(k.oid) as definition,
      cm.description as comment,
      case when k.contype in ('p', 'u') then nullif(i.indisclustered, false) end as clustered
    from pg_constraint k join \(holders) c on c.oid = k.conrelid
      left join pg_index i on i.indexrelid = k.conindid
      left join pg_description cm on cm.objoid = k.oid
        and cm.classoid = 'pg_constraint'::regclass and cm.objsubid = 0
    where k.contype in ('p', 'u', 'f', 'c', 'x') and k.conislocal and k.conparentid = 0 and not c.managed
    """

  private static let indexes = """
    select format('%I.%I', n.nspname, c.relname) as key, quote_ident(c.relname) as name,
      t.key as parent,
      'pg_class'::regclass::oid::int as class, c.oid,
      pg_get_indexdef(c.oid) as definition, cm.description as comment,
      nullif(i.indisclustered, false) as clustered
    from pg_index i
      join pg_class c on c.oid = i.indexrelid
      join \(namespaces) n on n.oid = c.relnamespace
      join \(holders) t on t.oid = i.indrelid
      left join pg_description cm on cm.objoid = c.oid
        and cm.classoid = 'pg_class'::regclass and cm.objsubid = 0
    where not n.managed and not c.relispartition and i.indislive
      and not exists (
        select from pg_constraint k where k.conindid = c.oid and k.contype in ('p', 'u', 'x'))
      and \(notOfExtension("pg_class", "c.oid"))
    """

  private static let functions = """
    select case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate'
        else 'function' end as kind,
      format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as key,
      quote_ident(n.nspname) as schema, quote_ident(p.proname) as name,
      pg_get_function_identity_arguments(p.oid) as arguments,
      'pg_proc'::regclass::oid::int as class, p.oid, n.managed,
      p.proowner::regrole as owner, cm.description as comment,
      \(acl("p.proacl", "'f'", "p.proowner")),
      pg_get_function_result(p.oid) as type,
      pg_get_function_arguments(p.oid) as "fullArguments",
      case when p.prokind = 'a' then (
        select concat_ws(', ',
          'sfunc = ' || g.aggtransfn, 'stype = ' || format_type(g.aggtranstype, null),
          'sspace = ' || nullif(g.aggtransspace, 0),
          'finalfunc = ' || nullif(g.aggfinalfn::oid, 0)::regproc,
          case when g.aggfinalextra then 'finalfunc_extra' end,
          'combinefunc = ' || nullif(g.aggcombinefn::oid, 0)::regproc,
          'serialfunc = ' || nullif(g.aggserialfn::oid, 0)::regproc,
          'deserialfunc = ' || nullif(g.aggdeserialfn::oid, 0)::regproc,
          'initcond = ' || quote_literal(g.agginitval),
          'msfunc = ' || nullif(g.aggmtransfn::oid, 0)::regproc,
          'minvfunc = ' || nullif(g.aggminvtransfn::oid, 0)::regproc,
          'mstype = ' || format_type(nullif(g.aggmtranstype, 0), null),
          'mfinalfunc = ' || nullif(g.aggmfinalfn::oid, 0)::regproc,
          'minitcond = ' || quote_literal(g.aggminitval),
          'sortop = ' || nullif(g.aggsortop, 0)::regoper,
          'parallel = ' || case p.proparallel when 's' then 'safe' when 'r' then 'restricted' end,
          case when g.aggkind = 'h' then 'hypothetical' end)
        from pg_aggregate g where g.aggfnoid = p.oid)
        when not n.managed or p.proowner <> n.nspowner then pg_get_functiondef(p.oid)
        end as definition
    from pg_proc p join \(namespaces) n on n.oid = p.pronamespace
      left join pg_description cm on cm.objoid = p.oid
        and cm.classoid = 'pg_proc'::regclass and cm.objsubid = 0
    where \(notOfExtension("pg_proc", "p.oid"))
    """

  /// `managed`: both the table and the function are the platform's.
  private static let triggers = """
    select format('%I on %I.%I', g.tgname, n.nspname, c.relname) as key, quote_ident(g.tgname) as name,
      format('%I.%I', n.nspname, c.relname) as parent,
      'pg_trigger'::regclass::oid::int as class, g.oid,
      n.managed and fn.nspname ~ $1 as managed,
      pg_get_triggerdef(g.oid) as definition, nullif(g.tgenabled, 'O') as enabled,
      case when g.tgconstraint <> 0 then true end as "isConstraint",
      cm.description as comment
    from pg_trigger g
      join pg_class c on c.oid = g.tgrelid
      join \(namespaces) n on n.oid = c.relnamespace
      join pg_proc f on f.oid = g.tgfoid
      join pg_namespace fn on fn.oid = f.pronamespace
      left join pg_description cm on cm.objoid = g.oid
        and cm.classoid = 'pg_trigger'::regclass and cm.objsubid = 0
    where not g.tgisinternal and g.tgparentid = 0
      and \(notOfExtension("pg_class", "c.oid"))
    """

  private static let policies = """
    select quote_ident(p.polname) || ' on ' || c.key as key,
      quote_ident(p.polname) as name, c.key as parent,
      'pg_policy'::regclass::oid::int as class, p.oid,
      case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
        when 'd' then 'delete' else 'all' end as command,
      case when p.polpermissive then 'permissive' else 'restrictive' end as type,
      (select string_agg(case when r = 0 then 'public' else r::regrole::text end, ', '
          order by case when r = 0 then 'public' else r::regrole::text end)
        from unnest(p.polroles) r) as roles,
      pg_get_expr(p.polqual, p.polrelid) as using,
      pg_get_expr(p.polwithcheck, p.polrelid) as check,
      cm.description as comment
    from pg_policy p join \(holders) c on c.oid = p.polrelid
      left join pg_description cm on cm.objoid = p.oid
        and cm.classoid = 'pg_policy'::regclass and cm.objsubid = 0
    where c.key not like 'cron.%'
    """

  private static let rules = """
    select quote_ident(w.rulename) || ' on ' || c.key as key,
      quote_ident(w.rulename) as name, c.key as parent,
      'pg_rewrite'::regclass::oid::int as class, w.oid,
      rtrim(pg_get_ruledef(w.oid), ';') as definition, nullif(w.ev_enabled, 'O') as enabled,
      cm.description as comment
    from pg_rewrite w join \(holders) c on c.oid = w.ev_class
      left join pg_description cm on cm.objoid = w.oid
        and cm.classoid = 'pg_rewrite'::regclass and cm.objsubid = 0
    where w.rulename <> '_RETURN' and not c.managed
    """

  private static let eventTriggers = """
    select quote_ident(g.evtname) as key, 'pg_event_trigger'::regclass::oid::int as class, g.oid,
      fn.nspname ~ $1 or g.evtowner::regrole::text like 'supabase\\_%' as managed,
      g.evtowner::regrole as owner,
      g.evtevent || coalesce(E'\\n  when tag in (' || (
          select string_agg(quote_literal(t), ', ') from unnest(g.evttags) t) || ')', '')
        || E'\\n  execute function ' || format('%I.%I()', fn.nspname, f.proname) as definition,
      nullif(g.evtenabled, 'O') as enabled,
      cm.description as comment
    from pg_event_trigger g join pg_proc f on f.oid = g.evtfoid
      join pg_namespace fn on fn.oid = f.pronamespace
      left join pg_description cm on cm.objoid = g.oid
        and cm.classoid = 'pg_event_trigger'::regclass and cm.objsubid = 0
    where \(notOfExtension("pg_event_trigger", "g.oid"))
    """

  private static let publications = """
    select quote_ident(p.pubname) as key, 'pg_publication'::regclass::oid::int as class, p.oid,
      p.pubname = 'supabase_realtime_messages_publication' as managed,
      p.pubowner::regrole as owner, nullif(p.puballtables, false) as "allTables",
      concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
        case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end)
        as command,
      nullif(p.pubviaroot, false) as options,
      cm.description as comment
    from pg_publication p
      left join pg_description cm on cm.objoid = p.oid
        and cm.classoid = 'pg_publication'::regclass and cm.objsubid = 0
    where \(notOfExtension("pg_publication", "p.oid"))
    """

  private static let publicationMembers = """
    select format('%s in %I', m.member, p.pubname) as key, quote_ident(p.pubname) as parent,
      m.class, m.oid, p.pubname = 'supabase_realtime_messages_publication' as managed,
      m.member as name, m.member || m.rest as definition
    from pg_publication p join (
      select r.prpubid as publication, 'pg_publication_rel'::regclass::oid::int as class, r.oid,
        format('table %I.%I', n.nspname, c.relname) as member,
        coalesce(' (' || (
            select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
            from pg_attribute a where a.attrelid = c.oid and a.attnum = any (r.prattrs)) || ')', '')
          || coalesce(' where (' || pg_get_expr(r.prqual, r.prrelid) || ')', '') as rest
      from pg_publication_rel r join pg_class c on c.oid = r.prrelid
        join \(namespaces) n on n.oid = c.relnamespace
      union all
      select s.pnpubid, 'pg_publication_namespace'::regclass::oid::int, s.oid,
        format('tables in schema %I', n.nspname), ''
      from pg_publication_namespace s join \(namespaces) n on n.oid = s.pnnspid) m
      on m.publication = p.oid
    """

  /// `owner` is for whom they count; those of the platform's own roles are its own.
  private static let defaultPrivileges = """
    select format('%s %s %s', d.defaclrole::regrole,
        case when d.defaclnamespace = 0 then '*' else d.defaclnamespace::regnamespace::text end,
        d.defaclobjtype) as key,
      'pg_default_acl'::regclass::oid::int as class, d.oid, d.defaclrole::regrole as owner,
      case when d.defaclnamespace <> 0 then d.defaclnamespace::regnamespace::text end as schema,
      d.defaclobjtype as type, array_to_string(d.defaclacl, E'\\n') as acl
    from pg_default_acl d
    where d.defaclrole::regrole::text not like 'supabase\\_%'
      and (d.defaclnamespace = 0 or d.defaclnamespace::regnamespace::text !~ $1)
    """

  private static let statistics = """
    select format('%I.%I', n.nspname, s.stxname) as key,
      format('%I.%I', tn.nspname, t.relname) as parent,
      'pg_statistic_ext'::regclass::oid::int as class, s.oid,
      pg_get_statisticsobjdef(s.oid) as definition, cm.description as comment
    from pg_statistic_ext s
      join \(namespaces) n on n.oid = s.stxnamespace
      join pg_class t on t.oid = s.stxrelid
      join pg_namespace tn on tn.oid = t.relnamespace
      left join pg_description cm on cm.objoid = s.oid
        and cm.classoid = 'pg_statistic_ext'::regclass and cm.objsubid = 0
    where not n.managed
    """

  /// User mappings are left out: they hold passwords.
  private static let foreignServers = """
    select quote_ident(s.srvname) as key, 'pg_foreign_server'::regclass::oid::int as class, s.oid,
      s.srvowner::regrole as owner, \(acl("s.srvacl", "'S'", "s.srvowner")),
      quote_ident(s.srvname)
        || coalesce(' type ' || quote_literal(s.srvtype), '')
        || coalesce(' version ' || quote_literal(s.srvversion), '')
        || ' foreign data wrapper ' || quote_ident(w.fdwname)
        || coalesce(' options (' || (
          select string_agg(quote_ident(o.option_name) || ' ' || quote_literal(o.option_value), ', ')
          from pg_options_to_table(s.srvoptions) o) || ')', '') as definition
    from pg_foreign_server s join pg_foreign_data_wrapper w on w.oid = s.srvfdw
    where \(notOfExtension("pg_foreign_server", "s.oid"))
    """

  private static let casts = """
    select format('(%s as %s)', format_type(k.castsource, null), format_type(k.casttarget, null)) as key,
      'pg_cast'::regclass::oid::int as class, k.oid,
      case k.castmethod when 'b' then 'without function' when 'i' then 'with inout'
        else 'with function ' || k.castfunc::regprocedure end
        || case k.castcontext when 'a' then ' as assignment' when 'i' then ' as implicit'
          else '' end as definition
    from pg_cast k where k.oid >= 16384 and \(notOfExtension("pg_cast", "k.oid"))
    """

  private static let operators = """
    select format('%I.%s (%s, %s)', n.nspname, o.oprname,
        coalesce(format_type(nullif(o.oprleft, 0), null), 'none'),
        coalesce(format_type(nullif(o.oprright, 0), null), 'none')) as key,
      'pg_operator'::regclass::oid::int as class, o.oid,
      format('%I.%s', n.nspname, o.oprname) as name, o.oprowner::regrole as owner,
      concat_ws(', ', 'function = ' || o.oprcode::regproc,
        'leftarg = ' || format_type(nullif(o.oprleft, 0), null),
        'rightarg = ' || format_type(nullif(o.oprright, 0), null),
        'commutator = operator(' || (
          select format('%I.%s', cn.nspname, c.oprname) from pg_operator c
            join pg_namespace cn on cn.oid = c.oprnamespace where c.oid = o.oprcom) || ')',
        'negator = operator(' || (
          select format('%I.%s', cn.nspname, c.oprname) from pg_operator c
            join pg_namespace cn on cn.oid = c.oprnamespace where c.oid = o.oprnegate) || ')',
        'restrict = ' || nullif(o.oprrest::oid, 0)::regproc,
        'join = ' || nullif(o.oprjoin::oid, 0)::regproc,
        case when o.oprcanhash then 'hashes' end, case when o.oprcanmerge then 'merges' end)
        as definition
    from pg_operator o join \(namespaces) n on n.oid = o.oprnamespace
    where not n.managed and o.oprcode::oid <> 0 and \(notOfExtension("pg_operator", "o.oid"))
    """

  /// As JSON, since the column of ICU's locale has another name in each of 15, 16 and 17.
  private static let collations = """
    select format('%I.%I', n.nspname, c.collname) as key, quote_ident(n.nspname) as schema,
      'pg_collation'::regclass::oid::int as class, c.oid,
      c.collowner::regrole as owner, cm.description as comment,
      concat_ws(', ', 'provider = ' || case c.collprovider when 'i' then 'icu' else 'libc' end,
        'locale = ' || quote_literal(
          coalesce(j.c ->> 'colllocale', j.c ->> 'colliculocale', c.collcollate)),
        case when not c.collisdeterministic then 'deterministic = false' end) as definition
    from pg_collation c
      join \(namespaces) n on n.oid = c.collnamespace
      cross join lateral (select to_jsonb(c) as c) j
      left join pg_description cm on cm.objoid = c.oid
        and cm.classoid = 'pg_collation'::regclass and cm.objsubid = 0
    where not n.managed and c.collprovider in ('i', 'c')
      and \(notOfExtension("pg_collation", "c.oid"))
    """

  /// Who needs whom, by address; rules of views stand for their views, tables for their rows.
  static let dependencies = """
    select case when w.oid is not null and w.rulename = '_RETURN'
        then 'pg_class'::regclass::oid::int else d.classid::int end,
      case when w.oid is not null and w.rulename = '_RETURN' then w.ev_class else d.objid end,
      d.objsubid, d.refclassid::int, d.refobjid, d.refobjsubid
    from pg_depend d
      left join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
    where d.objid >= 16384 and d.refobjid >= 16384 and d.deptype in ('n', 'a')
      and d.refclassid <> 'pg_extension'::regclass
    """

  /// Rows of `storage.buckets`, where there is such a table, as one JSON array.
  static let buckets = """
    select case when to_regclass('storage.buckets') is not null then
      convert_from(decode(substring(query_to_xml(
        'select encode(convert_to(coalesce(json_agg(json_build_object(''id'', id, ''name'', name,
          ''public'', public, ''avif_autodetection'', avif_autodetection,
          ''file_size_limit'', file_size_limit, ''allowed_mime_types'', allowed_mime_types)
          order by id)::text, ''[]''), ''UTF8''), ''hex'') as d from storage.buckets',
        false, true, '')::text from '<d>(.*)</d>'), 'hex'), 'UTF8') end
    """
}
