import HTTPMessages
import NIOCore

/// Ends TLS before a client's connection: that one reads and writes as if there were none.
///
/// What is read is handed on before more is read, and what is written is in the socket's buffer at
/// once: whoever holds back a sender does so through this handler too. The time for the handshake is
/// that for the first head.
final class TLSHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Phase {
    case handshake, open, closed
  }

  /// A record has at most as many bytes (RFC 8446, 5.1).
  private static let recordSize = 16 * 1024

  private let session: TLSSession
  private let say: (String) -> Void
  private var phase = Phase.handshake
  /// Written, and not yet in a record: what belongs together goes into one.
  private var plain = ByteBuffer()
  private var closesOutput = false
  /// The connection behind this handler has asked for bytes and got none.
  private var isAsked = false
  private var hasBegun = false
  private var fedBytes = 0

  /// Stands before one connection.
  ///
  /// - Parameters:
  ///   - session: The server's side of it.
  ///   - say: Takes a line about a client that does not speak TLS.
  init(session: TLSSession, say: @escaping (String) -> Void) {
    self.session = session
    self.say = say
  }

  // MARK: From the client

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    guard phase != .closed else { return }
    if !hasBegun, let first = buffer.readableBytesView.first {
      hasBegun = true
      // TLS begins with 22; a letter is the method of a request (RFC 8446, 5.1).
      if first >= UInt8(ascii: "A"), first <= UInt8(ascii: "Z") {
        refusePlain(context)
        return
      }
    }
    fedBytes += buffer.readableBytes
    if !buffer.withUnsafeReadableBytes(session.feed) { end(context, "there is no memory") }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    var hasRead = false
    if phase == .handshake { shakeHands(context) }
    if phase == .open { hasRead = handOn(context) }
    if hasRead { context.fireChannelReadComplete() }
    // Half a record, or a step of the handshake: who asked for bytes has none yet. A client that was
    // refused is read on, so that its end is seen.
    if isAsked || phase == .closed { context.read() }
  }

  private func shakeHands(_ context: ChannelHandlerContext) {
    let outcome = session.handshake()
    let reason = session.reason
    sendRecords(context, promise: nil)
    context.flush()
    switch outcome {
    case .good:
      phase = .open
      if plain.readableBytes > 0 || closesOutput {
        seal(context)
        if closesOutput { closeOutput(context, promise: nil) }
        context.flush()
      }
    case .again: break
    case .ended, .broken: end(context, reason)
    }
  }

  /// Hands on all that can be read, in one piece; false when it is nothing.
  private func handOn(_ context: ChannelHandlerContext) -> Bool {
    var buffer = context.channel.allocator.buffer(capacity: fedBytes)
    fedBytes = 0
    var outcome = TLSSession.Outcome.good
    while outcome == .good {
      buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 2048) { room in
        let (result, count) = session.read(into: room)
        outcome = result
        return count
      }
    }
    let reason = session.reason
    // An update of keys has an answer, and a fault an alert.
    sendRecords(context, promise: nil)
    context.flush()
    let hasRead = buffer.readableBytes > 0
    if hasRead {
      isAsked = false
      context.fireChannelRead(wrapInboundOut(buffer))
    }
    switch outcome {
    case .good, .again: break
    case .ended: context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    case .broken: end(context, reason)
    }
    return hasRead
  }

  func channelInactive(context: ChannelHandlerContext) {
    phase = .closed
    context.fireChannelInactive()
  }

  private func end(_ context: ChannelHandlerContext, _ reason: String) {
    guard phase != .closed else { return }
    say("a client's TLS ended: \(reason)")
    phase = .closed
    context.close(promise: nil)
  }

  /// Tells a client in its own language that this door speaks another one.
  private func refusePlain(_ context: ChannelHandlerContext) {
    say("a client spoke plain HTTP to a door that speaks TLS: its URL must begin with https://")
    phase = .closed
    var output = ByteBuffer()
    OwnAnswer(
      status: 400, shape: .plain,
      message: "this door speaks TLS: the URL must begin with https://"
    ).write(isHead: false, closes: true, to: &output)
    context.writeAndFlush(wrapOutboundOut(output), promise: nil)
    context.close(mode: .output, promise: nil)
  }

  // MARK: To the client

  func read(context: ChannelHandlerContext) {
    isAsked = true
    context.read()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard phase != .closed else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    let buffer = unwrapOutboundIn(data)
    guard phase == .open, buffer.readableBytes >= Self.recordSize || promise != nil else {
      plain.writeImmutableBuffer(buffer)
      if phase == .open, plain.readableBytes >= Self.recordSize { seal(context) }
      promise?.succeed()
      return
    }
    seal(context, and: buffer, promise: promise)
  }

  func flush(context: ChannelHandlerContext) {
    if phase == .open { seal(context) }
    context.flush()
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    switch (mode, phase) {
    case (.output, .handshake):
      closesOutput = true
      promise?.succeed()
    case (.output, .open):
      seal(context)
      closeOutput(context, promise: promise)
    case (.all, _):
      // No word of an end: half an answer must not look like a whole one.
      phase = .closed
      context.close(mode: .all, promise: promise)
    default: context.close(mode: mode, promise: promise)
    }
  }

  private func closeOutput(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
    session.end()
    sendRecords(context, promise: nil)
    context.flush()
    context.close(mode: .output, promise: promise)
  }

  /// Puts what was written into records, all of it before any is sent: a write may call back.
  private func seal(
    _ context: ChannelHandlerContext, and last: ByteBuffer? = nil,
    promise: EventLoopPromise<Void>? = nil
  ) {
    var isGood = true
    if plain.readableBytes > 0 {
      isGood = plain.withUnsafeReadableBytes(session.write)
      plain.clear()
    }
    if isGood, let last { isGood = last.withUnsafeReadableBytes(session.write) }
    guard isGood else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      end(context, session.reason)
      return
    }
    sendRecords(context, promise: promise)
  }

  private func sendRecords(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
    let count = session.waiting
    guard count > 0 else {
      promise?.succeed()
      return
    }
    var output = context.channel.allocator.buffer(capacity: count)
    output.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { session.take(into: $0) }
    context.write(wrapOutboundOut(output), promise: promise)
  }
}
