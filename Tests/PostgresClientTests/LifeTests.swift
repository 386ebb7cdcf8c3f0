import Glibc
import PostgresClient
import TestCluster
import Testing

@Suite struct LifeTests {
  /// `start` must tell a server that is not there from one that refuses.
  @Test func failuresToConnectSayWhy() async throws {
    let cluster = try await TemporaryCluster.shared()
    func failure(_ parameters: ConnectionParameters) async -> (String, String?)? {
      let error = await #expect(throws: PostgresError.self) {
        _ = try await PostgresConnection.connect(parameters)
      }
      guard case .connectionFailed(let reason, let sqlstate) = error else { return nil }
      return (reason, sqlstate)
    }

    let missing = await failure(cluster.parameters(database: "nope"))
    #expect(missing?.1 == "3D000")
    #expect(missing?.0.hasSuffix(#"FATAL: database "nope" does not exist"#) == true)

    var nowhere = cluster.parameters()
    nowhere.host = "/nonexistent"
    let absent = await failure(nowhere)
    #expect(absent?.1 == nil && absent?.0.contains("No such file or directory") == true)

    var nul = cluster.parameters()
    nul.user = "a\0b"
    #expect(await failure(nul)?.0 == "there is a NUL byte in user")
  }

  /// A wrong password is the commonest mistake; the right one must work too.
  @Test func passwordsAreChecked() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection {
      _ = try await $0.execute(
        "drop role if exists password_tester; create role password_tester login password 'o''k'")
    }
    let error = await #expect(throws: PostgresError.self) {
      _ = try await PostgresConnection.connect(
        cluster.parameters(user: "password_tester", password: "wrong"))
    }
    #expect(error?.sqlstate == "28P01")
    let connection = try await PostgresConnection.connect(
      cluster.parameters(user: "password_tester", password: "o'k"))
    #expect(try await connection.query("select current_user").firstValue == "password_tester")
    await connection.close()
  }

  /// Settings of the first moment: blanks, quotes and backslashes in them are theirs.
  @Test func settingsHoldFromTheStart() async throws {
    var parameters = try await TemporaryCluster.shared().parameters()
    parameters.settings = ["search_path": "a, \"b c\"", "app.text": #"back\slash and 'quote'"#]
    parameters.applicationName = "my app"
    let connection = try await PostgresConnection.connect(parameters)
    let row = try await connection.query(
      """
      select current_setting('search_path'), current_setting('app.text'),
        current_setting('application_name'), current_setting('client_encoding')
      """
    ).rows.first
    #expect(row == ["a, \"b c\"", #"back\slash and 'quote'"#, "my app", "UTF8"])
    #expect(connection.serverVersion >= 150_000)
    #expect(
      try await connection.query("select pg_backend_pid()").firstValue
        == "\(connection.backendPID)")
    await connection.close()
  }

  /// A closed session must be gone: its database is renamed or dropped next.
  @Test func closeWaitsForTheServer() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection { watcher async throws in
      for _ in 0..<20 {
        let connection = try await PostgresConnection.connect(cluster.parameters())
        await connection.close()
        #expect(connection.isClosed)
        let count = try await watcher.query(
          "select count(*) from pg_stat_activity where pid = $1::int", ["\(connection.backendPID)"])
        #expect(count.firstValue == "0")
      }
    }
  }

  /// Closing under a call stops it, at the server too, and says so to all that wait.
  @Test func closeEndsWhatRunsAndWhatWaits() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection { watcher async throws in
      let connection = try await PostgresConnection.connect(cluster.parameters())
      let running = Task { try await connection.query("select pg_sleep(600)") }
      try await watcher.waitUntilActive(connection.backendPID)
      let waiting = Task { try await connection.query("select 1") }
      await connection.close()
      await #expect(throws: PostgresError.closed) { try await running.value }
      await #expect(throws: PostgresError.closed) { try await waiting.value }
      await #expect(throws: PostgresError.closed) { try await connection.query("select 1") }
      let count = try await watcher.query(
        "select count(*) from pg_stat_activity where pid = $1::int", ["\(connection.backendPID)"])
      #expect(count.firstValue == "0")
      await connection.close()
    }
  }

  /// A connection nobody holds must not hold a place at the server.
  @Test func droppedConnectionIsClosed() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection { watcher async throws in
      let processID = try await PostgresConnection.connect(cluster.parameters()).backendPID
      try await watcher.waitUntil(
        "not exists (select from pg_stat_activity where pid = $1::int)", ["\(processID)"])
    }
  }

  /// An administrator ends a session under a query: the caller learns what the server said.
  @Test func terminatedQueryIsALostConnection() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection { watcher async throws in
      let connection = try await PostgresConnection.connect(cluster.parameters())
      let running = Task { try await connection.query("select pg_sleep(600)") }
      try await watcher.waitUntilActive(connection.backendPID)
      let waiting = Task { try await connection.query("select 1") }
      try await watcher.query(
        "select pg_terminate_backend($1::int)", ["\(connection.backendPID)"])
      let lost = PostgresError.connectionLost(
        "terminating connection due to administrator command (57P01)")
      await #expect(throws: lost) { try await running.value }
      await #expect(throws: lost) { try await waiting.value }
      #expect(connection.isClosed)
      await #expect(throws: lost) { try await connection.query("select 1") }
    }
  }

  /// An idle session that is ended must be known as closed before anybody uses it: pools rely on it.
  @Test func terminatedIdleConnectionIsClosed() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection { watcher async throws in
      let connection = try await PostgresConnection.connect(cluster.parameters())
      try await watcher.query(
        "select pg_terminate_backend($1::int)", ["\(connection.backendPID)"])
      while !connection.isClosed { await Task.yield() }
      await #expect(
        throws: PostgresError.connectionLost(
          "terminating connection due to administrator command (57P01)")
      ) {
        try await connection.query("select 1")
      }
    }
  }

  /// A backend that is killed takes all sessions with it; callers must hear of it at once.
  @Test func killedBackendIsALostConnection() async throws {
    let cluster = try await TemporaryCluster.startAnother()
    let watcher = try await PostgresConnection.connect(cluster.parameters())
    let connection = try await PostgresConnection.connect(cluster.parameters())
    let running = Task { try await connection.query("select pg_sleep(600)") }
    try await watcher.waitUntilActive(connection.backendPID)
    kill(connection.backendPID, SIGKILL)
    let error = await #expect(throws: PostgresError.self) { try await running.value }
    guard case .connectionLost = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(connection.isClosed)
  }

  /// A connection that fails closes its socket; the next one gets the number, and must get its
  /// answers too.
  @Test func failedConnectionsLeaveOthersAlone() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<60 {
        group.addTask {
          for _ in 0..<5 {
            guard number % 2 == 0 else {
              await #expect(throws: PostgresError.self) {
                _ = try await PostgresConnection.connect(cluster.parameters(database: "nope"))
              }
              continue
            }
            let connection = try await PostgresConnection.connect(cluster.parameters())
            let result = try await connection.query("select \(number)")
            #expect(result.firstValue == "\(number)")
            await connection.close()
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Cancelling while connecting must neither hang nor leak.
  @Test func connectingCanBeCancelled() async throws {
    let parameters = try await TemporaryCluster.shared().parameters()
    for _ in 0..<20 {
      let task = Task { try await PostgresConnection.connect(parameters) }
      task.cancel()
      do { await (try await task.value).close() } catch PostgresError.cancelled {}
    }
  }

  /// A server that takes the connection and says nothing must not hold a caller for ever.
  @Test func silentServerTimesOut() async throws {
    let cluster = try await TemporaryCluster.shared()
    let folder = "\(cluster.folder)/silent"
    mkdir(folder, 0o755)
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) {
      $0.copyBytes(from: "\(folder)/.s.PGSQL.1".utf8)
    }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(bound == 0 && listen(listener, 1) == 0)
    var parameters = cluster.parameters()
    (parameters.host, parameters.port) = (folder, 1)
    parameters.connectTimeout = .milliseconds(20)
    await #expect(
      throws: PostgresError.connectionFailed("no answer within 0.02 seconds", sqlstate: nil)
    ) {
      _ = try await PostgresConnection.connect(parameters)
    }
  }
}
