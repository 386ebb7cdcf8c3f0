package import PostgresClient
internal import RESTRequests

/// What the database is told of a request, for as long as its transaction lasts.
package struct RequestSettings: Sendable, Hashable {
  /// The schema of the request, before those that every request can use.
  package var schema: String
  /// `db-extra-search-path`.
  package var extraSchemas: [String] = ["public"]
  /// Whether the transaction may not write.
  package var isReadOnly = false
  /// The role that the statement runs as; nil for the session's own.
  package var role: String?
  /// Settings of the role, as ALTER ROLE gave them.
  package var roleSettings: [SchemaCache.Setting] = []
  /// The claims of the token, a JSON object.
  package var claims = "{}"
  package var method: String
  package var path: String
  /// Names in lower case, without `cookie`; of several the last counts.
  package var headers: [(name: String, value: String)] {
    get { headerPairs.map { ($0.name, $0.value) } }
    set { headerPairs = newValue.map { .init(name: $0.name, value: $0.value) } }
  }
  package var cookies: [(name: String, value: String)] {
    get { cookiePairs.map { ($0.name, $0.value) } }
    set { cookiePairs = newValue.map { .init(name: $0.name, value: $0.value) } }
  }
  /// A time zone that the server has.
  package var timeZone: String?
  /// Those of the called function that have to hold for the whole transaction.
  package var functionSettings: [SchemaCache.Setting] = []
  /// `app.settings.…` of the configuration.
  package var applicationSettings: [SchemaCache.Setting] = []

  private var headerPairs: [SchemaCache.Setting] = []
  private var cookiePairs: [SchemaCache.Setting] = []

  package init(schema: String, method: String, path: String) {
    self.schema = schema
    self.method = method
    self.path = path
  }

  /// One SELECT that makes all settings, each for the transaction alone.
  ///
  /// The text is the same for requests of the same shape, so it is prepared once.
  package var statement: PostgresStatement {
    var sql = SQLText()
    sql.append("SELECT ")
    // The names that every request has are part of the text: half as many parameters.
    func set(_ name: String, _ value: String) {
      sql.append("pg_catalog.set_config('")
      sql.append(name)
      sql.append("', ")
      sql.bind(value)
      sql.append(", true), ")
    }
    func set(_ settings: [SchemaCache.Setting]) {
      for setting in settings {
        sql.append("pg_catalog.set_config(")
        sql.bind(setting.name)
        sql.append(", ")
        sql.bind(setting.value)
        sql.append(", true), ")
      }
    }
    if isReadOnly { sql.append("pg_catalog.set_config('transaction_read_only', 'on', true), ") }
    set("search_path", ([schema] + extraSchemas).map(quoteIdentifier).joined(separator: ", "))
    // Before the role: the session's own may be allowed to make them, the other not.
    set(roleSettings)
    if let role { set("role", role) }
    set("request.jwt.claims", claims)
    set("request.method", method)
    set("request.path", path)
    set("request.headers", Self.object(headerPairs))
    if let timeZone { set("timezone", timeZone) }
    set(functionSettings)
    set(applicationSettings)
    sql.append("pg_catalog.set_config('request.cookies', ")
    sql.bind(Self.object(cookiePairs))
    sql.append(", true)")
    var statement = sql.statement
    statement.discardsRows = true
    return statement
  }

  private static func object(_ pairs: [SchemaCache.Setting]) -> String {
    var values: [String: String] = [:]
    for pair in pairs { values[pair.name] = pair.value }
    var json: [UInt8] = [UInt8(ascii: "{")]
    for (index, name) in values.keys.sorted().enumerated() {
      if index > 0 { json.append(UInt8(ascii: ",")) }
      json.appendJSONString(name)
      json.append(UInt8(ascii: ":"))
      json.appendJSONString(values[name] ?? "")
    }
    json.append(UInt8(ascii: "}"))
    return String(decoding: json, as: UTF8.self)
  }
}
