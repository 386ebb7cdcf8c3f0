import Glibc
import NIOCore
import Synchronization
import TestSockets

@testable import HTTPService

/// A responder that is a closure.
struct Responder: HTTPResponder {
  let answer: @Sendable (HTTPRequest, HTTPRequestBody) async -> HTTPResponse

  func respond(to request: HTTPRequest, body: HTTPRequestBody) async -> HTTPResponse {
    await answer(request, body)
  }
}

/// A text as an answer.
func said(_ text: String, status: Int = 200) -> HTTPResponse {
  HTTPResponse(status: status, body: .bytes(ByteBuffer(string: text)))
}

/// A server and what it wrote into its log, while the body runs.
struct Served: Sendable {
  var server: HTTPServer
  var address: TestAddress
  var log: Log

  final class Log: Sendable {
    private let lines = Mutex<[String]>([])
    var text: String { lines.withLock { $0.joined(separator: "\n") } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  /// A request that ends its connection.
  func ask(_ line: String, _ headers: [String] = [], body: String = "") async throws -> String {
    let lines = ["\(line) HTTP/1.1", "Host: a", "Connection: close"] + headers
    return try await converse(address, lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
  }
}

func withServer(
  loops: Int = 1, limits: HTTPLimits = .init(), onUnixSocket: Bool = false,
  _ answer: @escaping @Sendable (HTTPRequest, HTTPRequestBody) async -> HTTPResponse,
  body: (Served) async throws -> Void
) async throws {
  try await withFolder { folder in
    let log = Served.Log()
    let socket = "\(folder)/s.sock"
    let server = try await HTTPServer.start(
      onUnixSocket ? .unix(socket) : .tcp(host: "127.0.0.1", port: 0), loops: loops,
      limits: limits, responder: Responder(answer: answer), log: { log.add($0) })
    let address = server.port.map { TestAddress.port($0) } ?? .unix(socket)
    do {
      try await body(Served(server: server, address: address, log: log))
    } catch {
      await server.stop(grace: .zero)
      throw error
    }
    await server.stop(grace: .zero)
  }
}

/// Lets whoever waits go on when it is opened, also when it was opened before.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  func open() {
    let waiters = state.withLock { state in
      state.isOpen = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func wait() async {
    await withCheckedContinuation { waiter in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiters.append(waiter) }
        return state.isOpen
      }
      if isOpen { waiter.resume() }
    }
  }
}

/// A number that several tasks count up.
final class Count: Sendable {
  private let number = Mutex(0)
  var value: Int { number.withLock { $0 } }
  func add(_ more: Int) { number.withLock { $0 += more } }
}

/// A client that sees how much its socket takes.
struct BlockingClient {
  private let descriptor: Int32

  init(_ path: String) throws {
    descriptor = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    guard isConnected else { throw Failure("connect: \(errno)") }
  }

  /// Writes what the socket takes at once.
  func write(_ bytes: [UInt8]) -> Int {
    max(
      0, send(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)))
  }

  func close() { _ = Glibc.close(descriptor) }
}
