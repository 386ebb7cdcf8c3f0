import PostgresClient

/// A kept copy of the live database.
package struct DatabaseSnapshot: Sendable, Hashable {
  /// For people: their own, or made of the reason and a number.
  package var name: String
  /// ISO 8601 in UTC.
  package var createdAt: String
  package var sizeInBytes: Int64
  /// `manual`, `reset`, `restore` or `undo`.
  package var reason: String
}

extension ProjectDatabase {
  /// Copies the live database under a name.
  ///
  /// Its sessions end first, since a database is copied while nobody is connected; clients that
  /// connect meanwhile wait.
  ///
  /// - Parameter name: Any text; what tells it from others.
  /// - Returns: The snapshot.
  /// - Throws: `LifecycleError.snapshotExists`, `.diskFull`, `.sessionsRemain`.
  package func saveSnapshot(_ name: String) async throws -> DatabaseSnapshot {
    try await turnstile.pass {
      let connection = try await swapConnection()
      let entries = try await Ledger.entries(connection)
      guard !entries.contains(where: { $0.label == name }) else {
        throw LifecycleError.snapshotExists(name)
      }
      let live = entries.first { $0.kind == .live }
      let copy = try await Ledger.newName("snapshot", connection)
      let copier = access.copier(connection)
      try await copier.checkRoom(for: Ledger.live)
      do {
        _ = try await gate.whileClosed {
          try await Swap(connection: connection).whileHalted([Ledger.live]) {
            try await copier.clone(Ledger.live, to: copy)
          }
        }
        _ = try await connection.pipeline([
          Ledger.record(
            copy, kind: .snapshot, key: live?.key ?? "", label: name, reason: "manual"),
          PostgresStatement(
            sql: "alter database \(quoteIdentifier(copy)) allow_connections false", values: []),
        ])
      } catch {
        // Whoever asked is gone, or the disk is full: a copy without its entry is of no use.
        await toTheEnd { try? await copier.drop(copy) }
        throw error
      }
      maintainInBackground()
      return try await snapshot(named: name, connection)
    }
  }

  /// Puts a copy of a snapshot in the live database's place; the snapshot stays.
  ///
  /// - Parameter name: As `snapshots` lists it.
  /// - Returns: What was done; the database that was there is a snapshot now.
  /// - Throws: `LifecycleError.noSuchSnapshot`.
  package func restoreSnapshot(_ name: String) async throws -> ResetOutcome {
    try await turnstile.pass {
      let connection = try await swapConnection()
      let entries = try await Ledger.entries(connection)
      guard let entry = entries.first(where: { $0.kind == .snapshot && $0.label == name }) else {
        throw LifecycleError.noSuchSnapshot(name, known: Self.labels(entries))
      }
      // The snapshot's own row was a live database's: it says what content it came from.
      let (copy, wasReady) = try await building.pass {
        try await spares.obtain(entry.name, template: entry.name)
      }
      do {
        let swapped = try await swap(
          in: copy, key: entry.key, reason: "restore", keepsOld: true, connection)
        maintainInBackground()
        return ResetOutcome(
          source: wasReady ? .spare : .clone, replayed: [], snapshot: swapped.snapshot,
          halt: swapped.halt)
      } catch {
        await spares.giveBack(copy, key: entry.name)
        throw error
      }
    }
  }

  /// Brings back the database that the last reset or restore put aside.
  ///
  /// The live one becomes a snapshot of the reason `undo`: nothing is lost either way, and the next
  /// `undo` goes one step further back.
  ///
  /// - Returns: The snapshot that is live again, and what was done.
  /// - Throws: `LifecycleError.nothingToUndo`.
  package func undo() async throws -> (restored: DatabaseSnapshot, outcome: ResetOutcome) {
    // Pruning stands still meanwhile: it might drop what is about to be live.
    try await turnstile.pass {
      try await building.pass { try await undoInTurn() }
    }
  }

  private func undoInTurn() async throws -> (
    restored: DatabaseSnapshot, outcome: ResetOutcome
  ) {
    let connection = try await swapConnection()
    let entries = try await Ledger.entries(connection)
    guard
      let entry = entries.last(where: {
        $0.kind == .snapshot && $0.reason != "manual" && $0.reason != "undo"
      }), let label = entry.label
    else { throw LifecycleError.nothingToUndo }
    let restored = try await snapshot(named: label, connection)
    _ = try await connection.query(
      "alter database \(quoteIdentifier(entry.name)) allow_connections true")
    let swapped = try await swap(
      in: entry.name, key: entry.key, reason: "undo", keepsOld: true, connection)
    maintainInBackground()
    let outcome = ResetOutcome(
      source: .spare, replayed: [], snapshot: swapped.snapshot, halt: swapped.halt)
    return (restored, outcome)
  }

  /// The snapshots there are, newest first.
  package func snapshots() async throws -> [DatabaseSnapshot] {
    let connection = try await swapConnection()
    let result = try await connection.query(
      """
      select l.label,
        to_char(l.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        pg_database_size(d.oid), l.reason
      from homebase.databases l join pg_database d on d.datname = l.name
      where l.kind = 'snapshot' order by \(Ledger.order) desc, l.created_at desc
      """)
    return result.rows.compactMap { row in
      guard row.count == 4, let name = row[0], let createdAt = row[1] else { return nil }
      return DatabaseSnapshot(
        name: name, createdAt: createdAt, sizeInBytes: row[2].flatMap { Int64($0) } ?? 0,
        reason: row[3] ?? "manual")
    }
  }

  /// Drops a snapshot.
  ///
  /// - Parameter name: As `snapshots` lists it.
  /// - Returns: What was dropped.
  /// - Throws: `LifecycleError.noSuchSnapshot`.
  package func removeSnapshot(_ name: String) async throws -> DatabaseSnapshot {
    try await turnstile.pass {
      let connection = try await workConnection()
      let entries = try await Ledger.entries(connection)
      guard let entry = entries.first(where: { $0.kind == .snapshot && $0.label == name }) else {
        throw LifecycleError.noSuchSnapshot(name, known: Self.labels(entries))
      }
      let removed = try await snapshot(named: name, connection)
      try await access.copier(connection)
        .drop(entry.name)
      maintainInBackground()
      return removed
    }
  }

  private func snapshot(
    named name: String, _ connection: PostgresConnection
  ) async throws -> DatabaseSnapshot {
    guard let snapshot = try await snapshots().first(where: { $0.name == name }) else {
      throw LifecycleError.noSuchSnapshot(name, known: [])
    }
    return snapshot
  }

  private static func labels(_ entries: [Ledger.Entry]) -> [String] {
    entries.compactMap { $0.kind == .snapshot ? $0.label : nil }
  }
}
