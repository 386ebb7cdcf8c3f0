/// `[db]`: the PostgreSQL server.
package struct DatabaseConfiguration: Sendable, Hashable {
  /// The server's port.
  package var port: Int = 54_322
  /// The port of the shadow database that `db diff` uses.
  package var shadowPort: Int = 54_320
  /// The password of every role that may log in.
  package var password: Secret = "postgres"
  /// How long a start may take.
  package var healthTimeout: Duration = .seconds(120)
  /// The PostgreSQL of the hosted project.
  package var majorVersion: Int = 17
  /// The root key of the vault; nil means Supabase's demo key.
  package var rootKey: Secret?
  /// `[db.pooler]`.
  package var pooler: PoolerConfiguration = PoolerConfiguration()
  /// `[db.migrations]`.
  package var migrations: MigrationsConfiguration = MigrationsConfiguration()
  /// `[db.seed]`.
  package var seed: SeedConfiguration = SeedConfiguration()
  /// `[db.settings]`: server settings by their PostgreSQL names.
  package var settings: [String: String] = [:]
  /// `[db.vault]`: secrets by name.
  package var vault: [String: Secret] = [:]
  /// `[db.network_restrictions]`: hosted only.
  package var networkRestrictions: NetworkRestrictions = NetworkRestrictions()
  /// `[db.ssl_enforcement]`: hosted only.
  package var sslEnforcement: SSLEnforcement = SSLEnforcement()

  /// The defaults.
  package init() {}
}

extension DatabaseConfiguration: ConfigurationSection {
  /// The versions of PostgreSQL that the hosted platform has or had.
  static let majorVersions = [13, 14, 15, 17]

  static let keys: [ConfigurationKey<DatabaseConfiguration>] = [
    .value("port", \.port, .port),
    .value("shadow_port", \.shadowPort, .port),
    .value("password", \.password, .secret, environment: false),
    .value("health_timeout", \.healthTimeout, .duration),
    .value("major_version", \.majorVersion, .oneOf(majorVersions)),
    .value("root_key", \.rootKey, .optional(.secret)),
    .section("pooler", \.pooler),
    .section("migrations", \.migrations),
    .section("seed", \.seed),
    .values("settings", \.settings, .anyScalar, among: postgresSettings),
    .values("vault", \.vault, .secret),
    .section("network_restrictions", \.networkRestrictions, hosted: true),
    .section("ssl_enforcement", \.sslEnforcement, hosted: true),
  ]
}

/// The settings that `[db.settings]` may have.
private let postgresSettings = [
  "effective_cache_size",
  "logical_decoding_work_mem",
  "maintenance_work_mem",
  "max_connections",
  "max_locks_per_transaction",
  "max_parallel_maintenance_workers",
  "max_parallel_workers",
  "max_parallel_workers_per_gather",
  "max_replication_slots",
  "max_slot_wal_keep_size",
  "max_standby_archive_delay",
  "max_standby_streaming_delay",
  "max_wal_size",
  "max_wal_senders",
  "max_worker_processes",
  "session_replication_role",
  "shared_buffers",
  "statement_timeout",
  "track_activity_query_size",
  "track_commit_timestamp",
  "wal_keep_size",
  "wal_sender_timeout",
  "work_mem",
]

/// `[db.pooler]`: the connection pooler.
package struct PoolerConfiguration: Sendable, Hashable {
  /// Off: the service is not started.
  package var enabled: Bool = false
  /// The pooler's port.
  package var port: Int = 54_329
  /// When a connection goes back to the pool.
  package var mode: Mode = .transaction
  /// Server connections of one user and database.
  package var defaultPoolSize: Int = 20
  /// Client connections altogether.
  package var maxClientConnections: Int = 100

  /// The defaults.
  package init() {}
}

extension PoolerConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<PoolerConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("port", \.port, .port),
    .value("pool_mode", \.mode, .choice),
    .value("default_pool_size", \.defaultPoolSize, .count),
    .value("max_client_conn", \.maxClientConnections, .count),
  ]

  var isEnabled: Bool { enabled }
}

extension PoolerConfiguration {
  /// When a connection goes back to the pool.
  package enum Mode: String, Sendable, Hashable, CaseIterable {
    /// After each transaction.
    case transaction
    /// When the client leaves.
    case session
  }
}

/// `[db.migrations]`: how the schema is built.
package struct MigrationsConfiguration: Sendable, Hashable {
  /// Off: migrations are left out.
  package var enabled: Bool = true
  /// Declarative schema files, as globs relative to the configuration's folder.
  package var schemaPaths: [String] = []

  /// The defaults.
  package init() {}
}

extension MigrationsConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<MigrationsConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("schema_paths", \.schemaPaths, .texts),
  ]

  var isEnabled: Bool { enabled }
}

/// `[db.seed]`: data for development.
package struct SeedConfiguration: Sendable, Hashable {
  /// Off: seeds are left out.
  package var enabled: Bool = true
  /// Seed files, as globs relative to the configuration's folder.
  package var sqlPaths: [String] = ["./seed.sql"]

  /// The defaults.
  package init() {}
}

extension SeedConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<SeedConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("sql_paths", \.sqlPaths, .texts),
  ]

  var isEnabled: Bool { enabled }
}

/// `[db.network_restrictions]`: hosted only.
package struct NetworkRestrictions: Sendable, Hashable {
  /// Restrict who may connect.
  package var enabled: Bool = false
  /// IPv4 networks.
  package var allowedCIDRs: [String] = []
  /// IPv6 networks.
  package var allowedCIDRsV6: [String] = []

  /// The defaults.
  package init() {}
}

extension NetworkRestrictions: ConfigurationSection {
  static let keys: [ConfigurationKey<NetworkRestrictions>] = [
    .value("enabled", \.enabled, .flag),
    .value("allowed_cidrs", \.allowedCIDRs, .texts),
    .value("allowed_cidrs_v6", \.allowedCIDRsV6, .texts),
  ]

  var isEnabled: Bool { enabled }
}

/// `[db.ssl_enforcement]`: hosted only.
package struct SSLEnforcement: Sendable, Hashable {
  /// Refuse connections without TLS.
  package var enabled: Bool = false

  /// The defaults.
  package init() {}
}

extension SSLEnforcement: ConfigurationSection {
  static let keys: [ConfigurationKey<SSLEnforcement>] = [
    .value("enabled", \.enabled, .flag)
  ]

  var isEnabled: Bool { enabled }
}
