/// `[edge_runtime]`: what runs edge functions.
package struct EdgeRuntimeConfiguration: Sendable, Hashable {
  /// Off: the service is not started.
  package var enabled: Bool = true
  /// How long a worker lives.
  package var policy: Policy = .perWorker
  /// The debugger's port.
  package var inspectorPort: Int = 8083
  /// The major version of Deno.
  package var denoVersion: Int = 2
  /// `[edge_runtime.secrets]`: variables of functions; the names in capitals.
  package var secrets: [String: Secret] = [:]

  /// The defaults.
  package init() {}
}

extension EdgeRuntimeConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<EdgeRuntimeConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("policy", \.policy, .choice),
    .value("inspector_port", \.inspectorPort, .port),
    .value("deno_version", \.denoVersion, .oneOf([1, 2])),
    .values("secrets", \.secrets, .secret),
  ]

  var isEnabled: Bool { enabled }
}

extension EdgeRuntimeConfiguration {
  /// How long a worker lives.
  package enum Policy: String, Sendable, Hashable, CaseIterable {
    /// For many requests.
    case perWorker = "per_worker"
    /// For one request, so that a changed file counts at once.
    case oneShot = "oneshot"
  }
}

/// `[functions.<slug>]`: an edge function.
package struct FunctionConfiguration: Sendable, Hashable {
  /// Whether it is served.
  package var enabled: Bool = true
  /// Whether a request needs a valid token.
  package var verifyJWT: Bool = true
  /// Its import map; empty means the `deno.json` beside it.
  package var importMap: String = ""
  /// Its first file; empty means `functions/<slug>/index.ts`.
  package var entrypoint: String = ""
  /// Files that it may read, as globs.
  package var staticFiles: [String] = []
  /// Variables of this function.
  package var environment: [String: Secret] = [:]

  /// The defaults.
  package init() {}
}

extension FunctionConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<FunctionConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("verify_jwt", \.verifyJWT, .flag),
    .value("import_map", \.importMap, .text),
    .value("entrypoint", \.entrypoint, .text),
    .value("static_files", \.staticFiles, .texts),
    .values("env", \.environment, .secret),
  ]

  var isEnabled: Bool { enabled }
}

/// `[experimental]`.
package struct ExperimentalConfiguration: Sendable, Hashable {
  /// `[experimental.webhooks]`: makes the schema `supabase_functions`.
  package var webhooks: WebhooksConfiguration?
  /// Hosted only.
  package var orioleDBVersion: String = ""
  /// Hosted only.
  package var s3Host: String = ""
  /// Hosted only.
  package var s3Region: String = ""
  /// Hosted only.
  package var s3AccessKey: Secret = ""
  /// Hosted only.
  package var s3SecretKey: Secret = ""
  /// `[experimental.pgdelta]`: not used.
  package var pgDelta: PgDeltaConfiguration = PgDeltaConfiguration()
  /// `[experimental.inspect]`.
  package var inspect: InspectConfiguration = InspectConfiguration()
  /// Not used: homebase always works this way.
  package var stack: Bool = false

  /// The defaults.
  package init() {}
}

extension ExperimentalConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<ExperimentalConfiguration>] = [
    .optionalSection("webhooks", \.webhooks),
    .value("orioledb_version", \.orioleDBVersion, .text, hosted: true),
    .value("s3_host", \.s3Host, .text, hosted: true),
    .value("s3_region", \.s3Region, .text, hosted: true),
    .value("s3_access_key", \.s3AccessKey, .secret, hosted: true),
    .value("s3_secret_key", \.s3SecretKey, .secret, hosted: true),
    .section("pgdelta", \.pgDelta, hosted: true),
    .section("inspect", \.inspect),
    .value("stack", \.stack, .flag, hosted: true),
  ]
}

/// `[experimental.webhooks]`: database webhooks.
package struct WebhooksConfiguration: Sendable, Hashable {
  /// Whether the schema for webhooks is made.
  package var enabled: Bool = false

  /// The defaults.
  package init() {}
}

extension WebhooksConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<WebhooksConfiguration>] = [
    .value("enabled", \.enabled, .flag)
  ]

  var isEnabled: Bool { enabled }
}

/// `[experimental.pgdelta]`: not used.
package struct PgDeltaConfiguration: Sendable, Hashable {
  /// Not used.
  package var enabled: Bool = false
  /// Not used.
  package var declarativeSchemaPath: String = "./database"
  /// Not used.
  package var formatOptions: String = ""

  /// The defaults.
  package init() {}
}

extension PgDeltaConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<PgDeltaConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("declarative_schema_path", \.declarativeSchemaPath, .text),
    .value("format_options", \.formatOptions, .anyScalar),
  ]

  var isEnabled: Bool { enabled }
}

/// `[experimental.inspect]`: the rules of `inspect report`.
package struct InspectConfiguration: Sendable, Hashable {
  /// `[[experimental.inspect.rules]]`.
  package var rules: [InspectRule] = []

  /// The defaults.
  package init() {}
}

extension InspectConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<InspectConfiguration>] = [
    .list("rules", \.rules)
  ]
}

/// `[[experimental.inspect.rules]]`: one line of the report.
package struct InspectRule: Sendable, Hashable {
  /// What is asked of the report's tables.
  package var query: String = ""
  /// What the report calls it.
  package var name: String = ""
  /// Said when the query finds nothing.
  package var pass: String = ""
  /// Said when the query finds something.
  package var fail: String = ""

  /// The defaults.
  package init() {}
}

extension InspectRule: ConfigurationSection {
  static let keys: [ConfigurationKey<InspectRule>] = [
    .value("query", \.query, .text),
    .value("name", \.name, .text),
    .value("pass", \.pass, .text),
    .value("fail", \.fail, .text),
  ]
}
