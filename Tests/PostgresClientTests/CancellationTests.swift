import PostgresClient
import TestCluster
import Testing

@Suite struct CancellationTests {
  /// A user who gives up must not leave a query that burns the server.
  @Test(arguments: ["query", "execute", "pipeline"]) func cancelReachesTheServer(
    call: String
  ) async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection { watcher async throws in
      try await cluster.withConnection { connection async throws in
        let task = Task { () async throws -> Void in
          switch call {
          case "query": try await connection.query("select pg_sleep(600)")
          case "execute": try await connection.execute("select 1; select pg_sleep(600)")
          default:
            try await connection.pipeline([.init("select 1"), .init("select pg_sleep(600)")])
          }
        }
        try await watcher.waitUntilActive(connection.backendPID)
        task.cancel()
        await #expect(throws: PostgresError.cancelled) { try await task.value }
        let state = try await watcher.query(
          "select state from pg_stat_activity where pid = $1::int", ["\(connection.backendPID)"])
        #expect(state.firstValue == "idle")
        #expect(try await connection.query("select 1").firstValue == "1")
      }
    }
  }

  /// A cancel request that comes too early or too late must neither be lost nor hit the next call.
  @Test func cancelAtAnyMomentEndsOneCallOnly() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("cancelAtAnyMomentEndsOneCallOnly: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    try await TemporaryCluster.shared().withConnection { connection async throws in
      for round in 0..<60 {
        let isLong = Bool.random(using: &generator)
        let task = Task {
          try await connection.query(isLong ? "select pg_sleep(600)" : "select pg_sleep(0.0005)")
        }
        for _ in 0..<Int.random(in: 0..<200, using: &generator) { await Task.yield() }
        task.cancel()
        do {
          _ = try await task.value
          #expect(!isLong, "seed \(seed), round \(round)")
        } catch {
          #expect(error as? PostgresError == .cancelled, "seed \(seed), round \(round)")
        }
        #expect(try await connection.query("select \(round)").firstValue == "\(round)")
      }
    }
  }

  /// Who waits for the connection has sent nothing yet: nothing is sent for a cancelled call.
  @Test func waitingCallIsTakenOut() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection { watcher async throws in
      try await cluster.withConnection { connection async throws in
        try await connection.execute("create temp table w (n int)")
        let running = Task { try await connection.query("select pg_sleep(600)") }
        try await watcher.waitUntilActive(connection.backendPID)
        let waiting = Task { try await connection.query("insert into w values (1)") }
        waiting.cancel()
        await #expect(throws: PostgresError.cancelled) { try await waiting.value }
        running.cancel()
        await #expect(throws: PostgresError.cancelled) { try await running.value }
        #expect(try await connection.query("select count(*) from w").firstValue == "0")
      }
    }
  }

  /// A server's own timeout is not our cancelling.
  @Test func statementTimeoutIsAServerError() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      try await connection.execute("set statement_timeout = 10")
      let error = await #expect(throws: PostgresError.self) {
        try await connection.query("select pg_sleep(600)")
      }
      #expect(error?.sqlstate == "57014")
    }
  }
}
