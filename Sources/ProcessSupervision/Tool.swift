import CProcess
import Glibc
import Synchronization

/// What a tool left behind when it ended.
package struct ToolResult: Sendable {
  /// How it ended.
  package var status: ExitStatus
  /// What it wrote to its standard output, as far as it was kept.
  package var output: String
  /// What it wrote to its standard error, as far as it was kept.
  package var errorOutput: String

  package init(status: ExitStatus, output: String, errorOutput: String) {
    self.status = status
    self.output = output
    self.errorOutput = errorOutput
  }
}

/// Runs a short tool to its end, as another user if asked.
///
/// Of each output the first 8 MiB are kept, the rest is read and dropped. What the tool leaves
/// running in the background stays; when it is ended early, its whole process group goes with it.
/// When the task is cancelled the tool is ended and `CancellationError` thrown.
///
/// - Parameters:
///   - arguments: The program's absolute path first.
///   - environment: nil: that of this process; with a user, that user's HOME, USER and LOGNAME.
///   - workingDirectory: nil: that of this process.
///   - user: nil: the user of this process.
///   - input: What the tool reads; nil is an empty input.
///   - timeout: From its start to its end; nil: no limit.
/// - Returns: How it ended and what it wrote. An exit code other than 0 is not an error here.
/// - Throws: `ProcessError` when it did not start or was too slow; `CancellationError`.
package func runTool(
  _ arguments: [String], environment: [String: String]? = nil, workingDirectory: String? = nil,
  user: UserIdentity? = nil, input: String? = nil, timeout: Duration? = nil
) async throws -> ToolResult {
  try Task.checkCancellation()
  let run = ToolRun(
    request: ChildRequest(
      executable: arguments.first ?? "", arguments: arguments,
      environment: environment ?? currentEnvironment(for: user),
      workingDirectory: workingDirectory, user: user),
    input: Array((input ?? "").utf8), timeout: timeout)
  return try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { continuation in
      SpawnThread.shared.perform { run.begin(continuation) }
    }
  } onCancel: {
    run.cancel()
  }
}

/// The environment of this process, with the name and home of the user who will have it.
///
/// - Parameter user: nil: the user of this process; nothing changes.
/// - Returns: Name to value.
package func currentEnvironment(for user: UserIdentity? = nil) -> [String: String] {
  var result: [String: String] = [:]
  var next = environ
  while let entry = next.pointee {
    let text = String(cString: entry)
    if let equals = text.firstIndex(of: "=") {
      result[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    next += 1
  }
  if let user {
    result["HOME"] = user.home
    result["USER"] = user.name
    result["LOGNAME"] = user.name
  }
  return result
}

/// One run of a tool: a thread of its own that polls its pipes and its end.
private final class ToolRun: Sendable {
  private static let mostKept = 8 * 1024 * 1024

  private let request: ChildRequest
  private let input: [UInt8]
  private let timeout: Duration?
  private let cancelEvent = homebase_eventfd()

  init(request: ChildRequest, input: [UInt8], timeout: Duration?) {
    self.request = request
    self.input = input
    self.timeout = timeout
  }

  deinit { close(cancelEvent) }

  func cancel() { homebase_eventfd_signal(cancelEvent) }

  /// Called on the spawning thread.
  func begin(_ continuation: CheckedContinuation<ToolResult, any Error>) {
    var ends = Ends()
    do {
      try ends.open(withInput: !input.isEmpty)
      var request = request
      request.descriptors = [ends.inputRead, ends.outputWrite, ends.errorWrite]
      let child = try ChildProcess.spawnHere(request, watches: false)
      ends.closeChildSide()
      let opened = ends
      startThread(named: "homebase-tool") {
        continuation.resume(with: Result { try self.follow(child, opened) })
      }
    } catch {
      ends.closeAll()
      continuation.resume(throwing: error)
    }
  }

  private func follow(_ child: ChildProcess, _ opened: Ends) throws -> ToolResult {
    var ends = opened
    defer { ends.closeAll() }
    let clock = ContinuousClock()
    let deadline = timeout.map { clock.now + $0 }
    var killTime: ContinuousClock.Instant?
    var reason: (any Error)?
    var written = 0
    var output: [UInt8] = []
    var errors: [UInt8] = []
    while true {
      var polled = [
        pollfd(fd: child.pidfd, events: Int16(POLLIN), revents: 0),
        pollfd(fd: ends.outputRead ?? -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: ends.errorRead ?? -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: ends.inputWrite ?? -1, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: reason == nil ? cancelEvent : -1, events: Int16(POLLIN), revents: 0),
      ]
      let limit = killTime ?? (reason == nil ? deadline : nil)
      var wait: Int32 = -1
      if let limit { wait = Int32(clamping: max(0, clock.now.milliseconds(to: limit) + 1)) }
      poll(&polled, nfds_t(polled.count), wait)

      if polled[1].revents != 0 { drain(&ends.outputRead, into: &output) }
      if polled[2].revents != 0 { drain(&ends.errorRead, into: &errors) }
      if polled[3].revents != 0 { feed(&ends.inputWrite, from: &written) }
      if polled[0].revents != 0, let status = child.collect() {
        // What is in the pipes belongs to the tool; a background child may hold them for ever.
        drain(&ends.outputRead, into: &output)
        drain(&ends.errorRead, into: &errors)
        child.reap()
        if let reason { throw reason }
        return ToolResult(
          status: status, output: String(decoding: output, as: UTF8.self),
          errorOutput: String(decoding: errors, as: UTF8.self))
      }
      if polled[4].revents != 0, reason == nil {
        reason = CancellationError()
      } else if let deadline, reason == nil, clock.now >= deadline, let timeout {
        reason = ProcessError.timedOut(tool: request.executable, after: timeout)
      }
      if let time = killTime {
        if clock.now >= time {
          child.sendToGroup(SIGKILL)
          killTime = clock.now + .seconds(1)
        }
      } else if reason != nil {
        child.sendToGroup(SIGTERM)
        child.sendToGroup(SIGCONT)
        killTime = clock.now + .milliseconds(500)
      }
    }
  }

  private func drain(_ end: inout Int32?, into kept: inout [UInt8]) {
    guard let descriptor = end else { return }
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        kept += buffer.prefix(min(count, Self.mostKept - kept.count))
      } else if count < 0, errno == EINTR {
        continue
      } else {
        if count == 0 {
          close(descriptor)
          end = nil
        }
        return
      }
    }
  }

  private func feed(_ end: inout Int32?, from written: inout Int) {
    guard let descriptor = end else { return }
    let count = input[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count > 0 { written += count }
    let failed = count < 0 && errno != EINTR && errno != EAGAIN
    if written == input.count || failed {
      close(descriptor)
      end = nil
    }
  }
}

/// The pipes of one run, both sides.
private struct Ends: Sendable {
  var inputRead: Int32?
  var inputWrite: Int32?
  var outputRead: Int32?
  var outputWrite: Int32?
  var errorRead: Int32?
  var errorWrite: Int32?

  mutating func open(withInput: Bool) throws {
    if withInput {
      let (reading, writing) = try Self.pipe()
      // The child's side must block as any program expects, ours must not.
      let flags = fcntl(reading, F_GETFL)
      _ = fcntl(reading, F_SETFL, flags & ~O_NONBLOCK)
      homebase_set_nonblocking(writing)
      (inputRead, inputWrite) = (reading, writing)
    }
    (outputRead, outputWrite) = try Self.pipe()
    (errorRead, errorWrite) = try Self.pipe()
  }

  mutating func closeChildSide() {
    for end in [inputRead, outputWrite, errorWrite] { if let end { close(end) } }
    (inputRead, outputWrite, errorWrite) = (nil, nil, nil)
  }

  mutating func closeAll() {
    closeChildSide()
    for end in [inputWrite, outputRead, errorRead] { if let end { close(end) } }
    (inputWrite, outputRead, errorRead) = (nil, nil, nil)
  }

  private static func pipe() throws -> (Int32, Int32) {
    var reading: Int32 = -1
    var writing: Int32 = -1
    guard homebase_pipe(&reading, &writing) == 0 else {
      throw ProcessError.notStarted(
        executable: "a tool", stage: .descriptors, errno: errno, detail: "")
    }
    return (reading, writing)
  }
}

extension ContinuousClock.Instant {
  /// Whole milliseconds until another moment, negative when it has passed.
  func milliseconds(to other: ContinuousClock.Instant) -> Int64 {
    let parts = duration(to: other).components
    return parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
  }
}
