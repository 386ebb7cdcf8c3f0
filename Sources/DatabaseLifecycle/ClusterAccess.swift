import DatabaseCluster
import Glibc
import PostgresClient

/// How a running cluster is reached.
struct ClusterAccess: Sendable {
  let cluster: Cluster

  /// The role that owns the cluster.
  var superuser: String { PlatformSchema.superuser }
  /// The cluster's folder, whose file system is watched for free space.
  var dataFolder: String { cluster.dataFolder }

  /// Copies and drops databases over a connection to the database `homebase`.
  func copier(_ connection: PostgresConnection) -> DatabaseCopier {
    DatabaseCopier(connection: connection, dataFolder: dataFolder)
  }

  /// Opens a connection over the unix socket.
  ///
  /// - Parameters:
  ///   - database: As the catalog spells it.
  ///   - user: The role.
  ///   - progress: Is told what the server has to say; nil when nobody listens.
  /// - Returns: An open connection.
  /// - Throws: `PostgresError.connectionFailed`.
  func connect(
    to database: String, as user: String, handlingNotices progress: LifecycleProgress? = nil
  ) async throws(PostgresError) -> PostgresConnection {
    var onNotice: (@Sendable (PostgresNotice) -> Void)?
    if let progress {
      onNotice = { notice in
        // 25P01 (no_active_sql_transaction): our own ROLLBACK after a file that failed as a whole.
        guard notice.sqlstate != "25P01" else { return }
        progress.say(.notice, "\(notice.severity): \(notice.message)")
      }
    }
    return try await PostgresConnection.connect(
      cluster.parameters(database: database, user: user), onNotice: onNotice)
  }
}

/// Steps of long work, as they begin.
package struct LifecycleProgress: Sendable {
  /// Of what kind a step is.
  package enum Step: String, Sendable {
    case migration, seed, layer, copy, notice
  }

  private let handler: @Sendable (Step, String) -> Void

  /// Makes a progress that calls a function, from any thread.
  ///
  /// - Parameter handler: Takes the kind of step and what it is about.
  package init(_ handler: @escaping @Sendable (Step, String) -> Void) {
    self.handler = handler
  }

  /// Nobody listens.
  package static let silent = LifecycleProgress { _, _ in }

  func say(_ step: Step, _ subject: String) {
    handler(step, subject)
  }
}

func fileExists(_ path: String) -> Bool {
  access(path, F_OK) == 0
}
