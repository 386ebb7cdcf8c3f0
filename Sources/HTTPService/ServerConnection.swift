import Diagnostics
import HTTPMessages
import NIOCore

/// A client's connection: its requests one after the other, each a task of its own.
// Safe to share: touched on its loop only; a body or a writer that is used elsewhere hops here.
final class ServerConnection: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  typealias PieceResult = Result<ByteBuffer?, HTTPServiceError>
  typealias WriteResult = Result<Void, HTTPServiceError>

  private enum Phase {
    /// Between requests, or in the middle of a head.
    case head
    /// A task has the request.
    case exchanging
    /// Answered; the client has not taken all of it.
    case settling
    /// All is said; what still comes is read and dropped, so that the answer is not lost.
    case lingering
    case closed
  }

  let loop: any EventLoop
  private let worker: ServerWorker
  private var context: ChannelHandlerContext?
  private var phase = Phase.head
  private var deadline = NIODeadline.distantFuture
  /// What the client had not taken when the deadline was last looked at.
  private var heldBytes = Int.max
  private var isFlushing = false
  private var input = ByteBuffer()
  private var scanned = 0
  private var head = MessageHead()

  // The request under way.
  private var number: UInt64 = 0
  private var task: Task<Void, Never>?
  private var body = MessageBody.none
  private var bodyFault: HTTPServiceError?
  private var bodyWaiter: CheckedContinuation<PieceResult, Never>?
  private var owesContinue = false
  private var isHeadRequest = false
  private var isOld = false
  private var keepsAlive = true

  // Its answer.
  private var hasAnswered = false
  private var frame = BodyFrame.none
  /// How much a stream has still to write, when it has named its length.
  private var bytesLeft: Int?
  private var bytesWritten = 0
  private var writeWaiter: CheckedContinuation<WriteResult, Never>?

  init(worker: ServerWorker) {
    self.worker = worker
    loop = worker.executor.loop
  }

  // MARK: Events

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    worker.executor.turn {
      guard worker.admit(self) else {
        worker.say("too many connections: a client was turned away with 503")
        refuse(status: 503, "the service has too many connections")
        // It is not among those that the sweep looks at.
        loop.scheduleTask(in: .seconds(2)) { self.abort() }
        return
      }
      deadline = .now() + worker.headTimeout
      context.read()
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch phase {
    case .lingering, .closed: break
    case .head:
      if input.readableBytes == 0 { deadline = .now() + worker.headTimeout }
      input.take(unwrapInboundIn(data))
    case .exchanging, .settling: input.take(unwrapInboundIn(data))
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    worker.executor.turn { process() }
    readIfWanted()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // A client that is gone looks the same as one that has no more to say: its request ends.
    if case .inputClosed = event as? ChannelEvent { worker.executor.turn { abort() } }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    worker.executor.turn { abort() }
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    worker.executor.turn { abort() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    guard context.channel.isWritable else { return }
    worker.executor.turn {
      if let waiter = writeWaiter {
        writeWaiter = nil
        deadline = .distantFuture
        waiter.resume(returning: .success(()))
      }
      settle()
    }
  }

  /// Ends what has had its time.
  func check(_ now: NIODeadline) {
    guard now >= deadline, let context else { return }
    if phase == .settling || phase == .lingering || writeWaiter != nil {
      // Slow is not still: each byte that is taken gives a client its time again.
      let held = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
      if held < heldBytes, heldBytes > 0 {
        heldBytes = held
        deadline = now + (held > 0 ? worker.stallTimeout : .seconds(2))
        return
      }
      abort(.stalled)
      return
    }
    switch phase {
    case .head:
      if input.readableBytes > 0 {
        refuse(status: 408, "the request's headers took too long")
      } else {
        abort()
      }
    case .exchanging: endBody(.stalled)
    case .settling, .lingering, .closed: break
    }
  }

  /// Closes now, or after the request that is under way.
  func stopWhenIdle() {
    if phase == .head, input.readableBytes == 0 { abort() } else { keepsAlive = false }
  }

  /// Closes both sides at once; the task under way is cancelled.
  func abort(_ reason: HTTPServiceError = .clientGone) {
    guard phase != .closed else { return }
    phase = .closed
    endBody(reason)
    writeWaiter?.resume(returning: .failure(reason))
    writeWaiter = nil
    task?.cancel()
    task = nil
    worker.remove(self)
    context?.close(promise: nil)
  }

  func flush() {
    isFlushing = false
    context?.flush()
  }

  // MARK: A request

  private func readIfWanted() {
    switch phase {
    case .head, .lingering: context?.read()
    case .exchanging: if input.readableBytes == 0 || bodyWaiter != nil { context?.read() }
    case .settling: if input.readableBytes == 0 { context?.read() }
    case .closed: break
    }
  }

  private func process() {
    while phase == .head {
      // An empty line before a request is forgiven (RFC 9112, 2.2).
      while input.getInteger(at: input.readerIndex, as: UInt16.self) == 0x0d0a {
        input.moveReaderIndex(forwardBy: 2)
        scanned = 0
      }
      guard input.readableBytes > 0 else { return }
      let limit = worker.limits.headBytes
      let from = scanned - 3
      let found = input.withUnsafeReadableBytes { headLength($0, from: from) }
      guard let found, found <= limit else {
        scanned = input.readableBytes
        guard found != nil || scanned > limit else { return }
        let hasLine = input.readableBytesView.prefix(limit).contains(.lineFeed)
        refuse(hasLine ? .headTooLarge : .targetTooLong)
        return
      }
      scanned = 0
      beginRequest(found)
    }
    if phase == .exchanging, let waiter = bodyWaiter, let result = takePiece(number) {
      bodyWaiter = nil
      deadline = .distantFuture
      waiter.resume(returning: result)
    }
  }

  private func beginRequest(_ length: Int) {
    let targetLimit = worker.limits.targetBytes
    let request = input.withUnsafeReadableBytes { all -> Result<HTTPRequest, SyntaxFault> in
      let bytes = UnsafeRawBufferPointer(rebasing: all[..<length])
      do throws(SyntaxFault) {
        try head.parseRequest(bytes, targetLimit: targetLimit)
      } catch {
        return .failure(error)
      }
      guard let request = makeRequest(head, bytes) else { return .failure(.badRequest("target")) }
      isHeadRequest = bytes[head.method].elementsEqual("HEAD".utf8)
      return .success(request)
    }
    switch request {
    case .failure(let fault): refuse(fault)
    case .success(let request):
      input.moveReaderIndex(forwardBy: length)
      begin(request)
    }
  }

  private func begin(_ request: HTTPRequest) {
    number += 1
    phase = .exchanging
    deadline = .distantFuture
    isOld = head.minorVersion == 0
    keepsAlive = head.keepsAlive && !worker.isStopping
    body = head.isChunked ? .chunked : .length(head.contentLength ?? 0)
    bodyFault = nil
    owesContinue = head.expectsContinue && !body.hasEnded && !isOld
    hasAnswered = false
    let number = number
    let source = body.hasEnded ? HTTPRequestBody() : HTTPRequestBody(self, number)
    worker.taskBegan()
    task = Task(executorPreference: worker.executor) { [self] in
      let response = await worker.responder.respond(to: request, body: source)
      await send(response, number)
      worker.taskEnded()
    }
  }

  // MARK: Its body

  /// The length that the client has named.
  func namedLength(_ number: UInt64) -> UInt64? {
    number == self.number ? head.contentLength : nil
  }

  /// The next piece, the end or an error; nil when the client has not sent enough.
  func takePiece(_ number: UInt64) -> PieceResult? {
    guard number == self.number, phase == .exchanging else { return .failure(.bodyIsOver) }
    if let bodyFault { return .failure(bodyFault) }
    do {
      switch try body.next(&input) {
      case .piece(let piece):
        readIfWanted()
        return .success(piece)
      case .ended:
        readIfWanted()
        return .success(nil)
      case .needsMore: return nil
      }
    } catch {
      // Where the next request begins is not known.
      keepsAlive = false
      let fault = HTTPServiceError.malformedBody(error.diagnostic.message)
      bodyFault = fault
      return .failure(fault)
    }
  }

  /// Waits for the next piece; called on the loop.
  func awaitPiece(_ number: UInt64, _ waiter: CheckedContinuation<PieceResult, Never>) {
    if let result = takePiece(number) {
      waiter.resume(returning: result)
    } else if bodyWaiter != nil {
      waiter.resume(returning: .failure(.bodyIsOver))
    } else {
      bodyWaiter = waiter
      deadline = .now() + worker.stallTimeout
      if owesContinue {
        owesContinue = false
        write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"))
      }
      readIfWanted()
    }
  }

  private func endBody(_ reason: HTTPServiceError) {
    keepsAlive = false
    deadline = .distantFuture
    if bodyFault == nil { bodyFault = reason }
    bodyWaiter?.resume(returning: .failure(reason))
    bodyWaiter = nil
  }

  /// Drops what is there of a body; false when more would have to come.
  private func skipBody() -> Bool {
    while bodyFault == nil, !body.hasEnded {
      guard let step = try? body.next(&input), case .piece = step else { break }
    }
    return body.hasEnded
  }

  // MARK: Its answer

  private func write(_ buffer: ByteBuffer) {
    context?.write(wrapOutboundOut(buffer), promise: nil)
    guard !isFlushing else { return }
    isFlushing = true
    worker.executor.flushLater(self)
  }

  /// Sends an answer; runs in the request's task, on the loop.
  private func send(_ response: HTTPResponse, _ number: UInt64) async {
    guard number == self.number, phase == .exchanging else { return }
    var response = response
    if !(200..<600).contains(response.status) {
      worker.say("an answer had the status \(response.status): 500 was sent in its place")
      response = .json(status: 500, #"{"message":"the service's answer has no status"}"#)
    }
    let hasBody = mayHaveBody(response.status)
    guard case .stream(let length, let produce) = response.body, hasBody, !isHeadRequest else {
      if !skipBody() { keepsAlive = false }
      var bytes: ByteBuffer?
      // What a GET would have sent is not known here: a length of 0 would be a wrong answer.
      var length: Int? = hasBody && !isHeadRequest ? 0 : nil
      switch response.body {
      case .none: break
      case .bytes(let buffer):
        if hasBody {
          length = buffer.readableBytes
          if !isHeadRequest { bytes = buffer }
        }
      case .stream(let named, _): if hasBody { length = named }
      }
      writeAnswer(response, length: length, frame: .length, bytes)
      finish()
      return
    }
    frame = length != nil ? .length : isOld ? .untilClose : .chunked
    if case .untilClose = frame { keepsAlive = false }
    bytesLeft = length
    bytesWritten = 0
    writeAnswer(response, length: length, frame: frame, nil)
    do {
      try await produce(HTTPResponseWriter(self, number))
      guard number == self.number, phase == .exchanging else { return }
      if let bytesLeft, bytesLeft != 0 {
        throw HTTPServiceError.wrongLength(named: bytesWritten + bytesLeft, written: bytesWritten)
      }
      frame.writeEnd(to: write)
      if !skipBody() { keepsAlive = false }
      finish()
    } catch {
      guard number == self.number, phase == .exchanging else { return }
      worker.say("an answer broke off: \(Diagnostic(describing: error).message)")
      abort()
    }
  }

  private func writeAnswer(
    _ response: HTTPResponse, length: Int?, frame: BodyFrame, _ bytes: ByteBuffer?
  ) {
    hasAnswered = true
    let connection: StaticString? = !keepsAlive ? "close" : isOld ? "keep-alive" : nil
    let count = bytes?.readableBytes ?? 0
    // A small body goes with its head, in one piece.
    let isJoined = count <= 16 * 1024
    var output =
      context?.channel.allocator.buffer(capacity: 512 + (isJoined ? count : 0)) ?? ByteBuffer()
    writeHead(
      ResponseFrame(status: response.status, length: length, frame: frame, connection: connection),
      response.headers, to: &output)
    if let bytes, count > 0 {
      if isJoined {
        output.writeImmutableBuffer(bytes)
        write(output)
      } else {
        write(output)
        write(bytes)
      }
    } else {
      write(output)
    }
  }

  /// Takes a piece of a stream; called on the loop.
  ///
  /// - Returns: An error; nil when it was taken.
  func writePiece(_ number: UInt64, _ piece: ByteBuffer) -> HTTPServiceError? {
    guard number == self.number, phase == .exchanging else { return .clientGone }
    let count = piece.readableBytes
    if let bytesLeft {
      guard count <= bytesLeft else {
        return .wrongLength(named: bytesWritten + bytesLeft, written: bytesWritten + count)
      }
      self.bytesLeft = bytesLeft - count
    }
    bytesWritten += count
    frame.write(piece, to: write)
    return nil
  }

  /// Whether the client takes more now.
  var isWritable: Bool { context?.channel.isWritable ?? true }

  /// Waits until the client takes more; called on the loop.
  func awaitWritable(_ number: UInt64, _ waiter: CheckedContinuation<WriteResult, Never>) {
    guard number == self.number, phase == .exchanging else {
      waiter.resume(returning: .failure(.clientGone))
      return
    }
    guard !isWritable, writeWaiter == nil else {
      waiter.resume(returning: .success(()))
      return
    }
    writeWaiter = waiter
    heldBytes = .max
    deadline = .now() + worker.stallTimeout
  }

  /// The answer is complete.
  private func finish() {
    task = nil
    heldBytes = .max
    deadline = .now() + worker.stallTimeout
    phase = .settling
    if keepsAlive { settle() } else { linger() }
  }

  /// Goes to the next request when the client has taken enough of the last answer.
  private func settle() {
    guard phase == .settling, isWritable else { return }
    guard keepsAlive else {
      linger()
      return
    }
    phase = .head
    deadline = .now() + (input.readableBytes > 0 ? worker.headTimeout : worker.idleTimeout)
    process()
    readIfWanted()
  }

  private func refuse(_ fault: SyntaxFault) {
    refuse(status: fault.status, fault.diagnostic.message)
  }

  /// Answers in the responder's place, and ends the connection.
  private func refuse(status: Int, _ message: String) {
    keepsAlive = false
    isHeadRequest = false
    let response = HTTPResponse.json(status: status, "{\"message\":\(jsonText(message))}")
    guard case .bytes(let bytes) = response.body else { return }
    writeAnswer(response, length: bytes.readableBytes, frame: .length, bytes)
    linger()
  }

  /// Says goodbye, and reads on for a moment: closing with unread bytes would undo the answer.
  private func linger() {
    phase = .lingering
    heldBytes = .max
    input.clear()
    deadline = .now() + .seconds(2)
    flush()
    context?.close(mode: .output, promise: nil)
    context?.read()
  }
}
