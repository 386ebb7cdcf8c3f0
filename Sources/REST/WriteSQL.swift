internal import PostgresClient
internal import RESTRequests

/// What a request changes: an INSERT, UPDATE or DELETE with its columns resolved.
struct WritePlan {
  /// What becomes of a row whose key is there already.
  struct Conflict {
    var columns: [String]
    var merges: Bool
  }

  /// What is done to the relation.
  enum Kind {
    /// A PUT has conditions on the row that the body holds.
    case insert(Rows, Conflict?, conditions: [ReadPlan.Condition])
    case update(Rows, conditions: [ReadPlan.Condition])
    case delete(conditions: [ReadPlan.Condition])
  }

  /// The rows of a body.
  struct Rows {
    var columns: [SchemaCache.Column]
    var text: String
    var isObject: Bool
    /// Whether what an object does not name takes its default, not null.
    var fillsDefaults: Bool
    /// By column: what makes the domain's value of JSON.
    var conversions: [String: String] = [:]
  }

  /// What it does to every row that there is; nil when it does nothing of the kind.
  var unconditionalVerb: String? {
    switch kind {
    case .update(let rows, let conditions) where conditions.isEmpty && !rows.columns.isEmpty:
      "UPDATE"
    case .delete(let conditions) where conditions.isEmpty: "DELETE"
    default: nil
    }
  }

  var relation: QualifiedName
  var kind: Kind
  /// What comes back of each row; `*` for all, nothing when only their number counts.
  var returning: [String]

  /// Plans a write.
  ///
  /// - Parameters:
  ///   - request: With an action that writes to a relation.
  ///   - body: The text that came with it.
  ///   - relation: What is written to.
  ///   - read: What the answer shows.
  /// - Throws: `RESTError`.
  init(
    _ request: RESTRequest, body: String, relation: SchemaCache.Relation, read: ReadPlan
  ) throws(RESTError) {
    self.relation = relation.name
    let query = request.query
    let conditions =
      query.filters.lazy.filter(\.embed.isEmpty).map {
        ReadPlanner.condition($0.value, of: relation)
      }
      + query.trees.lazy.filter(\.embed.isEmpty).map {
        ReadPlanner.condition($0.value, of: relation)
      }
    switch request.action {
    case .update:
      kind = .update(try Self.rows(request, body, relation), conditions: Array(conditions))
    case .delete: kind = .delete(conditions: Array(conditions))
    case .put:
      try Self.checkKey(of: query, relation)
      kind = .insert(
        try Self.rows(request, body, relation),
        Conflict(columns: relation.primaryKey, merges: true), conditions: Array(conditions))
    default:
      let columns = query.onConflict ?? relation.primaryKey
      let conflict = request.preferences.resolution.flatMap { resolution in
        columns.isEmpty
          ? nil : Conflict(columns: columns, merges: resolution == .mergeDuplicates)
      }
      kind = .insert(try Self.rows(request, body, relation), conflict, conditions: [])
    }
    switch request.preferences.representation {
    case .full: returning = Self.returning(read, relation.primaryKey)
    case .headersOnly where request.action == .insert:
      // The columns' order is that of the address.
      returning = relation.columns.map(\.name).filter(relation.primaryKey.contains)
    default: returning = []
    }
  }

  private static func rows(
    _ request: RESTRequest, _ body: String, _ relation: SchemaCache.Relation
  ) throws(RESTError) -> Rows {
    guard case .json(let rows) = request.body else {
      return Rows(columns: [], text: "[]", isObject: false, fillsDefaults: false)
    }
    var columns: [SchemaCache.Column] = []
    for key in rows.keys {
      guard let column = relation.column(key) else {
        throw .noColumn(key, of: relation.name.name)
      }
      columns.append(column)
    }
    let text: String
    switch rows.text {
    case .asSent: text = body
    case .rewritten(let bytes): text = String(decoding: bytes, as: UTF8.self)
    }
    var found = Rows(
      columns: columns, text: text, isObject: rows.isObject,
      fillsDefaults: request.preferences.missing == .defaults && request.action != .put)
    if !relation.representations.isEmpty {
      found.conversions = relation.representations.compactMapValues(\.fromJSON)
    }
    return found
  }

  /// A PUT is about the one row whose key the filters say.
  private static func checkKey(
    of query: QueryParameters, _ relation: SchemaCache.Relation
  ) throws(RESTError) {
    let filters = query.filters.filter(\.embed.isEmpty).map(\.value)
    let areEqual = filters.allSatisfy { filter in
      guard case .compare(.eq, _, quantifier: nil) = filter.operation else { return false }
      return !filter.isNegated && filter.field.steps.isEmpty
    }
    guard areEqual, query.trees.isEmpty, !relation.primaryKey.isEmpty,
      Set(filters.map(\.field.name)) == Set(relation.primaryKey)
    else { throw .putFilters }
  }

  /// What the read needs of each row: what it shows, and what its embeds are joined by.
  static func returning(_ read: ReadPlan, _ primaryKey: [String]) -> [String] {
    let shown = read.fieldNames
    if shown.contains("*") || (shown.isEmpty && read.children.isEmpty) { return ["*"] }
    var names: [String] = []
    for child in read.children {
      switch child.relationship?.path {
      // What a function looks at nobody knows.
      case .computed: return ["*"] + computed(shown, of: read)
      case .manyToMany(let junction): names += junction.sourceColumns.map(\.source)
      default: names += child.relationship?.columns.map(\.source) ?? []
      }
    }
    var seen: Set<String> = []
    return (shown + names + primaryKey).filter { seen.insert($0).inserted }
  }

  /// Functions of a row that are named as columns: what comes out of a CTE no longer has them.
  static func computed(_ names: [String], of read: ReadPlan) -> [String] {
    guard let relation = read.relation else { return [] }
    var seen: Set<String> = ["*"]
    return names.filter { relation.column($0) == nil && seen.insert($0).inserted }
  }

  // MARK: SQL

  /// Writes the statement whose rows are `pgrst_source`.
  func write(to sql: inout SQLText) {
    let table = ReadPlanner.quote(relation)
    switch kind {
    case .insert(let rows, let conflict, let conditions):
      sql.append("INSERT INTO \(table)")
      let names = rows.columns.map { quoteIdentifier($0.name) }
      sql.append(names.isEmpty ? " " : "(\(names.joined(separator: ", "))) ")
      sql.append("SELECT \(names.map { "pgrst_body.\($0)" }.joined(separator: ", ")) ")
      sql.body(rows, isOne: false)
      let counts = conflict?.merges ?? false
      if counts { sql.append(" WHERE \(Self.counter(adds: true))") }
      if !conditions.isEmpty {
        sql.append(counts ? " AND " : " WHERE ")
        sql.conditions(conditions, of: "pgrst_body") { _, _, _ in }
      }
      if let conflict { write(conflict, names, to: &sql) }
      writeReturning(of: table, to: &sql)
    case .update(let rows, let conditions):
      guard !rows.columns.isEmpty else {
        // Nothing to set is no UPDATE; the names of the columns still have to be right.
        let names = returning.map { Self.column($0, of: quoteIdentifier(relation.name)) }
        sql.append("SELECT \(names.isEmpty ? "NULL" : names.joined(separator: ", "))")
        sql.append(" FROM \(table) WHERE false")
        return
      }
      sql.append("UPDATE \(table) SET ")
      sql.list(rows.columns) { sql, column in
        let name = quoteIdentifier(column.name)
        sql.append("\(name) = pgrst_body.\(name)")
      }
      sql.append(" ")
      sql.body(rows, isOne: true)
      writeWhere(conditions, of: table, to: &sql)
      writeReturning(of: table, to: &sql)
    case .delete(let conditions):
      sql.append("DELETE FROM \(table)")
      writeWhere(conditions, of: table, to: &sql)
      writeReturning(of: table, to: &sql)
    }
  }

  private func write(_ conflict: Conflict, _ names: [String], to sql: inout SQLText) {
    let target = conflict.columns.map(quoteIdentifier).joined(separator: ", ")
    sql.append(" ON CONFLICT (\(target)) DO ")
    guard conflict.merges, !names.isEmpty else {
      sql.append("NOTHING")
      return
    }
    let sets = names.map { "\($0) = EXCLUDED.\($0)" }.joined(separator: ", ")
    sql.append("UPDATE SET \(sets) WHERE \(Self.counter(adds: false))")
  }

  private func writeWhere(
    _ conditions: [ReadPlan.Condition], of table: String, to sql: inout SQLText
  ) {
    if conditions.isEmpty { return }
    sql.append(" WHERE ")
    sql.conditions(conditions, of: table) { _, _, _ in }
  }

  private func writeReturning(of table: String, to sql: inout SQLText) {
    let columns = returning.map { Self.column($0, of: table) }
    sql.append(" RETURNING \(columns.isEmpty ? "1" : columns.joined(separator: ", "))")
  }

  private static func column(_ name: String, of table: String) -> String {
    name == "*" ? "\(table).*" : "\(table).\(quoteIdentifier(name))"
  }

  /// Counts, in a setting of the transaction, the rows that are new; it is always true.
  private static func counter(adds: Bool) -> String {
    let count = "coalesce(nullif(current_setting('pgrst.inserted', true), '')::int, 0)"
    return "set_config('pgrst.inserted', (\(count) \(adds ? "+" : "-") 1)::text, true)"
      + " <> '\(adds ? "0" : "-1")'"
  }
}

extension SQLText {
  /// Appends FROM and the rows of a body under the name `pgrst_body`.
  ///
  /// - Parameters:
  ///   - rows: Its columns and their types are the catalog's, its text a parameter.
  ///   - isOne: Whether only the first row counts.
  mutating func body(_ rows: WritePlan.Rows, isOne: Bool) {
    let fills = rows.fillsDefaults && rows.columns.contains { $0.defaultValue != nil }
    append("FROM (SELECT ")
    bind(rows.text)
    append("::\(fills ? "jsonb" : "json") AS json_data) pgrst_payload, ")
    if fills {
      append("LATERAL (SELECT ")
      if rows.isObject {
        defaults(rows.columns)
        append(" || pgrst_payload.json_data AS val) pgrst_json_defs, ")
      } else {
        append("jsonb_agg(")
        defaults(rows.columns)
        append(" || elem) AS val FROM jsonb_array_elements(pgrst_payload.json_data) elem)")
        append(" pgrst_json_defs, ")
      }
    }
    let json = fills ? "jsonb" : "json"
    let value = fills ? "pgrst_json_defs.val" : "pgrst_payload.json_data"
    append("LATERAL (SELECT ")
    if rows.columns.isEmpty {
      append("FROM ")
      append(rows.isObject ? "(VALUES (1)) _" : "\(json)_array_elements(\(value)) _")
    } else {
      let names = rows.columns.map { column in
        let name = quoteIdentifier(column.name)
        return rows.conversions[column.name].map { "\($0)(\(name)) AS \(name)" } ?? name
      }
      append(names.joined(separator: ", "))
      append(" FROM \(json)_to_record\(rows.isObject ? "" : "set")(\(value)) AS _(")
      let columns = rows.columns.map { column in
        let type = rows.conversions[column.name] == nil ? column.type : "json"
        return "\(quoteIdentifier(column.name)) \(type)"
      }
      append(columns.joined(separator: ", "))
      append(")")
    }
    if isOne, !rows.isObject { append(" LIMIT 1") }
    append(") pgrst_body")
  }

  private mutating func defaults(_ columns: [SchemaCache.Column]) {
    append("jsonb_build_object(")
    let pairs = columns.compactMap { column in
      column.defaultValue.map { "\(quoteLiteral(column.name)), \($0)" }
    }
    append(pairs.joined(separator: ", "))
    append(")")
  }
}
