import ControlSocket
import DatabaseLifecycle
import Diagnostics
import PostgresClient
import StackProtocol

/// The leases that are alive: each belongs to the connection that asked for it.
actor StackLeases {
  private var leases: [String: DatabaseLease] = [:]

  func add(_ lease: DatabaseLease) { leases[lease.id] = lease }

  func remove(_ lease: DatabaseLease) { leases[lease.id] = nil }

  func find(_ id: String) throws -> DatabaseLease {
    guard let lease = leases[id] else { throw LeaseError.ended(id) }
    return lease
  }
}

extension StackCommands {
  /// Lends databases until the client goes away.
  func lend(_ request: DatabaseLeaseRequest, _ reply: ControlReply) async throws -> LeaseEnd {
    let database = try await stack.needRunning().database
    let origin: DatabaseLease.Origin
    switch request.origin {
    case .live: origin = .live
    case .fresh: origin = .fresh
    default:
      throw Diagnostic(
        code: "lease_origin_unknown",
        message: "a lease of \"\(request.origin)\" databases is not known",
        hint: "there are: live, fresh", category: .usage)
    }
    let lease = try await database.lease(origin, extensions: request.extensions)
    await leases.add(lease)
    do {
      for _ in 0..<max(1, request.count) - (request.reserves ? 0 : 1) {
        let name = try await lease.make()
        try await reply.stream(Self.leased(name, of: lease, database))
      }
      // Last: once somebody uses it, nothing can be copied of it.
      if !request.reserves {
        let name = try await lease.giveOutTemplate()
        try await reply.stream(Self.leased(name, of: lease, database))
      }
      // Until it is cancelled: the client is gone, or the supervisor stops.
      while true { try await Task.sleep(for: .seconds(3_600)) }
    } catch {
      await leases.remove(lease)
      await lease.end()
      guard error is CancellationError else { throw error }
      return LeaseEnd(databases: await lease.count)
    }
  }

  /// Exchanges a database of a lease for a new one.
  func replace(_ request: DatabaseReplaceRequest) async throws -> LeasedDatabase {
    let database = try await stack.needRunning().database
    let lease = try await leases.find(request.lease)
    let made = try await lease.make()
    if let old = request.database { try await lease.drop(old) }
    return Self.leased(made, of: lease, database)
  }

  /// Makes a database of a lease the template of those to come.
  func promote(_ request: DatabasePromoteRequest) async throws -> LeaseEnd {
    let lease = try await leases.find(request.lease)
    try await lease.promote(request.database)
    return LeaseEnd(databases: await lease.count)
  }

  private static func leased(
    _ name: String, of lease: DatabaseLease, _ database: ProjectDatabase
  ) -> LeasedDatabase {
    let parameters = database.parameters(of: name)
    return LeasedDatabase(
      lease: lease.id, name: name, host: parameters.host, port: parameters.port,
      user: parameters.user,
      administrator: database.parameters(of: name, asAdministrator: true).user)
  }
}
