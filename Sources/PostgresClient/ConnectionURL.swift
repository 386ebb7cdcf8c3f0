package import Diagnostics
internal import FoundationEssentials

/// Why an address of a database cannot be used.
package enum ConnectionURLError: Error, Sendable, Hashable {
  /// It is no `postgresql://…`.
  case notAnAddress
}

extension ConnectionURLError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    // The address itself is not shown: there may be a password in it.
    Diagnostic(
      code: "database_url_invalid",
      message: "the address is no postgresql://USER:PASSWORD@HOST/NAME",
      hint: "special characters of user and password are percent-encoded: @ is %40, # is %23",
      category: .usage)
  }
}

extension ConnectionParameters {
  /// Reads an address as libpq and the Supabase CLI write it.
  ///
  /// Of the options after `?`, `host` (a unix socket's folder) and `application_name` count; what
  /// is said of encryption is libpq's default: used where the server offers it.
  /// Source: PostgreSQL 15 manual, 34.1.1.2, Connection URIs.
  ///
  /// - Parameter url: `postgresql://user:password@host:port/database`, percent-encoded.
  /// - Throws: `ConnectionURLError`.
  package init(url: String) throws(ConnectionURLError) {
    guard url.contains("://"), let parts = URLComponents(string: url),
      ["postgres", "postgresql"].contains(parts.scheme?.lowercased())
    else { throw .notAnAddress }
    let options = (parts.queryItems ?? []).reduce(into: [String: String]()) { options, item in
      options[item.name] = item.value
    }
    let host = options["host"] ?? parts.host ?? ""
    let user = parts.user ?? options["user"] ?? "postgres"
    let database = String(parts.path.drop { $0 == "/" })
    self.init(
      host: host.isEmpty ? "localhost" : host.trimmingBrackets,
      port: parts.port ?? options["port"].flatMap { Int($0) } ?? 5432,
      database: database.isEmpty ? user : database, user: user,
      password: parts.password ?? options["password"])
  }

  /// Says why a database that a person named by its address cannot be reached.
  ///
  /// - Parameter error: What connecting threw.
  /// - Returns: Without the password.
  package func unreachable(_ error: PostgresError) -> Diagnostic {
    var reason = error.diagnostic.message
    var sqlstate: String?
    if case .connectionFailed(let said, let state) = error { (reason, sqlstate) = (said, state) }
    return Diagnostic(
      code: "database_unreachable", message: "cannot connect to \(self): \(reason)",
      hint: "check host, port, user, password and name in --db-url", sqlstate: sqlstate)
  }
}

extension String {
  /// An address of IPv6 without its brackets.
  fileprivate var trimmingBrackets: String {
    hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
  }
}
