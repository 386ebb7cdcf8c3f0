import DatabaseCluster
import Diagnostics
import PostgresClient

/// Asks PostgreSQL how it is, over one session that is kept.
///
/// A starting server is left alone until it says by its pid file that it is ready: a connection
/// before that is a line of "the database system is starting up" in its log.
actor DatabaseHealth {
  private let cluster: Cluster
  private var session: PostgresConnection?
  private var onRefusal: (@Sendable () async -> Void)?

  /// - Parameter cluster: Whose server is asked.
  init(_ cluster: Cluster) { self.cluster = cluster }

  /// What to do when a server whose program was replaced lets nobody in any more.
  ///
  /// - Parameter body: Is to restart the server.
  func whenReplacedServerRefuses(_ body: @escaping @Sendable () async -> Void) {
    onRefusal = body
  }

  /// Whether the server answers.
  ///
  /// - Returns: False also when it is not ready within a second.
  func answers() async -> Bool {
    if let session, !session.isClosed, await answers(session) {
      if Self.canBeRenewed(cluster) { await probeReplaced() }
      return true
    }
    session = nil
    let isReady: Void? = try? await cluster.waitUntilReady(timeout: .seconds(1))
    guard isReady != nil else { return false }
    guard let opened = try? await PostgresConnection.connect(cluster.adminParameters()) else {
      if Self.canBeRenewed(cluster) { await onRefusal?() }
      return false
    }
    session = opened
    return true
  }

  private func answers(_ session: PostgresConnection) async -> Bool {
    (try? await session.query("select 1")) != nil
  }

  /// The kept session was let in before the upgrade: it says nothing about new ones.
  private func probeReplaced() async {
    guard let opened = try? await PostgresConnection.connect(cluster.adminParameters()) else {
      await onRefusal?()
      return
    }
    await opened.close()
  }

  /// Ends the session, before the server is stopped.
  func close() async {
    await session?.close()
    session = nil
  }

  /// Whether the running server's program is no longer the one on the disk.
  ///
  /// - Parameter cluster: Whose server.
  /// - Returns: False as well when none runs.
  static func isReplaced(_ cluster: Cluster) -> Bool {
    Cluster.runningServer(in: cluster.dataFolder).map(Cluster.isProgramReplaced) ?? false
  }

  /// Whether a replaced server's place holds one that can serve the same data.
  ///
  /// - Parameter cluster: Whose server.
  /// - Returns: False too in the middle of an upgrade, and after one to another major version.
  static func canBeRenewed(_ cluster: Cluster) -> Bool {
    isReplaced(cluster) && cluster.installation.isUsable
  }

  /// What `status` says of such a server.
  static func replacedWarning(service: String) -> Diagnostic {
    Diagnostic(
      code: "postgres_replaced",
      message: "PostgreSQL was upgraded or replaced while it ran: the old program still serves",
      hint: "`homebase restart \(service)` takes the new one; so does the next reset")
  }
}
