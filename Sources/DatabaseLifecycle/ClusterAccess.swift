import Diagnostics
import Glibc
package import PostgresClient

/// How a cluster is reached, and what homebase's platform adds to a project's database.
///
/// A value of closures rather than the cluster itself: tests give it a cluster of their own.
package struct ClusterAccess: Sendable {
  /// The role that owns the cluster.
  package var superuser: String
  /// The cluster's folder, whose file system is watched for free space.
  package var dataFolder: String
  /// The way to a database as a role, over the unix socket.
  package var parameters: @Sendable (_ database: String, _ user: String) -> ConnectionParameters
  /// SQL that the superuser runs in a fresh copy of the platform: default privileges and the like.
  package var projectScript: @Sendable (_ inputs: LifecycleInputs) -> String

  package init(
    superuser: String, dataFolder: String,
    parameters: @escaping @Sendable (_ database: String, _ user: String) -> ConnectionParameters,
    projectScript: @escaping @Sendable (_ inputs: LifecycleInputs) -> String
  ) {
    self.superuser = superuser
    self.dataFolder = dataFolder
    self.parameters = parameters
    self.projectScript = projectScript
  }

  /// Opens a connection.
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
    try await PostgresConnection.connect(parameters(database, user))
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
