import PostgresClient

/// Clones made ahead of time, each claimed once.
///
/// One clone is under way at most: two copies at once are each as slow as both, and somebody may
/// be waiting for the first.
actor SparePool {
  private let access: ClusterAccess
  /// How many spares are kept ready.
  let wanted: Int

  /// Ready spares by key, oldest first.
  private var ready: [String: [String]] = [:]
  /// What is kept ready: the template's database by key.
  private var templates: [String: String] = [:]
  private var copying: (key: String, task: Task<String, any Error>)?
  private var isClosed = false
  private var connection: PostgresConnection?

  init(access: ClusterAccess, wanted: Int = 2) {
    self.access = access
    self.wanted = wanted
  }

  /// How many spares are ready for the key of a reset as things stand.
  func readyCount(of key: String) -> Int {
    ready[key]?.count ?? 0
  }

  /// Takes over the spares that an earlier run left.
  func adopt(_ entries: [Ledger.Entry]) {
    for entry in entries where entry.kind == .spare {
      ready[entry.key, default: []].append(entry.name)
    }
  }

  /// Takes a spare that is ready.
  ///
  /// - Returns: The database's name; nil when there is none.
  func claim(_ key: String) -> String? {
    guard var names = ready[key], !names.isEmpty else { return nil }
    let name = names.removeFirst()
    ready[key] = names
    return name
  }

  /// Gives a spare: one that is ready, the one that is being made, or a new one.
  ///
  /// - Parameters:
  ///   - key: What it must be a copy of.
  ///   - template: The database to copy when there is none.
  /// - Returns: The database's name, and whether it was ready.
  /// - Throws: `LifecycleError.diskFull` or `PostgresError` when no copy can be made.
  func obtain(_ key: String, template: String) async throws -> (name: String, wasReady: Bool) {
    if let name = claim(key) { return (name, true) }
    // A copy for this key that is under way is nearer than a new one.
    while let copying {
      _ = try? await copying.task.value
      if let name = claim(key) { return (name, false) }
      if self.copying?.task == copying.task { break }
    }
    let name = try await copy(template, key: key).value
    guard let index = ready[key]?.firstIndex(of: name) else {
      // Whoever waited for the same copy was quicker.
      return try await obtain(key, template: template)
    }
    ready[key]?.remove(at: index)
    return (name, false)
  }

  /// Takes back a spare whose swap failed.
  func giveBack(_ name: String, key: String) {
    ready[key, default: []].insert(name, at: 0)
  }

  /// Keeps spares of some templates ready from now on, and drops those of others.
  ///
  /// - Parameter templates: The template's database by key.
  /// - Returns: Spares that are of no more use, for the caller to drop.
  func keepReady(_ templates: [String: String]) -> [String] {
    self.templates = templates
    var obsolete: [String] = []
    for (key, names) in ready where templates[key] == nil {
      obsolete += names
      ready[key] = nil
    }
    return obsolete
  }

  /// Makes the spares of a key that are missing, one after the other.
  ///
  /// - Parameters:
  ///   - key: One of those that are kept ready.
  ///   - wanted: How many; nil for the pool's own number.
  /// - Throws: What copying throws: `LifecycleError`, `PostgresError`.
  func refill(_ key: String, wanted: Int?) async throws {
    guard let template = templates[key] else { return }
    while !isClosed, templates[key] == template, (ready[key]?.count ?? 0) < (wanted ?? self.wanted)
    {
      if let copying {
        _ = try? await copying.task.value
      } else {
        _ = try await copy(template, key: key).value
      }
    }
  }

  /// Ends: waits for the copy that is under way, makes no more.
  func close() async {
    isClosed = true
    if let copying { _ = try? await copying.task.value }
    await connection?.close()
    connection = nil
  }

  private func copy(_ template: String, key: String) -> Task<String, any Error> {
    let task = Task { () throws -> String in
      do {
        let name = try await self.makeCopy(of: template, key: key)
        self.finishCopy(name, key: key)
        return name
      } catch {
        self.finishCopy(nil, key: key)
        throw error
      }
    }
    copying = (key, task)
    return task
  }

  private func finishCopy(_ name: String?, key: String) {
    copying = nil
    if let name { ready[key, default: []].append(name) }
  }

  private func makeCopy(of template: String, key: String) async throws -> String {
    let connection = try await openConnection()
    let copier = access.copier(connection)
    let name = try await Ledger.newName("spare", connection)
    try await copier.clone(template, to: name)
    _ = try await connection.pipeline([Ledger.record(name, kind: .spare, key: key)])
    return name
  }

  private func openConnection() async throws -> PostgresConnection {
    if let connection, !connection.isClosed { return connection }
    let opened = try await access.connect(to: Ledger.database, as: access.superuser)
    connection = opened
    return opened
  }
}
