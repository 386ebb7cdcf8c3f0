extension PlatformSchema {
  /// Whether the API roles may reach what is created in `public` from now on.
  ///
  /// `[api] auto_expose_new_tables` in the configuration: unset and true grant, false revokes.
  /// Default privileges live in the database itself, so a clone keeps them. What exists already is
  /// left alone.
  ///
  /// - Parameter exposed: False takes the automatic grants of the API roles away.
  /// - Returns: A script to run as the superuser in one database.
  package static func exposure(_ exposed: Bool) -> String {
    let verb = exposed ? "grant" : "revoke"
    let preposition = exposed ? "to" : "from"
    var lines: [String] = []
    for role in ["postgres", "supabase_admin"] {
      for kind in ["tables", "functions", "sequences"] {
        let grantees =
          exposed
          ? "postgres, anon, authenticated, service_role" : "anon, authenticated, service_role"
        lines.append(
          """
          alter default privileges for role \(role) in schema public
            \(verb) all on \(kind) \(preposition) \(grantees);
          """)
      }
    }
    return lines.joined(separator: "\n")
  }
}
