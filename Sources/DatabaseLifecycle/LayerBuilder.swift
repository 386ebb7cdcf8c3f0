import DatabaseCluster
import Diagnostics
import PostgresClient
import ProjectConfiguration

/// Builds template databases: the deepest layer that is there, then the steps that are missing.
struct LayerBuilder: Sendable {
  let inputs: LifecycleInputs
  let access: ClusterAccess
  /// To the database `homebase`, as its superuser; not the one that swaps.
  let connection: PostgresConnection
  let progress: LifecycleProgress

  private var copier: DatabaseCopier {
    DatabaseCopier(connection: connection, dataFolder: access.dataFolder)
  }

  /// What a build did.
  struct Report: Sendable {
    /// The layer's database.
    var layer: String
    /// Files that were run, as people know them.
    var replayed: [String]
  }

  /// Makes sure that the layer of some files exists.
  ///
  /// One more layer is kept on the way: the one before the last migration, which is the one that
  /// people edit. A copy costs as much as replaying a small file, so no more than that is kept.
  ///
  /// - Parameters:
  ///   - files: What the layer is made of.
  ///   - target: Its key; the seeds are left out when it is the key of the migrations alone.
  ///   - keepsLastStep: Whether the layer before the last migration is kept.
  /// - Returns: The layer's name and what was run.
  /// - Throws: `LifecycleError`, with nothing left behind but a database for the next start to drop.
  func build(_ files: ProjectFiles, keepsLastStep: Bool = true) async throws -> Report {
    let chain = LayerChain(inputs: inputs, files: files)
    let layers = try await Ledger.entries(connection).filter { $0.kind == .layer }
    let named = Dictionary(
      layers.map { ($0.key, $0.name) }, uniquingKeysWith: { first, _ in first })
    if let layer = named[chain.final] {
      _ = try await connection.pipeline([Ledger.touch(layer)])
      return Report(layer: layer, replayed: [])
    }

    var next = files.migrations.count
    while next > 0 && named[chain.afterMigration[next - 1]] == nil { next -= 1 }
    let base = next > 0 ? named[chain.afterMigration[next - 1]] : named[chain.base]
    let build = try await Ledger.newName("build", connection)
    do {
      let foreign = try await LiveProperties.read(connection)
      try await copier.clone(base ?? Ledger.platform, to: build)
      if let base {
        _ = try await connection.pipeline([Ledger.touch(base)])
      } else {
        try await prepare(build)
      }
      var replayed: [String] = []
      let last = files.migrations.count - 1
      var session: PostgresConnection?
      for index in next..<max(next, files.migrations.count) {
        if index == last, keepsLastStep, index > next {
          await session?.close()
          session = nil
          try await keep(build, as: chain.before(migration: index))
        }
        let current: PostgresConnection
        if let session { current = session } else { current = try await connect(to: build) }
        session = current
        let migration = files.migrations[index]
        progress.say(.migration, inputs.displayPath(migration.path))
        try await MigrationRunner(inputs: inputs, admin: connection, connection: current)
          .apply(migration, databaseIsUnchanged: true)
        replayed.append(inputs.displayPath(migration.path))
      }
      if !files.seeds.isEmpty {
        let current: PostgresConnection
        if let session { current = session } else { current = try await connect(to: build) }
        session = current
        for seed in files.seeds {
          progress.say(.seed, inputs.displayPath(seed.path))
          try await MigrationRunner(inputs: inputs, admin: connection, connection: current)
            .apply(seed, databaseIsUnchanged: true)
          replayed.append(inputs.displayPath(seed.path))
        }
      }
      await session?.close()
      try await foreign.moveChanges(to: build, connection)
      let layer = "\(Ledger.prefix)layer_\(chain.final)"
      try await finish(build, as: layer, key: chain.final)
      return Report(layer: layer, replayed: replayed)
    } catch {
      try? await copier.drop(build)
      throw error
    }
  }

  /// The key that a build of the files' migrations alone would have.
  func ensureMigratedLayer(_ files: ProjectFiles) async throws {
    var migrations = files
    migrations.seeds = []
    _ = try await build(migrations, keepsLastStep: false)
  }

  private func connect(to database: String) async throws -> PostgresConnection {
    try await access.connect(to: database, as: "postgres", handlingNotices: progress)
  }

  /// Keeps a copy of a build as a layer; its builder must not be connected.
  private func keep(_ build: String, as key: String) async throws {
    let copy = try await Ledger.newName("build", connection)
    try await copier.clone(build, to: copy)
    try await finish(copy, as: "\(Ledger.prefix)layer_\(key)", key: key)
  }

  /// Turns a finished build into a layer, all or nothing.
  private func finish(_ build: String, as layer: String, key: String) async throws {
    _ = try await connection.pipeline([
      PostgresStatement(
        sql: "alter database \(quoteIdentifier(build)) allow_connections false", values: []),
      Ledger.rename(build, to: layer),
      Ledger.record(layer, kind: .layer, key: key),
    ])
  }

  /// Gives a copy of the platform what the project's configuration says, and its roles.
  private func prepare(_ build: String) async throws {
    _ = try await connection.execute(
      PlatformSchema.databaseSettings(
        database: build, jwtSecret: inputs.jwtSecret, jwtExpiry: inputs.jwtExpiryInSeconds))
    let superuser = try await access.connect(to: build, as: access.superuser)
    do {
      _ = try await superuser.execute(PlatformSchema.exposure(inputs.exposesNewTables ?? true))
    } catch {
      await superuser.close()
      throw error
    }
    await superuser.close()
    if fileExists(inputs.layout.rolesFile) {
      let session = try await connect(to: build)
      do {
        try await MigrationRunner(inputs: inputs, admin: connection, connection: session)
          .applyRoles(inputs.layout.rolesFile)
      } catch {
        await session.close()
        throw error
      }
      await session.close()
    }
  }
}

/// What migrations say about the database `postgres` while they run in a build of another name.
///
/// `alter database postgres set …` in a migration reaches the live database's settings. They are
/// compared after the build; what changed moves to the build, and the live database has its own
/// again.
private struct LiveProperties: Sendable {
  private var settings: [[String?]]

  private static let query = """
    select s.setrole::text, s.setconfig::text
    from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
    where d.datname = $1 order by 1
    """

  static func read(_ connection: PostgresConnection) async throws(PostgresError) -> Self {
    Self(settings: try await connection.query(query, [Ledger.live]).rows)
  }

  func moveChanges(
    to build: String, _ connection: PostgresConnection
  ) async throws(PostgresError) {
    let now = try await Self.read(connection)
    if now.settings == settings { return }
    var statements: [PostgresStatement] = []
    for row in now.settings where !settings.contains(row) {
      statements += Self.set(role: row[0], configuration: row[1], in: build)
    }
    statements.append(
      PostgresStatement(
        sql: """
          delete from pg_db_role_setting
          where setdatabase = (select oid from pg_database where datname = $1)
          """, values: [Ledger.live]))
    for row in settings {
      statements += Self.set(role: row[0], configuration: row[1], in: Ledger.live)
    }
    _ = try await connection.pipeline(statements)
  }

  private static func set(
    role: String?, configuration: String?, in database: String
  ) -> [PostgresStatement] {
    [
      PostgresStatement(
        sql: """
          delete from pg_db_role_setting where setrole = $1::oid
          and setdatabase = (select oid from pg_database where datname = $2)
          """, values: [role, database]),
      PostgresStatement(
        sql: """
          insert into pg_db_role_setting (setdatabase, setrole, setconfig)
          select oid, $1::oid, $2::text[] from pg_database where datname = $3
          """, values: [role, configuration, database]),
    ]
  }
}
