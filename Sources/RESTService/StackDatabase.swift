import Diagnostics
import PostgresClient
import REST
import RESTRequests
import Synchronization
import WebTokens

/// What requests are planned by: how they are to be answered, and what there is.
final class LoadedStack: Sendable {
  let settings: StackSettings
  let cache: SchemaCache
  let reads = PlannedReads()

  init(settings: StackSettings, cache: SchemaCache) {
    self.settings = settings
    self.cache = cache
  }
}

/// The database of one generation of a stack: its sessions, and what is known of it.
///
/// A reset puts another database in its place; then there is another one of these, and nothing of
/// this one is used any more.
final class StackDatabase: Sendable {
  private struct State {
    var loaded: LoadedStack?
    /// Whether something has changed that `loaded` does not show yet.
    var isReading = true
    /// Why the last attempt failed; nil while one is under way.
    var failure: RESTError?
    var waiting: [CheckedContinuation<Void, Never>] = []
    var keeper: Task<Void, Never>?
    var timeZones: Set<String>?
    /// The session that hears of changes, while there is one.
    var listener: PostgresConnection?
    var lastMark = 0
    var seenMark = 0
    var marks: [Int: CheckedContinuation<Void, Never>] = [:]
  }

  let stack: RESTServiceConfiguration.Stack
  let generation: Int?
  let pool: PostgresPool
  private let parameters: ConnectionParameters
  private let report: @Sendable (String) -> Void
  private let token = String(UInt64.random(in: 0 ... .max), radix: 36)
  private let state = Mutex(State())

  init(
    _ stack: RESTServiceConfiguration.Stack, generation: Int?,
    report: @escaping @Sendable (String) -> Void
  ) {
    self.stack = stack
    self.generation = generation
    self.report = report
    let database = stack.database
    parameters = ConnectionParameters(
      host: database.host, port: database.port, database: database.name, user: database.user,
      applicationName: "homebase-rest")
    pool = PostgresPool(
      parameters: parameters, maximumConnections: max(1, stack.pool ?? 10),
      longestWait: .seconds(10))
  }

  /// Begins to read, and to read again whenever the database says so.
  func start() {
    let keeper = Task { [weak self] in
      var delay = Duration.milliseconds(50)
      while !Task.isCancelled, let self {
        if await self.keep() { delay = .milliseconds(50) }
        try? await Task.sleep(for: delay)
        delay = min(delay * 2, .seconds(2))
      }
    }
    state.withLock { $0.keeper = keeper }
  }

  /// Ends all sessions; requests that wait for one are turned away.
  func close() async {
    let (keeper, waiting) = state.withLock { state in
      state.failure = .unavailable
      let waiting = state.waiting
      state.waiting = []
      return (state.keeper, waiting)
    }
    keeper?.cancel()
    for continuation in waiting { continuation.resume() }
    await pool.close()
  }

  /// What is known; waits for the first reading of it.
  ///
  /// - Throws: `RESTError` (503) when it cannot be read now.
  func loaded() async throws(RESTError) -> LoadedStack {
    if let known = state.withLock({ $0.loaded }) { return known }
    return try await next()
  }

  /// What is known when all that was committed before has been read.
  ///
  /// A notification of our own is behind all of those that were on their way.
  ///
  /// - Parameter older: What a request was planned by.
  /// - Returns: Nil when nothing has changed, or cannot be read.
  func newer(than older: LoadedStack) async -> LoadedStack? {
    if let keeper = state.withLock({ $0.listener }) {
      let number = state.withLock { state in
        state.lastMark += 1
        return state.lastMark
      }
      let payload = mark(number)
      if (try? await keeper.query("select pg_notify('pgrst', $1)", [payload])) != nil {
        await withCheckedContinuation { continuation in
          let isOver = state.withLock { state in
            if state.seenMark >= number || state.listener !== keeper { return true }
            state.marks[number] = continuation
            return false
          }
          if isOver { continuation.resume() }
        }
      }
    }
    let known =
      state.withLock({ $0.isReading }) ? try? await next() : state.withLock { $0.loaded }
    return known === older ? nil : known
  }

  /// What this database says to itself; others on the channel have marks of their own.
  private func mark(_ number: Int) -> String { "homebase \(token) \(number)" }

  /// Whether a payload is a mark; tells who waits for it.
  private func take(mark payload: String) -> Bool {
    guard payload.hasPrefix("homebase ") else { return false }
    let words = payload.split(separator: " ")
    guard words.count == 3, words[1] == token, let number = Int(words[2]) else {
      return true
    }
    passMarks(to: number)
    return true
  }

  /// Resumes who waits for a mark up to this one, and whoever comes for it later.
  private func passMarks(to last: Int) {
    let passed = state.withLock { state in
      // Together: who looks in between would wait for ever.
      state.seenMark = max(state.seenMark, last)
      let numbers = state.marks.keys.filter { $0 <= last }
      return numbers.compactMap { state.marks.removeValue(forKey: $0) }
    }
    for continuation in passed { continuation.resume() }
  }

  private func next() async throws(RESTError) -> LoadedStack {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if state.failure != nil || !state.isReading { return true }
        state.waiting.append(continuation)
        return false
      }
      if isOver { continuation.resume() }
    }
    let (loaded, failure) = state.withLock { ($0.loaded, $0.failure) }
    if let loaded { return loaded }
    throw failure ?? .unavailable
  }

  /// Whether the server knows a time zone; asked once for all of them.
  func hasTimeZone(_ name: String) async throws -> Bool {
    if let known = state.withLock({ $0.timeZones }) { return known.contains(name) }
    let names = try await pool.withConnection { connection in
      try await connection.query("select name from pg_timezone_names").rows
    }
    let known = Set(names.compactMap { $0.first ?? nil })
    state.withLock { $0.timeZones = known }
    return known.contains(name)
  }

  // MARK: Reading

  /// Reads, and reads again at each notification, until the session ends.
  ///
  /// - Returns: Whether anything could be read.
  private func keep() async -> Bool {
    var hasRead = false
    do {
      state.withLock { $0.failure = nil }
      let connection = try await PostgresConnection.connect(parameters)
      defer { Task { await connection.close() } }
      // First listen, then read: what changes in between is read again.
      let notifications = try await connection.listen(to: "pgrst")
      state.withLock { $0.listener = connection }
      defer {
        let last = state.withLock { state in
          state.listener = nil
          return state.lastMark
        }
        passMarks(to: last)
      }
      let changes = Changes()
      try await read(from: connection, settings: nil)
      hasRead = true
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for await notification in notifications {
            if self.take(mark: notification.payload) { continue }
            self.state.withLock { $0.isReading = true }
            changes.add(notification.payload)
          }
          changes.finish()
        }
        group.addTask {
          var known = self.state.withLock { $0.loaded?.settings }
          for await _ in changes.stream {
            let payloads = changes.take()
            let isSchemaAlone = payloads.allSatisfy { $0 == "reload schema" }
            try await self.read(from: connection, settings: isSchemaAlone ? known : nil)
            known = self.state.withLock { $0.loaded?.settings }
          }
        }
        // A session that ends, or a reading that fails, ends both.
        try await group.next()
        group.cancelAll()
      }
    } catch {
      guard !Task.isCancelled else { return hasRead }
      let reason = (error as? any DiagnosticConvertible)?.diagnostic.message ?? "\(error)"
      report("the schema of \(stack.id) cannot be read: \(reason)")
      publish { $0.failure = .noSchemaCache }
    }
    return hasRead
  }

  /// Reads settings, unless they are known, and the schema.
  private func read(from connection: PostgresConnection, settings: StackSettings?) async throws {
    let clock = ContinuousClock()
    let begin = clock.now
    let current: StackSettings
    if let settings {
      current = settings
    } else {
      let said = try await DatabaseSettings.read(from: connection)
      current = try StackSettings(stack, inDatabase: said.values, roles: said.roles)
    }
    let cache = try await SchemaCache.read(from: connection, schemas: current.rules.schemas)
    publish {
      $0.loaded = LoadedStack(settings: current, cache: cache)
      $0.failure = nil
    }
    let milliseconds = Int((clock.now - begin) / .milliseconds(1))
    report(
      "the schema of \(stack.id) is read: \(cache.relations.count) relations, "
        + "\(cache.functions.count) functions, \(milliseconds) ms")
  }

  private func publish(_ change: (inout State) -> Void) {
    let waiting = state.withLock { state in
      change(&state)
      state.isReading = false
      let waiting = state.waiting
      state.waiting = []
      return waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}

/// Notifications that have come since the last reading: however many, they are one reason to read.
private final class Changes: Sendable {
  let stream: AsyncStream<Void>
  private let bell: AsyncStream<Void>.Continuation
  private let payloads = Mutex<[String]>([])

  init() {
    (stream, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func add(_ payload: String) {
    payloads.withLock { $0.append(payload) }
    bell.yield()
  }

  func take() -> [String] {
    payloads.withLock { payloads in
      defer { payloads = [] }
      return payloads
    }
  }

  func finish() { bell.finish() }
}
