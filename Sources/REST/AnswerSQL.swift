internal import RESTRequests

/// How PostgreSQL makes the body of an answer from its rows.
enum BodyShape: Hashable, Sendable {
  case none
  case array(isStripped: Bool)
  case object(isStripped: Bool)
  case csv

  /// The first accepted type that can be made.
  ///
  /// - Parameter types: The most wanted first.
  /// - Returns: The shape, and the type that the answer says it is.
  /// - Throws: `RESTError` (406 PGRST107).
  static func negotiate(
    _ types: [MediaType]
  ) throws(RESTError) -> (shape: BodyShape, type: MediaType) {
    for type in types {
      switch type {
      case .json, .any: return (.array(isStripped: false), .json)
      case .strippedArray: return (.array(isStripped: true), type)
      case .object(let isStripped): return (.object(isStripped: isStripped), type)
      case .csv: return (.csv, type)
      default: continue
      }
    }
    throw .notAcceptable(types)
  }

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

/// The names of the columns that every statement answers with.
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
  mutating func answer(
    total: String = "null", keyColumns: [String] = [], body: String,
    from rows: (inout SQLText) -> Void
  ) {
    append(" SELECT \(total)::bigint AS total_result_set,")
    append(" pg_catalog.count(_postgrest_t) AS page_total, ")
    if keyColumns.isEmpty { append("null") } else { key(keyColumns) }
    append(" AS header, \(body) AS body,")
    for (setting, column) in [
      ("response.headers", AnswerColumn.headers), ("response.status", .status),
      ("pgrst.inserted", .inserted),
    ] {
      append(" nullif(pg_catalog.current_setting('\(setting)', true), '') AS \(column.rawValue)")
      if column != .inserted { append(",") }
    }
    append(" FROM (")
    rows(&self)
    append(") _postgrest_t")
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
