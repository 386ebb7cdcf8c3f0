internal import SchemaCatalog

/// Edits a dump line by line, so that it applies where the platform is there already.
///
/// Source of the edits: supabase/cli, `pkg/migration/scripts/dump_schema.sh` and `dump_role.sh`.
package struct DumpFilter: Sendable {
  private let dump: Dump
  /// The mark of the function body that the lines are in.
  private var body: Substring?
  /// Only psql knows the pair of commands; its second bears the first's word.
  private var restriction: String?
  private var last: String?

  package init(_ dump: Dump) {
    self.dump = dump
  }

  /// Takes the next line.
  ///
  /// - Parameter line: Without its end.
  /// - Returns: The line to write; nil when there is none.
  package mutating func take(_ line: String) -> String? {
    if body == nil, isRestriction(line) { return nil }
    switch dump.content {
    case .data:
      // Rows may look like anything.
      return line
    case .schema:
      if isInBody(line) { return keep(line) }
      return keep(edited(schemaLine: line))
    case .roles: return keep(edited(roleLine: line))
    }
  }

  private mutating func isRestriction(_ line: String) -> Bool {
    guard line.hasPrefix("\\") else { return false }
    if restriction == nil, line.hasPrefix("\\restrict ") {
      restriction = String(line.dropFirst("\\restrict ".count))
      return true
    }
    return restriction.map { line == "\\unrestrict \($0)" } ?? false
  }

  private mutating func keep(_ line: String?) -> String? {
    guard let line else { return nil }
    if body == nil, line.hasPrefix("--"), !dump.keepsComments { return nil }
    // What was taken out leaves gaps.
    if line.isEmpty, last?.isEmpty ?? true { return nil }
    if dump.content == .roles, line == last { return nil }
    last = line
    return line
  }

  /// Follows function bodies: pg_dump begins them with `AS` and a mark of dollars.
  private mutating func isInBody(_ line: String) -> Bool {
    if let mark = body {
      if line.contains(mark) { body = nil }
      return true
    }
    guard let start = line.firstRange(of: "AS $"),
      line[..<start.lowerBound].allSatisfy({ $0 == " " })
    else { return false }
    let rest = line[start.upperBound...]
    guard let end = rest.firstIndex(of: "$") else { return false }
    let mark = "$" + rest[...end]
    if !rest[end...].dropFirst().contains(mark) { body = mark[...] }
    return true
  }

  // MARK: - Schemas

  /// Beginnings that another word makes repeatable.
  private static let repeatable = [
    ("CREATE SCHEMA \"", "CREATE SCHEMA IF NOT EXISTS \""),
    ("CREATE TABLE \"", "CREATE TABLE IF NOT EXISTS \""),
    ("CREATE SEQUENCE \"", "CREATE SEQUENCE IF NOT EXISTS \""),
    ("CREATE VIEW \"", "CREATE OR REPLACE VIEW \""),
    ("CREATE FUNCTION \"", "CREATE OR REPLACE FUNCTION \""),
    ("CREATE TRIGGER \"", "CREATE OR REPLACE TRIGGER \""),
  ]

  /// Beginnings of what is the platform's, or only a superuser's to do.
  private static let foreign = [
    "CREATE PUBLICATION \"supabase_realtime", "CREATE EVENT TRIGGER ", "         WHEN TAG IN ",
    "   EXECUTE FUNCTION ", "ALTER EVENT TRIGGER ", "ALTER PUBLICATION \"supabase_realtime_",
    "ALTER DEFAULT PRIVILEGES FOR ROLE \"supabase_admin\"", "COMMENT ON EXTENSION ",
    "CREATE POLICY \"cron_job_", "ALTER TABLE \"cron\"", "SET transaction_timeout = 0;",
  ]

  private func edited(schemaLine line: String) -> String? {
    for (beginning, other) in Self.repeatable where line.hasPrefix(beginning) {
      return other + line.dropFirst(beginning.count)
    }
    if Self.foreign.contains(where: line.hasPrefix) { return "-- " + line }
    if line.hasPrefix("ALTER FOREIGN DATA WRAPPER "), line.contains(" OWNER TO ") {
      return "-- " + line
    }
    for name in ["pg_tle", "pgsodium"] {
      let beginning = "CREATE EXTENSION IF NOT EXISTS \"\(name)\""
      // Its schema is its own to make.
      if line.hasPrefix(beginning) { return beginning + ";" }
    }
    if line.hasPrefix("GRANT ") || line.hasPrefix("REVOKE "), isAboutPlatform(line) {
      return "-- " + line
    }
    return line
  }

  /// Whether a grant is one on a managed schema or something in it.
  private func isAboutPlatform(_ line: String) -> Bool {
    guard dump.schemas.isEmpty, let on = line.firstRange(of: " ON ") else { return false }
    let object = line[on.upperBound...]
    guard let open = object.firstIndex(of: "\"") else { return false }
    let name = object[open...].dropFirst().prefix { $0 != "\"" }
    return ManagedSchemas.patterns.contains { Self.matches(name, $0) }
  }

  private static func matches(_ name: Substring, _ pattern: String) -> Bool {
    pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
  }

  // MARK: - Roles

  /// Source: supabase/cli, `pkg/migration/dump.go`, `reservedRoles`.
  private static let reservedRoles = [
    "anon", "authenticated", "authenticator", "cli_login_*", "dashboard_user", "pgbouncer",
    "postgres", "service_role", "supabase_*", "pgsodium_keyholder", "pgsodium_keyiduser",
    "pgsodium_keymaker", "pgtle_admin",
  ]

  /// Source: supabase/cli, `pkg/migration/dump.go`, `allowedConfigs`.
  private static let allowedSettings = [
    "pgaudit.*", "pgrst.*", "session_replication_role", "statement_timeout", "track_io_timing",
  ]

  private func edited(roleLine line: String) -> String? {
    // What postgres may set, the platform says.
    if line.hasPrefix("GRANT "), line.contains(" ON PARAMETER ") { return nil }
    var line = line.replacing(" NOSUPERUSER", with: "").replacing(" NOREPLICATION", with: "")
    let isReserved =
      Self.isReserved(Self.quoted(in: line, after: "CREATE ROLE "))
      || Self.isReserved(Self.quoted(in: line, after: "ALTER ROLE "))
    if isReserved, !isAllowedSetting(line) { line = "-- " + line }
    if line.hasPrefix("GRANT \""), let to = line.firstRange(of: " TO "),
      Self.isReserved(Self.quoted(in: String(line[to.lowerBound...]), after: " TO "))
    {
      line = "-- " + line
    }
    return line
  }

  private func isAllowedSetting(_ line: String) -> Bool {
    guard let set = line.firstRange(of: " SET \"") else { return false }
    let name = line[set.upperBound...].prefix { $0 != "\"" }
    return Self.allowedSettings.contains { Self.matches(name, $0) }
  }

  private static func quoted(in line: String, after beginning: String) -> Substring? {
    guard line.hasPrefix(beginning + "\"") else { return nil }
    return line.dropFirst(beginning.count + 1).prefix { $0 != "\"" }
  }

  private static func isReserved(_ role: Substring?) -> Bool {
    guard let role else { return false }
    return reservedRoles.contains { matches(role, $0) }
  }
}
