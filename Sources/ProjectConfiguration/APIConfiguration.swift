/// `[api]`: the gateway and the REST API.
package struct APIConfiguration: Sendable, Hashable {
  /// Off: the service is not started.
  package var enabled: Bool = true
  /// The gateway's port.
  package var port: Int = 54_321
  /// Schemas that the REST API shows.
  package var schemas: [String] = ["public", "graphql_public"]
  /// Schemas added to the search path of every request.
  package var extraSearchPath: [String] = ["public", "extensions"]
  /// The most rows of one answer.
  package var maxRows: Int = 1000
  /// Whether new tables are granted to the API's roles; nil means as Supabase does by default.
  package var autoExposeNewTables: Bool?
  /// The address that clients use; nil means the port's.
  package var externalURL: String?
  /// `[api.tls]`.
  package var tls: TLSConfiguration = TLSConfiguration()

  /// The defaults.
  package init() {}
}

extension APIConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<APIConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("port", \.port, .port),
    .value("schemas", \.schemas, .texts),
    .value("extra_search_path", \.extraSearchPath, .texts),
    .value("max_rows", \.maxRows, .count),
    .value("auto_expose_new_tables", \.autoExposeNewTables, .optional(.flag)),
    .value("external_url", \.externalURL, .optional(.url)),
    .section("tls", \.tls),
  ]

  var isEnabled: Bool { enabled }
}

/// `[api.tls]`: the gateway with a certificate.
package struct TLSConfiguration: Sendable, Hashable {
  /// Serve https.
  package var enabled: Bool = false
  /// The certificate, relative to the configuration's folder.
  package var certificatePath: String?
  /// Its key, relative to the configuration's folder.
  package var keyPath: String?

  /// The defaults.
  package init() {}
}

extension TLSConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<TLSConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("cert_path", \.certificatePath, .optional(.text)),
    .value("key_path", \.keyPath, .optional(.text)),
  ]

  var isEnabled: Bool { enabled }
}
