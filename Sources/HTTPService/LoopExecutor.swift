import NIOCore
import Synchronization

/// Runs the tasks of one event loop on that loop.
///
/// The loop's own queue costs a lock, a closure and a turn at each step of a task. What a connection
/// starts here runs before its event has ended, and what was written meanwhile goes out in one
/// flush at the end.
// Safe to share: all that is unlocked is touched on the loop only.
final class LoopExecutor: TaskExecutor, @unchecked Sendable {
  /// After so many steps the loop looks at its sockets again.
  private static let mostSteps = 256

  let loop: any EventLoop
  private let foreign = Mutex<[UnownedJob]>([])
  private var jobs: [UnownedJob] = []
  private var isRunning = false
  private var isScheduled = false
  /// Connections that have written and not flushed.
  private var unflushed: [ServerConnection] = []

  init(_ loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if loop.inEventLoop {
      jobs.append(job)
      if !isRunning { schedule() }
      return
    }
    let isFirst = foreign.withLock { list in
      list.append(job)
      return list.count == 1
    }
    if isFirst {
      loop.execute {
        self.turn {
          self.jobs += self.foreign.withLock { list in
            defer { list = [] }
            return list
          }
        }
      }
    }
  }

  /// Does what an event asks for, then all that has become ready by it, then flushes.
  func turn(_ body: () -> Void) {
    guard !isRunning else {
      body()
      return
    }
    isRunning = true
    body()
    var steps = 0
    while steps < Self.mostSteps {
      if !jobs.isEmpty {
        let ready = jobs
        jobs = []
        steps += ready.count
        for job in ready { job.runSynchronously(on: asUnownedTaskExecutor()) }
      } else if !unflushed.isEmpty {
        // A flush may make a socket writable, and so a task ready.
        let ready = unflushed
        unflushed = []
        steps += 1
        for connection in ready { connection.flush() }
      } else {
        break
      }
    }
    isRunning = false
    if !jobs.isEmpty || !unflushed.isEmpty { schedule() }
  }

  /// Flushes a connection before the loop waits again.
  func flushLater(_ connection: ServerConnection) {
    unflushed.append(connection)
    if !isRunning { schedule() }
  }

  private func schedule() {
    guard !isScheduled else { return }
    isScheduled = true
    loop.execute {
      self.isScheduled = false
      self.turn {}
    }
  }
}
