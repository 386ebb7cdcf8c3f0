import NIOCore

/// What one event loop has: its connections, its executor, its timer.
///
/// Everything in here is touched on the loop alone.
final class ServerWorker {
  let executor: LoopExecutor
  let limits: HTTPLimits
  let responder: any HTTPResponder
  let headTimeout: TimeAmount
  let idleTimeout: TimeAmount
  let stallTimeout: TimeAmount
  private let log: @Sendable (String) -> Void
  private let mostConnections: Int
  private var connections: [ObjectIdentifier: ServerConnection] = [:]
  private var sweeps: RepeatedTask?
  private(set) var isStopping = false
  private var tasks = 0
  private var waiters: [(isDone: (ServerWorker) -> Bool, promise: EventLoopPromise<Void>)] = []

  init(
    loop: any EventLoop, share: Int, limits: HTTPLimits, responder: any HTTPResponder,
    log: @escaping @Sendable (String) -> Void
  ) {
    executor = LoopExecutor(loop)
    self.limits = limits
    self.responder = responder
    self.log = log
    headTimeout = TimeAmount(limits.headTimeout)
    idleTimeout = TimeAmount(limits.idleTimeout)
    stallTimeout = TimeAmount(limits.stallTimeout)
    mostConnections = max(1, limits.connections / share)
  }

  func say(_ line: String) { log(line) }

  /// Begins to look for connections whose time is over: one timer for all of them.
  func startSweeping() {
    let shortest = min(headTimeout, idleTimeout, stallTimeout)
    let interval = TimeAmount.nanoseconds(
      min(max(shortest.nanoseconds / 4, 10_000_000), 1_000_000_000))
    let bound = NIOLoopBound(self, eventLoop: executor.loop)
    sweeps = executor.loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
      let worker = bound.value
      let now = NIODeadline.now()
      worker.executor.turn {
        for connection in Array(worker.connections.values) { connection.check(now) }
      }
    }
  }

  /// Takes a connection in.
  ///
  /// - Returns: False when there are too many.
  func admit(_ connection: ServerConnection) -> Bool {
    guard connections.count < mostConnections, !isStopping else { return false }
    connections[ObjectIdentifier(connection)] = connection
    return true
  }

  func remove(_ connection: ServerConnection) {
    connections[ObjectIdentifier(connection)] = nil
    tellWaiters()
  }

  func taskBegan() { tasks += 1 }

  func taskEnded() {
    tasks -= 1
    tellWaiters()
  }

  private func tellWaiters() {
    guard !waiters.isEmpty else { return }
    let done = waiters.filter { $0.isDone(self) }
    waiters.removeAll { $0.isDone(self) }
    for waiter in done { waiter.promise.succeed() }
  }

  private func wait(until isDone: @escaping (ServerWorker) -> Bool) -> EventLoopFuture<Void> {
    let promise = executor.loop.makePromise(of: Void.self)
    waiters.append((isDone, promise))
    tellWaiters()
    return promise.futureResult
  }

  /// Closes what is idle; done when what is under way has ended.
  func drain() -> EventLoopFuture<Void> {
    isStopping = true
    executor.turn {
      for connection in Array(connections.values) { connection.stopWhenIdle() }
    }
    return wait { $0.connections.isEmpty && $0.tasks == 0 }
  }

  /// Closes everything; done when the last task has noticed.
  func end() -> EventLoopFuture<Void> {
    isStopping = true
    sweeps?.cancel()
    executor.turn { for connection in Array(connections.values) { connection.abort() } }
    return wait { $0.tasks == 0 }
  }
}
