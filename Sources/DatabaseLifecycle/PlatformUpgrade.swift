import DatabaseCluster
import Diagnostics
import PostgresClient

extension ProjectDatabase {
  /// Brings a cluster that an older homebase made to this one's platform, with all that is in it.
  ///
  /// The template, the project's own database and every snapshot; layers and spares are made anew,
  /// since their keys have changed. What fails leaves its database as it was, and the next start
  /// tries again.
  ///
  /// - Throws: `LifecycleError`, with the database and what the server said.
  func upgradePlatform(
    _ connection: PostgresConnection, progress: LifecycleProgress
  ) async throws {
    guard access.cluster.isPlatformOlder else { return }
    progress.say(.layer, "the platform's schema, from an older homebase")
    let names = try await Ledger.entries(connection)
      .filter { $0.kind == .snapshot || $0.kind == .live }.map(\.name)
    for name in [Ledger.platform] + names { try await upgrade(name, connection) }
    try access.cluster.notePlatform()
  }

  private func upgrade(_ name: String, _ connection: PostgresConnection) async throws {
    let facts = try await connection.query(
      "select datallowconn from pg_database where datname = $1", [name])
    guard let takesConnections = facts.firstValue else { return }
    let alter = "alter database \(quoteIdentifier(name)) allow_connections"
    if takesConnections == "f" { _ = try await connection.query("\(alter) true") }
    var failure: (any Error)?
    do {
      let session = try await access.connect(to: name, as: access.superuser)
      do {
        let version = try await PlatformSchema.version(in: session)
        _ = try await session.execute(PlatformSchema.upgrade(from: version))
        await session.close()
      } catch {
        await session.close()
        throw error
      }
    } catch let error as PostgresError {
      failure = LifecycleError.platformUpgradeFailed(
        database: name, reason: error.diagnostic.message, sqlstate: error.sqlstate)
    } catch {
      failure = error
    }
    if takesConnections == "f" { _ = try await connection.query("\(alter) false") }
    if let failure { throw failure }
  }
}
