import HTTPMessages
import NIOCore

/// A client's connection: its requests one after the other, each to its service and back.
final class ClientConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Phase {
    /// Between requests, or in the middle of a head.
    case head
    /// The stack is paused.
    case waiting
    /// On the way to the service.
    case connecting
    case exchanging
    case tunnel
    /// All is said; what still comes is read and dropped, so that the answer is not lost.
    case lingering
    case closed
  }

  private unowned let worker: Worker
  private let door: DoorFacts
  private var context: ChannelHandlerContext?
  private var phase = Phase.head
  private var deadline = NIODeadline.distantFuture
  private var input = ByteBuffer()
  private var scanned = 0
  private var head = MessageHead()

  // The request under way.
  private var snapshot: Snapshot
  private var requestHead = ByteBuffer()
  private var forward: Forward?
  private var state: StackState?
  private var upstream: UpstreamConnection?
  private var body = MessageBody.none
  private var frame = BodyFrame.none
  private var hasSentEnd = true
  private var hasSentBody = false
  private var hasAnswered = false
  private var isReused = false
  private var isRetry = false
  private var isIdempotent = false
  private var keepsAlive = true
  private(set) var isHeadRequest = false
  /// HTTP/1.0: no chunks, no 1xx.
  private(set) var isOld = false
  private var clientEnded = false
  private var upstreamEnded = false

  init(worker: Worker, door: DoorFacts) {
    self.worker = worker
    self.door = door
    snapshot = worker.snapshot
  }

  // MARK: For the service's side

  var isWritable: Bool { context?.channel.isWritable ?? false }
  var isUpgrade: Bool { forward?.isUpgrade ?? false }
  var takesInformation: Bool { !isOld }
  var hasSentAll: Bool { hasSentEnd }

  func write(_ buffer: ByteBuffer) { context?.write(wrapOutboundOut(buffer), promise: nil) }
  func flush() {
    touch()
    context?.flush()
  }

  /// Notes how much of this exchange is in memory.
  func measure() {
    guard let context else { return }
    let held =
      input.readableBytes + Gateway.bufferedBytes(context.channel) + (upstream?.bytesHeld ?? 0)
    if held > worker.counters.mostBytesHeld { worker.counters.mostBytesHeld = held }
  }

  /// The service's head has come; what to say about the connection.
  func beginAnswer(status: Int, frame: BodyFrame) -> StaticString? {
    hasAnswered = true
    if case .untilClose = frame { keepsAlive = false }
    // An early refusal: what the client still sends is not waited for.
    if status >= 400, !hasSentEnd { keepsAlive = false }
    if worker.isStopping { keepsAlive = false }
    if !keepsAlive { return "close" }
    return isOld ? "keep-alive" : nil
  }

  /// The answer is complete.
  func finish() {
    upstream = nil
    endExchange()
    if !hasSentEnd || !keepsAlive {
      linger()
    } else {
      context?.flush()
      nextRequest()
      process()
      readIfWanted()
    }
  }

  func enterTunnel() {
    phase = .tunnel
    deadline = .distantFuture
    leaveStack()
    context?.flush()
    if input.readableBytes > 0 {
      let bytes = input
      input.clear()
      upstream?.write(bytes)
      upstream?.flush()
    }
    readIfWanted()
  }

  /// The service sends no more through the tunnel.
  func tunnelEnded() {
    upstreamEnded = true
    flush()
    if clientEnded { abort() } else { context?.close(mode: .output, promise: nil) }
  }

  /// The service's connection ended before its answer was complete.
  func upstreamEnded(isUntouched: Bool) {
    upstream = nil
    guard !hasAnswered else {
      abort()
      return
    }
    if isUntouched, isReused, !isRetry, isIdempotent, !hasSentBody, body.hasEnded {
      isRetry = true
      worker.counters.retries += 1
      connect()
      return
    }
    worker.say(
      forward?.socket ?? "",
      "the service at \(forward?.socket ?? "?") closed the connection without an answer")
    answerInstead(status: 502, "the service closed the connection without an answer")
  }

  /// Answers in the service's place.
  func answerInstead(status: Int, _ message: String) {
    upstream?.close()
    upstream = nil
    let shape = forward.map { snapshot.table.routes[$0.route].errors } ?? .plain
    endExchange()
    if hasAnswered {
      abort()
    } else {
      answer(OwnAnswer(status: status, shape: shape, message: message))
      process()
      readIfWanted()
    }
  }

  /// The service takes more.
  func resume() {
    switch phase {
    case .exchanging: sendBody()
    case .tunnel, .head, .waiting, .connecting, .lingering, .closed: break
    }
    readIfWanted()
  }

  // MARK: Events

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    guard worker.admit(self) else {
      worker.say("connections", "too many connections: a client was turned away with 503")
      keepsAlive = false
      answer(
        OwnAnswer(status: 503, shape: .plain, message: "the gateway has too many connections"))
      // It is not among those that the sweep looks at.
      let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
      context.eventLoop.scheduleTask(in: .seconds(2)) { bound.value.abort() }
      return
    }
    deadline = .now() + snapshot.bounds.headTimeout
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    switch phase {
    case .tunnel: upstream?.write(buffer)
    case .lingering, .closed: break
    case .head:
      if input.readableBytes == 0 { deadline = .now() + snapshot.bounds.headTimeout }
      input.take(buffer)
    case .waiting, .connecting: input.take(buffer)
    case .exchanging:
      input.take(buffer)
      touch()
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if phase == .tunnel {
      measure()
      upstream?.flush()
    } else {
      process()
    }
    readIfWanted()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed = event as? ChannelEvent {
      clientEnded = true
      if phase == .tunnel {
        upstream?.flush()
        if upstreamEnded { abort() } else { upstream?.closeOutput() }
      } else {
        // A client that is gone looks the same: its request ends with it, as with other gateways.
        abort()
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    abort()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { abort() }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    touch()
    upstream?.resume()
  }

  /// Ends what has had its time.
  func check(_ now: NIODeadline) {
    guard now >= deadline else { return }
    switch phase {
    case .head:
      if input.readableBytes > 0 {
        keepsAlive = false
        answer(
          OwnAnswer(status: 408, shape: .plain, message: "the request's headers took too long"))
      } else {
        abort()
      }
    case .waiting: answerInstead(status: 503, "the stack is being reset; try again")
    case .connecting: answerInstead(status: 503, "the service does not take connections")
    case .exchanging:
      guard !hasAnswered else {
        worker.say("stall", "an answer stood still for too long and was broken off")
        abort()
        return
      }
      keepsAlive = false
      if !body.hasEnded, upstream?.isWritable == true, input.readableBytes == 0 {
        answerInstead(status: 408, "the request's body took too long")
      } else {
        worker.say(
          forward?.socket ?? "", "the service at \(forward?.socket ?? "?") did not answer in time")
        answerInstead(status: 504, "the service did not answer in time")
      }
    case .lingering: abort()
    case .tunnel, .closed: break
    }
  }

  /// Closes now, or after the request that is under way.
  func stopWhenIdle() {
    if phase == .head, input.readableBytes == 0 { abort() } else { keepsAlive = false }
    if phase == .tunnel { abort() }
  }

  /// Closes both sides at once.
  func abort() {
    guard phase != .closed else { return }
    phase = .closed
    upstream?.close()
    upstream = nil
    state?.waiting.removeAll { $0 === self }
    leaveStack()
    worker.remove(self)
    context?.close(promise: nil)
  }

  // MARK: A request

  private var wantsRead: Bool {
    switch phase {
    case .head, .lingering: true
    case .waiting, .connecting: input.readableBytes == 0
    case .exchanging:
      // The beginning of a chunk's line may wait in the input for its end.
      (input.readableBytes == 0 || bodyNeedsMore)
        && (body.hasEnded || upstream?.isWritable == true)
    case .tunnel: upstream?.isWritable ?? false
    case .closed: false
    }
  }

  private func readIfWanted() { if wantsRead { context?.read() } }

  /// Sets the time until which something must happen again.
  private func touch() {
    guard phase == .exchanging, let forward else { return }
    let bounds = snapshot.bounds
    let timeout = snapshot.table.routes[forward.route].timeoutMilliseconds
    if !isWritable || !body.hasEnded && upstream?.isWritable == true {
      deadline = .now() + bounds.stallTimeout
    } else {
      deadline = timeout == 0 ? .distantFuture : .now() + .milliseconds(Int64(timeout))
    }
  }

  private func process() {
    while phase == .head {
      skipEmptyLine()
      guard input.readableBytes > 0 else { return }
      let limit = snapshot.bounds.headBytes
      let from = scanned - 3
      guard let length = input.withUnsafeReadableBytes({ headLength($0, from: from) }) else {
        scanned = input.readableBytes
        if scanned > limit {
          refuse(input.readableBytesView.contains(.lineFeed) ? .headTooLarge : .targetTooLong)
        }
        return
      }
      guard length <= limit else {
        let isTarget = !input.readableBytesView.prefix(limit).contains(.lineFeed)
        refuse(isTarget ? .targetTooLong : .headTooLarge)
        return
      }
      beginRequest(length)
    }
    if phase == .exchanging { sendBody() }
  }

  /// An empty line before a request is forgiven (RFC 9112, 2.2).
  private func skipEmptyLine() {
    while input.readableBytes >= 2,
      input.getInteger(at: input.readerIndex, as: UInt16.self) == 0x0d0a
    {
      input.moveReaderIndex(forwardBy: 2)
      scanned = 0
    }
  }

  private func beginRequest(_ length: Int) {
    scanned = 0
    snapshot = worker.snapshot
    worker.counters.requests += 1
    requestHead.clear()
    var fault: SyntaxFault?
    var plan: RequestPlan?
    input.withUnsafeReadableBytes { all in
      let bytes = UnsafeRawBufferPointer(rebasing: all[..<length])
      do throws(SyntaxFault) {
        try head.parseRequest(bytes, targetLimit: snapshot.bounds.targetBytes)
        isHeadRequest = bytes[head.method].elementsEqual("HEAD".utf8)
        isIdempotent = idempotentMethods.contains { bytes[head.method].elementsEqual($0.utf8) }
        plan = snapshot.plan(head, bytes, door: door, output: &requestHead)
      } catch {
        fault = error
      }
    }
    guard fault == nil, let plan else {
      isHeadRequest = false
      refuse(fault ?? .badRequest("head"))
      return
    }
    input.moveReaderIndex(forwardBy: length)
    isOld = head.minorVersion == 0
    keepsAlive = head.keepsAlive && !worker.isStopping
    hasSentBody = false
    bodyNeedsMore = false
    hasAnswered = false
    isRetry = false
    if head.isChunked {
      body = .chunked
      frame = .chunked
    } else {
      body = .length(head.contentLength ?? 0)
      frame = .length
    }
    // The end of a chunked body is a byte of its own; others end with their last piece.
    hasSentEnd = body.hasEnded
    switch plan {
    case .answer(let own): answer(own)
    case .preflight(let method, let headers):
      skipBody()
      var output = ByteBuffer()
      writePreflight(
        method: method, headers: headers, closes: !keepsAlive, to: &output)
      conclude(output)
    case .forward(let forward):
      self.forward = forward
      let state = worker.states[forward.stack]
      self.state = state
      if state.isPaused {
        phase = .waiting
        deadline = .now() + snapshot.bounds.pauseTimeout
        state.waiting.append(self)
      } else {
        start()
      }
    }
  }

  /// Goes to the service; called again when the stack is no longer paused.
  func start() {
    state?.inFlight += 1
    isCounted = true
    finishHead(generation: state?.generation, to: &requestHead)
    connect()
  }

  private var isCounted = false
  private var isSending = false
  /// Whether what is in the input is not enough for the body's next step.
  private var bodyNeedsMore = false
  private var isAskedAgain = false

  private func leaveStack() {
    if isCounted {
      isCounted = false
      state?.leave()
    }
    state = nil
  }

  private func connect() {
    guard let forward else { return }
    phase = .connecting
    deadline = .now() + .seconds(10)
    if !isRetry {
      while let kept = worker.takeIdle(forward.socket) {
        if attach(kept, isReused: true) { return }
      }
    }
    worker.connect(forward.socket) { [self] result in
      guard phase == .connecting else {
        if case .success(let connection) = result { connection.close() }
        return
      }
      switch result {
      case .success(let connection):
        if !attach(connection, isReused: false) { upstreamEnded(isUntouched: false) }
      case .failure(let error):
        let service = snapshot.table.routes[forward.route].service
        worker.say(
          forward.socket, "\(service) does not answer at \(forward.socket): \(describe(error))")
        answerInstead(
          status: 503, "the service \(service) is not running; `homebase status` says why")
      }
    }
  }

  private func attach(_ connection: UpstreamConnection, isReused: Bool) -> Bool {
    guard connection.begin(self) else { return false }
    upstream = connection
    self.isReused = isReused
    phase = .exchanging
    connection.write(requestHead)
    if head.expectsContinue, !body.hasEnded, !isOld {
      write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"))
      context?.flush()
    }
    touch()
    sendBody()
    readIfWanted()
    return true
  }

  /// Hands on what has come of the body; who calls from within a write gets his turn after it.
  private func sendBody() {
    guard !isSending else {
      isAskedAgain = true
      return
    }
    isSending = true
    repeat {
      isAskedAgain = false
      sendPieces()
    } while isAskedAgain
    isSending = false
  }

  private func sendPieces() {
    guard let upstream else { return }
    guard !hasSentEnd else {
      upstream.flush()
      return
    }
    bodyNeedsMore = false
    while upstream.isWritable {
      do {
        switch try body.next(&input) {
        case .piece(let piece):
          hasSentBody = true
          frame.write(piece, to: upstream.write)
          continue
        case .ended:
          frame.writeEnd(to: upstream.write)
          hasSentEnd = true
        case .needsMore: bodyNeedsMore = true
        }
      } catch {
        // The service saw the beginning of it; its connection is of no more use.
        keepsAlive = false
        answerInstead(status: 400, "the request's body is not valid HTTP")
        return
      }
      break
    }
    measure()
    upstream.flush()
    touch()
  }

  private func endExchange() {
    leaveStack()
    forward = nil
  }

  private func nextRequest() {
    phase = .head
    deadline = .now() + snapshot.bounds.idleTimeout
    if input.readableBytes > 0 { deadline = .now() + snapshot.bounds.headTimeout }
  }

  // MARK: Own answers

  private func refuse(_ fault: SyntaxFault) {
    keepsAlive = false
    hasSentEnd = false
    body = .none
    answer(OwnAnswer(fault))
  }

  /// Drops a body that is there already: then the connection can go on.
  private func skipBody() {
    while !body.hasEnded {
      guard let step = try? body.next(&input), case .piece = step else { break }
    }
    if !body.hasEnded { keepsAlive = false }
  }

  private func answer(_ own: OwnAnswer) {
    skipBody()
    var output = ByteBuffer()
    own.write(isHead: isHeadRequest, closes: !keepsAlive, to: &output)
    conclude(output)
  }

  private func conclude(_ output: ByteBuffer) {
    state?.waiting.removeAll { $0 === self }
    endExchange()
    write(output)
    context?.flush()
    if keepsAlive { nextRequest() } else { linger() }
  }

  /// Says goodbye, and reads on for a moment: closing with unread bytes would undo the answer.
  private func linger() {
    phase = .lingering
    input.clear()
    deadline = .now() + .seconds(2)
    context?.flush()
    context?.close(mode: .output, promise: nil)
    context?.read()
  }
}

private let idempotentMethods = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]

/// Why a connection was not made, in the system's words.
private func describe(_ error: any Error) -> String {
  if let error = error as? IOError {
    return switch error.errnoCode {
    case 2: "its socket does not exist"
    case 111: "nothing listens on its socket"
    default: "errno \(error.errnoCode)"
    }
  }
  return "\(error)"
}
