internal import RESTRequests

/// How PostgreSQL makes the body of an answer from its rows.
enum BodyShape: Hashable, Sendable {
  case none
  case array(isStripped: Bool)
  case object(isStripped: Bool)
  case csv
  /// A collection of features; `ST_AsGeoJSON` is PostGIS's.
  case geoJSON
  case custom(SchemaCache.MediaHandler)

  /// The expression over the rows, which are called `_postgrest_t`.
  ///
  /// - Parameters:
  ///   - function: Whose result the rows are; nil for those of a relation.
  ///   - isSource: Whether the rows are those of `pgrst_source` itself.
  /// - Returns: SQL that gives a text.
  func sql(of function: SchemaCache.Function?, isSource: Bool) -> String {
    func rows(_ isStripped: Bool, _ value: String) -> String {
      isStripped ? "json_strip_nulls(json_agg(\(value)))" : "json_agg(\(value))"
    }
    let isScalar = function.map { $0.result == .scalar } ?? false
    let value = isScalar ? "_postgrest_t.pgrst_scalar" : "_postgrest_t"
    let isSingle = function.map { !$0.isSetReturning } ?? false
    switch self {
    case .none: return "''::text"
    case .geoJSON:
      return """
        json_build_object('type', 'FeatureCollection', 'features', \
        coalesce(json_agg(ST_AsGeoJSON(_postgrest_t)::json), '[]'))
        """
    case .custom(let handler):
      let argument: String
      if isScalar, isSingle {
        argument = value
      } else if case .named(let row) = handler.target {
        argument = "_postgrest_t::\(ReadPlanner.quote(row))"
      } else {
        argument = "_postgrest_t"
      }
      let call = "\(ReadPlanner.quote(handler.function))(\(argument))"
      // Whatever `bytea_output` says.
      return handler.isBinary ? "pg_catalog.encode(\(call)::bytea, 'hex')" : call
    case .array(let isStripped) where isSingle:
      return "coalesce(\(rows(isStripped, value))->0, 'null')"
    case .array(let isStripped): return "coalesce(\(rows(isStripped, value)), '[]')"
    case .object(let isStripped):
      let one = function?.returnsScalarSet == true ? "_postgrest_t" : value
      return "coalesce(\(rows(isStripped, one))->0, 'null')"
    case .csv:
      let first =
        isSource
        ? "(SELECT row_to_json(h) FROM pgrst_source AS h LIMIT 1)" : "(json_agg(_postgrest_t)->0)"
      return """
        (SELECT coalesce(string_agg(k, ','), '') FROM json_object_keys(\(first)) AS k) || E'\\n' \
        || coalesce(string_agg(substring(_postgrest_t::text, 2, \
        length(_postgrest_t::text) - 2), E'\\n'), '')
        """
    }
  }
}

/// The names of the columns that statements answer with; only writes have them all.
enum AnswerColumn: String, CaseIterable {
  case total = "total_result_set"
  case rows = "page_total"
  case location = "header"
  case body
  case headers = "response_headers"
  case status = "response_status"
  case inserted = "response_inserted"
}

extension SQLText {
  /// Appends the outer query: counts, body, and what the database set for the response.
  ///
  /// - Parameters:
  ///   - total: How many rows there are.
  ///   - keyColumns: Those of a new row's key; nil when nothing is written.
  ///   - body: The expression for it.
  ///   - isOneValue: Whether the body is the one row's value.
  ///   - countsNew: Whether new rows were counted.
  ///   - source: Appends the query for the rows.
  mutating func answer(
    total: String = "null", keyColumns: [String]? = nil, body: String, isOneValue: Bool = false,
    countsNew: Bool = false, from source: (inout SQLText) -> Void
  ) {
    append(" SELECT \(total)::bigint AS total_result_set,")
    // A value that is its own body is not aggregated, so nothing beside it can be.
    let rows = isOneValue ? "1" : "pg_catalog.count(_postgrest_t)"
    append(" \(rows) AS page_total, ")
    if let keyColumns {
      if keyColumns.isEmpty { append("null") } else { key(keyColumns) }
      append(" AS header, ")
    }
    append("\(body) AS body")
    setting("response.headers", as: .headers)
    setting("response.status", as: .status)
    if countsNew { setting("pgrst.inserted", as: .inserted) }
    append(" FROM (")
    source(&self)
    append(") _postgrest_t")
  }

  private mutating func setting(_ name: String, as column: AnswerColumn) {
    append(", nullif(pg_catalog.current_setting('\(name)', true), '') AS \(column.rawValue)")
  }

  /// Appends the key of the one row that was written, as JSON; null when it is not one.
  private mutating func key(_ columns: [String]) {
    append("CASE WHEN pg_catalog.count(_postgrest_t) = 1 THEN (")
    append("SELECT json_agg(json_build_array(k.key, coalesce('eq.' || k.value, 'is.null')))")
    append(" FROM (SELECT row_to_json(s) AS row FROM pgrst_source AS s LIMIT 1) r,")
    append(" json_each_text(r.row) AS k WHERE k.key = ANY(")
    bind(Self.array(columns))
    append(")) END")
  }
}
