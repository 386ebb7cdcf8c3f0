import Diagnostics
import FoundationEssentials
import Glibc
import PostgresClient

/// Runs the jobs of `cron.job`, and writes each run into `cron.job_run_details`.
///
/// As pg_cron does: a job runs as its own user, in a session of its own; one that still runs when
/// it is due again starts again when it has ended, once.
actor JobScheduler {
  private struct Job: Sendable, Hashable {
    var id: String
    var name: String?
    var schedule: CronSchedule
    var command: String
    var database: String
    var user: String
  }

  private let parameters: ConnectionParameters
  private let log: @Sendable (String) -> Void
  private nonisolated let wakeUp = WakeUp()

  private var jobs: [String: Job] = [:]
  /// Jobs that count seconds: when each is due.
  private var dueAt: [String: ContinuousClock.Instant] = [:]
  private var running: Set<String> = []
  /// Due while they ran.
  private var waiting: Set<String> = []
  /// Sessions of jobs at the same time; the others wait.
  private static let mostRuns = 32

  init(parameters: ConnectionParameters, log: @escaping @Sendable (String) -> Void) {
    self.parameters = parameters
    self.log = log
  }

  /// Says that jobs may have changed.
  nonisolated func wake() { wakeUp.signal() }

  /// Reads jobs when it is woken, and runs them until the task is cancelled.
  ///
  /// - Parameter isFirst: Whether the workers have just started: `@reboot` jobs run then, and runs
  ///   that a dead process left open are closed.
  func run(isFirst: Bool) async {
    await withDiscardingTaskGroup { group in
      await wakeUp.wait(atMost: nil)
      var minute = Self.currentMinute()
      var isFirst = isFirst
      while !Task.isCancelled {
        if await readJobs(), isFirst {
          await closeOpenRuns()
          for job in jobs.values where job.schedule == .reboot { start(job, in: &group) }
          isFirst = false
        }
        var isChanged = false
        while !isChanged, !Task.isCancelled {
          let now = Self.currentMinute()
          if now != minute {
            // A machine that slept for an hour does not run an hour's jobs at once; a clock set
            // back runs nothing twice within the minute.
            let first = now > minute && now - minute <= 5 ? minute + 1 : now
            for due in first...max(first, now) { startJobs(dueAtMinute: due, in: &group) }
            minute = now
          }
          startJobsBySeconds(in: &group)
          let limit = untilNext()
          let before = ContinuousClock.now
          await wakeUp.wait(atMost: limit)
          isChanged = limit == nil || ContinuousClock.now - before < limit ?? .zero
        }
      }
      group.cancelAll()
    }
  }

  // MARK: - What is due

  /// Minutes since 1970, as the machine's clock says.
  private static func currentMinute() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return now.tv_sec / 60
  }

  /// How long nothing is due; nil: until jobs change.
  private func untilNext() -> Duration? {
    var limits: [Duration] = dueAt.filter { !running.contains($0.key) }.values.map {
      max($0 - .now, .zero)
    }
    if jobs.values.contains(where: { if case .minutes = $0.schedule { true } else { false } }) {
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      // A little after the minute has begun: a sleep may end early.
      limits.append(
        .seconds(60 - now.tv_sec % 60) - .nanoseconds(now.tv_nsec) + .milliseconds(2))
    }
    return limits.min()
  }

  private func startJobs(dueAtMinute minute: Int, in group: inout DiscardingTaskGroup) {
    for job in jobs.values where job.schedule.isDue(atMinute: minute) { start(job, in: &group) }
  }

  private func startJobsBySeconds(in group: inout DiscardingTaskGroup) {
    for (id, due) in dueAt where due <= .now && !running.contains(id) {
      if let job = jobs[id] { start(job, in: &group) }
    }
  }

  private func start(_ job: Job, in group: inout DiscardingTaskGroup) {
    guard !running.contains(job.id), running.count < Self.mostRuns else {
      waiting.insert(job.id)
      return
    }
    running.insert(job.id)
    group.addTask { await self.runUntilDone(job) }
  }

  private func runUntilDone(_ job: Job) async {
    var current: Job? = job
    while let job = current, !Task.isCancelled {
      await perform(job)
      current = waiting.remove(job.id).flatMap { jobs[$0] }
    }
    running.remove(job.id)
    if case .seconds(let count) = jobs[job.id]?.schedule {
      dueAt[job.id] = .now + .seconds(count)
    }
    wakeUp.signal()
  }

  // MARK: - The tables

  /// False when there is no `cron.job`.
  private func readJobs() async -> Bool {
    do {
      return try await withAdmin { admin in
        let isThere = try await admin.query(
          "select to_regclass('cron.job') is not null and to_regproc('cron.homebase_database')"
            + " is not null")
        guard isThere.firstValue == "t" else {
          jobs = [:]
          dueAt = [:]
          return false
        }
        let rows = try await admin.query(
          """
          select jobid, jobname, schedule, command,
                 case when database = cron.homebase_database() then current_database()
                      else database end,
                 username
            from cron.job where active
          """)
        take(rows.rows)
        return true
      }
    } catch {
      return false
    }
  }

  private func take(_ rows: [[String?]]) {
    let before = jobs
    jobs = [:]
    for row in rows {
      guard let id = row[0], let text = row[2], let command = row[3], let database = row[4],
        let user = row[5]
      else { continue }
      guard let schedule = CronSchedule(text) else {
        log("job \(row[1] ?? id) has a schedule that cannot be read")
        continue
      }
      jobs[id] = Job(
        id: id, name: row[1], schedule: schedule, command: command, database: database, user: user)
    }
    for (id, job) in jobs {
      guard case .seconds(let count) = job.schedule else {
        dueAt[id] = nil
        continue
      }
      if before[id]?.schedule != job.schedule || dueAt[id] == nil {
        dueAt[id] = .now + .seconds(count)
      }
    }
    dueAt = dueAt.filter { jobs[$0.key] != nil }
  }

  private func closeOpenRuns() async {
    try? await withAdmin { admin in
      _ = try await admin.query(
        """
        update cron.job_run_details
           set status = 'failed', return_message = 'server restarted', end_time = now()
         where status in ('starting', 'running', 'sending', 'connecting')
        """)
    }
  }

  /// One run of a job, with its row.
  private func perform(_ job: Job) async {
    let title = job.name.map { "\($0) (\(job.id))" } ?? job.id
    do {
      let run = try await withAdmin { admin in
        try await admin.query(
          """
          insert into cron.job_run_details (jobid, database, username, command, status, start_time)
          values ($1, $2, $3, $4, 'starting', clock_timestamp()) returning runid
          """, [job.id, job.database, job.user, job.command]
        ).firstValue
      }
      let (status, message) = await execute(job, run)
      try await withAdmin { admin in
        _ = try await admin.query(
          """
          update cron.job_run_details
             set status = $2, return_message = $3, end_time = clock_timestamp()
           where runid = $1
          """, [run, status, message])
      }
      log("job \(title) \(status)")
    } catch {
      // The database went away with the job's tables.
      log("job \(title) ended with its database")
    }
  }

  private func execute(_ job: Job, _ run: String?) async -> (status: String, message: String) {
    do {
      var target = parameters
      target.database = job.database
      target.user = job.user
      target.applicationName = "pg_cron"
      let connection = try await PostgresConnection.connect(target)
      do {
        let pid = String(connection.backendPID)
        try await withAdmin { admin in
          _ = try await admin.query(
            "update cron.job_run_details set status = 'running', job_pid = $2 where runid = $1",
            [run, pid])
        }
        let results = try await connection.execute(job.command)
        await connection.close()
        return ("succeeded", Self.summary(of: results.last))
      } catch {
        await connection.close()
        throw error
      }
    } catch let error as PostgresError {
      if case .server(let server, _) = error {
        return ("failed", "\(server.severity):  \(server.message)")
      }
      return ("failed", error.diagnostic.message)
    } catch {
      return ("failed", "\(error)")
    }
  }

  /// `1 row` of a query, else the command's tag.
  static func summary(of result: PostgresResult?) -> String {
    guard let result else { return "" }
    guard !result.columns.isEmpty else { return result.command }
    return result.rows.count == 1 ? "1 row" : "\(result.rows.count) rows"
  }

  // MARK: - The session for the tables

  private var admin: PostgresConnection?

  /// One session for all bookkeeping; calls made together wait for each other.
  private func withAdmin<Result: Sendable>(
    _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    let connection: PostgresConnection
    if let admin, !admin.isClosed {
      connection = admin
    } else {
      connection = try await PostgresConnection.connect(parameters)
      admin = connection
    }
    return try await body(connection)
  }
}
