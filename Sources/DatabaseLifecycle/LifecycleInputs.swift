/// Everything that a project's database is made of: where its files are and what its settings say.
///
/// A value: read anew from the configuration before each operation, so that a database is never
/// built from settings that were true when the daemon started.
package struct LifecycleInputs: Sendable, Hashable {
  /// The project's folder; paths in messages are relative to it.
  package var projectRoot: String
  /// Where `<digits>_<name>.sql` files are; it need not exist.
  package var migrationsFolder: String
  /// `db.migrations.enabled`.
  package var appliesMigrations: Bool
  /// SQL that creates the project's own roles, run before the migrations; nil when there is none.
  package var rolesFile: String?
  /// `db.seed.sql_paths`: globs relative to `seedFolder`, in order.
  package var seedPatterns: [String]
  /// What the seed globs are relative to.
  package var seedFolder: String
  /// `db.seed.enabled`.
  package var appliesSeeds: Bool
  /// `api.auto_expose_new_tables`; nil when the file does not say.
  package var exposesNewTables: Bool?
  /// `auth.jwt_secret`, for `app.settings.jwt_secret`.
  package var jwtSecret: String
  /// `auth.jwt_expiry` in seconds, for `app.settings.jwt_exp`.
  package var jwtExpiryInSeconds: Int
  /// Changes with the server's version and the platform's SQL.
  package var platformHash: String

  package init(
    projectRoot: String, migrationsFolder: String, appliesMigrations: Bool = true,
    rolesFile: String? = nil, seedPatterns: [String] = [], seedFolder: String,
    appliesSeeds: Bool = true, exposesNewTables: Bool? = nil, jwtSecret: String,
    jwtExpiryInSeconds: Int = 3600, platformHash: String
  ) {
    self.projectRoot = projectRoot
    self.migrationsFolder = migrationsFolder
    self.appliesMigrations = appliesMigrations
    self.rolesFile = rolesFile
    self.seedPatterns = seedPatterns
    self.seedFolder = seedFolder
    self.appliesSeeds = appliesSeeds
    self.exposesNewTables = exposesNewTables
    self.jwtSecret = jwtSecret
    self.jwtExpiryInSeconds = jwtExpiryInSeconds
    self.platformHash = platformHash
  }

  /// Shortens a path for people: relative to the project where it is inside it.
  ///
  /// - Parameter path: An absolute path.
  /// - Returns: The path below the project's folder, or the path itself.
  package func displayPath(_ path: String) -> String {
    let prefix = projectRoot.hasSuffix("/") ? projectRoot : projectRoot + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }
}
