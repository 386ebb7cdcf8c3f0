internal import CLibpq
internal import Glibc
internal import Synchronization

/// The one thread of the process that waits for all servers' answers.
///
/// It only reads: calls send on their own threads, which saves a wake-up (68 against 95 µs for
/// `select 1`). It starts with the first connection and ends with the process.
final class EventLoop: Sendable {
  /// What the loop calls when a descriptor is ready.
  protocol Handler: AnyObject, Sendable {
    /// Runs on the loop's thread: must not block.
    func descriptorIsReady()
  }

  private struct Table {
    var handlers: [UInt64: any Handler] = [:]
    var lastToken: UInt64 = 0
  }

  private static let started = Result<EventLoop, PostgresError> {
    () throws(PostgresError) in try EventLoop()
  }

  private let descriptor: Int32
  private let table = Mutex(Table())

  private init() throws(PostgresError) {
    descriptor = loop_create()
    guard descriptor >= 0 else {
      throw .connectionFailed("no event loop: \(String(cString: strerror(errno)))", sqlstate: nil)
    }
    try startThread(named: "postgres-client") { [self] in run() }
  }

  /// The loop, started when it was not.
  ///
  /// - Throws: `PostgresError.connectionFailed` when the system has no descriptor or thread left.
  static func shared() throws(PostgresError) -> EventLoop { try started.get() }

  /// Makes room for a handler; nothing is watched yet.
  ///
  /// Tokens are never used again, so an event that was under way when its descriptor closed finds
  /// nobody, instead of the next owner of the same number.
  ///
  /// - Parameter handler: Kept until `remove`.
  /// - Returns: What names the handler from now on.
  func add(_ handler: any Handler) -> UInt64 {
    table.withLock {
      $0.lastToken += 1
      $0.handlers[$0.lastToken] = handler
      return $0.lastToken
    }
  }

  func remove(_ token: UInt64, descriptor watched: Int32?) {
    if let watched { loop_forget(descriptor, watched) }
    // Outside the lock: the last reference may go here, and its deinit may come back to us.
    let handler = table.withLock { $0.handlers.removeValue(forKey: token) }
    withExtendedLifetime(handler) {}
  }

  /// Watches a descriptor, or changes how it is watched.
  ///
  /// - Returns: Nil, or why the kernel refuses.
  func watch(_ watched: Int32, readable: Bool, writable: Bool, token: UInt64) -> String? {
    var events: UInt32 = 0
    if readable { events |= UInt32(LOOP_READABLE) }
    if writable { events |= UInt32(LOOP_WRITABLE) }
    let error = loop_watch(descriptor, watched, events, token)
    return error == 0 ? nil : String(cString: strerror(error))
  }

  private func run() {
    let capacity = 64
    let events = UnsafeMutablePointer<loop_event>.allocate(capacity: capacity)
    while true {
      let count = loop_wait(descriptor, events, Int32(capacity))
      // Only EINTR is possible, by a debugger for instance: all signals are blocked here.
      guard count > 0 else { continue }
      for index in 0..<Int(count) {
        let token = events[index].token
        table.withLock { $0.handlers[token] }?.descriptorIsReady()
      }
    }
  }
}

/// Runs a function on a new thread of its own, for what may block.
///
/// - Parameters:
///   - name: At most 15 ASCII bytes: what `top -H` shows.
///   - body: The thread ends with it.
/// - Throws: `PostgresError.connectionFailed` when the system has no thread left.
func startThread(named name: StaticString, _ body: @escaping @Sendable () -> Void)
  throws(PostgresError)
{
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let box = Unmanaged.passRetained(Box(body))
  let error = thread_start(
    UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self),
    { argument in
      guard let argument else { return }
      Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
    }, box.toOpaque())
  guard error == 0 else {
    box.release()
    throw .connectionFailed("no thread: \(String(cString: strerror(error)))", sqlstate: nil)
  }
}
