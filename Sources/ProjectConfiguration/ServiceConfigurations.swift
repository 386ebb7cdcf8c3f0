/// `[realtime]`: changes and messages over websockets.
package struct RealtimeConfiguration: Sendable, Hashable {
  /// Off: the service is not started.
  package var enabled: Bool = true
  /// The address family it listens on.
  package var ipVersion: IPVersion = .v4
  /// The longest request header in bytes.
  package var maxHeaderLength: Int = 4096

  /// The defaults.
  package init() {}
}

extension RealtimeConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<RealtimeConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("ip_version", \.ipVersion, .choice),
    .value("max_header_length", \.maxHeaderLength, .count),
  ]

  var isEnabled: Bool { enabled }
}

extension RealtimeConfiguration {
  /// An address family.
  package enum IPVersion: String, Sendable, Hashable, CaseIterable {
    /// IPv4.
    case v4 = "IPv4"
    /// IPv6.
    case v6 = "IPv6"
  }
}

/// `[studio]`: the console in the browser.
package struct StudioConfiguration: Sendable, Hashable {
  /// Off: the service is not started.
  package var enabled: Bool = true
  /// The console's port.
  package var port: Int = 54_323
  /// The API as the browser reaches it.
  package var apiURL: String = "http://127.0.0.1"
  /// The key of its assistant, which homebase does not have.
  package var openAIKey: Secret?

  /// The defaults.
  package init() {}
}

extension StudioConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<StudioConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("port", \.port, .port),
    .value("api_url", \.apiURL, .url),
    .value("openai_api_key", \.openAIKey, .optional(.secret), hosted: true),
  ]

  var isEnabled: Bool { enabled }
}

/// `[local_smtp]`, formerly `[inbucket]`: the mailbox that catches all mail.
package struct MailConfiguration: Sendable, Hashable {
  /// Off: the service is not started.
  package var enabled: Bool = true
  /// The port of its web page.
  package var port: Int = 54_324
  /// The port for SMTP from outside; nil means none.
  package var smtpPort: Int?
  /// The port for POP3; nil means none.
  package var pop3Port: Int?
  /// The sender of auth's mail.
  package var adminEmail: String = "admin@email.com"
  /// The sender's name.
  package var senderName: String = "Admin"

  /// The defaults.
  package init() {}
}

extension MailConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<MailConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("port", \.port, .port),
    .value("smtp_port", \.smtpPort, .optional(.port)),
    .value("pop3_port", \.pop3Port, .optional(.port)),
    .value("admin_email", \.adminEmail, .text),
    .value("sender_name", \.senderName, .text),
  ]

  var isEnabled: Bool { enabled }
}

/// `[analytics]`: hosted only; homebase keeps its own logs.
package struct AnalyticsConfiguration: Sendable, Hashable {
  /// Off: the service is not started.
  package var enabled: Bool = true
  /// The port of the log server.
  package var port: Int = 54_327
  /// The port of the log collector, from older files.
  package var vectorPort: Int?
  /// Where logs are kept.
  package var backend: Backend = .postgres
  /// For BigQuery.
  package var gcpProjectID: String = ""
  /// For BigQuery.
  package var gcpProjectNumber: String = ""
  /// For BigQuery.
  package var gcpJWTPath: String = ""

  /// The defaults.
  package init() {}
}

extension AnalyticsConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<AnalyticsConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("port", \.port, .port),
    .value("vector_port", \.vectorPort, .optional(.port)),
    .value("backend", \.backend, .choice),
    .value("gcp_project_id", \.gcpProjectID, .text),
    .value("gcp_project_number", \.gcpProjectNumber, .anyScalar),
    .value("gcp_jwt_path", \.gcpJWTPath, .text),
  ]

  var isEnabled: Bool { enabled }
}

extension AnalyticsConfiguration {
  /// Where logs are kept.
  package enum Backend: String, Sendable, Hashable, CaseIterable {
    /// In the database.
    case postgres
    /// In Google's BigQuery.
    case bigquery
  }
}
