import DatabaseCluster
package import Diagnostics
package import PostgresClient

/// Copies of a project's database for a while: made from one template, dropped at the end.
///
/// The databases have no entry in the ledger. Should the supervisor end before it drops them, its
/// next start does, as with everything that a crash left.
package actor DatabaseLease {
  /// What the copies are of.
  package enum Origin: Sendable, Hashable {
    /// The live database as it is.
    case live
    /// A database as a reset would make it.
    case fresh
  }

  /// Names the lease among others.
  package nonisolated let id: String
  private let access: ClusterAccess
  /// What copies are made of; nil when it was handed out itself.
  private var template: String?
  private let makeTemplate: @Sendable () async throws -> String
  private var databases: Set<String> = []
  private var made = 0
  private var hasEnded = false
  /// Copies are made one after the other: two at once take as long, and the first comes later.
  private let making = Turnstile()

  init(
    access: ClusterAccess, template: String,
    makeTemplate: @escaping @Sendable () async throws -> String
  ) {
    id = template
    self.access = access
    self.template = template
    self.makeTemplate = makeTemplate
  }

  /// How many databases it had so far.
  package var count: Int { made }

  /// Makes a copy; where the template was handed out, a new one is made of the origin as it is then.
  ///
  /// - Returns: Its name.
  /// - Throws: `LifecycleError.diskFull`, `PostgresError`; `LeaseError.ended`.
  package func make() async throws -> String {
    try await making.pass {
      guard !hasEnded else { throw LeaseError.ended(id) }
      let source: String
      if let template { source = template } else { source = try await makeTemplate() }
      template = source
      let connection = try await access.connect(to: Ledger.database, as: access.superuser)
      do {
        let name = try await Ledger.newName("lease", connection)
        databases.insert(name)
        try await access.copier(connection).clone(source, to: name)
        await connection.close()
        made += 1
        return name
      } catch {
        await connection.close()
        throw error
      }
    }
  }

  /// Hands out the template itself, which saves a copy where no more will be wanted.
  ///
  /// - Returns: Its name.
  /// - Throws: What `make` throws.
  package func giveOutTemplate() async throws -> String {
    let name = await making.pass {
      let name = hasEnded ? nil : template
      if let name {
        template = nil
        databases.insert(name)
        made += 1
      }
      return name
    }
    if let name { return name }
    return try await make()
  }

  /// Drops one of the copies, whoever is connected to it.
  ///
  /// - Parameter name: One that `make` gave.
  /// - Throws: `LeaseError.notLeased`; `PostgresError`.
  package func drop(_ name: String) async throws {
    guard databases.remove(name) != nil else { throw LeaseError.notLeased(name) }
    let connection = try await access.connect(to: Ledger.database, as: access.superuser)
    do {
      try await access.copier(connection).drop(name)
      await connection.close()
    } catch {
      await connection.close()
      throw error
    }
  }

  /// Makes one of the copies the template of those that are made from now on.
  ///
  /// - Parameter name: One that `make` gave; whoever is connected to it is not any more.
  /// - Throws: `LeaseError.notLeased`; `PostgresError`.
  package func promote(_ name: String) async throws {
    try await making.pass {
      guard databases.remove(name) != nil else { throw LeaseError.notLeased(name) }
      let old = template
      template = name
      let connection = try await access.connect(to: Ledger.database, as: access.superuser)
      do {
        // A database is copied while nobody is connected to it.
        _ = try await connection.query(
          "alter database \(quoteIdentifier(name)) allow_connections false")
        _ = try await connection.query(
          """
          select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1
          """, [name])
        if let old {
          databases.insert(old)
          try await access.copier(connection).drop(old)
          databases.remove(old)
        }
        await connection.close()
      } catch {
        await connection.close()
        throw error
      }
    }
  }

  /// Drops all copies; no more can be made.
  package func end() async {
    hasEnded = true
    // Not in a task that is cancelled already: every statement in it would be stopped.
    await Task.detached { await self.dropAll() }.value
  }

  private func dropAll() async {
    await making.pass {
      let names = databases.sorted() + [template].compactMap { $0 }
      databases = []
      template = nil
      guard let connection = try? await access.connect(to: Ledger.database, as: access.superuser)
      else { return }
      for name in names { try? await access.copier(connection).drop(name) }
      await connection.close()
    }
  }
}

/// Why a lease cannot do what it was asked for.
package enum LeaseError: Error, Sendable, Hashable {
  /// There is no such lease, or it has ended.
  case ended(String)
  /// The database is not one of the lease.
  case notLeased(String)
  /// An extension is not installed.
  case extensionMissing(String, reason: String)
}

extension LeaseError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .ended(let id):
      Diagnostic(
        code: "lease_ended", message: "the lease \(id) has ended",
        hint: "it lives as long as the connection that asked for it")
    case .notLeased(let name):
      Diagnostic(
        code: "database_not_leased", message: "the database \(name) is not one of the lease",
        category: .usage)
    case .extensionMissing(let name, let reason):
      Diagnostic(
        code: "extension_missing", message: "the extension \(name) cannot be made: \(reason)",
        hint: "sudo apt-get install postgresql-15-\(name), then `homebase restart`")
    }
  }
}

extension ProjectDatabase {
  /// Begins a lease: makes its template, and nothing more.
  ///
  /// - Parameters:
  ///   - origin: What the databases will be copies of. For `live` its sessions end for the moment
  ///     of the copy, as for a snapshot; clients that connect meanwhile wait.
  ///   - extensions: What each of them has, in the schema `extensions` unless it is there.
  ///   - progress: Is told of each file that runs.
  /// - Returns: A lease without databases.
  /// - Throws: `LeaseError.extensionMissing`; what a snapshot or a reset throws.
  package func lease(
    _ origin: DatabaseLease.Origin, extensions: [String] = [],
    progress: LifecycleProgress = .silent
  ) async throws -> DatabaseLease {
    let template = try await leaseTemplate(origin, extensions, progress)
    return DatabaseLease(access: access, template: template) {
      try await self.leaseTemplate(origin, extensions, .silent)
    }
  }

  private func leaseTemplate(
    _ origin: DatabaseLease.Origin, _ extensions: [String], _ progress: LifecycleProgress
  ) async throws -> String {
    let connection = try await access.connect(to: Ledger.database, as: access.superuser)
    let copier = access.copier(connection)
    let name = try await Ledger.newName("lease", connection)
    do {
      switch origin {
      case .live:
        try await turnstile.pass {
          try await copier.checkRoom(for: Ledger.live)
          _ = try await gate.whileClosed {
            try await Swap(connection: connection).whileHalted([Ledger.live]) {
              try await copier.clone(Ledger.live, to: name)
            }
          }
        }
      case .fresh:
        let inputs = try currentInputs()
        let files = try ProjectFiles.list(inputs, fingerprints: fingerprints)
        let layer = try await building.pass {
          let builder = LayerBuilder(
            inputs: inputs, access: access, connection: try await workConnection(),
            progress: progress)
          return try await builder.build(files).layer
        }
        try await copier.clone(layer, to: name)
      }
      try await add(extensions, to: name)
      await connection.close()
      return name
    } catch {
      await connection.close()
      let access = access
      // A client that went away has cancelled this task, and with it every statement in it.
      await Task.detached {
        guard let other = try? await access.connect(to: Ledger.database, as: access.superuser)
        else { return }
        try? await access.copier(other).drop(name)
        await other.close()
      }.value
      throw error
    }
  }

  private func add(_ extensions: [String], to database: String) async throws {
    if extensions.isEmpty { return }
    let session = try await access.connect(to: database, as: access.superuser)
    do {
      for name in extensions {
        do throws(PostgresError) {
          _ = try await session.query(
            "create extension if not exists \(quoteIdentifier(name)) with schema extensions")
        } catch {
          // 0A000, 58P01: there is no control file. Source: PostgreSQL 15, `parse_extension_control_file`.
          guard case .server(let server, _) = error, ["0A000", "58P01"].contains(server.sqlstate)
          else { throw error }
          throw LeaseError.extensionMissing(name, reason: server.message)
        }
      }
      await session.close()
    } catch {
      await session.close()
      throw error
    }
  }

  /// How a database of the cluster is reached over the unix socket.
  ///
  /// - Parameters:
  ///   - database: As the catalog spells it.
  ///   - asAdministrator: As the superuser; otherwise as `postgres`.
  /// - Returns: Parameters for a connection.
  package nonisolated func parameters(
    of database: String, asAdministrator: Bool = false
  ) -> ConnectionParameters {
    access.cluster.parameters(
      database: database, user: asAdministrator ? access.superuser : "postgres")
  }
}
