import SQLScript

/// The platform's own roles, which migrations must leave as they are.
///
/// PostgreSQL 15 lets a role that may create roles alter, drop and hand out every role that is no
/// superuser, and no event trigger sees it: each statement is looked at before it is sent. What
/// happens inside a DO block or a function is not seen.
/// Source: `supautils.reserved_roles` and `reserved_memberships` of the platform's image.
enum ReservedRoles {
  /// Nothing about them may change.
  private static let fixed: Set = [
    "supabase_admin", "supabase_auth_admin", "supabase_storage_admin", "supabase_realtime_admin",
    "supabase_read_only_user", "supabase_replication_admin", "supabase_etl_admin",
    "dashboard_user", "pgbouncer",
  ]
  /// Their settings may change: `alter role authenticator set pgrst.db_schemas = …`.
  private static let configurable: Set = ["anon", "authenticated", "service_role", "authenticator"]
  /// Nobody may become a member of these, nor of a fixed one.
  private static let closed: Set = [
    "authenticator", "pg_read_server_files", "pg_write_server_files", "pg_execute_server_program",
  ]

  /// Why the platform refuses a statement, with SQLSTATE 42501.
  ///
  /// - Parameter statement: One of a migration, seed or `roles.sql`.
  /// - Returns: The platform's message; nil when the statement may go to the server.
  static func refusal(of statement: SQLStatement) -> String? {
    guard let change = statement.roleChange else { return nil }
    let role =
      change.altered.first { fixed.contains($0) || configurable.contains($0) }
      ?? change.configured.first { fixed.contains($0) }
    if let role { return "\"\(role)\" is a reserved role, only superusers can modify it" }
    return change.granted.first { fixed.contains($0) || closed.contains($0) }.map {
      "\"\($0)\" role memberships are reserved, only superusers can grant them"
    }
  }
}
