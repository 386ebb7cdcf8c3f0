import PostgresClient
import Synchronization
import TestCluster
import Testing

/// Which sessions are lent out at the moment.
private final class Lending: Sendable {
  private let state = Mutex<(inUse: Set<Int32>, seen: Set<Int32>)>(([], []))

  var sessions: Int { state.withLock { $0.seen.count } }

  func begin(_ processID: Int32) -> Bool {
    state.withLock { state in
      state.seen.insert(processID)
      return state.inUse.insert(processID).inserted
    }
  }

  func end(_ processID: Int32) {
    state.withLock { _ = $0.inUse.remove(processID) }
  }
}

@Suite struct PoolTests {
  /// The bound protects the server, and a session in two hands at once would mix two users' data.
  @Test func twoHundredQueriesShareEightSessions() async throws {
    let pool = PostgresPool(
      parameters: try await TemporaryCluster.shared().parameters(), maximumConnections: 8)
    let lending = Lending()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        group.addTask {
          try await pool.withConnection { connection async throws in
            #expect(lending.begin(connection.backendPID))
            #expect(
              try await connection.query("select $1::int", ["\(number)"]).firstValue
                == "\(number)")
            lending.end(connection.backendPID)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(lending.sessions <= 8)
    await pool.close()
  }

  /// A session left in a transaction must not leak its rows or locks to the next user.
  @Test func openTransactionIsRolledBack() async throws {
    let pool = PostgresPool(
      parameters: try await TemporaryCluster.shared().parameters(), maximumConnections: 1)
    let first = try await pool.withConnection { connection async throws in
      try await connection.execute("create temp table t (n int)")
      try await connection.execute("begin; insert into t values (1)")
      return connection.backendPID
    }
    try await pool.withConnection { connection async throws in
      #expect(connection.backendPID == first)
      #expect(!connection.isInTransaction)
      #expect(try await connection.query("select count(*) from t").firstValue == "0")
    }
    let cancelled = Task {
      try await pool.withConnection { connection async throws in
        try await connection.execute("begin; insert into t values (2)")
        withUnsafeCurrentTask { $0?.cancel() }
        try await connection.query("select 1")
      }
    }
    await #expect(throws: PostgresError.cancelled) { try await cancelled.value }
    try await pool.withConnection { connection async throws in
      #expect(connection.backendPID == first)
      #expect(try await connection.query("select count(*) from t").firstValue == "0")
    }
    await pool.close()
  }

  /// A reset ends all sessions: the pool must come back by itself.
  @Test func brokenSessionsAreReplaced() async throws {
    let cluster = try await TemporaryCluster.shared()
    let pool = PostgresPool(parameters: cluster.parameters(), maximumConnections: 2)
    try await cluster.withConnection { watcher async throws in
      for _ in 0..<5 {
        let lost = await #expect(throws: PostgresError.self) {
          try await pool.withConnection { connection async throws in
            try await watcher.query(
              "select pg_terminate_backend($1::int)", ["\(connection.backendPID)"])
            // What was sent may still be answered by the session's last words.
            while true { try await connection.query("select 1") }
          }
        }
        guard case .connectionLost = lost else {
          Issue.record("\(String(describing: lost))")
          continue
        }
        #expect(try await pool.withConnection { try await $0.query("select 1") }.firstValue == "1")
      }
    }
    await pool.close()
  }

  /// A caller must hear in time that all sessions are taken, and the pool must live on.
  @Test func waitingIsBounded() async throws {
    let pool = PostgresPool(
      parameters: try await TemporaryCluster.shared().parameters(), maximumConnections: 1,
      longestWait: .milliseconds(20))
    try await pool.withConnection { _ in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.withConnection { _ in }
      }
      guard case .poolExhausted(let reason) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(reason.contains("all 1 are in use"))
    }
    #expect(try await pool.withConnection { try await $0.query("select 1") }.firstValue == "1")
    await pool.close()
  }

  /// Who gives up waiting takes no session with him.
  @Test func waitingCanBeCancelled() async throws {
    let pool = PostgresPool(
      parameters: try await TemporaryCluster.shared().parameters(), maximumConnections: 1)
    try await pool.withConnection { _ in
      let tasks = (0..<20).map { _ in
        Task { try await pool.withConnection { _ in } }
      }
      for task in tasks { task.cancel() }
      for task in tasks {
        await #expect(throws: PostgresError.cancelled) { try await task.value }
      }
    }
    #expect(try await pool.withConnection { try await $0.query("select 1") }.firstValue == "1")
    await pool.close()
  }

  /// A place whose session cannot be opened must not be lost.
  @Test func failedConnectGivesItsPlaceBack() async throws {
    let pool = PostgresPool(
      parameters: try await TemporaryCluster.shared().parameters(database: "nope"),
      maximumConnections: 2)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask {
          let error = await #expect(throws: PostgresError.self) {
            try await pool.withConnection { _ in }
          }
          #expect(error?.sqlstate == "3D000")
        }
      }
    }
  }

  /// Closing turns away who waits; what is lent out works until it comes back.
  @Test func closeTurnsAway() async throws {
    let pool = PostgresPool(
      parameters: try await TemporaryCluster.shared().parameters(), maximumConnections: 1)
    let kept = try await pool.withConnection { connection async throws in
      let waiting = Task { try await pool.withConnection { _ in } }
      await pool.close()
      await #expect(throws: PostgresError.closed) { try await waiting.value }
      #expect(try await connection.query("select 1").firstValue == "1")
      return connection
    }
    #expect(kept.isClosed)
    await #expect(throws: PostgresError.closed) { try await pool.withConnection { _ in } }
  }
}
