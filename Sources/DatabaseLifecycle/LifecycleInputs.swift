package import Diagnostics
package import ProjectConfiguration

/// Everything that a project's database is made of: where its files are and what its settings say.
///
/// A value: read anew from the configuration before each operation, so that a database is never
/// built from settings that were true when the daemon started.
package struct LifecycleInputs: Sendable, Hashable {
  /// Where the project's files are.
  package var layout: ProjectLayout
  /// `db.migrations.enabled`.
  package var appliesMigrations: Bool
  /// `db.seed.sql_paths`: globs relative to the configuration's folder, in order.
  package var seedPatterns: [String]
  /// `db.seed.enabled`.
  package var appliesSeeds: Bool
  /// `api.auto_expose_new_tables`; nil when the file does not say.
  package var exposesNewTables: Bool?
  /// `auth.jwt_secret`, for `app.settings.jwt_secret`.
  package var jwtSecret: String
  /// `auth.jwt_expiry` in seconds, for `app.settings.jwt_exp`.
  package var jwtExpiryInSeconds: Int
  /// `[storage.buckets.<name>]`: rows that every database of the project begins with.
  package var buckets: [Bucket]
  /// `[db.vault]`: secrets that roles and migrations may read already.
  package var vaultSecrets: [VaultSecret]
  /// Changes with the server's version and the platform's SQL.
  package var platformHash: String
  /// Whether pgvector itself is installed, whose indexes take options.
  package var hasVectorIndexes: Bool

  /// Takes what a configuration says.
  ///
  /// - Parameters:
  ///   - layout: Where the project's files are.
  ///   - configuration: Of the project.
  ///   - jwtSecret: The secret that is in force.
  ///   - platformHash: Changes with the server's version and the platform's SQL.
  ///   - hasVectorIndexes: Whether pgvector itself is installed.
  package init(
    layout: ProjectLayout, configuration: Configuration, jwtSecret: String, platformHash: String,
    hasVectorIndexes: Bool = false
  ) {
    self.layout = layout
    appliesMigrations = configuration.database.migrations.enabled
    seedPatterns = configuration.database.seed.sqlPaths
    appliesSeeds = configuration.database.seed.enabled
    exposesNewTables = configuration.api.autoExposeNewTables
    self.jwtSecret = jwtSecret
    jwtExpiryInSeconds = configuration.auth.jwtExpiryInSeconds
    buckets = Bucket.list(configuration.storage)
    vaultSecrets = VaultSecret.list(configuration.database)
    self.platformHash = platformHash
    self.hasVectorIndexes = hasVectorIndexes
  }

  /// What is to be said where migration files are passed over; nil when they apply.
  package var migrationsAreOff: Diagnostic? {
    if appliesMigrations { return nil }
    let file = layout.configurationFile.map { displayPath($0) } ?? "the configuration"
    return LifecycleError.migrationsAreOff(file: file).diagnostic
  }

  /// Shortens a path for people: relative to the project where it is inside it.
  ///
  /// - Parameter path: An absolute path.
  /// - Returns: The path below the project's folder, or the path itself.
  package func displayPath(_ path: String) -> String { layout.displayPath(path) }
}
