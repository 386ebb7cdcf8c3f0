import NIOCore
import NIOPosix
import Synchronization

/// A running gateway.
///
/// Its connections live on event loops; everything here may be called from anywhere.
package final class GatewayServer: Sendable {
  /// What a door's new connections are given: replaced when the configuration is read again.
  private final class DoorTLS: Sendable {
    let context: Mutex<TLSContext>
    init(_ context: TLSContext) { self.context = Mutex(context) }
  }

  private struct Doors {
    var open: [GatewayConfiguration.Listener: any Channel] = [:]
    var tls: [GatewayConfiguration.Listener: DoorTLS] = [:]
    var isStopped = false
    var hold = TimeAmount.seconds(60)
    /// What resumes a paused stack when nobody else does.
    var holds: [String: Scheduled<Void>] = [:]
    var stacks: Set<String> = []
  }

  private let group: MultiThreadedEventLoopGroup
  private let workers: [NIOLoopBound<Worker>]
  private let doors = Mutex(Doors())
  private let log: @Sendable (String) -> Void

  private init(
    group: MultiThreadedEventLoopGroup, workers: [NIOLoopBound<Worker>],
    log: @escaping @Sendable (String) -> Void
  ) {
    self.group = group
    self.workers = workers
    self.log = log
  }

  /// Opens the doors.
  ///
  /// - Parameters:
  ///   - configuration: What to serve.
  ///   - loops: How many event loops, each a thread; one carries tens of thousands of requests a
  ///     second.
  ///   - log: Takes lines for people.
  /// - Returns: It, listening.
  /// - Throws: `GatewayError` when the configuration contradicts itself or an address is taken.
  package static func start(
    _ configuration: GatewayConfiguration, loops: Int = 1,
    log: @escaping @Sendable (String) -> Void
  ) async throws -> GatewayServer {
    let snapshot = try Snapshot(configuration)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, loops))
    var workers: [NIOLoopBound<Worker>] = []
    for loop in group.makeIterator() {
      workers.append(
        try await loop.submit {
          let worker = Worker(loop: loop, share: max(1, loops), snapshot: snapshot, report: log)
          worker.startSweeping()
          return NIOLoopBound(worker, eventLoop: loop)
        }.get())
    }
    let server = GatewayServer(group: group, workers: workers, log: log)
    server.note(snapshot)
    do {
      try await server.openDoors(configuration.listeners)
    } catch {
      await server.stop(grace: .zero)
      throw error
    }
    return server
  }

  /// The ports of its doors, in the order of their listeners' addresses.
  package var ports: [Int] {
    doors.withLock { $0.open.values.compactMap { $0.localAddress?.port }.sorted() }
  }

  /// Takes a new configuration as a whole: doors, stacks, keys, routes.
  ///
  /// Requests under way end as they began. When it cannot be taken, nothing has changed.
  ///
  /// - Parameter configuration: The new one.
  /// - Throws: `GatewayError`.
  package func reload(_ configuration: GatewayConfiguration) async throws {
    let snapshot = try Snapshot(configuration)
    var renewed: [(DoorTLS, TLSContext)] = []
    for listener in configuration.listeners {
      guard let files = listener.tls, let door = doors.withLock({ $0.tls[listener] }) else {
        continue
      }
      renewed.append((door, try TLSContext(files)))
    }
    try await openDoors(configuration.listeners)
    for (door, context) in renewed { door.context.withLock { $0 = context } }
    for worker in workers {
      try await worker.eventLoop.submit { worker.value.reload(snapshot) }.get()
    }
    note(snapshot)
    let wanted = Set(configuration.listeners)
    let closed = doors.withLock { doors in
      let closed = doors.open.filter { !wanted.contains($0.key) }
      for listener in closed.keys {
        doors.open[listener] = nil
        doors.tls[listener] = nil
      }
      return closed.values.map { $0 }
    }
    for channel in closed { try? await channel.close() }
  }

  private func note(_ snapshot: Snapshot) {
    doors.withLock { doors in
      doors.hold = snapshot.bounds.hold
      doors.stacks = Set(snapshot.stacks.map(\.id))
    }
  }

  /// Whether there is such a stack.
  package func knows(_ stack: String) -> Bool { doors.withLock { $0.stacks.contains(stack) } }

  /// Lets no request of a stack begin, and waits for those that have begun.
  ///
  /// New ones wait as long as the limits say, then get 503. A tunnel (websocket) is no request
  /// under way. Who paused it may have died: after `hold_timeout_ms` without another word the stack
  /// is resumed.
  ///
  /// - Parameters:
  ///   - stack: Its id; one that is not known has no requests.
  ///   - timeout: How long to wait; the stack stays paused afterwards either way.
  /// - Returns: False when the time was over first.
  package func pause(_ stack: String, timeout: Duration = .seconds(10)) async -> Bool {
    hold(stack)
    let futures = workers.map { worker in
      worker.eventLoop.flatSubmit { worker.value.pause(stack) }
    }
    return await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        for future in futures {
          do { try await future.get() } catch { return false }
        }
        return true
      }
      group.addTask {
        try? await Task.sleep(for: timeout)
        return false
      }
      let first = await group.next() ?? false
      group.cancelAll()
      // A future cannot be cancelled: those who wait for it are let go.
      if !first {
        for worker in workers {
          worker.eventLoop.execute { worker.value.releaseWaiters(of: stack) }
        }
      }
      return first
    }
  }

  /// Lets a stack's requests go on, those that waited first.
  ///
  /// - Parameters:
  ///   - stack: Its id.
  ///   - generation: Which of its databases it has now, for its services; nil: as before.
  package func resume(_ stack: String, generation: UInt64? = nil) async {
    doors.withLock { $0.holds.removeValue(forKey: stack) }?.cancel()
    for worker in workers {
      try? await worker.eventLoop.submit {
        worker.value.resume(stack, generation: generation)
      }.get()
    }
  }

  private func hold(_ stack: String) {
    doors.withLock { doors in
      doors.holds[stack]?.cancel()
      doors.holds[stack] = group.next().scheduleTask(in: doors.hold) { [weak self] in
        self?.goOn(stack)
      }
    }
  }

  private func goOn(_ stack: String) {
    doors.withLock { _ = $0.holds.removeValue(forKey: stack) }
    log("the stack \(stack) goes on: who paused it has said nothing since")
    for worker in workers {
      worker.eventLoop.execute { worker.value.resume(stack, generation: nil) }
    }
  }

  /// What has been seen so far, over all event loops.
  package func counters() async -> GatewayCounters {
    var sum = GatewayCounters()
    for worker in workers {
      if let one = try? await worker.eventLoop.submit({ worker.value.counters }).get() {
        sum.add(one)
      }
    }
    return sum
  }

  /// Closes the doors, lets requests under way end, then closes what is left.
  ///
  /// - Parameter grace: How long they may take.
  package func stop(grace: Duration = .seconds(5)) async {
    let channels = doors.withLock { doors -> [any Channel]? in
      guard !doors.isStopped else { return nil }
      doors.isStopped = true
      for hold in doors.holds.values { hold.cancel() }
      defer { doors.open = [:] }
      return doors.open.values.map { $0 }
    }
    guard let channels else { return }
    for channel in channels { try? await channel.close() }
    if grace > .zero {
      await withTaskGroup { group in
        group.addTask {
          for worker in self.workers {
            try? await worker.eventLoop.flatSubmit { worker.value.drain() }.get()
          }
        }
        group.addTask {
          try? await Task.sleep(for: grace)
          for worker in self.workers { worker.eventLoop.execute { worker.value.end() } }
        }
        await group.next()
        group.cancelAll()
      }
    }
    for worker in workers { try? await worker.eventLoop.submit { worker.value.end() }.get() }
    try? await group.shutdownGracefully()
  }

  private func openDoors(_ listeners: [GatewayConfiguration.Listener]) async throws {
    var opened: [any Channel] = []
    for listener in listeners where doors.withLock({ $0.open[listener] == nil }) {
      do {
        let tls = try listener.tls.map { DoorTLS(try TLSContext($0)) }
        let channel = try await bind(listener, tls)
        opened.append(channel)
        doors.withLock { doors in
          doors.open[listener] = channel
          doors.tls[listener] = tls
        }
      } catch {
        let new = opened
        doors.withLock { doors in
          doors.open = doors.open.filter { door in !new.contains { $0 === door.value } }
        }
        for channel in opened { try? await channel.close() }
        if let error = error as? GatewayError { throw error }
        let reason = (error as? IOError).map { $0.errnoCode == 98 ? "it is taken" : "\($0)" }
        throw GatewayError.cannotListen(
          address: "\(listener.address ?? "127.0.0.1"):\(listener.port ?? 0)",
          reason: reason ?? "\(error)")
      }
    }
  }

  private func bind(
    _ listener: GatewayConfiguration.Listener, _ tls: DoorTLS?
  ) async throws -> any Channel {
    let workers = workers
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 512)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.writeBufferWaterMark, value: waterMark)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let worker = workers.first(where: { $0.eventLoop === channel.eventLoop }) else {
            return
          }
          try? channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
          if let tls {
            guard let session = tls.context.withLock({ $0.accept() }) else {
              throw GatewayError.noTLS("there is no memory")
            }
            let worker = worker.value
            try channel.pipeline.syncOperations.addHandler(
              TLSHandler(session: session) { [unowned worker] in worker.say("tls", $0) })
          }
          let door = DoorFacts(
            stack: listener.stack, client: channel.remoteAddress?.ipAddress ?? "127.0.0.1",
            port: channel.localAddress?.port ?? 0, isSecure: tls != nil)
          try channel.pipeline.syncOperations.addHandler(
            ClientConnection(worker: worker.value, door: door))
        }
      }
    if let descriptor = listener.descriptor {
      return try await bootstrap.withBoundSocket(descriptor).get()
    }
    return try await bootstrap.bind(
      host: listener.address ?? "127.0.0.1", port: listener.port ?? 0
    ).get()
  }
}
