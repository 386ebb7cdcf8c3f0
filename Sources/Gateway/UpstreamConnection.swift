import HTTPMessages
import NIOCore

/// A connection to a service: one answer at a time, then kept for the next request.
final class UpstreamConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Phase {
    case idle, head, body, tunnel, closed
  }

  /// A service's head beyond this is none.
  private static let headLimit = 256 * 1024

  let socket: String
  var idleUntil = NIODeadline.distantFuture
  private unowned let worker: Worker
  private var context: ChannelHandlerContext?
  private var client: ClientConnection?
  private var phase = Phase.idle
  private var input = ByteBuffer()
  private var scanned = 0
  private var head = MessageHead()
  private var body = MessageBody.none
  private var frame = BodyFrame.none
  private var output = ByteBuffer()
  private var hasAnswered = false
  private var sawEnd = false
  private var isKept = false
  private var isProcessing = false
  private var isAskedAgain = false

  init(worker: Worker, socket: String) {
    self.worker = worker
    self.socket = socket
  }

  /// Bytes that have come and not gone on.
  var bytesHeld: Int {
    input.readableBytes + (context.map { Gateway.bufferedBytes($0.channel) } ?? 0)
  }
  var isWritable: Bool { context?.channel.isWritable ?? false }
  private var wantsRead: Bool {
    switch phase {
    case .idle, .head: true
    case .body: client?.isWritable ?? false
    case .tunnel: client?.isWritable ?? false
    case .closed: false
    }
  }

  // MARK: For the client's side

  /// Takes a request; false when the connection has ended meanwhile.
  func begin(_ client: ClientConnection) -> Bool {
    guard phase == .idle, !sawEnd, context?.channel.isActive == true else { return false }
    self.client = client
    phase = .head
    hasAnswered = false
    isKept = true
    return true
  }

  func write(_ buffer: ByteBuffer) { context?.write(wrapOutboundOut(buffer), promise: nil) }
  func flush() { context?.flush() }

  /// Nothing more comes from the client: tunnels only.
  func closeOutput() { context?.close(mode: .output, promise: nil) }

  func close() {
    guard phase != .closed else { return }
    if phase == .idle { worker.forget(self) }
    phase = .closed
    client = nil
    context?.close(promise: nil)
  }

  /// Goes on after the client has taken what waited.
  func resume() {
    process()
    if wantsRead { context?.read() }
  }

  // MARK: Events

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }
  func channelActive(context: ChannelHandlerContext) { context.read() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    switch phase {
    case .idle:
      // An answer that nobody asked for: the next request must not get it.
      close()
    case .closed: break
    case .tunnel: client?.write(buffer)
    case .head, .body: input.take(buffer)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if phase == .tunnel {
      client?.measure()
      client?.flush()
    } else {
      process()
    }
    if wantsRead { context.read() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed = event as? ChannelEvent { ended() }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) { ended() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    ended()
    context.close(promise: nil)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) { client?.resume() }

  private func ended() {
    guard phase != .closed else { return }
    sawEnd = true
    switch phase {
    case .idle: close()
    case .head, .body: process()
    case .tunnel: client?.tunnelEnded()
    case .closed: break
    }
  }

  // MARK: The answer

  /// Hands on what has come; who calls from within a write gets his turn after it.
  ///
  /// A write may tell at once that the client's socket is full, and a flush that it is not: else a
  /// piece would come between another one and its frame.
  private func process() {
    guard !isProcessing else {
      isAskedAgain = true
      return
    }
    isProcessing = true
    repeat {
      isAskedAgain = false
      passOn()
    } while isAskedAgain
    isProcessing = false
  }

  private func passOn() {
    guard let client else { return }
    while phase == .head {
      if input.readableBytes > 0 { hasAnswered = true }
      let from = scanned - 3
      guard let length = input.withUnsafeReadableBytes({ headLength($0, from: from) }) else {
        scanned = input.readableBytes
        if scanned > Self.headLimit {
          fail(client, "its answer's headers have no end")
        } else if sawEnd {
          endedEarly(client)
        }
        return
      }
      scanned = 0
      guard readHead(length, client) else { return }
    }
    guard phase == .body else {
      if phase == .tunnel, input.readableBytes > 0 {
        let bytes = input
        input.clear()
        client.write(bytes)
        client.flush()
      }
      return
    }
    while client.isWritable {
      do {
        switch try body.next(&input) {
        case .piece(let piece): frame.write(piece, to: emit)
        case .ended:
          frame.writeEnd(to: emit)
          finish(client)
          return
        case .needsMore:
          if sawEnd {
            if body.endsWithConnection {
              frame.writeEnd(to: emit)
              finish(client)
            } else {
              abort(client, "the service at \(socket) broke off in the middle of an answer")
            }
            return
          }
          handOver(to: client)
          return
        }
      } catch {
        abort(client, "the service at \(socket) sent a broken chunk")
        return
      }
    }
    handOver(to: client)
  }

  /// Passes on what is there, and lets the client's socket say when it takes more.
  private func handOver(to client: ClientConnection) {
    sendOutput(client)
    client.measure()
    client.flush()
  }

  /// Ends both sides: half of an answer is on its way, and an error has no place in it.
  private func abort(_ client: ClientConnection, _ reason: String) {
    sendOutput(client)
    worker.say(socket, reason)
    close()
    client.abort()
  }

  /// Reads the head that is there; false when there is nothing more to do.
  private func readHead(_ length: Int, _ client: ClientConnection) -> Bool {
    var isValid = true
    input.withUnsafeReadableBytes { bytes in
      do throws(SyntaxFault) {
        try head.parseResponse(UnsafeRawBufferPointer(rebasing: bytes[..<length]))
      } catch {
        isValid = false
      }
    }
    guard isValid else {
      fail(client, "its answer is not valid HTTP")
      return false
    }
    output.clear()
    if head.status == 101 {
      guard client.isUpgrade else {
        fail(client, "it changed the protocol unasked")
        return false
      }
      writeHead(length, frame: .none, connection: "Upgrade")
      phase = .tunnel
      sendOutput(client)
      client.enterTunnel()
      return true
    }
    if head.status < 200 {
      // 100 is the gateway's own affair.
      if head.status != 100, client.takesInformation {
        writeHead(length, frame: .none, connection: nil)
        sendOutput(client)
        client.flush()
      } else {
        input.moveReaderIndex(forwardBy: length)
      }
      return true
    }
    let hasBody = !client.isHeadRequest && head.status != 204 && head.status != 304
    if !hasBody {
      body = .none
      frame = .none
    } else if head.isChunked {
      body = .chunked
      frame = client.isOld ? .untilClose : .chunked
    } else if let length = head.contentLength {
      body = .length(length)
      frame = .length
    } else {
      body = .untilClose
      frame = client.isOld ? .untilClose : .chunked
    }
    isKept = head.keepsAlive && !body.endsWithConnection
    let connection = client.beginAnswer(status: head.status, frame: frame)
    writeHead(length, frame: frame, connection: connection)
    phase = .body
    return true
  }

  private func writeHead(_ length: Int, frame: BodyFrame, connection: StaticString?) {
    input.withUnsafeReadableBytes { bytes in
      writeResponse(head, bytes, frame: frame, connection: connection, to: &output)
    }
    input.moveReaderIndex(forwardBy: length)
  }

  /// Small pieces go out with the head, in one write.
  private func emit(_ buffer: ByteBuffer) {
    if output.readableBytes > 0, output.readableBytes + buffer.readableBytes <= 16 * 1024 {
      output.writeImmutableBuffer(buffer)
    } else {
      if let client { sendOutput(client) }
      client?.write(buffer)
    }
  }

  private func sendOutput(_ client: ClientConnection) {
    guard output.readableBytes > 0 else { return }
    let bytes = output
    output.clear()
    client.write(bytes)
  }

  private func finish(_ client: ClientConnection) {
    sendOutput(client)
    let isReusable = isKept && !sawEnd && input.readableBytes == 0 && client.hasSentAll
    self.client = nil
    phase = .idle
    if isReusable { worker.keep(self) } else { close() }
    client.finish()
  }

  private func endedEarly(_ client: ClientConnection) {
    let isUntouched = !hasAnswered
    close()
    client.upstreamEnded(isUntouched: isUntouched)
  }

  private func fail(_ client: ClientConnection, _ reason: String) {
    worker.say(socket, "the service at \(socket) gave no answer to pass on: \(reason)")
    close()
    client.answerInstead(status: 502, "the service's answer cannot be read")
  }
}

/// The bytes that a channel has taken and not yet written.
func bufferedBytes(_ channel: any Channel) -> Int {
  (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
}
