import CProcess
import Dispatch
import Glibc
import PostgresClient
import ProcessSupervision
import Synchronization

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
      guard let postmaster = ProcessTable.entry(of: connection.backendPID)?.parent else {
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
      } catch let error as PostgresError where error.sqlstate == "55006" {
        // A client was let in and is in no list yet: it is by the next turn, and is ended then.
        guard ContinuousClock.now < deadline else { throw error }
        continue
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
    let result = try await connection.query(
      """
      select a.pid from pg_stat_get_activity(null) a
      where a.datid in (select oid from pg_database where datname = any ($1::text[]))
      """, [arrayLiteral(databases)])
    return pids(in: result)
  }

  private func pids(in result: PostgresResult) -> [Int32] {
    result[column: "pid"].compactMap { $0.flatMap { Int32($0) } }
  }

  /// Waits until each of the halted postmaster's children has either joined or left.
  private func waitForAdmissions(_ postmaster: Int32) async throws {
    let deadline = ContinuousClock.now + Self.admissionLimit
    while true {
      let children = ProcessTable.children(of: postmaster)
      let known = try await connection.query("select pid from pg_stat_get_activity(null)")
      let joined = Set(pids(in: known))
      let unknown = children.filter {
        !joined.contains($0) && ProcessTable.entry(of: $0).map { $0.state != "Z" } ?? false
      }
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
  let deadline = ContinuousClock.now + limit
  // Opened before the signal: a pid that is given away again cannot be mistaken.
  let opened = pids.map { ($0, homebase_pidfd_open($0)) }
  for (pid, descriptor) in opened {
    if descriptor >= 0 {
      _ = homebase_pidfd_send_signal(descriptor, SIGTERM)
    } else {
      kill(pid, SIGTERM)
    }
  }
  var remaining: [Int32] = []
  for (pid, descriptor) in opened where descriptor >= 0 {
    if await !waitForEnd(of: descriptor, until: deadline) { remaining.append(pid) }
    close(descriptor)
  }
  return remaining
}

/// Waits until a pidfd says that its process has ended, without a thread that stands still.
private func waitForEnd(of descriptor: Int32, until deadline: ContinuousClock.Instant) async -> Bool
{
  let queue = DispatchQueue(label: "homebase.session-end")
  let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
  let timer = DispatchSource.makeTimerSource(queue: queue)
  let left = max(.zero, deadline - .now)
  let nanoseconds =
    left.components.seconds * 1_000_000_000 + left.components.attoseconds / 1_000_000_000
  let hasEnded: Bool = await withCheckedContinuation { continuation in
    let answer = OnlyAnswer(continuation)
    source.setEventHandler { answer.give(true) }
    timer.setEventHandler { answer.give(false) }
    timer.schedule(deadline: .now() + .nanoseconds(Int(nanoseconds)))
    source.resume()
    timer.resume()
  }
  timer.cancel()
  // The descriptor may be closed only when the source has let go of it.
  await withCheckedContinuation { continuation in
    source.setCancelHandler { continuation.resume() }
    source.cancel()
  }
  return hasEnded
}

/// Of two events the first one answers.
private final class OnlyAnswer: Sendable {
  private let waiting: Mutex<CheckedContinuation<Bool, Never>?>

  init(_ continuation: CheckedContinuation<Bool, Never>) {
    waiting = Mutex(continuation)
  }

  func give(_ value: Bool) {
    waiting.withLock { waiting in
      waiting?.resume(returning: value)
      waiting = nil
    }
  }
}
