internal import CLibpq
internal import Glibc
internal import Synchronization

/// One connection's state behind one lock: who is served, who waits, what the event loop watches.
///
/// Events come in from three sides: a caller (`start`, `cancel`, `end`), the event loop
/// (`descriptorIsReady`) and the cancel thread. Each takes the lock, changes the state, and runs
/// the effects after the lock.
final class Session: EventLoop.Handler {
  /// Where the connection is in its life.
  private enum Phase {
    case new
    case connecting(CheckedContinuation<PostgresError?, Never>)
    case open
    /// What every further call gets.
    case ended(PostgresError)
  }

  private struct Listener {
    var number: Int
    var continuation: AsyncStream<PostgresNotification>.Continuation
  }

  // Unchecked: `link` is libpq's handle, used only under the lock that this value lives in.
  private struct State: @unchecked Sendable {
    var phase = Phase.new
    var link: OpaquePointer?
    var token: UInt64 = 0
    var socket: Int32 = -1
    var isWatchedForReading = false
    var isWatchedForWriting = false

    var current: Operation?
    var waiting: [Operation] = []
    /// A cancel request is on its way: the next operation must not be the one it hits.
    var isCancelUnderWay = false
    var cache = StatementCache()
    var listeners: [String: [Listener]] = [:]
    var lastListener = 0
  }

  /// Filled by libpq inside our calls of it, so under the session's lock.
  private final class Inbox: @unchecked Sendable {
    // Unchecked: see above.
    var notices: [PostgresNotice] = []
    /// Without a handler they would only pile up.
    let keepsNotices: Bool
    /// What an idle connection was told before the server ended it.
    var lastWords: ServerError?

    init(keepsNotices: Bool) {
      self.keepsNotices = keepsNotices
    }

    /// Called by libpq with a NOTICE, or with the FATAL that ends an idle connection.
    func take(_ result: OpaquePointer) {
      // Borrowed: libpq frees a notice's result itself, so no ServerAnswer may own it.
      let error = ServerAnswer.error(in: result)
      if error.isLast { lastWords = error }
      guard keepsNotices else { return }
      notices.append(
        PostgresNotice(
          severity: error.severity, sqlstate: error.sqlstate, message: error.message,
          detail: error.detail, hint: error.hint, context: error.context))
    }
  }

  private let loop: EventLoop
  private let state = Mutex(State())
  private let inbox: Inbox
  private let onNotice: (@Sendable (PostgresNotice) -> Void)?

  init(loop: EventLoop, onNotice: (@Sendable (PostgresNotice) -> Void)?) {
    self.loop = loop
    self.onNotice = onNotice
    inbox = Inbox(keepsNotices: onNotice != nil)
  }

  /// Takes the lock, then does what follows from the change.
  private func change(_ body: (inout State, inout Effects) -> Void) {
    let effects = state.withLock { state in
      var effects = Effects()
      if let onNotice {
        body(&state, &effects)
        guard !inbox.notices.isEmpty else { return effects }
        // First the notices: whoever waits for a statement finds its notices delivered.
        let notices = inbox.notices
        inbox.notices = []
        var all = Effects()
        all.add { for notice in notices { onNotice(notice) } }
        all.add(effects.run)
        return all
      }
      body(&state, &effects)
      return effects
    }
    effects.run()
  }

  // MARK: - Connecting

  /// Connects; returns when the server is ready for the first statement.
  ///
  /// - Parameter parameters: Their texts hold no NUL.
  /// - Throws: `PostgresError.connectionFailed`, or `.cancelled`.
  func connect(_ parameters: ConnectionParameters) async throws(PostgresError) {
    let timeout = parameters.connectTimeout
    let timer = Task { [self] in
      try await Task.sleep(for: timeout)
      giveUpConnecting(.connectionFailed("no answer within \(timeout)", sqlstate: nil))
    }
    let failure = await withTaskCancellationHandler {
      await withCheckedContinuation {
        (continuation: CheckedContinuation<PostgresError?, Never>) in
        change { state, effects in
          if case .ended(let error) = state.phase {
            effects.add { continuation.resume(returning: error) }
            return
          }
          state.phase = .connecting(continuation)
          beginConnecting(parameters, &state, &effects)
        }
      }
    } onCancel: {
      giveUpConnecting(.cancelled)
    }
    timer.cancel()
    if let failure { throw failure }
  }

  private func giveUpConnecting(_ error: PostgresError) {
    change { state, effects in
      switch state.phase {
      case .new, .connecting: end(error, &state, &effects)
      case .open, .ended: break
      }
    }
  }

  private func beginConnecting(
    _ parameters: ConnectionParameters, _ state: inout State, _ effects: inout Effects
  ) {
    let options = parameters.libpqOptions
    let keywords = options.map { strdup($0.keyword) }
    let values = options.map { strdup($0.value) }
    defer { for copy in keywords + values { free(copy) } }
    let link = pq_connect_start(
      (keywords + [nil]).map { UnsafePointer($0) }, (values + [nil]).map { UnsafePointer($0) }, 0)
    guard let link else {
      return end(.connectionFailed("out of memory", sqlstate: nil), &state, &effects)
    }
    state.link = link
    // The inbox lives as long as the session, which outlives the link.
    pq_set_notice_receiver(
      link,
      { inbox, result in
        guard let inbox, let result else { return }
        Unmanaged<Inbox>.fromOpaque(inbox).takeUnretainedValue().take(result)
      }, Unmanaged.passUnretained(inbox).toOpaque())
    // Verbose while connecting: the text is all there is, and so it has the SQLSTATE in it.
    _ = pq_set_error_verbosity(link, PQERRORS_VERBOSE)
    guard pq_status(link) != CONNECTION_BAD else {
      return end(Self.connectionFailure(link), &state, &effects)
    }
    state.token = loop.add(self)
    watch(PGRES_POLLING_WRITING, link, &state, &effects)
  }

  private func watch(
    _ step: PostgresPollingStatusType, _ link: OpaquePointer, _ state: inout State,
    _ effects: inout Effects
  ) {
    state.socket = pq_socket(link)
    let problem = loop.watch(
      state.socket, readable: step == PGRES_POLLING_READING,
      writable: step == PGRES_POLLING_WRITING, token: state.token)
    guard let problem else { return }
    let error = PostgresError.connectionFailed(
      "cannot wait for the server: \(problem)", sqlstate: nil)
    end(error, &state, &effects)
  }

  private func continueConnecting(
    _ link: OpaquePointer, _ continuation: CheckedContinuation<PostgresError?, Never>,
    _ state: inout State, _ effects: inout Effects
  ) {
    switch pq_connect_poll(link) {
    case PGRES_POLLING_OK:
      _ = pq_set_nonblocking(link, 1)
      state.phase = .open
      (state.isWatchedForReading, state.isWatchedForWriting) = (false, false)
      guard updateWatch(&state, reading: true, writing: false, &effects) else { return }
      effects.add { continuation.resume(returning: nil) }
    case PGRES_POLLING_FAILED:
      end(Self.connectionFailure(link), &state, &effects)
    case let step:
      // libpq may have gone on to another socket (the next address of the host).
      watch(step, link, &state, &effects)
    }
  }

  /// Reads the SQLSTATE out of the verbose text: `… FATAL:  28P01: password … failed`.
  private static func connectionFailure(_ link: OpaquePointer) -> PostgresError {
    ConnectionFailure.error(from: text(pq_error_message(link)) ?? "")
  }

  // MARK: - Operations

  /// Gives an operation to the connection, behind those that wait already.
  ///
  /// - Parameter operation: New; its caller hears of its end, or of its failure at once.
  func start(_ operation: Operation) {
    change { state, effects in start(operation, &state, &effects) }
  }

  private func start(_ operation: Operation, _ state: inout State, _ effects: inout Effects) {
    guard case .open = state.phase, let link = state.link else {
      operation.stage = .finished
      if case .ended(let error) = state.phase { return operation.fail(error, &effects) }
      return operation.fail(.closed, &effects)
    }
    guard !operation.isCancelled else {
      operation.stage = .finished
      return operation.fail(.cancelled, &effects)
    }
    guard state.current == nil && !state.isCancelUnderWay else {
      operation.stage = .waiting
      state.waiting.append(operation)
      return
    }
    begin(operation, link, &state, &effects)
  }

  private func begin(
    _ operation: Operation, _ link: OpaquePointer, _ state: inout State,
    _ effects: inout Effects
  ) {
    state.current = operation
    operation.stage = .running
    do throws(PostgresError) {
      try operation.begin(link, &state.cache)
    } catch {
      if case .connectionLost = error { return end(error, &state, &effects) }
      state.current = nil
      operation.stage = .finished
      operation.fail(error, &effects)
      return beginNext(&state, &effects)
    }
    flush(&state, &effects)
  }

  private func beginNext(_ state: inout State, _ effects: inout Effects) {
    guard case .open = state.phase, let link = state.link, state.current == nil,
      !state.isCancelUnderWay, !state.waiting.isEmpty
    else { return }
    begin(state.waiting.removeFirst(), link, &state, &effects)
  }

  /// Sends what libpq holds back; the event loop does the rest when the socket is full.
  private func flush(_ state: inout State, _ effects: inout Effects) {
    guard let link = state.link else { return }
    let left = pq_flush(link)
    guard left >= 0 else { return lost(link, &state, &effects) }
    guard (left == 1) != state.isWatchedForWriting else { return }
    _ = updateWatch(&state, reading: state.isWatchedForReading, writing: left == 1, &effects)
  }

  private func updateWatch(
    _ state: inout State, reading: Bool, writing: Bool, _ effects: inout Effects
  ) -> Bool {
    guard reading != state.isWatchedForReading || writing != state.isWatchedForWriting else {
      return true
    }
    if let problem = loop.watch(
      state.socket, readable: reading, writable: writing, token: state.token)
    {
      end(.connectionLost("cannot wait for the server: \(problem)"), &state, &effects)
      return false
    }
    (state.isWatchedForReading, state.isWatchedForWriting) = (reading, writing)
    return true
  }

  // MARK: - The event loop

  func descriptorIsReady() {
    change { state, effects in
      guard let link = state.link else { return }
      switch state.phase {
      case .connecting(let continuation):
        continueConnecting(link, continuation, &state, &effects)
      case .open:
        let isAlive = pq_consume_input(link) == 1
        advance(link, &state, &effects)
        // Only now: what came before the end was still worth reading.
        if !isAlive { lost(link, &state, &effects) }
      case .new, .ended:
        break
      }
    }
  }

  private func advance(_ link: OpaquePointer, _ state: inout State, _ effects: inout Effects) {
    var isFull = false
    var needsRoom = false
    if let operation = state.current {
      switch operation.advance(link, &state.cache, &effects) {
      case .waits: break
      case .isFull: isFull = true
      case .needsRoom: needsRoom = true
      case .isFinished:
        state.current = nil
        operation.stage = .finished
        // The next one would only learn that nobody is there any more.
        if let words = operation.lastWords { inbox.lastWords = words }
        if pq_status(link) == CONNECTION_BAD { return lost(link, &state, &effects) }
      case .isStuck(let error):
        return end(error, &state, &effects)
      }
    }
    while let notification = pq_notifies(link) {
      deliver(notification, state)
      pq_freemem(notification)
    }
    if needsRoom {
      // No flush here: if the socket had room by now, nobody would tell the operation.
      _ = updateWatch(&state, reading: true, writing: true, &effects)
      return
    }
    if state.current == nil { beginNext(&state, &effects) }
    flush(&state, &effects)
    guard state.link != nil else { return }
    _ = updateWatch(
      &state, reading: !isFull, writing: state.isWatchedForWriting, &effects)
  }

  // MARK: - Operations of several steps

  /// Starts an operation unless it was started before.
  ///
  /// - Parameter operation: Of this session only.
  func startOnce(_ operation: Operation) {
    change { state, effects in
      guard operation.stage == .new else { return }
      start(operation, &state, &effects)
    }
  }

  /// Reads fields of an operation under the lock that guards them.
  ///
  /// - Parameter body: Must not call the session.
  /// - Returns: What `body` returns.
  func read<Value: Sendable>(_ body: () -> Value) -> Value {
    state.withLock { _ in body() }
  }

  /// Lets the running operation do more than its first `begin`: send a chunk, take one.
  ///
  /// - Parameters:
  ///   - operation: One that was started.
  ///   - body: Called with the link while the operation runs, with nil when it does not.
  func step(
    _ operation: Operation, _ body: (OpaquePointer?, inout Effects) -> Void
  ) {
    change { state, effects in
      guard state.current === operation, let link = state.link else {
        return body(nil, &effects)
      }
      body(link, &effects)
      // It may have made room, or have something to flush.
      advance(link, &state, &effects)
    }
  }

  // MARK: - Cancelling

  /// Stops an operation: out of the queue, or by a cancel request to the server.
  ///
  /// - Parameters:
  ///   - operation: Of this session, or not yet given to it.
  ///   - abandons: Whether nobody takes its data any more.
  func cancel(_ operation: Operation, abandons: Bool = false) {
    change { state, effects in
      guard operation.stage != .finished else { return }
      let isRepeated = operation.isCancelled
      operation.isCancelled = true
      switch operation.stage {
      case .new, .finished:
        break
      case .waiting:
        state.waiting.removeAll { $0 === operation }
        operation.stage = .finished
        operation.fail(.cancelled, &effects)
      case .running:
        guard let link = state.link else { return }
        if !isRepeated {
          effects.add { [self] in Task { await requestCancel(of: operation) } }
        }
        guard abandons else { return }
        operation.abandon(link)
        advance(link, &state, &effects)
      }
    }
  }

  /// Asks the server to stop the operation, again and again until it has.
  ///
  /// Once is not enough: a request that arrives before the statement does, or between two of a
  /// pipeline, finds the backend idle and is forgotten.
  private func requestCancel(of operation: Operation) async {
    var pause = Duration.milliseconds(50)
    while let handle = takeCancelHandle(for: operation) {
      await handle.send()
      change { state, effects in
        state.isCancelUnderWay = false
        beginNext(&state, &effects)
      }
      try? await Task.sleep(for: pause)
      pause = min(pause * 2, .seconds(2))
    }
  }

  private func takeCancelHandle(for operation: Operation) -> CancelHandle? {
    state.withLock { state in
      guard state.current === operation, !state.isCancelUnderWay, let link = state.link,
        let handle = pq_get_cancel(link)
      else { return nil }
      state.isCancelUnderWay = true
      return CancelHandle(owning: handle)
    }
  }

  // MARK: - The end

  var isEnded: Bool {
    state.withLock { if case .ended = $0.phase { true } else { false } }
  }

  /// Whether a transaction block of the caller's is open, failed ones included; false while a
  /// statement runs outside of one.
  var isInTransaction: Bool {
    state.withLock { state in
      guard let link = state.link else { return false }
      let status = pq_transaction_status(link)
      return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }
  }

  var backendPID: Int32 { state.withLock { $0.link.map { pq_backend_pid($0) } ?? 0 } }

  var serverVersion: Int { state.withLock { Int($0.link.map { pq_server_version($0) } ?? 0) } }

  /// Ends the connection; whoever is served or waits gets the error.
  ///
  /// - Parameter error: What they get.
  func end(_ error: PostgresError) {
    change { state, effects in end(error, &state, &effects) }
  }

  /// Ends the connection, stops what runs on it, and waits until the server has let go of it.
  func close() async {
    let farewell = state.withLock { state -> (socket: Int32, handle: CancelHandle?)? in
      guard let link = state.link, case .open = state.phase else { return nil }
      let handle = state.current == nil ? nil : pq_get_cancel(link)
      return (dup(state.socket), handle.map { CancelHandle(owning: $0) })
    }
    end(.closed)
    guard let farewell else { return }
    await farewell.handle?.send()
    guard farewell.socket >= 0 else { return }
    await Farewell.wait(for: farewell.socket, on: loop, atMost: .seconds(5))
  }

  private func lost(_ link: OpaquePointer, _ state: inout State, _ effects: inout Effects) {
    let reason: String
    if let words = state.current?.lastWords ?? inbox.lastWords {
      reason = words.asLastWords
    } else {
      reason = firstLine(text(pq_error_message(link)) ?? "")
    }
    end(.connectionLost(reason), &state, &effects)
  }

  private func end(
    _ error: PostgresError, _ state: inout State, _ effects: inout Effects
  ) {
    if case .ended = state.phase { return }
    if case .connecting(let continuation) = state.phase {
      effects.add { continuation.resume(returning: error) }
    }
    state.phase = .ended(error)
    for operation in [state.current].compactMap({ $0 }) + state.waiting {
      operation.stage = .finished
      operation.fail(error, &effects)
    }
    state.current = nil
    state.waiting = []
    let continuations = state.listeners.values.joined().map(\.continuation)
    state.listeners = [:]
    let departure = Departure(
      link: state.link, token: state.token, socket: state.socket, loop: loop)
    state.link = nil
    effects.add {
      departure.leave()
      for continuation in continuations { continuation.finish() }
    }
  }

  /// What is left of a connection that nobody can reach any more.
  private struct Departure: @unchecked Sendable {
    // Unchecked: `link` was taken out of the state; this is its only holder.
    var link: OpaquePointer?
    var token: UInt64
    var socket: Int32
    var loop: EventLoop

    /// In this order: once libpq has closed the socket, its number may be another connection's,
    /// which must not be taken from the loop. (The kernel forgets a closed one by itself.)
    func leave() {
      guard let link else { return }
      if token != 0 { loop.remove(token, descriptor: pq_socket(link) == socket ? socket : nil) }
      pq_finish(link)
    }
  }

  // MARK: - Notifications

  /// Makes a stream of a channel's notifications; the caller still has to send LISTEN.
  ///
  /// - Parameter channel: The name as the server will report it.
  /// - Returns: The stream, and a number to take it back with.
  func addListener(on channel: String) -> (stream: AsyncStream<PostgresNotification>, number: Int) {
    let (stream, continuation) = AsyncStream.makeStream(of: PostgresNotification.self)
    let number = state.withLock { state in
      state.lastListener += 1
      state.listeners[channel, default: []].append(
        Listener(number: state.lastListener, continuation: continuation))
      return state.lastListener
    }
    continuation.onTermination = { [weak self] _ in
      self?.removeListener(number, on: channel)
    }
    return (stream, number)
  }

  /// Takes a stream back; with a channel's last one the server is told to UNLISTEN.
  ///
  /// - Parameters:
  ///   - number: From `addListener`.
  ///   - channel: The name as the server reports it.
  func removeListener(_ number: Int, on channel: String) {
    change { state, effects in
      guard var listeners = state.listeners[channel] else { return }
      listeners.removeAll { $0.number == number }
      state.listeners[channel] = listeners.isEmpty ? nil : listeners
      guard listeners.isEmpty else { return }
      // Nobody waits for it: in a failed transaction it is refused, and then the server tells us
      // things that find no listener. Under this lock, so that a LISTEN for a new listener comes
      // after it.
      let request = Request(
        .statement(PostgresStatement("unlisten \(quoteIdentifier(channel))")))
      start(request, &state, &effects)
    }
  }

  /// Under the lock, so that two threads cannot turn the order round; to yield calls nobody back.
  private func deliver(_ notification: UnsafeMutablePointer<PGnotify>, _ state: State) {
    guard let channel = text(notification.pointee.relname),
      let listeners = state.listeners[channel]
    else { return }
    let value = PostgresNotification(
      channel: channel, payload: text(notification.pointee.extra) ?? "",
      senderPID: notification.pointee.be_pid)
    for listener in listeners { listener.continuation.yield(value) }
  }
}
