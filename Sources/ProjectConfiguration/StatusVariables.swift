/// The ports that services really listen on; nil for a service that is left out.
package struct ServicePorts: Sendable, Hashable {
  /// The gateway.
  package var api: Int?
  /// PostgreSQL.
  package var database: Int?
  /// The console.
  package var studio: Int?
  /// The mailbox's web page.
  package var mail: Int?

  /// The ports of some services.
  package init(api: Int? = nil, database: Int? = nil, studio: Int? = nil, mail: Int? = nil) {
    self.api = api
    self.database = database
    self.studio = studio
    self.mail = mail
  }

  /// The ports that a configuration wishes for, without the services that it switches off.
  ///
  /// - Parameter configuration: Of the project.
  package init(preferredBy configuration: Configuration) {
    self.init(
      api: configuration.api.enabled ? configuration.api.port : nil,
      database: configuration.database.port,
      studio: configuration.studio.enabled ? configuration.studio.port : nil,
      mail: configuration.mail.enabled ? configuration.mail.port : nil)
  }
}

/// A name that apps and scripts know from `supabase status -o env`, and its value.
package struct StatusVariable: Sendable, Hashable {
  /// `API_URL`.
  package var name: String
  /// As it is printed.
  package var value: String
}

extension [StatusVariable] {
  /// The values by their names.
  package var byName: [String: String] {
    [String: String](map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }
}

/// What `status` prints, in its order.
package struct StatusVariables: Sendable, Hashable {
  /// Addresses.
  package var urls: [StatusVariable]
  /// Keys and secrets.
  package var keys: [StatusVariable]

  /// Both, in the order in which `-o env` prints them.
  package var all: [StatusVariable] { urls + keys }

  /// The names of a project's stack.
  ///
  /// Services without a port, and those that the configuration or a start leaves out, have no names.
  /// Source: supabase/cli, `apps/cli-go/internal/status`.
  ///
  /// - Parameters:
  ///   - configuration: Of the project.
  ///   - keys: Its keys.
  ///   - ports: What services really listen on.
  ///   - leftOut: Services, by homebase's names, that a start has left out.
  package init(
    configuration: Configuration, keys: ProjectKeys, ports: ServicePorts,
    leavingOut leftOut: Set<String> = []
  ) {
    var urls: [StatusVariable] = []
    func add(_ name: String, _ value: String) {
      urls.append(StatusVariable(name: name, value: value))
    }
    func serves(_ name: String, _ isEnabled: Bool = true) -> Bool {
      isEnabled && !leftOut.contains(name)
    }
    if let port = ports.api, serves("gateway", configuration.api.enabled) {
      let api = configuration.apiURL(port: port)
      add("API_URL", api)
      if serves("rest") {
        add("REST_URL", "\(api)/rest/v1")
        add("GRAPHQL_URL", "\(api)/graphql/v1")
      }
      if serves("functions", configuration.edgeRuntime.enabled) {
        add("FUNCTIONS_URL", "\(api)/functions/v1")
      }
      if serves("studio", configuration.studio.enabled) { add("MCP_URL", "\(api)/mcp") }
      if serves("storage", configuration.storage.enabled) {
        add("STORAGE_S3_URL", "\(api)/storage/v1/s3")
      }
    }
    if let port = ports.database { add("DB_URL", configuration.databaseURL(port: port)) }
    if let port = ports.studio, serves("studio", configuration.studio.enabled) {
      add("STUDIO_URL", "http://127.0.0.1:\(port)")
    }
    if let port = ports.mail, serves("mailbox", configuration.mail.enabled) {
      add("MAILPIT_URL", "http://127.0.0.1:\(port)")
      add("INBUCKET_URL", "http://127.0.0.1:\(port)")
    }
    self.urls = urls
    self.keys = [
      StatusVariable(name: "PUBLISHABLE_KEY", value: keys.publishableKey),
      StatusVariable(name: "SECRET_KEY", value: keys.secretKey),
      StatusVariable(name: "JWT_SECRET", value: keys.jwtSecret),
      StatusVariable(name: "ANON_KEY", value: keys.anonKey),
      StatusVariable(name: "SERVICE_ROLE_KEY", value: keys.serviceRoleKey),
    ]
    if serves("storage", configuration.storage.enabled), configuration.storage.s3Protocol.enabled {
      self.keys += [
        StatusVariable(name: "S3_PROTOCOL_ACCESS_KEY_ID", value: keys.s3AccessKeyID),
        StatusVariable(name: "S3_PROTOCOL_ACCESS_KEY_SECRET", value: keys.s3SecretAccessKey),
        StatusVariable(name: "S3_PROTOCOL_REGION", value: keys.s3Region),
      ]
    }
  }
}

extension Configuration {
  /// The address of the gateway.
  ///
  /// - Parameter port: What it really listens on.
  /// - Returns: `api.external_url` where it is set.
  package func apiURL(port: Int) -> String {
    if let url = api.externalURL, !url.isEmpty {
      return url.hasSuffix("/") ? String(url.dropLast()) : url
    }
    return "\(api.tls.enabled ? "https" : "http")://127.0.0.1:\(port)"
  }

  /// The address of the database, with the password.
  ///
  /// - Parameter port: What the server really listens on.
  /// - Returns: `postgresql://postgres:postgres@127.0.0.1:54322/postgres`.
  package func databaseURL(port: Int) -> String {
    "postgresql://postgres:\(percentEncoded(database.password.value))@127.0.0.1:\(port)/postgres"
  }
}

private func percentEncoded(_ text: String) -> String {
  var result = ""
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      result.unicodeScalars.append(Unicode.Scalar(byte))
    default:
      let digits = String(byte, radix: 16, uppercase: true)
      result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
    }
  }
  return result
}
