import NIOCore
import NIOPosix

/// A stack as one event loop sees it: its requests in flight, and those that wait.
final class StackState {
  var inFlight = 0
  var isPaused = false
  /// The number that the last resume named, or the configuration's.
  var generation: UInt64?
  var waiting: [ClientConnection] = []
  var drained: [EventLoopPromise<Void>] = []

  init(generation: UInt64? = nil) { self.generation = generation }

  /// Takes a generation, unless a later one is known.
  func advance(to generation: UInt64?) {
    if let generation { self.generation = max(generation, self.generation ?? 0) }
  }

  /// One request less; tells who waits for the last one.
  func leave() {
    inFlight -= 1
    guard inFlight == 0 else { return }
    let promises = drained
    drained = []
    for promise in promises { promise.succeed() }
  }
}

/// What one event loop has: its connections, its idle connections to services, its counts.
///
/// Everything in here is touched on `loop` alone.
final class Worker {
  let loop: any EventLoop
  let share: Int
  private let report: @Sendable (String) -> Void
  private(set) var snapshot: Snapshot
  private(set) var states: [StackState]
  private(set) var clients: [ObjectIdentifier: ClientConnection] = [:]
  private var idle: [String: [UpstreamConnection]] = [:]
  private var lastSaid: [String: NIODeadline] = [:]
  private var sweeps: RepeatedTask?
  private(set) var isStopping = false
  private var emptied: EventLoopPromise<Void>?
  var counters = GatewayCounters()

  init(
    loop: any EventLoop, share: Int, snapshot: Snapshot,
    report: @escaping @Sendable (String) -> Void
  ) {
    self.loop = loop
    self.share = share
    self.snapshot = snapshot
    self.report = report
    states = snapshot.stacks.map { StackState(generation: $0.generation) }
  }

  /// Begins to look for connections whose time is over: one timer for all of them.
  func startSweeping() {
    let bounds = snapshot.bounds
    let shortest =
      [bounds.headTimeout, bounds.idleTimeout, bounds.stallTimeout, bounds.pauseTimeout]
      .min() ?? .seconds(1)
    let interval = TimeAmount.nanoseconds(
      min(max(shortest.nanoseconds / 4, 10_000_000), 1_000_000_000))
    sweeps?.cancel()
    let bound = NIOLoopBound(self, eventLoop: loop)
    sweeps = loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
      bound.value.sweep()
    }
  }

  private func sweep() {
    let now = NIODeadline.now()
    for client in Array(clients.values) { client.check(now) }
    for (socket, connections) in idle {
      for connection in connections where now >= connection.idleUntil { connection.close() }
      if idle[socket]?.isEmpty == true { idle[socket] = nil }
    }
  }

  /// Takes a new configuration; requests under way end under the old one.
  func reload(_ snapshot: Snapshot) {
    var known: [String: StackState] = [:]
    for (stack, state) in zip(self.snapshot.stacks, states) { known[stack.id] = state }
    states = snapshot.stacks.map { known[$0.id] ?? StackState() }
    for (stack, state) in zip(snapshot.stacks, states) { state.advance(to: stack.generation) }
    self.snapshot = snapshot
    startSweeping()
  }

  /// Takes a client in.
  ///
  /// - Returns: False when there are too many.
  func admit(_ client: ClientConnection) -> Bool {
    counters.connections += 1
    guard clients.count < max(1, snapshot.bounds.connections / share), !isStopping else {
      return false
    }
    clients[ObjectIdentifier(client)] = client
    return true
  }

  func remove(_ client: ClientConnection) {
    clients[ObjectIdentifier(client)] = nil
    if clients.isEmpty {
      emptied?.succeed()
      emptied = nil
    }
  }

  /// A line for people about one thing, at most once a second.
  func say(_ subject: String, _ line: @autoclosure () -> String) {
    let now = NIODeadline.now()
    if let last = lastSaid[subject], now - last < .seconds(1) { return }
    if lastSaid.count > 256 { lastSaid.removeAll() }
    lastSaid[subject] = now
    report(line())
  }

  // MARK: Connections to services

  /// A kept connection, the one that was used last.
  func takeIdle(_ socket: String) -> UpstreamConnection? { idle[socket]?.popLast() }

  func keep(_ connection: UpstreamConnection) {
    connection.idleUntil = .now() + snapshot.bounds.upstreamIdle
    idle[connection.socket, default: []].append(connection)
  }

  func forget(_ connection: UpstreamConnection) {
    idle[connection.socket]?.removeAll { $0 === connection }
  }

  /// Connects to a service.
  func connect(
    _ socket: String, _ done: @escaping (Result<UpstreamConnection, any Error>) -> Void
  ) {
    let connection = UpstreamConnection(worker: self, socket: socket)
    let bound = NIOLoopBound(connection, eventLoop: loop)
    counters.upstreamConnections += 1
    ClientBootstrap(group: loop)
      .channelOption(.autoRead, value: false)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.writeBufferWaterMark, value: waterMark)
      .connectTimeout(.seconds(5))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(bound.value)
        }
      }
      .connect(unixDomainSocketPath: socket).assumeIsolated().whenComplete { result in
        done(result.map { _ in connection })
      }
  }

  // MARK: Pause

  /// Lets no request of a stack begin.
  ///
  /// - Returns: Done when those that had begun have ended.
  func pause(_ stack: String) -> EventLoopFuture<Void> {
    guard let index = snapshot.index(of: stack) else { return loop.makeSucceededVoidFuture() }
    let state = states[index]
    state.isPaused = true
    guard state.inFlight > 0 else { return loop.makeSucceededVoidFuture() }
    let promise = loop.makePromise(of: Void.self)
    state.drained.append(promise)
    return promise.futureResult
  }

  /// Lets those go who wait for the last request: their time is over.
  func releaseWaiters(of stack: String) {
    guard let index = snapshot.index(of: stack) else { return }
    let promises = states[index].drained
    states[index].drained = []
    for promise in promises { promise.fail(CancellationError()) }
  }

  func resume(_ stack: String, generation: UInt64?) {
    guard let index = snapshot.index(of: stack) else { return }
    let state = states[index]
    state.advance(to: generation)
    state.isPaused = false
    let waiting = state.waiting
    state.waiting = []
    for client in waiting { client.start() }
  }

  // MARK: End

  /// Closes what is idle; what is under way may end.
  func drain() -> EventLoopFuture<Void> {
    isStopping = true
    for client in Array(clients.values) { client.stopWhenIdle() }
    guard !clients.isEmpty else { return loop.makeSucceededVoidFuture() }
    let promise = emptied ?? loop.makePromise(of: Void.self)
    emptied = promise
    return promise.futureResult
  }

  /// Closes everything.
  func end() {
    sweeps?.cancel()
    for client in Array(clients.values) { client.abort() }
    for connection in idle.values.flatMap({ $0 }) { connection.close() }
    idle = [:]
    emptied?.succeed()
    emptied = nil
  }
}

/// How much one side of a connection may have to write before the other side is read no more.
let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 32 * 1024, high: 64 * 1024)

/// What a gateway has seen since it started.
package struct GatewayCounters: Sendable, Hashable {
  /// Connections of clients.
  package var connections = 0
  /// Requests whose head was read.
  package var requests = 0
  /// Connections made to services.
  package var upstreamConnections = 0
  /// Requests sent again because a kept connection had ended.
  package var retries = 0
  /// The most bytes of one exchange that were in the gateway at a time, both directions together.
  package var mostBytesHeld = 0

  package init() {}

  mutating func add(_ other: GatewayCounters) {
    connections += other.connections
    requests += other.requests
    upstreamConnections += other.upstreamConnections
    retries += other.retries
    mostBytesHeld = max(mostBytesHeld, other.mostBytesHeld)
  }
}
