import PostgresClient
import REST
import RESTRequests
import WebTokens

/// How requests of one stack are to be answered: the file's words, and over them the database's.
struct StackSettings: Sendable {
  /// What becomes of a transaction when nothing went wrong.
  struct TransactionEnd: Sendable, Hashable {
    var rollsBack = false
    /// Whether `Prefer: tx=…` decides.
    var allowsOverride = false
  }

  var rules: RESTRequest.Rules
  var planRules: PlanRules
  var extraSchemas: [String]
  var anonymousRole: String?
  /// What the database is told when there is no token.
  var anonymousClaims: String
  var preRequest: PostgresStatement?
  var transactionEnd = TransactionEnd()
  var verifier: TokenVerifier
  var applicationSettings: [SchemaCache.Setting]
  /// Settings of functions that hold for the whole transaction.
  var hoistedSettings: Set<String>
  var roles: [String: RoleSettings] = [:]
  var description: OpenAPIDocument.Rules
  var extras = ResponseExtras.Rules()
  private var values: SettingValues

  /// What ALTER ROLE gave a role that requests can become.
  struct RoleSettings: Sendable, Hashable {
    var settings: [SchemaCache.Setting] = []
    /// The isolation level, as SQL writes it; nil for the default.
    var isolation: String?
  }

  /// Merges what the file says with what the database says.
  ///
  /// - Parameters:
  ///   - stack: The file's words.
  ///   - inDatabase: `pgrst.…` of the service's role, names without the prefix.
  ///   - roles: What was given to the roles that it can become.
  /// - Throws: `TokenConfigurationError` when the keys cannot be read.
  init(
    _ stack: RESTServiceConfiguration.Stack, inDatabase: [String: String] = [:],
    roles: [String: RoleSettings] = [:]
  ) throws(TokenConfigurationError) {
    values = SettingValues((stack.settings ?? [:]).merging(inDatabase) { $1 })
    self.roles = roles
    let end = values["db_tx_end"] ?? "commit"
    transactionEnd = TransactionEnd(
      rollsBack: end.hasPrefix("rollback"), allowsOverride: end.hasSuffix("-allow-override"))
    rules = RESTRequest.Rules(
      schemas: values.list("db_schemas") ?? values.list("db_schema") ?? stack.schemas,
      allowsTransactionEnd: transactionEnd.allowsOverride, rootFunction: values["db_root_spec"])
    planRules = PlanRules(
      allowsAggregates: values.flag("db_aggregates_enabled") ?? false,
      maximumRows: values.number("db_max_rows") ?? stack.maximumRows,
      allowsPlans: values.flag("db_plan_enabled") ?? false,
      requiresConditions: stack.requiresConditions ?? false)
    extraSchemas =
      values.list("db_extra_search_path") ?? stack.extraSearchPath ?? ["public"]
    anonymousRole = values["db_anon_role"] ?? stack.anonymousRole
    var claims: [UInt8] = Array("{\"role\":".utf8)
    claims.appendJSONString(anonymousRole ?? "")
    anonymousClaims = String(decoding: claims, as: UTF8.self) + "}"
    preRequest = values["db_pre_request"].map { name in
      let parts = name.split(separator: ".", maxSplits: 1).map { quoteIdentifier(String($0)) }
      return PostgresStatement("SELECT \(parts.joined(separator: "."))()")
    }
    description = OpenAPIDocument.Rules(
      mode: OpenAPIDocument.Rules.Mode(rawValue: values["openapi_mode"] ?? "") ?? .followPrivileges,
      serverURI: values["openapi_server_proxy_uri"] ?? stack.publicURL ?? "http://127.0.0.1:3000",
      tellsSecurity: values.flag("openapi_security_active") ?? false)
    extras.tellsTimes = values.flag("server_timing_enabled") ?? false
    extras.traceHeader = values["server_trace_header"]?.lowercased()
    if values["server_cors_allowed_origins"] != nil {
      extras.origins = values.list("server_cors_allowed_origins")
    }
    hoistedSettings = Set(
      values.list("db_hoisted_tx_settings") ?? [
        "statement_timeout", "plan_filter.statement_cost_limit",
        "default_transaction_isolation",
      ])
    applicationSettings = (stack.applicationSettings ?? [:]).sorted { $0.key < $1.key }
      .map { SchemaCache.Setting(name: $0.key, value: $0.value) }
    let isBase64 = values.flag("jwt_secret_is_base64") ?? false
    // What the database names counts alone: its own keys are then the only ones.
    let keys =
      try values["jwt_secret"].map { secret throws(TokenConfigurationError) in
        isBase64 ? try TokenKeys(base64Secret: secret) : try TokenKeys(secret: secret)
      } ?? TokenKeys(stack.tokens ?? TokenKeysConfiguration())
    verifier = TokenVerifier(
      keys, audience: values["jwt_aud"],
      roleClaim: try values["jwt_role_claim_key"].map { text throws(TokenConfigurationError) in
        try RoleClaimPath(text)
      } ?? .role)
  }
}

/// Settings by PostgREST's names, and how their values are read.
struct SettingValues: Sendable, Hashable {
  private var values: [String: String]

  init(_ values: [String: String]) { self.values = values }

  /// The text of a setting; nil when it is not set, or empty.
  subscript(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

  func flag(_ name: String) -> Bool? {
    switch values[name]?.lowercased() {
    case "true", "on", "yes", "1": true
    case "false", "off", "no", "0": false
    default: nil
    }
  }

  func number(_ name: String) -> Int? { values[name].flatMap { Int($0) } }

  /// Names with commas between them, spaces around them left out.
  func list(_ name: String) -> [String]? {
    values[name].map { text in
      text.split(separator: ",").map { item in
        var item = item
        while item.first == " " { item.removeFirst() }
        while item.last == " " { item.removeLast() }
        return String(item)
      }.filter { !$0.isEmpty }
    }
  }
}
