import DatabaseCluster
import PostgresClient

/// Asks PostgreSQL how it is, over one session that is kept.
///
/// A starting server is left alone until it says by its pid file that it is ready: a connection
/// before that is a line of "the database system is starting up" in its log.
actor DatabaseHealth {
  private let cluster: Cluster
  private var session: PostgresConnection?

  /// - Parameter cluster: Whose server is asked.
  init(_ cluster: Cluster) { self.cluster = cluster }

  /// Whether the server answers.
  ///
  /// - Returns: False also when it is not ready within a second.
  func answers() async -> Bool {
    if let session, !session.isClosed, await answers(session) { return true }
    session = nil
    let isReady: Void? = try? await cluster.waitUntilReady(timeout: .seconds(1))
    guard isReady != nil else { return false }
    session = try? await PostgresConnection.connect(cluster.adminParameters())
    return session != nil
  }

  private func answers(_ session: PostgresConnection) async -> Bool {
    (try? await session.query("select 1")) != nil
  }

  /// Ends the session, before the server is stopped.
  func close() async {
    await session?.close()
    session = nil
  }
}
