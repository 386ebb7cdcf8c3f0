import CProcess
import Dispatch
import Glibc
import Synchronization

/// What a child is made from.
package struct ChildRequest: Sendable {
  /// The absolute path of the program.
  package var executable: String
  /// All arguments, the program's own name first.
  package var arguments: [String]
  /// The whole environment of the child.
  package var environment: [String: String]
  /// nil: that of this process.
  package var workingDirectory: String?
  /// nil: the user of this process.
  package var user: UserIdentity?
  /// What the child has as descriptors 0, 1, 2, 3 and so on.
  ///
  /// nil is `/dev/null`. The caller keeps and closes its own.
  package var descriptors: [Int32?]
  /// What the kernel sends the child when this process dies; 0: nothing.
  package var deathSignal: Int32
  /// nil: that of this process.
  package var umask: Int32?
  /// True: a group of its own, but in this process's session: see `ServiceDefinition`.
  package var staysInSession: Bool

  package init(
    executable: String, arguments: [String], environment: [String: String],
    workingDirectory: String? = nil, user: UserIdentity? = nil,
    descriptors: [Int32?] = [nil, nil, nil], deathSignal: Int32 = SIGTERM, umask: Int32? = nil,
    staysInSession: Bool = false
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.user = user
    self.descriptors = descriptors
    self.deathSignal = deathSignal
    self.umask = umask
    self.staysInSession = staysInSession
  }
}

/// A running child: group leader, session leader unless it stays in ours, known by a pidfd, so never mistaken for another.
package final class ChildProcess: Sendable {
  /// The process id, and the id of its group.
  package let pid: Int32
  /// `/proc/PID/stat` field 22: with the pid it names a process for ever.
  ///
  /// Read when it is first asked for: the spawning thread has the next child to make. 0 when the
  /// child had been reaped by then.
  package var startTime: UInt64 {
    state.withLock { state in
      if let known = state.startTime { return known }
      let read = state.isReaped ? 0 : ProcessTable.startTime(of: pid) ?? 0
      state.startTime = read
      return read
    }
  }

  private enum Progress {
    case running([CheckedContinuation<ExitStatus, Never>])
    case ended(ExitStatus)
  }

  private struct State {
    var progress = Progress.running([])
    var isReaped = false
    var startTime: UInt64?
    var source: HeldSource?
  }

  let pidfd: Int32
  private let state = Mutex(State())

  private init(pid: Int32, pidfd: Int32) {
    self.pid = pid
    self.pidfd = pidfd
  }

  /// Starts a child on the spawning thread.
  ///
  /// - Parameter request: The program and all that it is to have.
  /// - Returns: The child, past its exec.
  /// - Throws: `ProcessError.notStarted` with the step that failed.
  package static func spawn(_ request: ChildRequest) async throws -> ChildProcess {
    try await withCheckedThrowingContinuation { continuation in
      SpawnThread.shared.perform {
        continuation.resume(with: Result { try spawnHere(request) })
      }
    }
  }

  /// Starts a child on the calling thread, which must be the spawning one.
  ///
  /// - Parameters:
  ///   - request: The program and all that it is to have.
  ///   - watches: False when the caller polls the pidfd and calls `collect()`.
  /// - Returns: The child, past its exec.
  /// - Throws: `ProcessError.notStarted` with the step that failed.
  static func spawnHere(_ request: ChildRequest, watches: Bool = true) throws -> ChildProcess {
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(null) }
    let descriptors = request.descriptors.map { $0 ?? null }
    let result = withCStrings(request.arguments) { arguments in
      withCStrings(request.environment.map { "\($0.key)=\($0.value)" }) { environment in
        request.executable.withCString { executable in
          withOptionalCString(request.workingDirectory) { folder in
            descriptors.withUnsafeBufferPointer { descriptors in
              (request.user?.groups ?? []).withUnsafeBufferPointer { groups in
                spawnNow(
                  request, executable: executable, arguments: arguments, environment: environment,
                  folder: folder, descriptors: descriptors, groups: groups)
              }
            }
          }
        }
      }
    }
    guard result.pid > 0 else {
      throw ProcessError.notStarted(
        executable: request.executable, stage: stage(result.stage), errno: result.error,
        detail: result.stage == HOMEBASE_STAGE_USER
          ? request.user?.name ?? "" : request.workingDirectory ?? "")
    }
    let child = ChildProcess(pid: result.pid, pidfd: result.pidfd)
    if watches { child.watch() }
    return child
  }

  private static func spawnNow(
    _ request: ChildRequest, executable: UnsafePointer<CChar>,
    arguments: UnsafePointer<UnsafeMutablePointer<CChar>?>,
    environment: UnsafePointer<UnsafeMutablePointer<CChar>?>, folder: UnsafePointer<CChar>?,
    descriptors: UnsafeBufferPointer<Int32>, groups: UnsafeBufferPointer<UInt32>
  ) -> homebase_spawn_result {
    guard let firstDescriptor = descriptors.baseAddress else {
      return homebase_spawn_result(
        pid: 0, pidfd: -1, error: EBADF, stage: Int32(HOMEBASE_STAGE_DESCRIPTORS))
    }
    // Changing to oneself needs no right: a plain user may name its own account.
    let changes = request.user.map { $0.userID != geteuid() || geteuid() == 0 } ?? false
    var shape = homebase_spawn_request(
      executable: executable, arguments: arguments, environment: environment,
      working_directory: folder, descriptors: firstDescriptor,
      descriptor_count: descriptors.count, groups: groups.baseAddress, group_count: groups.count,
      user_id: request.user?.userID ?? 0, group_id: request.user?.groupID ?? 0,
      changes_user: changes ? 1 : 0, death_signal: request.deathSignal,
      mask: request.umask ?? -1, stays_in_session: request.staysInSession ? 1 : 0)
    return homebase_spawn(&shape)
  }

  private static func stage(_ number: Int32) -> ProcessError.Stage {
    switch Int(number) {
    case HOMEBASE_STAGE_DESCRIPTORS: .descriptors
    case HOMEBASE_STAGE_USER: .user
    case HOMEBASE_STAGE_DIRECTORY: .workingDirectory
    case HOMEBASE_STAGE_PARENT: .parent
    case HOMEBASE_STAGE_EXECUTE: .execute
    default: .clone
    }
  }

  // The source keeps the child alive until the end is seen; the pidfd closes after that.
  private func watch() {
    let source = DispatchSource.makeReadSource(
      fileDescriptor: pidfd, queue: .global(qos: .userInitiated))
    source.setEventHandler { _ = self.collect() }
    let held = HeldSource(source: source)
    state.withLock { $0.source = held }
    held.source.activate()
  }

  /// Looks whether the child has ended, and tells those who wait.
  ///
  /// - Returns: How it ended; nil when it still runs. The zombie stays until `reap()`.
  func collect() -> ExitStatus? {
    var code: Int32 = -1
    var signal: Int32 = 0
    guard homebase_pidfd_wait(pidfd, 1, &code, &signal) != 0 else { return nil }
    let status = signal > 0 ? ExitStatus(signal: signal) : ExitStatus(code: code)
    let waiting = state.withLock { state -> [CheckedContinuation<ExitStatus, Never>] in
      state.source?.source.cancel()
      state.source = nil
      guard case .running(let waiting) = state.progress else { return [] }
      state.progress = .ended(status)
      return waiting
    }
    for continuation in waiting { continuation.resume(returning: status) }
    return status
  }

  /// How the child ended; nil while it runs.
  package var exitStatus: ExitStatus? {
    state.withLock {
      if case .ended(let status) = $0.progress { return status }
      return nil
    }
  }

  /// Waits for the end and leaves the child as a zombie, so that its group can still be named.
  ///
  /// - Returns: How it ended. `reap()` must follow.
  package func waitForEnd() async -> ExitStatus {
    await withCheckedContinuation { continuation in
      let known = state.withLock { state -> ExitStatus? in
        switch state.progress {
        case .ended(let status): return status
        case .running(let waiting):
          state.progress = .running(waiting + [continuation])
          return nil
        }
      }
      if let known { continuation.resume(returning: known) }
    }
  }

  /// Waits for the end and takes the zombie away.
  ///
  /// - Returns: How it ended.
  package func waitForExit() async -> ExitStatus {
    let status = await waitForEnd()
    reap()
    return status
  }

  /// Takes an ended child's zombie away: from here on its pid may name another process.
  package func reap() {
    state.withLock { state in
      guard case .ended = state.progress, !state.isReaped else { return }
      state.isReaped = true
      var code: Int32 = -1
      var signal: Int32 = 0
      _ = homebase_pidfd_wait(pidfd, 0, &code, &signal)
    }
  }

  /// Sends a signal to the child alone.
  ///
  /// - Parameter signal: As the kernel counts them.
  package func send(_ signal: Int32) {
    state.withLock { state in
      guard !state.isReaped else { return }
      _ = homebase_pidfd_send_signal(pidfd, signal)
    }
  }

  /// Sends a signal to the child's whole process group.
  ///
  /// - Parameter signal: As the kernel counts them.
  package func sendToGroup(_ signal: Int32) {
    state.withLock { state in
      guard !state.isReaped else { return }
      kill(-pid, signal)
    }
  }

  deinit {
    close(pidfd)
  }
}

/// Keeps a dispatch source.
///
/// Unchecked: libdispatch's objects may be used from any thread; the overlay does not say so.
private struct HeldSource: @unchecked Sendable {
  let source: any DispatchSourceRead
}

/// Lays strings out as exec wants them: an array of pointers that ends with NULL.
func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = strings.map { strdup($0) }
  pointers.append(nil)
  defer { for pointer in pointers { free(pointer) } }
  return pointers.withUnsafeBufferPointer { buffer in
    // The array has at least its NULL, so it has an address.
    guard let base = buffer.baseAddress else { preconditionFailure("an empty array of pointers") }
    return body(base)
  }
}

private func withOptionalCString<Result>(
  _ string: String?, _ body: (UnsafePointer<CChar>?) -> Result
) -> Result {
  guard let string else { return body(nil) }
  return string.withCString { body($0) }
}
