package import PostgresClient
package import RESTRequests

/// The description of the interface that `GET /` answers with: OpenAPI 2.0, as PostgREST v14's.
///
/// One query as the request's role says what the role may see, and what the schema cache does not
/// keep: comments, lengths, labels. Then `init` and `json` need no database:
/// ```
/// try OpenAPIDocument.check(request, rules)
/// let result = … // of OpenAPIDocument.statement(schema: request.schema, rules), after the settings
/// OpenAPIDocument(result, schema: request.schema, cache: cache, rules: rules).json
/// ```
/// The response is 200 with `MediaType.openAPI.contentType`.
package struct OpenAPIDocument: Sendable {
  /// What the configuration says about it.
  package struct Rules: Sendable, Hashable {
    /// `openapi-mode`.
    package enum Mode: String, Sendable, Hashable {
      case followPrivileges = "follow-privileges"
      case ignorePrivileges = "ignore-privileges"
      case disabled
    }

    package var mode: Mode
    /// `openapi-server-proxy-uri`: where clients reach the interface.
    package var serverURI: String
    /// `openapi-security-active`.
    package var tellsSecurity: Bool

    package init(
      mode: Mode = .followPrivileges, serverURI: String = "http://localhost:3000/",
      tellsSecurity: Bool = false
    ) {
      self.mode = mode
      self.serverURI = serverURI
      self.tellsSecurity = tellsSecurity
    }
  }

  /// A relation with what is told of it.
  struct Table {
    var relation: SchemaCache.Relation
    var columns: [Column]
  }

  /// A column with what only the catalog knows.
  struct Column {
    var column: SchemaCache.Column
    /// As the reference calls the type: without a length if it is the system's own.
    var type: String
    var comment: String?
    var maximumLength: String?
    /// A JSON array; nil unless the type is an enum.
    var labels: String?
  }

  /// A function, with the types of its parameters as the role's search path names them.
  struct Routine {
    var function: SchemaCache.Function
    var types: [String]
  }

  var rules: Rules
  /// The comment of the schema.
  var comment: String?
  var tables: [Table] = []
  var routines: [Routine] = []
  var relationships: [QualifiedName: [SchemaCache.Relationship]]

  /// Finds out whether there is a description, and whether the client takes it.
  ///
  /// - Throws: `RESTError` (404 PGRST126, 406 PGRST107).
  package static func check(_ request: RESTRequest, _ rules: Rules) throws(RESTError) {
    let isWanted = request.accepts.contains { $0 == .openAPI || $0 == .json || $0 == .any }
    guard isWanted else { throw .notAcceptable(request.accepts) }
    if rules.mode == .disabled { throw .noDescription }
  }

  /// The query that `init` reads the answer of; as the role of the request, read only.
  package static func statement(schema: String, _ rules: Rules) -> PostgresStatement {
    PostgresStatement(query, [schema, rules.mode == .ignorePrivileges ? "t" : "f"])
  }

  /// Rows of a kind each: the schema, its relations and their columns, functions, parameters.
  private static let query = """
    with s as (select n.oid from pg_catalog.pg_namespace n where n.nspname = $1),
    r as (
      select c.oid, c.relname, c.relkind from pg_catalog.pg_class c join s on s.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f')
        and ($2::bool or not c.relispartition and (
          pg_catalog.pg_has_role(c.relowner, 'USAGE')
          or pg_catalog.has_table_privilege(
            c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
          or pg_catalog.has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')))),
    p as (
      select p.oid, p.proargtypes from pg_catalog.pg_proc p join s on s.oid = p.pronamespace
      where p.prokind = 'f' and ($2::bool or pg_catalog.has_function_privilege(p.oid, 'execute')))
    select 0 as kind, null::text as of, 0 as place, null as name, null as type,
      pg_catalog.obj_description(s.oid, 'pg_namespace') as comment, null as length, null as labels
    from s
    union all select 1, r.relname, 0, null, null, null, null, null from r
    union all select 2, r.relname, a.attnum, a.attname,
      case when t.typtype = 'd' and b.typnamespace = 'pg_catalog'::regnamespace
          then pg_catalog.format_type(t.typbasetype, null)
        when t.typtype <> 'd' and t.typnamespace = 'pg_catalog'::regnamespace
          then pg_catalog.format_type(a.atttypid, null) end,
      pg_catalog.col_description(r.oid, a.attnum),
      information_schema._pg_char_max_length(
        information_schema._pg_truetypid(a.*, t.*),
        information_schema._pg_truetypmod(a.*, t.*))::text,
      (select pg_catalog.json_agg(e.enumlabel order by e.enumsortorder)::text
        from pg_catalog.pg_enum e where e.enumtypid = coalesce(b.oid, t.oid))
    from r join pg_catalog.pg_attribute a on a.attrelid = r.oid
      join pg_catalog.pg_type t on t.oid = a.atttypid
      left join pg_catalog.pg_type b on t.typtype = 'd' and b.oid = t.typbasetype
    where a.attnum > 0 and not a.attisdropped
    union all select 3, p.oid::text, 0, null, null, null, null, null from p
    union all select 4, p.oid::text, x.place::int, null, pg_catalog.format_type(x.type, null),
      null, null, null
    from p, unnest(p.proargtypes) with ordinality x(type, place)
    order by kind, of, place
    """

  /// Puts together what the query answered and what the cache holds.
  package init(_ result: PostgresResult, schema: String, cache: SchemaCache, rules: Rules) {
    self.rules = rules
    relationships = cache.relationships
    var columns: [String: [Column]] = [:]
    var types: [String: [String]] = [:]
    var names: [String] = []
    var visible: Set<String> = []
    for row in result.rows where row.count == 8 {
      let owner = row[1] ?? ""
      switch row[0] {
      case "0": comment = row[5]
      case "1": names.append(owner)
      case "2":
        let relation = cache.relations[QualifiedName(schema, owner)]
        guard let column = relation?.column(row[3] ?? "") else { continue }
        columns[owner, default: []].append(
          Column(
            column: column, type: row[4] ?? column.type, comment: row[5], maximumLength: row[6],
            labels: row[7]))
      case "3": visible.insert(owner)
      default: types[owner, default: []].append(row[4] ?? "")
      }
    }
    tables = names.compactMap { name in
      cache.relations[QualifiedName(schema, name)].map {
        Table(relation: $0, columns: columns[name] ?? [])
      }
    }
    for (name, overloads) in cache.functions where name.schema == schema {
      let seen = overloads.filter { visible.contains("\($0.id)") }
      // A path has room for one of them.
      guard let function = seen.max(by: { $0.parameters.count < $1.parameters.count }) else {
        continue
      }
      let own = function.parameters.map(\.type)
      let shown = rules.mode == .ignorePrivileges ? own : types["\(function.id)"] ?? []
      routines.append(Routine(function: function, types: shown.count == own.count ? shown : own))
    }
    routines.sort { $0.function.name < $1.function.name }
  }

  /// The document, compact.
  package var json: [UInt8] {
    var bytes: [UInt8] = []
    document.write(to: &bytes)
    return bytes
  }
}

extension RESTError {
  /// A description that the configuration keeps back.
  static let noDescription = RESTError(
    status: 404, code: "PGRST126", message: "Root endpoint metadata is disabled")
}
