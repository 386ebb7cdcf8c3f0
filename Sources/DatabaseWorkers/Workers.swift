import DatabaseCluster
import Diagnostics
package import PostgresClient
import Synchronization

/// The worker process of a project's database.
package struct Workers: Sendable {
  /// The channel on which the database says that there is something to do.
  ///
  /// Payload `cron`: jobs changed; `net`: requests wait.
  static let channel = "homebase_workers"
  /// How the sessions call themselves: `net.check_worker_is_up` looks for it.
  static let applicationName = "homebase workers"

  private let parameters: ConnectionParameters
  private let dataFolder: String
  private let log: @Sendable (String) -> Void

  /// Makes workers that do not run yet.
  ///
  /// - Parameters:
  ///   - parameters: The project's database, as its superuser over the unix socket.
  ///   - dataFolder: The server's: it says there when it lets clients in.
  ///   - log: Takes lines for people: never a command or a URL, which may hold secrets.
  package init(
    parameters: ConnectionParameters, dataFolder: String,
    log: @escaping @Sendable (String) -> Void
  ) {
    self.dataFolder = dataFolder
    var parameters = parameters
    parameters.applicationName = Self.applicationName
    self.parameters = parameters
    self.log = log
  }

  /// Serves the database until the task is cancelled.
  ///
  /// A database that changes places ends the session: the next one is asked for at once, under the
  /// same name.
  package func run() async {
    var pause = Duration.zero
    var isFirst = true
    while !Task.isCancelled {
      try? await Task.sleep(for: pause)
      do {
        await waitForServer()
        let connection = try await PostgresConnection.connect(parameters)
        // What ends a session is mostly a database that changes places: not in its way.
        pause = .milliseconds(50)
        await serve(connection, isFirst: isFirst)
        isFirst = false
        await connection.close()
      } catch {
        // The database may not be there yet, or the server may be starting.
        pause = min(max(pause * 2, .milliseconds(50)), .seconds(2))
      }
    }
  }

  /// A server that is starting is left alone: a connection would be a line in its log.
  private func waitForServer() async {
    try? await Cluster.waitUntilReady(
      dataFolder: dataFolder, timeout: .seconds(120), isRunning: { !Task.isCancelled })
  }

  /// One session, until it ends.
  private func serve(_ connection: PostgresConnection, isFirst: Bool) async {
    let scheduler = JobScheduler(parameters: parameters, log: log)
    let queue = RequestQueue(parameters: parameters, log: log)
    do {
      let notifications = try await connection.listen(to: Self.channel)
      // Without work to do, one session is enough.
      let found = try await connection.query(
        "select to_regclass('cron.job') is not null, "
          + "to_regclass('net.http_request_queue') is not null")
      if found.rows.first?[0] == "t" { scheduler.wake() }
      if found.rows.first?[1] == "t" { queue.wake() }
      await withTaskGroup { group in
        group.addTask { await scheduler.run(isFirst: isFirst) }
        group.addTask { await queue.run() }
        for await notification in notifications {
          switch notification.payload {
          case "net": queue.wake()
          case "cron": scheduler.wake()
          default:
            queue.wake()
            scheduler.wake()
          }
        }
        group.cancelAll()
      }
    } catch {
      // The session is over; the next one begins anew.
    }
  }
}

/// Wakes one waiting task; what comes while it works is not lost, and not counted.
final class WakeUp: Sendable {
  private struct State {
    var isSet = false
    var waiting: CheckedContinuation<Void, Never>?
  }
  private let state = Mutex(State())

  /// Says that there is something to do.
  func signal() {
    let waiting = state.withLock { state in
      defer { state.waiting = nil }
      if state.waiting == nil { state.isSet = true }
      return state.waiting
    }
    waiting?.resume()
  }

  /// Waits for the next signal, for the end of a time, or for the task to be cancelled.
  ///
  /// - Parameter limit: nil: no end.
  func wait(atMost limit: Duration?) async {
    let timer = limit.map { limit in
      Task {
        try await Task.sleep(for: limit)
        signal()
      }
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isSet = state.withLock { state in
          if state.isSet || Task.isCancelled {
            state.isSet = false
            return true
          }
          state.waiting = continuation
          return false
        }
        if isSet { continuation.resume() }
      }
    } onCancel: {
      signal()
    }
    timer?.cancel()
  }
}
