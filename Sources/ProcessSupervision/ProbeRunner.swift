import Diagnostics

/// Asks a service once whether it is well.
struct ProbeRunner: Sendable {
  let probe: HealthProbe
  let timeout: Duration
  let environment: [String: String]
  let workingDirectory: String?
  let user: UserIdentity?

  /// Asks.
  ///
  /// - Returns: nil when it is well, else what a person should know.
  func run() async -> String? {
    switch probe {
    case .process:
      return nil
    case .tcp(let host, let port):
      return await SocketProbe.run(host: host, port: port, path: nil, timeout: timeout)
    case .http(let host, let port, let path):
      return await SocketProbe.run(host: host, port: port, path: path, timeout: timeout)
    case .httpSocket(let socket, let path):
      return await SocketProbe.run(socket: socket, path: path, timeout: timeout)
    case .command(let words):
      return await run(words)
    case .custom(let ask):
      return await run(ask)
    }
  }

  private func run(_ words: [String]) async -> String? {
    do {
      var words = words
      words[0] = try CommandLookup.find(
        words[0], path: environment["PATH"], workingDirectory: workingDirectory)
      let result = try await runTool(
        words, environment: environment, workingDirectory: workingDirectory, user: user,
        timeout: timeout)
      if result.status.isSuccess { return nil }
      let said =
        (result.errorOutput.isEmpty ? result.output : result.errorOutput)
        .split(separator: "\n").last.map { ": \($0.prefix(200))" } ?? ""
      return "its probe ended with \(result.status)\(said)"
    } catch ProcessError.timedOut {
      return "its probe took longer than \(timeout)"
    } catch let error as ProcessError {
      return error.diagnostic.message
    } catch {
      return "its probe was ended"
    }
  }

  private func run(_ ask: @escaping @Sendable () async -> Bool) async -> String? {
    let answer = FirstAnswer()
    return await withCheckedContinuation { continuation in
      answer.expect(continuation)
      let asking = Task {
        let isWell = await ask()
        answer.give(isWell ? nil : "its probe said no")
      }
      let timeout = timeout
      let waiting = Task {
        try? await Task.sleep(for: timeout)
        if !Task.isCancelled { asking.cancel() }
        answer.give("its probe took longer than \(timeout)")
      }
      answer.onGiven { waiting.cancel() }
    }
  }
}

/// A TCP or HTTP probe on a nonblocking socket: no thread waits.
enum SocketProbe {
  /// Connects, and with a path asks for it and reads the status.
  ///
  /// - Parameters:
  ///   - host: A numeric address, or `localhost`.
  ///   - port: From 1 to 65535.
  ///   - path: nil: a connection is enough.
  ///   - timeout: For all of it.
  /// - Returns: nil when it is well, else what a person should know.
  static func run(host: String, port: Int, path: String?, timeout: Duration) async -> String? {
    let clock = ContinuousClock()
    let deadline = clock.now + timeout
    var reason = "no such address: \(host)"
    for address in host == "localhost" ? ["127.0.0.1", "::1"] : [host] {
      guard let socket = NonblockingSocket(host: address, port: port) else { continue }
      reason = await attempt(socket, "\(host):\(port)", path, deadline) ?? ""
      if reason.isEmpty { return nil }
    }
    return reason
  }

  /// Asks for a path on a unix socket and reads the status.
  ///
  /// - Parameters:
  ///   - path: The socket's file.
  ///   - target: What is asked for.
  ///   - timeout: For all of it.
  /// - Returns: nil when it is well, else what a person should know.
  static func run(socket path: String, path target: String, timeout: Duration) async -> String? {
    guard let socket = NonblockingSocket(path: path) else { return "no such address: \(path)" }
    return await attempt(socket, path, target, ContinuousClock.now + timeout, host: "localhost")
  }

  private static func attempt(
    _ socket: NonblockingSocket, _ target: String, _ path: String?,
    _ deadline: ContinuousClock.Instant, host: String? = nil
  ) async -> String? {
    guard await socket.wait(.write, until: deadline) else {
      return "no connection to \(target) in time"
    }
    if let error = socket.connectError { return "no connection to \(target): \(error)" }
    guard let path else { return nil }
    let address = host == nil ? "http://\(target)\(path)" : "\(path) at \(target)"
    let request =
      "GET \(path) HTTP/1.1\r\nHost: \(host ?? target)\r\nUser-Agent: homebase\r\n"
      + "Accept: */*\r\nConnection: close\r\n\r\n"
    guard socket.write(Array(request.utf8)) else { return "\(target) closed the connection" }
    var answer: [UInt8] = []
    while answer.count < 12 {
      guard await socket.wait(.read, until: deadline) else {
        return "no answer from \(address) in time"
      }
      guard let more = socket.read() else { return "\(target) closed the connection" }
      answer += more
    }
    let words = String(decoding: answer.prefix(12), as: UTF8.self).split(separator: " ")
    guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      return "\(target) does not speak HTTP"
    }
    return (200...299).contains(status) ? nil : "\(address) answered \(status)"
  }
}
