/// The variables of a psql session, and what its switches say.
package struct PsqlVariables: Sendable {
  private var values: [String: String]

  /// Those that psql has from the start, as `pg_prove` starts it: quiet, and stopping at errors.
  ///
  /// - Parameters:
  ///   - database: Of the connection.
  ///   - user: Of the connection.
  ///   - serverVersion: `150018` is 15.18.
  package init(database: String = "", user: String = "", serverVersion: Int = 150_000) {
    let major = serverVersion / 10_000
    values = [
      "AUTOCOMMIT": "on", "COMP_KEYWORD_CASE": "preserve-upper", "DBNAME": database,
      "ECHO": "none", "ECHO_HIDDEN": "off", "ENCODING": "UTF8", "ERROR": "false",
      "FETCH_COUNT": "0", "HIDE_TABLEAM": "off", "HIDE_TOAST_COMPRESSION": "off",
      "HISTCONTROL": "none", "HISTSIZE": "500", "IGNOREEOF": "0",
      "LAST_ERROR_MESSAGE": "", "LAST_ERROR_SQLSTATE": "00000", "ON_ERROR_ROLLBACK": "off",
      "ON_ERROR_STOP": "1", "QUIET": "on", "ROW_COUNT": "0",
      "SERVER_VERSION_NUM": "\(serverVersion)",
      "SERVER_VERSION_NAME": "\(major).\(serverVersion % 10_000)", "SHOW_ALL_RESULTS": "on",
      "SHOW_CONTEXT": "errors", "SINGLELINE": "off", "SINGLESTEP": "off", "SQLSTATE": "00000",
      "USER": user, "VERBOSITY": "default", "VERSION_NUM": "\(serverVersion)",
    ]
  }

  package subscript(name: String) -> String? {
    get { values[name] }
    set { values[name] = newValue }
  }

  /// Whether a switch is on.
  ///
  /// - Parameter name: Such as `ON_ERROR_STOP`.
  /// - Returns: False for one that is not set or not understood.
  package func isOn(_ name: String) -> Bool {
    values[name].flatMap { Self.boolean($0) } ?? false
  }

  /// Reads a switch as psql does: any beginning of the words that is not shared.
  ///
  /// - Parameter text: `on`, `tr`, `0`, …
  /// - Returns: Nil when it is none.
  package static func boolean(_ text: String) -> Bool? {
    let word = text.lowercased()
    if word.isEmpty { return nil }
    if "true".hasPrefix(word) || "yes".hasPrefix(word) || word == "on" || word == "1" {
      return true
    }
    if "false".hasPrefix(word) || "no".hasPrefix(word) || word == "of" || word == "off"
      || word == "0"
    {
      return false
    }
    return nil
  }
}
