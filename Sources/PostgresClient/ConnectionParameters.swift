/// Where a server is, and as whom to speak to it.
package struct ConnectionParameters: Sendable, Hashable {
  /// The folder of the server's unix socket, or an address.
  package var host: String
  package var port: Int
  package var database: String
  package var user: String
  /// Nil where the server trusts the socket.
  package var password: String?
  /// What `pg_stat_activity` shows.
  package var applicationName: String
  /// Settings of the session from its first moment: `["search_path": "public"]`.
  package var settings: [String: String]
  /// How long connecting may take, the server's own start-up of a session included.
  package var connectTimeout: Duration

  /// Describes a server and a session on it.
  ///
  /// - Parameters:
  ///   - host: The folder of the unix socket (absolute), or an address.
  ///   - port: Also names the socket file in the folder.
  ///   - database: The name as the catalog spells it, unquoted.
  ///   - user: The role's name, unquoted.
  ///   - password: Nil where the server asks for none.
  ///   - applicationName: What `pg_stat_activity` shows.
  ///   - settings: Settings of the session from its first moment.
  ///   - connectTimeout: How long connecting may take.
  package init(
    host: String, port: Int, database: String, user: String, password: String? = nil,
    applicationName: String = "homebase", settings: [String: String] = [:],
    connectTimeout: Duration = .seconds(10)
  ) {
    self.host = host
    self.port = port
    self.database = database
    self.user = user
    self.password = password
    self.applicationName = applicationName
    self.settings = settings
    self.connectTimeout = connectTimeout
  }
}

/// Both leave the password out: parameters end up in logs and in failed test expectations.
extension ConnectionParameters: CustomStringConvertible, CustomReflectable {
  package var description: String { "\(user)@\(host):\(port)/\(database)" }

  package var customMirror: Mirror {
    Mirror(self, children: ["address": description, "applicationName": applicationName])
  }
}

extension ConnectionParameters {
  /// The keywords of libpq, chosen so that no `PG…` variable of the environment decides anything
  /// but where a missing password comes from.
  var libpqOptions: [(keyword: String, value: String)] {
    var options = [
      ("host", host), ("port", String(port)), ("dbname", database), ("user", user),
      ("application_name", applicationName), ("client_encoding", "UTF8"),
      // A blank keeps PGOPTIONS out: libpq takes an empty value for a missing one.
      ("options", settings.isEmpty ? " " : settingsAsOptions),
      ("sslmode", isOnThisMachine ? "disable" : "prefer"), ("gssencmode", "disable"),
      ("target_session_attrs", "any"),
    ]
    if let password { options.append(("password", password)) }
    return options
  }

  private var isOnThisMachine: Bool {
    host.hasPrefix("/") || host.hasPrefix("127.") || host == "::1" || host == "localhost"
  }

  /// The server splits `options` at blanks; a backslash keeps the next character.
  private var settingsAsOptions: String {
    var options = ""
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
      if !options.isEmpty { options += " " }
      options += "-c "
      for character in "\(name)=\(value)" {
        if character.isWhitespace || character == "\\" { options += "\\" }
        options.append(character)
      }
    }
    return options
  }
}
