import CProcess
import Diagnostics
import Dispatch
import FoundationEssentials
import Glibc
import PostgresClient

/// Puts another database in the live one's place, in one transaction of two renames.
///
/// A client that connects at that moment must see the old database or the new one, never "does not
/// exist". The server looks a name up, waits for the database's lock, and looks again: a rename
/// between the two looks refuses the client. So no client may be between them: the postmaster is
/// halted (SIGSTOP; clients queue in the kernel), those that it has let in already are waited for,
/// and then the names change. Measured: 0.5 to 1.5 ms altogether.
/// Source: PostgreSQL 15, `InitPostgres` in `src/backend/utils/init/postinit.c`.
struct Swap: Sendable {
  /// To the database `homebase`, as its superuser.
  let connection: PostgresConnection

  /// How long clients that are being let in are waited for while the postmaster is halted.
  static let admissionLimit: Duration = .milliseconds(40)
  /// How long sessions have to end, from the first signal.
  static let sessionLimit: Duration = .seconds(5)

  /// Ends the sessions of some databases, then runs statements while nobody can connect.
  ///
  /// - Parameters:
  ///   - databases: As the catalog spells them; their clients see SQLSTATE 57P01.
  ///   - statements: Run as one transaction. They must be short: clients wait meanwhile.
  /// - Returns: How long the server was halted.
  /// - Throws: `LifecycleError.sessionsRemain`, `PostgresError`; nothing has changed then.
  func run(_ databases: [String], _ statements: [PostgresStatement]) async throws -> Duration {
    try await whileHalted(databases) { _ = try await connection.pipeline(statements) }
  }

  /// Ends the sessions of some databases, then does something while nobody can connect.
  func whileHalted(
    _ databases: [String], _ work: () async throws -> Void
  ) async throws -> Duration {
    let deadline = ContinuousClock.now + Self.sessionLimit
    while true {
      // With the postmaster running: a leader that waits for its parallel workers needs it to end.
      let remaining = try await endSessions(of: databases, within: deadline - .now)
      if let remaining, !remaining.isEmpty {
        throw LifecycleError.sessionsRemain(
          database: databases.first ?? Ledger.live, pids: remaining)
      }
      let start = ContinuousClock.now
      guard let postmaster = parent(of: connection.backendPID) else {
        throw PostgresError.closed
      }
      guard kill(postmaster, SIGSTOP) == 0 else { throw PostgresError.closed }
      do {
        defer { kill(postmaster, SIGCONT) }
        try await waitForAdmissions(postmaster)
        if try await sessions(of: databases).isEmpty {
          try await work()
          return ContinuousClock.now - start
        }
      }
      guard ContinuousClock.now < deadline else {
        let pids = try await sessions(of: databases)
        throw LifecycleError.sessionsRemain(database: databases.first ?? Ledger.live, pids: pids)
      }
    }
  }

  /// Ends every session of some databases and waits until the last one is gone.
  ///
  /// - Returns: The pids that remain when the time has passed; nil when there was none to end.
  private func endSessions(
    of databases: [String], within limit: Duration
  ) async throws -> [Int32]? {
    let pids = try await sessions(of: databases)
    if pids.isEmpty { return nil }
    return await endProcesses(pids, within: limit)
  }

  /// The processes that are connected to some databases, autovacuum among them.
  private func sessions(of databases: [String]) async throws(PostgresError) -> [Int32] {
    let list = "{" + databases.map { "\"\($0)\"" }.joined(separator: ",") + "}"
    let result = try await connection.query(
      """
      select a.pid from pg_stat_get_activity(null) a
      where a.datid in (select oid from pg_database where datname = any ($1::text[]))
      """, [list])
    return result.rows.compactMap { $0.first.flatMap { $0 }.flatMap { Int32($0) } }
  }

  /// Waits until each of the halted postmaster's children has either joined or left.
  private func waitForAdmissions(_ postmaster: Int32) async throws {
    let deadline = ContinuousClock.now + Self.admissionLimit
    while true {
      let children = childrenOf(postmaster)
      let known = try await connection.query("select pid from pg_stat_get_activity(null)")
      let joined = Set(known.rows.compactMap { $0.first.flatMap { $0 }.flatMap { Int32($0) } })
      let unknown = children.filter { !joined.contains($0) && !isZombie($0) }
      if unknown.isEmpty || ContinuousClock.now > deadline { return }
      // Nothing tells when a client has been let in; it takes about a millisecond.
      try await Task.sleep(for: .microseconds(300))
    }
  }
}

/// Sends SIGTERM to processes and waits until they are gone.
///
/// - Returns: Those that are still there when the time has passed.
private func endProcesses(_ pids: [Int32], within limit: Duration) async -> [Int32] {
  await withCheckedContinuation { continuation in
    DispatchQueue.global().async {
      let deadline = ContinuousClock.now + limit
      let opened = pids.map { ($0, homebase_pidfd_open($0)) }
      for pid in pids { kill(pid, SIGTERM) }
      var remaining: [Int32] = []
      for (pid, descriptor) in opened where descriptor >= 0 {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let left = max(.zero, deadline - .now)
        let milliseconds =
          left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
        if poll(&entry, 1, Int32(clamping: milliseconds + 1)) == 0 { remaining.append(pid) }
        close(descriptor)
      }
      continuation.resume(returning: remaining)
    }
  }
}

/// The parent of a process; nil when it is gone.
private func parent(of pid: Int32) -> Int32? {
  statFields(pid).flatMap { $0.count > 1 ? Int32($0[1]) : nil }
}

private func isZombie(_ pid: Int32) -> Bool {
  statFields(pid).map { $0.first == "Z" } ?? true
}

/// The fields of `/proc/PID/stat` from the state on, which follows the name in parentheses.
private func statFields(_ pid: Int32) -> [Substring]? {
  guard let bytes = try? readFile("/proc/\(pid)/stat") else { return nil }
  let text = String(decoding: bytes, as: UTF8.self)
  guard let end = text.lastIndex(of: ")") else { return nil }
  return text[text.index(after: end)...].split(separator: " ", maxSplits: 3)
}

private func childrenOf(_ pid: Int32) -> [Int32] {
  guard let bytes = try? readFile("/proc/\(pid)/task/\(pid)/children") else { return [] }
  return String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { Int32($0) }
}
