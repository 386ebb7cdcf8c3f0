// TestCluster: one real, temporary PostgreSQL server for all tests of a run.
//
// Tests start at `TemporaryCluster.shared()`: the first caller pays for initdb and start (about a
// second), the rest wait for it. The server is a child of a thread that never ends and carries the
// kernel's parent-death signal, so it ends with the test process however that ends.
// Never: a server or a process that somebody else started.

internal import FoundationEssentials
internal import Glibc
package import PostgresClient
internal import ProcessSupervision
internal import Synchronization

/// A running server in a folder of its own, reachable by its unix socket only.
package struct TemporaryCluster: Sendable {
  /// The data, the socket and the log; removed at the end of the process.
  package let folder: String
  /// The postmaster.
  package let processID: Int32

  /// The folder of the unix socket.
  package var socketFolder: String { folder }

  private static let started = Task { try await startAnother() }

  /// The one server of this process, started when it was not.
  ///
  /// - Returns: A server that takes connections.
  /// - Throws: `TemporaryClusterError`, with the end of the log.
  package static func shared() async throws -> TemporaryCluster { try await started.value }

  /// How to connect; every role but `password_tester` is trusted.
  ///
  /// - Parameters:
  ///   - database: One that exists.
  ///   - user: `postgres` is the superuser.
  ///   - password: Only `password_tester` is asked for one.
  /// - Returns: Parameters for `PostgresConnection.connect`.
  package func parameters(
    database: String = "postgres", user: String = "postgres", password: String? = nil
  ) -> ConnectionParameters {
    ConnectionParameters(
      host: socketFolder, port: 5_432, database: database, user: user, password: password,
      applicationName: "homebase tests", connectTimeout: .seconds(60))
  }

  /// Opens a session, gives it to a function, and closes it.
  ///
  /// - Parameters:
  ///   - database: One that exists.
  ///   - onNotice: Called with each NOTICE.
  ///   - body: May close the connection itself.
  /// - Returns: What `body` returns.
  /// - Throws: `PostgresError` from connecting, and what `body` throws.
  package nonisolated(nonsending) func withConnection<Result>(
    to database: String = "postgres", onNotice: (@Sendable (PostgresNotice) -> Void)? = nil,
    _ body: nonisolated(nonsending) (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    let connection = try await PostgresConnection.connect(
      parameters(database: database), onNotice: onNotice)
    do {
      let result = try await body(connection)
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }

  /// Makes a new empty database, gives its name to a function, and drops it.
  ///
  /// - Parameters:
  ///   - encoding: As `create database` spells it.
  ///   - body: Its sessions are ended by the drop, if it leaves some.
  /// - Returns: What `body` returns.
  /// - Throws: `PostgresError` from making it, and what `body` throws.
  package nonisolated(nonsending) func withDatabase<Result>(
    encoding: String = "UTF8",
    _ body: nonisolated(nonsending) (_ name: String) async throws -> Result
  ) async throws -> Result {
    let number = Self.lastDatabase.withLock { last in
      last += 1
      return last
    }
    let name = "test_\(getpid())_\(number)"
    // From template0: template1 cannot be copied while another test is connected to it.
    try await withConnection {
      _ = try await $0.query("create database \(name) template template0 encoding '\(encoding)'")
    }
    do {
      let result = try await body(name)
      try await withConnection { _ = try await $0.query("drop database \(name) with (force)") }
      return result
    } catch {
      _ = try? await withConnection {
        try await $0.query("drop database \(name) with (force)")
      }
      throw error
    }
  }

  private static let lastDatabase = Mutex(0)
}

/// Why there is no server to test against.
package struct TemporaryClusterError: Error, CustomStringConvertible {
  package var description: String
}

extension TemporaryCluster {
  private static let binFolder = "/usr/lib/postgresql/15/bin"

  /// Starts a server that nobody else uses, for tests that break it.
  ///
  /// - Returns: A server that takes connections; it is stopped at the end of the process.
  /// - Throws: `TemporaryClusterError`, with the end of the log.
  package static func startAnother() async throws -> TemporaryCluster {
    let folder = try makeFolder()
    let log = "\(folder)/log"
    try await run(
      [
        "\(binFolder)/initdb", "--pgdata=\(folder)/data", "--username=postgres", "--auth=trust",
        "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8",
      ], log: log)
    // A role that is asked for its password, so that refusals can be tested.
    try write(
      "local all password_tester scram-sha-256\nlocal all all trust\n"
        + "local replication all trust\n", to: "\(folder)/data/pg_hba.conf")
    let server = try await spawn(
      [
        "\(binFolder)/postgres", "-D", "\(folder)/data", "-k", folder, "-F",
        "-c", "listen_addresses=", "-c", "max_connections=400", "-c", "wal_level=logical",
        "-c", "shared_buffers=64MB", "-c", "log_min_messages=fatal",
      ], log: log)
    let cluster = TemporaryCluster(folder: folder, processID: server.pid)
    stopAtExit(cluster)
    try await cluster.waitUntilReady(log: log)
    return cluster
  }

  private func waitUntilReady(log: String) async throws {
    for _ in 0..<2_000 {
      guard kill(processID, 0) == 0 else { break }
      do {
        let connection = try await PostgresConnection.connect(parameters())
        await connection.close()
        return
      } catch {
        try await Task.sleep(for: .milliseconds(10))
      }
    }
    throw TemporaryClusterError(description: "the server does not start:\n" + Self.readEnd(of: log))
  }

  /// The folder is the server's user's: PostgreSQL refuses to run as root.
  private static func makeFolder() throws -> String {
    var template = Array("/tmp/homebase-cluster-XXXXXX\0".utf8CString)
    guard let path = mkdtemp(&template) else {
      throw TemporaryClusterError(description: "no folder under /tmp: errno \(errno)")
    }
    let folder = String(cString: path)
    if geteuid() == 0, let user = getpwnam("postgres") {
      chown(folder, user.pointee.pw_uid, user.pointee.pw_gid)
    }
    return folder
  }

  private static func write(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else {
      throw TemporaryClusterError(description: "cannot write \(path): errno \(errno)")
    }
    fputs(text, file)
    fclose(file)
  }

  private static func run(_ arguments: [String], log: String) async throws {
    let status = await (try await spawn(arguments, log: log)).waitForExit()
    guard status.isSuccess else {
      throw TemporaryClusterError(description: "\(arguments[0]) failed:\n" + readEnd(of: log))
    }
  }

  private static func readEnd(of log: String) -> String {
    guard let file = fopen(log, "r") else { return "(no log)" }
    defer { fclose(file) }
    var bytes: [UInt8] = Array(repeating: 0, count: 4_096)
    fseek(file, 0, SEEK_END)
    fseek(file, max(0, ftell(file) - bytes.count), SEEK_SET)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// Starts a program as the server's user; SIGINT reaches it when this process dies.
  ///
  /// On the spawning thread, as all children of a test process: a supervisor under test takes every
  /// other child for an orphan, and ends it.
  private static func spawn(_ arguments: [String], log: String) async throws -> ChildProcess {
    let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard output >= 0 else {
      throw TemporaryClusterError(description: "cannot write \(log): errno \(errno)")
    }
    defer { close(output) }
    return try await ChildProcess.spawn(
      ChildRequest(
        executable: arguments[0], arguments: arguments,
        environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"],
        user: geteuid() == 0 ? try UserIdentity.named("postgres") : nil,
        descriptors: [nil, output, output], deathSignal: SIGINT))
  }

  /// Stops the server and removes its folder when the process ends in order.
  private static func stopAtExit(_ cluster: TemporaryCluster) {
    let isFirst = running.withLock { running in
      running.append(cluster)
      return running.count == 1
    }
    guard isFirst else { return }
    atexit {
      for cluster in TemporaryCluster.running.withLock({ $0 }) {
        // Immediate: nothing of it is kept.
        kill(cluster.processID, SIGQUIT)
        var status: Int32 = 0
        while waitpid(cluster.processID, &status, 0) < 0 && errno == EINTR {}
        try? FileManager.default.removeItem(atPath: cluster.folder)
      }
    }
  }

  private static let running = Mutex<[TemporaryCluster]>([])
}
