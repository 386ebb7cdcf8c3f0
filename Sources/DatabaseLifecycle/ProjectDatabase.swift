package import DatabaseCluster
package import Diagnostics
import FoundationEssentials
import PostgresClient

/// A project's database: its live one, and all that is kept to replace it in a moment.
///
/// Operations that replace the live database pass one at a time; making spares and dropping old
/// databases goes on beside them.
package actor ProjectDatabase {
  let access: ClusterAccess
  let spares: SparePool
  let fingerprints = FileFingerprints()
  let turnstile = Turnstile()
  /// Templates are built, and old databases pruned, one after the other.
  let building = Turnstile()
  let limits: Limits
  private let inputs: @Sendable () throws -> LifecycleInputs
  let report: @Sendable (Diagnostic) -> Void
  let gate: SwapGate

  private var connections: [Purpose: PostgresConnection] = [:]
  private var maintenance: Task<Void, Never>?
  private var wantsMaintenance = false
  private var isClosed = false
  /// Databases that were replaced and are not kept.
  private var discarded: [String] = []
  /// Databases that the server did not let go, and that were reported.
  private var stubborn: Set<String> = []
  /// Whether the live database's folder may hold files of a transaction that died with the server.
  private var mayHaveOrphanFiles = true
  /// The key of a reset as the files are, when it was last built.
  private var plain: (key: String, layer: String)?

  private enum Purpose: Hashable {
    case swap, work, maintenance
  }

  /// How much is kept.
  package struct Limits: Sendable {
    /// Spares kept ready for a reset.
    package var spares = 2
    /// Snapshots that resets and restores leave behind.
    package var automaticSnapshots = 5
    /// Bytes that those may take together; the newest is kept whatever its size.
    package var automaticSnapshotBytes: Int64 = 2 << 30
    /// Named snapshots that have a copy ready, so that restoring them takes milliseconds.
    package var restorableSnapshots = 3
    /// Layers kept besides those of the files as they are.
    package var layers = 8
    /// Bytes that those may take together.
    package var layerBytes: Int64 = 2 << 30

    package init() {}
  }

  /// Makes the keeper of a cluster that runs.
  ///
  /// - Parameters:
  ///   - cluster: One that runs.
  ///   - limits: How much is kept.
  ///   - gate: Keeps requests away while databases change places.
  ///   - inputs: Reads the project's settings as they are now.
  ///   - report: Is told of what background work finds worth a word.
  package init(
    cluster: Cluster, limits: Limits = Limits(), gate: SwapGate = .none,
    inputs: @escaping @Sendable () throws -> LifecycleInputs,
    report: @escaping @Sendable (Diagnostic) -> Void = { _ in }
  ) {
    access = ClusterAccess(cluster: cluster)
    self.limits = limits
    self.gate = gate
    self.inputs = inputs
    self.report = report
    spares = SparePool(access: access, wanted: limits.spares)
  }

  /// Mends what a crash left, and builds the project's database when there is none yet.
  ///
  /// - Parameter progress: Is told of each file that runs.
  /// - Returns: What was built; nil when the database was there.
  /// - Throws: `LifecycleError`: the cluster is usable all the same, with the platform's schema.
  package func open(progress: LifecycleProgress = .silent) async throws -> ResetOutcome? {
    try await turnstile.pass {
      let connection = try await swapConnection()
      try await Ledger.create(connection)
      try await mend(connection)
      try await upgradePlatform(connection, progress: progress)
      let entries = try await Ledger.entries(connection)
      await spares.adopt(entries)
      guard !entries.contains(where: { $0.kind == .live }) else {
        await updateVault()
        maintainInBackground()
        return nil
      }
      return try await replaceLive(
        ResetOptions(), reason: Self.startReason, keepsOld: false, progress: progress)
    }
  }

  /// Ends background work and closes all connections.
  package func close() async {
    isClosed = true
    await spares.close()
    await maintenance?.value
    for connection in connections.values { await connection.close() }
    connections = [:]
  }

  /// How many spares are ready, of how many.
  package func spareCount() async -> (ready: Int, wanted: Int) {
    guard let plain else { return (0, limits.spares) }
    return (await spares.readyCount(of: plain.key), limits.spares)
  }

  /// The project's own database, as the catalog spells it.
  package static let name = Ledger.live

  // MARK: - For the operations

  func currentInputs() throws -> LifecycleInputs { try inputs() }

  func swapConnection() async throws(PostgresError) -> PostgresConnection {
    try await connection(for: .swap)
  }

  func workConnection() async throws(PostgresError) -> PostgresConnection {
    try await connection(for: .work)
  }

  private func connection(for purpose: Purpose) async throws(PostgresError) -> PostgresConnection {
    if let connection = connections[purpose], !connection.isClosed { return connection }
    let opened = try await access.connect(to: Ledger.database, as: access.superuser)
    connections[purpose] = opened
    return opened
  }

  /// Keeps spares of a layer ready from now on.
  func keepReady(key: String, layer: String) {
    plain = (key, layer)
  }

  /// Drops a database when there is time.
  func discard(_ name: String) {
    discarded.append(name)
  }

  // MARK: - Mending

  /// Drops databases that a crash left without an entry, and strikes entries without a database.
  private func mend(_ connection: PostgresConnection) async throws {
    let orphans = try await connection.query(
      """
      select d.datname from pg_database d
      where d.datname like 'homebase\\_%' and d.datname <> $1
        and not exists (select 1 from homebase.databases l where l.name = d.datname)
      """, [Ledger.platform])
    let copier = access.copier(connection)
    for row in orphans.rows {
      if let name = row.first.flatMap({ $0 }) { await dropIfPossible(name, copier) }
    }
    await sweepFolders(connection)
    _ = try await mendLive(connection)
    _ = try await connection.query(
      """
      delete from homebase.databases l
      where not exists (select 1 from pg_database d where d.datname = l.name)
      """)
  }

  /// Makes the live database anew when it is gone.
  ///
  /// - Returns: Whether it was gone.
  func mendLive(_ connection: PostgresConnection) async throws -> Bool {
    if try await exists(Ledger.live, connection) { return false }
    _ = try await connection.pipeline([Ledger.strike(Ledger.live)])
    // Migrations may name it, and a failing first one leaves it, with the platform's schema.
    try await access.copier(connection)
      .clone(Ledger.platform, to: Ledger.live)
    let inputs = try currentInputs()
    _ = try await connection.execute(
      PlatformSchema.databaseSettings(
        database: Ledger.live, jwtSecret: inputs.jwtSecret, jwtExpiry: inputs.jwtExpiryInSeconds))
    return true
  }

  /// Removes folders of databases that a killed server was still copying.
  ///
  /// PostgreSQL 15 does not look for them at its next start. Only folders older than the server's
  /// start are looked at: a database that is being created now has a folder and no row that we
  /// could see.
  private func sweepFolders(_ connection: PostgresConnection) async {
    guard
      let known = try? await connection.query(
        """
        select oid::text, extract(epoch from pg_postmaster_start_time())::bigint::text
        from pg_database
        """), let start = known.rows.first?[1].flatMap({ Int($0) })
    else { return }
    let databases = Set(known.rows.compactMap { $0[0] })
    for path in DatabaseFolders(dataFolder: access.dataFolder).list(changedBefore: start) {
      guard let name = path.split(separator: "/").last, !databases.contains(String(name)) else {
        continue
      }
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// Notes that the server may have gone down in the middle of work on the live database.
  func noteLostConnection() {
    mayHaveOrphanFiles = true
  }

  /// Deletes what a transaction that died with the server left in the live database's folder.
  ///
  /// Before the database is put aside: in a snapshot nobody looks for it.
  func removeOrphanFiles() async {
    guard mayHaveOrphanFiles else { return }
    let dataFolder = access.dataFolder
    let isDone = try? await withLiveCatalog {
      try await OrphanFiles(connection: $0, dataFolder: dataFolder).remove()
    }
    if isDone == true { mayHaveOrphanFiles = false }
  }

  /// Drops a database; when the server refuses, that is reported once and tried again later.
  private func dropIfPossible(_ name: String, _ copier: DatabaseCopier) async {
    do {
      try await copier.drop(name)
      stubborn.remove(name)
    } catch {
      if !discarded.contains(name) { discarded.append(name) }
      if stubborn.insert(name).inserted { reportFailure(error) }
    }
  }

  /// Rebuilds what a power cut broke, as far as files can.
  ///
  /// Broken spares and layers are dropped; they are made anew. A broken live database is dropped
  /// too: `open` builds it from migrations and seeds. Broken snapshots are dropped, since nothing
  /// can bring them back.
  ///
  /// - Parameter names: The broken databases.
  /// - Throws: `PostgresError`.
  package func rebuild(broken names: [String]) async throws {
    try await turnstile.pass {
      let connection = try await workConnection()
      let copier = access.copier(connection)
      for name in names where name == Ledger.live || name.hasPrefix(Ledger.prefix) {
        if name != Ledger.platform { try await copier.drop(name) }
      }
    }
  }

  // MARK: - Background

  /// Starts what makes the next reset fast, unless it runs; then it runs once more.
  func maintainInBackground() {
    wantsMaintenance = true
    guard maintenance == nil, !isClosed else { return }
    maintenance = Task {
      while self.takeMaintenanceWish() {
        do {
          try await self.maintain()
        } catch {
          self.reportFailure(error)
        }
      }
      self.endMaintenance()
    }
  }

  /// Waits until spares are ready and what is of no more use is dropped.
  package func waitForMaintenance() async {
    while let maintenance { await maintenance.value }
  }

  private func takeMaintenanceWish() -> Bool {
    defer { wantsMaintenance = false }
    return wantsMaintenance && !isClosed
  }

  private func endMaintenance() {
    maintenance = nil
    if wantsMaintenance { maintainInBackground() }
  }

  private func reportFailure(_ error: any Error) {
    guard !isClosed else { return }
    var diagnostic = Diagnostic(describing: error)
    diagnostic.message = "while preparing the next reset: \(diagnostic.message)"
    report(diagnostic)
  }

  /// Whether nobody waits: neither a reset nor a stop.
  ///
  /// A drop takes 10 ms where the file system is idle and 1.5 s where it discards freed blocks at
  /// once; twenty of them must not stand before a reset, or before the end.
  private var hasTime: Bool { !isClosed && !wantsMaintenance && !turnstile.isTaken }

  private func maintain() async throws {
    let connection = try await connection(for: .maintenance)
    let copier = access.copier(connection)
    await removeOrphanFiles()
    let waiting = discarded
    discarded = []
    for name in waiting {
      if hasTime { await dropIfPossible(name, copier) } else { discarded.append(name) }
    }
    let inputs = try currentInputs()
    // Files that do not list are the next reset's to report.
    guard let files = try? ProjectFiles.list(inputs, fingerprints: fingerprints) else { return }
    let chain = LayerChain(inputs: inputs, files: files)
    let entries = try await Ledger.entries(connection)
    var templates = try await snapshotTemplates(entries, copier)
    var wanted = templates.mapValues { _ in 1 }
    if let layer = entries.first(where: { $0.kind == .layer && $0.key == chain.final }) {
      plain = (chain.final, layer.name)
      templates[chain.final] = layer.name
      wanted[chain.final] = try await sparesWanted(layer.name, copier)
    } else if let plain, entries.contains(where: { $0.name == plain.layer }) {
      // The files are being edited: what was good last is likely to be good again.
      templates[plain.key] = plain.layer
      wanted[plain.key] = try await sparesWanted(plain.layer, copier)
    }
    for name in await spares.keepReady(templates) { await dropIfPossible(name, copier) }
    // First what the next reset needs, then what the next restore may need.
    try await spares.refill(chain.final, wanted: wanted[chain.final])
    for key in templates.keys.sorted() { try await spares.refill(key, wanted: wanted[key]) }
    try await building.pass {
      if templates[chain.final] != nil, chain.migrated != chain.final,
        chain.migrated != chain.base
      {
        let builder = LayerBuilder(
          inputs: inputs, access: access, connection: connection, progress: .silent)
        try await builder.ensureMigratedLayer(files)
      }
      try await prune(try await Ledger.entries(connection), keeping: chain, copier)
    }
  }

  /// The newest named snapshots: one copy of each is kept ready, while there is room.
  private func snapshotTemplates(
    _ entries: [Ledger.Entry], _ copier: DatabaseCopier
  ) async throws -> [String: String] {
    var templates: [String: String] = [:]
    let named = entries.filter { $0.kind == .snapshot && $0.reason == "manual" }
    for snapshot in named.suffix(limits.restorableSnapshots)
    where try await sparesWanted(snapshot.name, copier) > 0 {
      templates[snapshot.name] = snapshot.name
    }
    return templates
  }

  /// Fewer spares where the disk is small.
  private func sparesWanted(_ layer: String, _ copier: DatabaseCopier) async throws -> Int {
    let size = try await copier.size(of: layer)
    let room = (copier.freeBytes() - DatabaseCopier.reserveInBytes) / max(1, 2 * size)
    return max(0, min(limits.spares, Int(clamping: room)))
  }

  private func prune(
    _ entries: [Ledger.Entry], keeping chain: LayerChain, _ copier: DatabaseCopier
  ) async throws {
    let current = Set([chain.final, chain.migrated, chain.base] + chain.afterMigration.suffix(2))
    var keptBytes: Int64 = 0
    let others = entries.filter { $0.kind == .layer && !current.contains($0.key) }
    for (index, layer) in others.sorted(by: { $0.usedAt > $1.usedAt }).enumerated() {
      keptBytes += try await copier.size(of: layer.name)
      if index >= limits.layers || keptBytes > limits.layerBytes {
        guard hasTime else { return }
        await dropIfPossible(layer.name, copier)
      }
    }

    keptBytes = 0
    let automatic = entries.filter { $0.kind == .snapshot && $0.reason != "manual" }
    for (index, snapshot) in automatic.reversed().enumerated() {
      keptBytes += try await copier.size(of: snapshot.name)
      guard
        index >= limits.automaticSnapshots
          || (index > 0 && keptBytes > limits.automaticSnapshotBytes)
      else { continue }
      guard hasTime else { return }
      await dropIfPossible(snapshot.name, copier)
      if stubborn.contains(snapshot.name) { continue }
      report(
        Diagnostic(
          code: "snapshot_pruned",
          message: "dropped the old snapshot \(snapshot.label ?? snapshot.name)"))
    }
  }
}
