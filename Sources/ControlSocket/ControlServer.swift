import Diagnostics
package import FoundationEssentials
import Glibc
import Synchronization

/// The supervisor's side of the control socket: listens, and runs each request in its own task.
///
/// A file beside the socket, `….lock`, is locked as long as the server lives: who holds it may
/// remove a socket file that a dead supervisor left, so two starts at once end with one server.
package final class ControlServer: Sendable {
  /// Does the work of one request and returns its result as one JSON value.
  ///
  /// It is cancelled when the client goes away or the server stops. What it throws reaches the
  /// client as a `Diagnostic`.
  package typealias Handler = @Sendable (ControlRequest, ControlReply) async throws -> Data

  private let path: String
  private let version: String
  private let handler: Handler
  private let state = Mutex(State.idle)

  private enum State {
    case idle
    case running(ControlLoop, lock: Int32, requests: Task<Void, Never>)
    case stopped
  }

  /// Makes a server that does not listen yet.
  ///
  /// - Parameters:
  ///   - path: The socket's file; its folder is made (0700), or closed to the eyes of others, by `start`.
  ///   - version: The program's version, said to each client.
  ///   - handler: Does the work.
  package init(path: String, version: String, handler: @escaping Handler) {
    self.path = path
    self.version = version
    self.handler = handler
  }

  /// Listens: when this returns, a client can connect.
  ///
  /// - Throws: `alreadyListening` when another server lives there; `pathTooLong`,
  ///   `folderNotPrivate`, or `system`.
  package func start() throws(ControlSocketError) {
    try makePrivateFolder(folder(of: path))
    let lock = try takeLock()
    let loop: ControlLoop
    let connections: AsyncStream<ControlConnection>
    do throws(ControlSocketError) {
      let listener = try listen()
      let greeting = ControlGreeting(
        protocol: ControlWire.version, version: version, pid: getpid())
      (loop, connections) = try ControlLoop.start(
        listener: listener, path: path, greeting: greeting)
    } catch {
      Glibc.close(lock)
      throw error
    }
    let handler = handler
    let requests = Task {
      await withDiscardingTaskGroup { group in
        for await connection in connections {
          group.addTask { await connection.serve(handler) }
        }
        group.cancelAll()
      }
    }
    state.withLock { $0 = .running(loop, lock: lock, requests: requests) }
  }

  /// Takes no new client, cancels what runs, sends what was answered, and closes.
  ///
  /// A request in flight gets the answer that its handler gives to the cancellation. Not to be
  /// called by a handler, which it would wait for.
  package func stop() async {
    let running = state.withLock { state in
      defer { state = .stopped }
      return state
    }
    guard case .running(let loop, let lock, let requests) = running else { return }
    loop.closeListener()
    requests.cancel()
    await requests.value
    await loop.finish()
    Glibc.close(lock)
  }

  /// Waits without end until `stop` is called and done, or the task is cancelled.
  ///
  /// - Returns: When no request runs any more.
  package func waitUntilStopped() async {
    let requests = state.withLock { state -> Task<Void, Never>? in
      guard case .running(_, _, let requests) = state else { return nil }
      return requests
    }
    await requests?.value
  }

  private func takeLock() throws(ControlSocketError) -> Int32 {
    let file = path + ".lock"
    let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .system(call: "open", path: file, code: errno) }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EINTR { continue }
      Glibc.close(descriptor)
      throw code == EWOULDBLOCK
        ? .alreadyListening(path: path) : .system(call: "flock", path: file, code: code)
    }
    return descriptor
  }

  private func listen() throws(ControlSocketError) -> Int32 {
    let descriptor = try makeUnixSocket(for: path, isBlocking: false)
    do throws(ControlSocketError) {
      // Before bind: the file then never exists with wider rights.
      fchmod(descriptor, 0o600)
      var code = try withUnixAddress(path) { bind(descriptor, $0, $1) }
      if code == EADDRINUSE {
        try removeStaleSocket()
        code = try withUnixAddress(path) { bind(descriptor, $0, $1) }
      }
      guard code == 0 else {
        throw ControlSocketError.system(call: "bind", path: path, code: code)
      }
      guard Glibc.listen(descriptor, 128) == 0 else {
        throw ControlSocketError.system(call: "listen", path: path, code: errno)
      }
    } catch {
      Glibc.close(descriptor)
      throw error
    }
    return descriptor
  }

  /// Removes the file of a server that died; one that lives, with its lock file deleted, stays.
  private func removeStaleSocket() throws(ControlSocketError) {
    let probe = try makeUnixSocket(for: path, isBlocking: false)
    defer { Glibc.close(probe) }
    do {
      try connectUnixSocket(probe, to: path)
    } catch .nobodyListens {
      guard unlink(path) == 0 || errno == ENOENT else {
        throw .system(call: "unlink", path: path, code: errno)
      }
      return
    } catch .noSocket {
      return
    } catch .system(_, _, EAGAIN) {
      throw .alreadyListening(path: path)
    }
    throw .alreadyListening(path: path)
  }
}

/// How a handler tells its client how far it is.
package struct ControlReply: Sendable {
  let connection: ControlConnection
  let id: Int

  /// Reports a step, without waiting for the client to read it.
  ///
  /// A client that reads nothing is dropped when too much waits for it; the request is then
  /// cancelled.
  ///
  /// - Parameter step: What is being done.
  package func progress(_ step: ControlProgress) {
    guard let json = try? wireEncoder().encode(step) else { return }
    connection.send(wireLine(id: id, member: "progress", json: json))
  }

  /// Sends one value of a stream, such as a log line, at the speed at which the client reads.
  ///
  /// - Parameter value: Any value; the client reads it as the type that it asked for.
  /// - Throws: `CancellationError` when the client is gone; an `EncodingError`.
  package func stream(_ value: some Encodable) async throws {
    let json = try wireEncoder().encode(value)
    connection.send(wireLine(id: id, member: "progress", json: json))
    try await connection.waitForRoom()
  }
}

/// Makes a folder that only we can look into, or checks that it is one.
private func makePrivateFolder(_ folder: String) throws(ControlSocketError) {
  if mkdir(folder, 0o700) != 0, errno != EEXIST {
    throw .system(call: "mkdir", path: folder, code: errno)
  }
  var facts = stat()
  guard lstat(folder, &facts) == 0 else {
    throw .system(call: "lstat", path: folder, code: errno)
  }
  guard facts.st_mode & S_IFMT == S_IFDIR, facts.st_uid == geteuid() else {
    throw .folderNotPrivate(folder: folder)
  }
  // Others may pass through, as PostgreSQL's user must to its own socket, but not look or write.
  let open = facts.st_mode & 0o066
  if open != 0, chmod(folder, facts.st_mode & 0o7777 & ~open) != 0 {
    throw .system(call: "chmod", path: folder, code: errno)
  }
}
