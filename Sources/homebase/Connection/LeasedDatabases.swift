import Diagnostics
import Dispatch
import PostgresClient
import SQLTests
import StackProtocol
import Synchronization

/// Databases lent by the supervisor; they are dropped when this process ends, however it ends.
final class LeasedDatabases: TestDatabaseSource {
  private struct State {
    var ready: [TestDatabase] = []
    var waiting: [CheckedContinuation<TestDatabase, any Error>] = []
    var failure: Diagnostic?
    var lease: String?
    var hasAskedAhead = false
  }

  private let state = Mutex(State())
  private let connect: @Sendable () throws -> StackConnection
  private let count: Int
  // The socket's calls stand still: they have threads of their own, not those of tasks.
  private let queue = DispatchQueue(label: "homebase.leases", attributes: .concurrent)

  /// Asks for databases; they come while the caller goes on.
  ///
  /// - Parameters:
  ///   - count: How many are used at a time.
  ///   - reserves: Whether others are likely to be wanted in the place of some.
  ///   - preparesFirst: Whether one comes first, to be promoted before there are others.
  ///   - extensions: What each of them has.
  ///   - connect: Opens a connection to the supervisor.
  init(
    count: Int, reserves: Bool, preparesFirst: Bool, extensions: [String],
    connect: @escaping @Sendable () throws -> StackConnection
  ) {
    self.connect = connect
    self.count = count
    let request = DatabaseLeaseRequest(
      count: preparesFirst ? 1 : count, extensions: extensions,
      reserves: reserves && !preparesFirst)
    queue.async {
      do {
        _ = try connect().stream(request) { self.add($0) }
      } catch {
        self.fail(error)
      }
    }
  }

  func take() async throws -> TestDatabase {
    try await withCheckedThrowingContinuation { continuation in
      let answer = state.withLock { state -> Result<TestDatabase, any Error>? in
        if !state.ready.isEmpty { return .success(state.ready.removeFirst()) }
        if let failure = state.failure { return .failure(failure) }
        state.waiting.append(continuation)
        return nil
      }
      if let answer { continuation.resume(with: answer) }
    }
  }

  func giveBack(_ database: TestDatabase) async {
    let (lease, isFirst) = state.withLock { state in
      defer { state.hasAskedAhead = true }
      return (state.lease, !state.hasAskedAhead)
    }
    guard let lease else { return }
    replace(DatabaseReplaceRequest(lease: lease, database: database.parameters.database))
    // Who changes one is likely to change more: from now on one is ready ahead.
    if isFirst { replace(DatabaseReplaceRequest(lease: lease)) }
  }

  func promote(_ database: TestDatabase) async throws {
    guard let lease = state.withLock({ $0.lease }) else { return }
    let request = DatabasePromoteRequest(
      lease: lease, database: database.parameters.database)
    _ = try await withCheckedThrowingContinuation { continuation in
      queue.async { [self] in
        continuation.resume(with: Result { try connect().ask(request) })
      }
    }
    for _ in 0..<count { replace(DatabaseReplaceRequest(lease: lease)) }
  }

  private func replace(_ request: DatabaseReplaceRequest) {
    queue.async { [self] in
      do {
        add(try connect().ask(request))
      } catch {
        fail(error)
      }
    }
  }

  private func add(_ leased: LeasedDatabase) {
    func parameters(_ user: String) -> ConnectionParameters {
      ConnectionParameters(
        host: leased.host, port: leased.port, database: leased.name, user: user,
        applicationName: "homebase test")
    }
    let database = TestDatabase(
      parameters: parameters(leased.user), keeper: parameters(leased.administrator))
    let waiting = state.withLock { state -> CheckedContinuation<TestDatabase, any Error>? in
      state.lease = leased.lease
      if state.waiting.isEmpty {
        state.ready.append(database)
        return nil
      }
      return state.waiting.removeFirst()
    }
    waiting?.resume(returning: database)
  }

  private func fail(_ error: any Error) {
    var diagnostic = Diagnostic(describing: error)
    if diagnostic.code == "extension_missing" {
      diagnostic.code = "pgtap_missing"
      diagnostic.message = "the tests need pgTAP, which is not installed"
    }
    let final = diagnostic
    let waiting = state.withLock { state in
      state.failure = final
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume(throwing: final) }
  }
}
