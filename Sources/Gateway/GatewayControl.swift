import Diagnostics
import HTTPMessages
import HTTPService
import NIOCore

/// Answers on the gateway's control socket: pause, resume, reload, health.
///
/// `POST /stacks/ID/pause?timeout_ms=100`, `POST /stacks/ID/resume?generation=17`, `POST /reload`,
/// `GET /health`. The socket is this user's alone; there are no keys.
struct GatewayControl: HTTPResponder {
  let server: GatewayServer
  /// Reads the configuration again and takes it whole.
  let reload: @Sendable () async throws -> Void

  func respond(to request: HTTPRequest, body: HTTPRequestBody) async -> HTTPResponse {
    let words = request.path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    switch (request.method, words.first, words.count) {
    case ("GET", "health", 1): return .json(status: 200, "{}")
    case ("POST", "reload", 1): return await answerReload()
    case ("POST", "stacks", 3) where ["pause", "resume"].contains(words[2]):
      let stack = words[1]
      guard server.knows(stack) else { return refusal(404, "there is no stack \(stack)") }
      return words[2] == "pause"
        ? await pause(stack, request.query) : await resume(stack, request.query)
    default: return refusal(404, "there is no \(request.method) \(request.path)")
    }
  }

  private func pause(_ stack: String, _ query: String) async -> HTTPResponse {
    var timeout = Duration.seconds(10)
    if let text = parameter("timeout_ms", query) {
      guard let milliseconds = UInt32(text) else {
        return refusal(400, "timeout_ms is a number of milliseconds")
      }
      timeout = .milliseconds(Int(milliseconds))
    }
    let isDrained = await server.pause(stack, timeout: timeout)
    return .json(status: 200, "{\"drained\":\(isDrained)}")
  }

  private func resume(_ stack: String, _ query: String) async -> HTTPResponse {
    var generation: UInt64?
    if let text = parameter("generation", query) {
      guard let number = UInt64(text) else { return refusal(400, "generation is a number") }
      generation = number
    }
    await server.resume(stack, generation: generation)
    return .json(status: 200, "{}")
  }

  private func answerReload() async -> HTTPResponse {
    do {
      try await reload()
      return .json(status: 200, "{}")
    } catch {
      return refusal(400, Diagnostic(describing: error).message)
    }
  }

  private func refusal(_ status: Int, _ message: String) -> HTTPResponse {
    .json(status: status, "{\"message\":\(jsonText(message))}")
  }

  /// A parameter's value; ids and numbers need no decoding.
  private func parameter(_ name: String, _ query: String) -> String? {
    for pair in query.split(separator: "&") where pair.hasPrefix("\(name)=") {
      return String(pair.dropFirst(name.utf8.count + 1))
    }
    return nil
  }
}
