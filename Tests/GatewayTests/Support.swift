import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import TestSockets

@testable import Gateway

let testKeys = GatewayConfiguration.Keys(
  publishable: "sb_publishable_one", secret: "sb_" + "secret_one", anon: "eyJ.anon.one",
  serviceRole: "eyJ.service.one")
let otherKeys = GatewayConfiguration.Keys(
  publishable: "sb_publishable_two", secret: "sb_" + "secret_two", anon: "eyJ.anon.two",
  serviceRole: "eyJ.service.two")

/// A service and a gateway before it, while the body runs.
struct World {
  var server: GatewayServer
  var port: Int
  var configuration: GatewayConfiguration
  var folder: String
  var log: Log

  final class Log: Sendable {
    let lines = Mutex<[String]>([])
  }
}

func withWorld(
  _ change: (inout GatewayConfiguration, String) throws -> Void = { _, _ in },
  service: (@Sendable (any Channel) -> EventLoopFuture<Void>)? = nil, loops: Int = 1,
  body: (World) async throws -> Void
) async throws {
  try await withFolder { folder in
    try await runWorld(in: folder, change, service: service, loops: loops, body: body)
  }
}

private func runWorld(
  in folder: String, _ change: (inout GatewayConfiguration, String) throws -> Void,
  service: (@Sendable (any Channel) -> EventLoopFuture<Void>)?, loops: Int,
  body: (World) async throws -> Void
) async throws {
  let socket = folder + "/s.sock"
  let upstream = try await ServerBootstrap(group: testGroup)
    .childChannelOption(.allowRemoteHalfClosure, value: true)
    .childChannelInitializer(service ?? httpService)
    .bind(unixDomainSocketPath: socket).get()
  var configuration = GatewayConfiguration(
    listeners: [.init(port: 0)],
    services: Dictionary(
      uniqueKeysWithValues: [
        "auth", "rest", "rest-admin", "realtime", "storage", "functions", "pg-meta", "studio",
      ].map { ($0, socket) }),
    stacks: [.init(id: "main", hosts: ["localhost", "127.0.0.1"], keys: testKeys)])
  try change(&configuration, folder)
  let log = World.Log()
  let server = try await GatewayServer.start(configuration, loops: loops) { line in
    log.lines.withLock { $0.append(line) }
  }
  do {
    try await body(
      World(
        server: server, port: server.ports.first ?? 0, configuration: configuration,
        folder: folder, log: log))
  } catch {
    await server.stop(grace: .zero)
    try? await upstream.close()
    throw error
  }
  await server.stop(grace: .zero)
  try? await upstream.close()
}

/// A connection to a gateway.
func withClient(
  _ port: Int,
  body:
    @Sendable (inout RawReader, NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws -> Void
) async throws {
  try await withClient(.port(port), body: body)
}

/// Sends a text and reads to the end: the text must make the gateway close.
func converse(_ port: Int, _ text: String) async throws -> String {
  try await converse(.port(port), text)
}

/// A GET that ends its connection.
func get(_ port: Int, _ path: String, _ headers: [String] = []) async throws -> String {
  let lines = ["GET \(path) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
  return try await converse(port, lines.joined(separator: "\r\n") + "\r\n\r\n")
}

/// A service with an HTTP parser that is not the gateway's.
@Sendable func httpService(_ channel: any Channel) -> EventLoopFuture<Void> {
  channel.eventLoop.makeCompletedFuture {
    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
    try channel.pipeline.syncOperations.addHandler(EchoService())
  }
}

/// Says what it was asked, or does what the path says.
final class EchoService: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private var head: HTTPRequestHead?
  private var bodyBytes = 0
  private var bodyText = ""
  private var bytesLeft = 0
  private var isStreaming = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      bodyBytes = 0
      bodyText = ""
      if head.uri == "/echo" {
        context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: .ok))), promise: nil)
      }
      if head.uri == "/early" {
        respond(context, .payloadTooLarge, "too large")
      }
    case .body(let buffer):
      bodyBytes += buffer.readableBytes
      if head?.uri == "/echo" {
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
      } else if bodyBytes < 4096 {
        bodyText += String(buffer: buffer)
      }
    case .end: answer(context)
    }
  }

  private func answer(_ context: ChannelHandlerContext) {
    guard let head else { return }
    let path = head.uri.split(separator: "?").first.map(String.init) ?? ""
    switch path {
    case "/echo": context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    case "/early", "/hang": break
    case "/nothing": respond(context, .noContent, "")
    case "/cors":
      respond(context, .ok, "x", ["Access-Control-Allow-Origin": "https://mine.example"])
    case "/hop":
      respond(
        context, .ok, "x",
        ["Keep-Alive": "timeout=1", "X-Listed": "1", "X-Homebase-Secret": "1", "X-Stays": "1"],
        connection: "x-listed")
    case "/until-close":
      context.write(
        wrapOutboundOut(
          .head(
            .init(version: .http1_0, status: .ok, headers: ["Connection": "close"]))),
        promise: nil)
      context.write(
        wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "until the end")))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      context.close(promise: nil)
    case "/information":
      let information = HTTPResponseHead(
        version: .http1_1, status: .custom(code: 103, reasonPhrase: "Early Hints"),
        headers: ["Link": "</style.css>"])
      context.write(wrapOutboundOut(.head(information)), promise: nil)
      respond(context, .ok, "after")
    case _ where path.hasPrefix("/bytes/"):
      bytesLeft = Int(path.dropFirst(7)) ?? 0
      context.write(
        wrapOutboundOut(
          .head(
            .init(
              version: .http1_1, status: .ok, headers: ["Content-Length": "\(bytesLeft)"]))),
        promise: nil)
      isStreaming = true
      stream(context)
    default:
      var text = "\(head.method.rawValue) \(head.uri)\n"
      for (name, value) in head.headers { text += "\(name.lowercased()): \(value)\n" }
      text += "body \(bodyBytes) \(bodyText)\n"
      respond(context, .ok, text)
    }
  }

  private func respond(
    _ context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ text: String,
    _ headers: HTTPHeaders = [:], connection: String? = nil
  ) {
    var headers = headers
    if status != .noContent { headers.add(name: "Content-Length", value: "\(text.utf8.count)") }
    if let connection { headers.add(name: "Connection", value: connection) }
    context.write(
      wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))),
      promise: nil)
    if head?.method != .HEAD, !text.isEmpty {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  private static let block = ByteBuffer(repeating: UInt8(ascii: "x"), count: 16 * 1024)

  private func stream(_ context: ChannelHandlerContext) {
    while isStreaming, context.channel.isWritable {
      let count = min(bytesLeft, Self.block.readableBytes)
      guard count > 0, let piece = Self.block.getSlice(at: 0, length: count) else {
        isStreaming = false
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        return
      }
      bytesLeft -= count
      context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(piece))), promise: nil)
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if isStreaming { stream(context) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

/// A service that does with its bytes what a test says.
final class RawService: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let react: (ByteBuffer, ChannelHandlerContext) -> Void

  init(_ react: @escaping (ByteBuffer, ChannelHandlerContext) -> Void) { self.react = react }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    react(unwrapInboundIn(data), context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed = event as? ChannelEvent {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "bye")), promise: nil)
      context.close(mode: .output, promise: nil)
    }
  }

  /// Writes a text.
  static func say(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
  }
}

func rawService(
  _ react: @escaping @Sendable (ByteBuffer, ChannelHandlerContext) -> Void
) -> @Sendable (any Channel) -> EventLoopFuture<Void> {
  { channel in
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(RawService(react))
    }
  }
}
