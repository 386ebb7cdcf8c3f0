package import Diagnostics
import PostgresClient
import ProjectConfiguration

/// What a reset is asked for.
package struct ResetOptions: Sendable, Hashable {
  /// Leaves the seeds out.
  package var leavesOutSeeds: Bool
  /// The last version to apply; nil for all.
  package var version: String?
  /// Leaves out so many migrations at the end; nil for none.
  package var leavesOutLast: Int?
  /// Seed globs in place of the configuration's; empty for those.
  package var seedPatterns: [String]

  package init(
    leavesOutSeeds: Bool = false, version: String? = nil, leavesOutLast: Int? = nil,
    seedPatterns: [String] = []
  ) {
    self.leavesOutSeeds = leavesOutSeeds
    self.version = version
    self.leavesOutLast = leavesOutLast
    self.seedPatterns = seedPatterns
  }

  /// Whether this asks for nothing but the project as it is on disk.
  var isPlain: Bool { self == ResetOptions() }

  /// Leaves out of a project's files what was not asked for.
  func apply(to files: inout ProjectFiles) throws(LifecycleError) {
    if let version {
      guard let index = files.migrations.lastIndex(where: { $0.version == version }) else {
        throw .noSuchVersion(version, known: files.migrations.map { $0.version })
      }
      files.migrations.removeSubrange((index + 1)...)
    }
    if let leavesOutLast {
      files.migrations.removeLast(min(max(0, leavesOutLast), files.migrations.count))
    }
    if leavesOutSeeds { files.leaveOutSeeds() }
  }

  /// Adds to a seed's error that the seed may be made for migrations that were left out.
  func explain(_ error: LifecycleError) -> LifecycleError {
    guard version != nil || (leavesOutLast ?? 0) > 0,
      // A table, a column, a schema, a function, a type that is not there.
      case .statementFailed(
        "seed", let location, let sqlstate, let reason, let detail, let hint, let excerpt,
        let whatStays) = error,
      ["42P01", "42703", "3F000", "42883", "42704"].contains(sqlstate)
    else { return error }
    let ours = "the seeds may need migrations that are left out: add --no-seed"
    return .statementFailed(
      step: "seed", location: location, sqlstate: sqlstate, reason: reason, detail: detail,
      serverHint: [hint, ours].compactMap { $0 }.joined(separator: "\n      "), excerpt: excerpt,
      whatStays: whatStays)
  }
}

/// What a reset did.
package struct ResetOutcome: Sendable, Hashable {
  /// Where the new database came from.
  package enum Source: String, Sendable, Hashable, Codable {
    /// A clone that was ready: the reset was two renames.
    case spare
    /// A clone made now.
    case clone
    /// Files were run, then a clone was made.
    case replay
  }

  /// Where the new database came from.
  package var source: Source
  /// Files that were run, as people know them.
  package var replayed: [String]
  /// What `undo` restores.
  package var snapshot: String?
  /// How long clients had to wait.
  package var halt: Duration
  /// Files that were passed over, and what the database is without.
  package var warnings: [Diagnostic] = []
}

extension ProjectDatabase {
  /// Puts a fresh database in the live one's place.
  ///
  /// The database that was there becomes a snapshot. When anything fails before the swap, it is
  /// still the live one, untouched.
  ///
  /// - Parameters:
  ///   - request: What to leave out.
  ///   - progress: Is told of each file that runs.
  /// - Returns: What was done.
  /// - Throws: `LifecycleError` and `PostgresError`.
  package func reset(
    _ request: ResetOptions = ResetOptions(), progress: LifecycleProgress = .silent
  ) async throws -> ResetOutcome {
    try await turnstile.pass {
      try await replaceLive(request, reason: "reset", keepsOld: true, progress: progress)
    }
  }

  func replaceLive(
    _ request: ResetOptions, reason: String, keepsOld: Bool, progress: LifecycleProgress
  ) async throws -> ResetOutcome {
    let inputs = try currentInputs()
    let patterns = request.seedPatterns.isEmpty ? nil : request.seedPatterns
    var files = try ProjectFiles.list(inputs, fingerprints: fingerprints, seedPatterns: patterns)
    if patterns != nil, !files.unmatchedSeeds.isEmpty {
      throw LifecycleError.noSuchSeed(
        files.unmatchedSeeds, folder: inputs.layout.configurationFolder)
    }
    var warnings = [inputs.migrationsAreOff].compactMap { $0 }
    if inputs.appliesMigrations, files.migrations.isEmpty { warnings.append(Self.noMigrations) }
    try request.apply(to: &files)
    warnings += files.warnings
    let key = LayerChain(inputs: inputs, files: files).final
    let connection = try await swapConnection()

    var keepsOld = keepsOld
    while true {
      var outcome = ResetOutcome(source: .spare, replayed: [], snapshot: nil, halt: .zero)
      let spare: String
      if let ready = await spares.claim(key) {
        spare = ready
      } else {
        spare = try await building.pass {
          let builder = LayerBuilder(
            inputs: inputs, access: access, connection: try await workConnection(),
            progress: progress)
          let built: LayerBuilder.Report
          do {
            built = try await builder.build(files)
          } catch let error as LifecycleError {
            let told = request.explain(error)
            throw reason == Self.startReason ? told.ofFirstStart : told
          }
          outcome.replayed = built.replayed
          outcome.source = built.replayed.isEmpty ? .clone : .replay
          if request.isPlain { keepReady(key: key, layer: built.layer) }
          return try await spares.obtain(key, template: built.layer).name
        }
      }
      do {
        let swapped = try await swap(
          in: spare, key: key, reason: reason, keepsOld: keepsOld, connection)
        outcome.snapshot = swapped.snapshot
        outcome.halt = swapped.halt
        outcome.warnings = warnings
        maintainInBackground()
        return outcome
      } catch {
        // Somebody may have dropped the spare or the live database by hand: then once more.
        let mended = (try? await mendLive(connection)) ?? false
        let isThere = (try? await exists(spare, connection)) ?? true
        if isThere { await spares.giveBack(spare, key: key) }
        let hadPrepared = (try? await rollBackPrepared(connection)) ?? false
        guard mended || !isThere || hadPrepared else { throw error }
        // What was made in its place holds nothing of anybody.
        if mended { keepsOld = false }
      }
    }
  }

  /// Why the first database is built: until it is there, the platform's own is.
  static let startReason = "start"

  private static let noMigrations = Diagnostic(
    code: "no_migrations", message: "there are no migrations: the database is without them",
    hint: "`homebase migration new NAME` makes one")

  /// Ends the live database's prepared transactions, which no session holds and which hold it.
  ///
  /// - Returns: Whether there were any.
  private func rollBackPrepared(_ connection: PostgresConnection) async throws -> Bool {
    let prepared = try await connection.query(
      "select gid from pg_prepared_xacts where database = $1", [Ledger.live])
    if prepared.rows.isEmpty { return false }
    let session = try await access.connect(to: Ledger.live, as: access.superuser)
    for row in prepared.rows {
      guard let gid = row.first.flatMap({ $0 }) else { continue }
      _ = try? await session.query("rollback prepared \(quoteLiteral(gid))")
    }
    await session.close()
    return true
  }

  func exists(
    _ database: String, _ connection: PostgresConnection
  ) async throws(PostgresError) -> Bool {
    let found = try await connection.query(
      "select 1 from pg_database where datname = $1", [database])
    return !found.rows.isEmpty
  }

  /// Exchanges the live database for another one of the ledger, and notes it in one transaction.
  ///
  /// - Returns: The name of the snapshot that the old one became; nil when it was not kept.
  func swap(
    in name: String, key: String, reason: String, keepsOld: Bool,
    _ connection: PostgresConnection
  ) async throws -> (snapshot: String?, halt: Duration) {
    func prepare() async throws -> String {
      if keepsOld { await removeOrphanFiles() }
      return try await Ledger.newName("snapshot", connection)
    }
    let (old, label, halt) = try await gate.whileClosed(preparing: prepare) { old in
      let label = keepsOld ? Self.snapshotName(reason, of: old) : nil
      let record =
        keepsOld
        ? PostgresStatement(
          sql: """
            insert into homebase.databases (name, kind, key, label, reason)
            select $1, 'snapshot', key, $2, $3 from homebase.databases where name = $4
            """, values: [old, label, reason, Ledger.live])
        // Without an entry: should we end before it is dropped, the next start drops it.
        : PostgresStatement(sql: "select 1", values: [])
      let halt = try await Swap(connection: connection).run(
        [Ledger.live, name],
        [
          Ledger.rename(Ledger.live, to: old),
          Ledger.rename(name, to: Ledger.live),
          record,
          Ledger.strike(name),
          Ledger.record(Ledger.live, kind: .live, key: key),
        ])
      return (old, label, halt)
    }
    if !keepsOld { discard(old) }
    return (label, halt)
  }

  static func snapshotName(_ reason: String, of database: String) -> String {
    "\(reason)-\(database.split(separator: "_").last ?? "0")"
  }
}
