import PostgresClient
import REST

/// What the database itself says about how requests are to be answered.
struct DatabaseSettings: Sendable {
  /// `pgrst.…` of the service's role, names without the prefix.
  var values: [String: String] = [:]
  var roles: [String: StackSettings.RoleSettings] = [:]

  /// Settings that somebody made with ALTER ROLE … SET for the session's own role, those for this
  /// database before those for all.
  ///
  /// Source: PostgREST's documentation, "In-Database Configuration".
  private static let own = PostgresStatement(
    """
    select distinct on (1) substr(split_part(s, '=', 1), 7), substr(s, strpos(s, '=') + 1)
    from pg_db_role_setting d, unnest(d.setconfig) s
    where d.setrole = (select oid from pg_roles where rolname = current_user)
      and d.setdatabase in (0, (select oid from pg_database where datname = current_database()))
      and s like 'pgrst.%'
    order by 1, d.setdatabase desc
    """)

  /// Settings of the roles that this one can become, as far as it may make them itself.
  private static let others = PostgresStatement(
    """
    select r.rolname, split_part(s, '=', 1), substr(s, strpos(s, '=') + 1)
    from pg_auth_members m join pg_roles r on r.oid = m.roleid, unnest(r.rolconfig) s
    where m.member = (select oid from pg_roles where rolname = current_user)
      and exists (
        select from pg_settings p where lower(p.name) = lower(split_part(s, '=', 1))
          and (p.context = 'user' or has_parameter_privilege(p.name, 'set')))
    order by 1, 2
    """)

  /// Asks for both in one round trip.
  ///
  /// - Parameter connection: As the service's role.
  /// - Returns: What was said.
  /// - Throws: `PostgresError`.
  static func read(
    from connection: PostgresConnection
  ) async throws(PostgresError) -> DatabaseSettings {
    let results = try await connection.pipeline([own, others])
    var settings = DatabaseSettings()
    for row in results[0].rows {
      if let name = row[0], let value = row[1] { settings.values[name] = value }
    }
    for row in results[1].rows {
      guard let role = row[0], let name = row[1], let value = row[2] else { continue }
      if name.lowercased() == "default_transaction_isolation" {
        settings.roles[role, default: .init()].isolation = isolationLevel(value)
      } else {
        settings.roles[role, default: .init()].settings.append(.init(name: name, value: value))
      }
    }
    return settings
  }
}

/// A level as SQL writes it; nil for the default and for what is none.
func isolationLevel(_ value: String) -> String? {
  switch value.lowercased() {
  case "repeatable read": "REPEATABLE READ"
  case "serializable": "SERIALIZABLE"
  default: nil
  }
}
