import Cryptography
package import PostgresClient

/// One piece of the platform's SQL.
package struct PlatformScript: Sendable, Hashable {
  /// Where a script runs.
  package enum Scope: Sendable, Hashable {
    /// Once a cluster, in any database: roles are shared by all databases.
    case cluster
    /// In the template database, from which all others are cloned.
    case database
  }

  /// What it is about, in a word, for messages: `auth`.
  package var name: String
  package var scope: Scope
  package var sql: String
}

/// The platform that a project's migrations find: roles, schemas, tables, functions, privileges.
///
/// It is all in the executable. The scripts run in order, each as one transaction, as the
/// superuser `supabase_admin`; a finished cluster is kept as an image, keyed by `hash`.
package enum PlatformSchema {
  /// All scripts, in the order in which they run.
  package static let scripts: [PlatformScript] = [
    PlatformScript(name: "roles", scope: .cluster, sql: PlatformFiles.script("roles")),
    PlatformScript(name: "parameters", scope: .cluster, sql: PlatformFiles.script("parameters")),
    PlatformScript(name: "schemas", scope: .database, sql: PlatformFiles.script("schemas")),
    PlatformScript(name: "auth", scope: .database, sql: PlatformFiles.script("auth")),
    PlatformScript(name: "storage", scope: .database, sql: PlatformFiles.script("storage")),
    PlatformScript(
      name: "storage-functions", scope: .database,
      sql: PlatformFiles.script("storage-functions")),
    PlatformScript(name: "realtime", scope: .database, sql: PlatformFiles.script("realtime")),
    PlatformScript(
      name: "realtime-functions", scope: .database,
      sql: PlatformFiles.script("realtime-functions")),
    PlatformScript(name: "webhooks", scope: .database, sql: PlatformFiles.script("webhooks")),
    PlatformScript(
      name: "extension-rights", scope: .database,
      sql: PlatformFiles.script("extension-rights")),
    PlatformScript(name: "history", scope: .database, sql: PlatformFiles.script("history")),
    PlatformScript(name: "exposure", scope: .database, sql: exposure(true)),
    PlatformScript(
      name: "homebase", scope: .database, sql: PlatformFiles.script("homebase") + recordVersion),
    // Last: its event triggers would fire at everything that comes after.
    PlatformScript(name: "delegation", scope: .database, sql: PlatformFiles.script("delegation")),
  ]

  /// The shape of the platform that `scripts` make, as `homebase.platform` of a database has it.
  ///
  /// A database without that table has shape 1.
  package static let version = 1 + upgrades.count

  /// What leads from each shape to the next, beginning with the step from 1 to 2.
  private static let upgrades = ["0002-complete-schemas", "0003-move-extensions"]

  /// Brings an older database to `version`, with everything in it.
  ///
  /// Safe to run again. First come the steps that a newer shape needs, then all that is written to
  /// run on new and old databases alike.
  ///
  /// - Parameter version: What `homebase.platform` says, or 1.
  /// - Returns: A script to run as the superuser in that database, as one transaction.
  package static func upgrade(from version: Int) -> String {
    let steps = upgrades.dropFirst(max(0, version - 1)).map { "upgrades/\($0)" }
    let again = [
      "parameters", "homebase", "storage-functions", "realtime-functions", "extension-rights",
      "delegation",
    ]
    return (steps + again).map(PlatformFiles.script).joined(separator: "\n") + recordVersion
  }

  /// Reads which shape a database has.
  ///
  /// - Parameter connection: To that database, as the superuser.
  /// - Returns: What `homebase.platform` says; 1 where there is no such table.
  /// - Throws: `PostgresError`.
  package static func version(
    in connection: PostgresConnection
  ) async throws(PostgresError) -> Int {
    let table = try await connection.query("select to_regclass('homebase.platform')")
    guard table.firstValue != nil else { return 1 }
    let version = try await connection.query("select max(version) from homebase.platform")
    return version.firstValue.flatMap { Int($0) } ?? 1
  }

  private static let recordVersion =
    "\ninsert into homebase.platform (version) values (\(version)) on conflict do nothing;\n"

  /// SHA-256 of everything that makes the image what it is, in hexadecimal.
  package static let hash: String = {
    var hasher = SHA256()
    // The steps around the scripts: count up when `ClusterImage` builds something else.
    hasher.update("image 1\n")
    for script in scripts {
      hasher.update("\(script.name) \(script.sql.utf8.count)\n")
      hasher.update(script.sql)
    }
    hasher.update(extensionsHash)
    return hexadecimal(hasher.digest())
  }()

  /// SHA-256 of the files of homebase's own extensions, in hexadecimal.
  static let extensionsHash: String = {
    var hasher = SHA256()
    for (name, files) in ExtensionFiles.own.sorted(by: { $0.key < $1.key }) {
      for file in files {
        hasher.update("\(name) \(file.name) \(file.text.utf8.count)\n")
        hasher.update(file.text)
      }
    }
    return hexadecimal(hasher.digest())
  }()

  /// The name of the superuser, who owns the cluster.
  package static let superuser = "supabase_admin"
  /// The database of homebase's own bookkeeping, for the superuser only.
  package static let adminDatabase = "homebase"
  /// The template database: the platform, and nothing of a project.
  ///
  /// It takes no connections.
  package static let templateDatabase = "homebase_platform"

  /// Every role that logs in with a password.
  static let loginRoles = [
    "supabase_admin", "postgres", "authenticator", "supabase_auth_admin",
    "supabase_storage_admin", "supabase_functions_admin", "supabase_replication_admin",
    "supabase_etl_admin", "supabase_read_only_user", "pgbouncer",
  ]

  /// Gives all roles that log in one password.
  ///
  /// The server never sees the password itself, so it is in no log.
  ///
  /// - Parameter password: `db.password` of the project.
  /// - Returns: A script to run once a cluster as the superuser.
  package static func passwords(_ password: String) -> String {
    let verifier = ScramVerifier.make(password: password)
    // `alter role` would try the empty password against each verifier: 8 ms a role.
    // Source: PostgreSQL 15, `AlterRole` in `src/backend/commands/user.c`.
    let names = loginRoles.map { "'\($0)'" }.joined(separator: ", ")
    return "update pg_authid set rolpassword = '\(verifier)' where rolname in (\(names));"
  }

  /// Makes a database the project's own: owner, rights, and the settings that SQL reads.
  ///
  /// `CREATE DATABASE … TEMPLATE` copies none of these, and `ALTER DATABASE … RENAME` keeps them.
  ///
  /// - Parameters:
  ///   - database: The name as the catalog spells it, unquoted.
  ///   - jwtSecret: What `current_setting('app.settings.jwt_secret')` answers.
  ///   - jwtExpiry: How long an access token lives, in seconds.
  /// - Returns: A script to run as the superuser, in any database.
  package static func databaseSettings(
    database: String, jwtSecret: String, jwtExpiry: Int
  ) -> String {
    let name = quoteIdentifier(database)
    return """
      alter database \(name) owner to postgres;
      grant all on database \(name) to postgres, dashboard_user;
      grant create on database \(name) to supabase_auth_admin;
      alter database \(name) set "app.settings.jwt_secret" to \(quoteLiteral(jwtSecret));
      alter database \(name) set "app.settings.jwt_exp" to '\(jwtExpiry)';
      """
  }

  /// Tells one secret from another without keeping it.
  ///
  /// - Parameter secret: Such as a password.
  /// - Returns: A hash that is of no use to log in.
  package static func fingerprint(_ secret: String) -> String {
    hexadecimal(SHA256.digest(of: "homebase \(secret)"))
  }
}
