import DatabaseCluster
import Diagnostics
import PostgresClient
import ProjectConfiguration

/// Builds template databases: the deepest layer that is there, then the steps that are missing.
struct LayerBuilder: Sendable {
  private(set) var inputs: LifecycleInputs
  let access: ClusterAccess
  /// To the database `homebase`, as its superuser; not the one that swaps.
  let connection: PostgresConnection
  let progress: LifecycleProgress

  private var copier: DatabaseCopier {
    access.copier(connection)
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
    var live = try await LiveSettings.read(connection)
    do {
      try await copier.clone(base ?? Ledger.platform, to: build)
      if let base {
        _ = try await connection.pipeline([Ledger.touch(base)])
      } else {
        try await prepare(build)
      }
      var replayed: [String] = []
      var pending = files.migrations[min(next, files.migrations.count)...]
      if keepsLastStep, pending.count > 1, let last = pending.popLast() {
        replayed += try await replay(pending, of: files, in: build)
        try await live.moveChanges(to: build, connection)
        try await keep(build, as: chain.before(migration: files.migrations.count - 1))
        pending = [last]
      }
      replayed += try await replay(pending, of: files, seeds: files.seeds, in: build)
      try await makeBuckets(in: build)
      try await live.moveChanges(to: build, connection)
      let layer = "\(Ledger.prefix)layer_\(chain.final)"
      try await finish(build, as: layer, key: chain.final)
      return Report(layer: layer, replayed: replayed)
    } catch {
      let settings = live
      await toTheEnd {
        try? await settings.restore(connection)
        try? await copier.drop(build)
      }
      throw error
    }
  }

  /// Runs migrations, then seeds.
  ///
  /// - Returns: The files, as people know them.
  private func replay(
    _ migrations: ArraySlice<Migration>, of files: ProjectFiles, seeds: [ProjectFiles.Seed] = [],
    in build: String
  ) async throws -> [String] {
    if migrations.isEmpty && seeds.isEmpty { return [] }
    return try await withSession(of: build) { session in
      var runner = runner(session, build)
      runner.files = files
      let (inputs, progress) = (inputs, progress)
      try await runner.apply(migrations, databaseIsUnchanged: true) {
        progress.say(.migration, inputs.displayPath($0.path))
      }
      for seed in seeds {
        progress.say(.seed, inputs.displayPath(seed.path))
        try await runner.apply(seed, databaseIsUnchanged: true)
      }
      return (migrations.map { $0.path } + seeds.map { $0.path }).map { inputs.displayPath($0) }
    }
  }

  /// Connects to a build as `postgres`; the session ends before this returns, for copies.
  private func withSession<Result>(
    of build: String, _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    let session = try await access.connect(to: build, as: "postgres", handlingNotices: progress)
    do {
      let result = try await body(session)
      await session.close()
      return result
    } catch {
      await session.close()
      throw error
    }
  }

  private func runner(_ session: PostgresConnection, _ build: String) -> MigrationRunner {
    MigrationRunner(inputs: inputs, admin: connection, connection: session, database: build)
  }

  /// The key that a build of the files' migrations alone would have.
  func ensureMigratedLayer(_ files: ProjectFiles) async throws {
    var migrations = files
    migrations.seeds = []
    var builder = self
    builder.inputs.buckets = []
    _ = try await builder.build(migrations, keepsLastStep: false)
  }

  /// Last, as the Supabase CLI does: a seed may have made one of them already.
  private func makeBuckets(in build: String) async throws {
    if inputs.buckets.isEmpty { return }
    let session = try await access.connect(to: build, as: access.superuser)
    do {
      _ = try await session.pipeline(inputs.buckets.map { $0.upsert })
    } catch {
      await session.close()
      throw error
    }
    await session.close()
  }

  /// Keeps a copy of a build as a layer; its builder must not be connected.
  private func keep(_ build: String, as key: String) async throws {
    let copy = try await Ledger.newName("build", connection)
    do {
      try await copier.clone(build, to: copy)
      try await finish(copy, as: "\(Ledger.prefix)layer_\(key)", key: key)
    } catch {
      await toTheEnd { try? await copier.drop(copy) }
      throw error
    }
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
      // Before roles and migrations, as the Supabase CLI does: they may read them.
      try await VaultSecret.apply(inputs.vaultSecrets, on: superuser)
    } catch {
      await superuser.close()
      throw error
    }
    await superuser.close()
    if fileExists(inputs.layout.rolesFile) {
      try await withSession(of: build) { session in
        try await runner(session, build).applyRoles(inputs.layout.rolesFile)
      }
    }
  }
}

/// What the cluster's catalog says of the live database: settings, grants, comment.
///
/// A migration may reach it while it runs in another one:
/// `alter database postgres set …` is sent with the build's own name, but the same said by code, in
/// a DO block, reaches the live database. What changed there moves to the build, and the live
/// database has its own again.
private struct LiveSettings: Sendable {
  /// One setting: the role's OID, `name=value`, and the transaction that wrote it.
  private var rows: [[String?]]
  private var privileges: Set<Privilege> = []
  /// The transaction that wrote the privileges, among others.
  private var privilegesAreOf: String?
  private var comment: String?
  /// The transaction that wrote the comment; nil when there is none.
  private var commentIsOf: String?

  private struct Privilege: Hashable, Comparable {
    /// `public`, or the role's name with its quotes.
    var grantee: String
    var kind: String
    var isGrantable: Bool

    static func < (left: Self, right: Self) -> Bool {
      (left.grantee, left.kind) < (right.grantee, right.kind)
    }

    func grant(on database: String) -> String {
      "grant \(kind) on database \(quoteIdentifier(database)) to \(grantee)"
        + (isGrantable ? " with grant option" : "")
    }

    func revoke(on database: String) -> String {
      "revoke \(kind) on database \(quoteIdentifier(database)) from \(grantee)"
    }
  }

  static func read(_ connection: PostgresConnection) async throws(PostgresError) -> Self {
    var live = Self(
      rows: try await connection.query(
        """
        select s.setrole::text, e.setting, s.xmin::text
        from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase,
          unnest(s.setconfig) with ordinality e (setting, place)
        where d.datname = $1 order by 1, e.place
        """, [Ledger.live]
      ).rows)
    let database = try await connection.query(
      """
      select case a.grantee when 0 then 'public' else a.grantee::regrole::text end,
        a.privilege_type, a.is_grantable, d.xmin::text, c.description, c.xmin::text
      from pg_database d
      cross join aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
      left join pg_shdescription c on c.objoid = d.oid and c.classoid = 'pg_database'::regclass
      where d.datname = $1
      """, [Ledger.live])
    for row in database.rows {
      guard row.count == 6, let grantee = row[0], let kind = row[1] else { continue }
      live.privileges.insert(
        Privilege(grantee: grantee, kind: kind, isGrantable: row[2] == "t"))
      live.privilegesAreOf = row[3]
      live.comment = row[4]
      live.commentIsOf = row[5]
    }
    return live
  }

  /// Gives a build what was said since this was read, and takes it from the live one.
  mutating func moveChanges(
    to build: String, _ connection: PostgresConnection
  ) async throws(PostgresError) {
    let now = try await Self.read(connection)
    var statements: [PostgresStatement] = []
    for role in now.roles where now.rows(of: role) != rows(of: role) {
      let before = settings(of: role)
      let after = now.settings(of: role)
      let added = after.filter { !before.contains($0) }
      // Written without a difference: a value was set that it had already, and no one says which.
      statements += Self.merge(added.isEmpty ? after : added, role: role, in: build)
    }
    if now.privilegesAreOf != privilegesAreOf {
      // As with settings: a grant that was there already shows no difference.
      let isRepeated = now.privileges == privileges
      statements += Self.change(
        from: isRepeated ? [] : privileges, to: now.privileges, on: build)
    }
    if now.commentIsOf != commentIsOf {
      statements.append(Self.comment(now.comment, on: build))
    }
    if !statements.isEmpty { _ = try await connection.pipeline(statements) }
    try await restore(connection)
    self = try await Self.read(connection)
  }

  /// Gives the live database this again, where it has something else.
  func restore(_ connection: PostgresConnection) async throws(PostgresError) {
    let now = try await Self.read(connection)
    var statements: [PostgresStatement] = []
    if now.rows != rows {
      statements.append(
        PostgresStatement(
          sql: """
            delete from pg_db_role_setting
            where setdatabase = (select oid from pg_database where datname = $1)
            """, values: [Ledger.live]))
      for role in roles {
        statements += Self.merge(settings(of: role), role: role, in: Ledger.live)
      }
    }
    statements += Self.change(from: now.privileges, to: privileges, on: Ledger.live)
    if now.comment != comment { statements.append(Self.comment(comment, on: Ledger.live)) }
    if !statements.isEmpty { _ = try await connection.pipeline(statements) }
  }

  /// Takes what is in the first set only, then gives what is in the second only.
  private static func change(
    from before: Set<Privilege>, to after: Set<Privilege>, on database: String
  ) -> [PostgresStatement] {
    let taken = before.subtracting(after).sorted().map { $0.revoke(on: database) }
    let given = after.subtracting(before).sorted().map { $0.grant(on: database) }
    return (taken + given).map { PostgresStatement($0) }
  }

  private static func comment(_ text: String?, on database: String) -> PostgresStatement {
    PostgresStatement(
      "comment on database \(quoteIdentifier(database)) is "
        + (text.map { quoteLiteral($0) } ?? "null"))
  }

  private var roles: [String?] {
    var seen: Set<String?> = []
    return rows.map { $0[0] }.filter { seen.insert($0).inserted }
  }

  private func rows(of role: String?) -> [[String?]] { rows.filter { $0[0] == role } }

  private func settings(of role: String?) -> [String] { rows(of: role).compactMap { $0[1] } }

  /// Adds settings to those that a role has in a database; of one name the new one counts.
  private static func merge(
    _ settings: [String], role: String?, in database: String
  ) -> [PostgresStatement] {
    let values = [role, arrayLiteral(settings), database]
    return [
      PostgresStatement(
        sql: """
          update pg_db_role_setting s
          set setconfig = array(
            select e from unnest(s.setconfig) e
            where split_part(e, '=', 1) not in (
              select split_part(n, '=', 1) from unnest($2::text[]) n)) || $2::text[]
          from pg_database d
          where d.oid = s.setdatabase and s.setrole = $1::oid and d.datname = $3
          """, values: values),
      PostgresStatement(
        sql: """
          insert into pg_db_role_setting (setdatabase, setrole, setconfig)
          select d.oid, $1::oid, $2::text[] from pg_database d
          where d.datname = $3 and not exists (
            select 1 from pg_db_role_setting s where s.setdatabase = d.oid and s.setrole = $1::oid)
          """, values: values),
    ]
  }
}
