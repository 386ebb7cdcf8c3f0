import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// A running server.
///
/// Its connections live on event loops; everything here may be called from anywhere.
package final class HTTPServer: Sendable {
  /// The port of its door, when it has one.
  package let port: Int?
  private let group: MultiThreadedEventLoopGroup
  private let workers: [NIOLoopBound<ServerWorker>]
  private let door: any Channel
  private let file: SocketFile?
  private let isStopped = Mutex(false)
  private let log: @Sendable (String) -> Void

  private init(
    group: MultiThreadedEventLoopGroup, workers: [NIOLoopBound<ServerWorker>], door: any Channel,
    file: SocketFile?, log: @escaping @Sendable (String) -> Void
  ) {
    self.group = group
    self.workers = workers
    self.door = door
    self.file = file
    self.log = log
    port = door.localAddress?.port
  }

  /// Opens the door.
  ///
  /// - Parameters:
  ///   - address: Where.
  ///   - loops: How many event loops, each a thread.
  ///   - limits: Bounds on what clients may do.
  ///   - responder: Answers.
  ///   - log: Takes lines for people.
  /// - Returns: It, listening.
  /// - Throws: `HTTPServiceError.cannotListen`.
  package static func start(
    _ address: HTTPAddress, loops: Int = 1, limits: HTTPLimits = .init(),
    responder: some HTTPResponder, log: @escaping @Sendable (String) -> Void
  ) async throws -> HTTPServer {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, loops))
    do {
      var workers: [NIOLoopBound<ServerWorker>] = []
      for loop in group.makeIterator() {
        workers.append(
          try await loop.submit {
            let worker = ServerWorker(
              loop: loop, share: max(1, loops), limits: limits, responder: responder, log: log)
            worker.startSweeping()
            return NIOLoopBound(worker, eventLoop: loop)
          }.get())
      }
      let (door, file) = try await open(address, group, workers)
      return HTTPServer(group: group, workers: workers, door: door, file: file, log: log)
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
  }

  private static func open(
    _ address: HTTPAddress, _ group: MultiThreadedEventLoopGroup,
    _ workers: [NIOLoopBound<ServerWorker>]
  ) async throws -> (any Channel, SocketFile?) {
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 512)
      .childChannelOption(.autoRead, value: false)
      // One read at a time: a second one would be copied behind the first.
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.writeBufferWaterMark, value: .init(low: 32 * 1024, high: 64 * 1024))
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let worker = workers.first(where: { $0.eventLoop === channel.eventLoop }) else {
            return
          }
          if channel.localAddress?.port != nil {
            try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
          }
          try channel.pipeline.syncOperations.addHandler(ServerConnection(worker: worker.value))
        }
      }
    do {
      switch address {
      case .unix(let path):
        let (descriptor, file) = try SocketFile.listen(at: path)
        return (try await bootstrap.withBoundSocket(descriptor).get(), file)
      case .tcp(let host, let port):
        return (
          try await bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port).get(), nil
        )
      case .descriptor(let descriptor):
        return (try await bootstrap.withBoundSocket(descriptor).get(), nil)
      }
    } catch let error as HTTPServiceError {
      throw error
    } catch {
      let reason = (error as? IOError).map { systemWords($0.errnoCode) } ?? "\(error)"
      throw HTTPServiceError.cannotListen(address: "\(address)", reason: reason)
    }
  }

  /// Closes the door, lets requests under way end, then closes what is left.
  ///
  /// A task that is cancelled and does not end within five seconds more is left to itself.
  ///
  /// - Parameter grace: How long requests may take.
  package func stop(grace: Duration) async {
    let isFirst = isStopped.withLock { isStopped in
      defer { isStopped = true }
      return !isStopped
    }
    guard isFirst else { return }
    file?.remove()
    try? await door.close()
    if grace > .zero { _ = await finishes(within: grace) { $0.drain() } }
    guard await finishes(within: .seconds(5), { $0.end() }) else {
      log("a request did not end when it was cancelled: its thread is left behind")
      return
    }
    try? await group.shutdownGracefully()
  }

  /// Whether all workers are done with something before a time is over.
  private func finishes(
    within time: Duration, _ work: @escaping @Sendable (ServerWorker) -> EventLoopFuture<Void>
  ) async -> Bool {
    let all = workers.map { worker in worker.eventLoop.flatSubmit { work(worker.value) } }
    return await withCheckedContinuation { waiter in
      let once = Mutex<CheckedContinuation<Bool, Never>?>(waiter)
      @Sendable func finish(_ isDone: Bool) {
        let waiter = once.withLock { waiter in
          defer { waiter = nil }
          return waiter
        }
        waiter?.resume(returning: isDone)
      }
      let loop = group.next()
      let timer = loop.scheduleTask(in: TimeAmount(time)) { finish(false) }
      EventLoopFuture.andAllComplete(all, on: loop).whenComplete { _ in
        timer.cancel()
        finish(true)
      }
    }
  }
}

/// What an error of the system means.
func systemWords(_ number: Int32) -> String {
  switch number {
  case EADDRINUSE: "it is taken"
  case EADDRNOTAVAIL: "it is no address of this machine"
  case EACCES, EPERM: "this user may not"
  case ENOENT: "its folder does not exist"
  default: "errno \(number)"
  }
}
