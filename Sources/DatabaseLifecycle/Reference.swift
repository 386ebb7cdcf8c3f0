import DatabaseCluster
import FoundationEssentials
import Glibc
package import PostgresClient
import SQLScript

/// A database as the project's files make it, lent for a moment.
package struct ReferenceDatabase: Sendable {
  /// As the superuser.
  package var connection: PostgresConnection
  /// How to connect to it as `postgres`, over the socket.
  package var parameters: ConnectionParameters
  /// The server's major version.
  package var majorVersion: Int
}

extension ProjectDatabase {
  /// Lends a database that the files make: a spare that is ready, else one made now.
  ///
  /// Nobody else gets it meanwhile. All sessions on it must be closed when `body` returns.
  ///
  /// - Parameters:
  ///   - request: What to leave out of it.
  ///   - isDisposable: Whether `body` changes it, so that it is of no use to a reset.
  ///   - progress: Is told of each file that runs.
  ///   - body: Must not change it, unless it is disposable.
  /// - Returns: What `body` returns.
  /// - Throws: `LifecycleError` when the files do not apply; what `body` throws.
  package func withReference<Result: Sendable>(
    _ request: ResetOptions = ResetOptions(), isDisposable: Bool = false,
    progress: LifecycleProgress = .silent,
    _ body: (ReferenceDatabase) async throws -> Result
  ) async throws -> Result {
    let inputs = try currentInputs()
    var files = try ProjectFiles.list(inputs, fingerprints: fingerprints)
    try request.apply(to: &files)
    var key = LayerChain(inputs: inputs, files: files).final
    let final = files
    let name: String
    if let ready = await spares.claim(key) {
      name = ready
    } else {
      (name, key) = try await building.pass {
        let builder = LayerBuilder(
          inputs: inputs, access: access, connection: try await workConnection(),
          progress: progress)
        var files = final
        let built: LayerBuilder.Report
        do {
          built = try await builder.build(files)
        } catch LifecycleError.statementFailed(step: "seed", _, _, _, _, _, _, _) {
          // Rows say nothing of the schema; another key, since a reset must not find it.
          files.seeds = []
          built = try await builder.build(files)
        }
        let key = LayerChain(inputs: inputs, files: files).final
        return (try await spares.obtain(key, template: built.layer).name, key)
      }
    }
    do {
      let connection = try await access.connect(to: name, as: access.superuser)
      let reference = ReferenceDatabase(
        connection: connection,
        parameters: access.cluster.parameters(database: name, user: "postgres"),
        majorVersion: connection.serverVersion / 10_000)
      let result: Result
      do {
        result = try await body(reference)
      } catch {
        await connection.close()
        throw error
      }
      await connection.close()
      await release(name, key: key, isDisposable: isDisposable)
      return result
    } catch {
      // It may be what failed: another one is made when one is needed.
      await release(name, key: key, isDisposable: true)
      throw error
    }
  }

  private func release(_ name: String, key: String, isDisposable: Bool) async {
    if isDisposable {
      discard(name)
    } else {
      await spares.giveBack(name, key: key)
    }
    maintainInBackground()
  }

  /// Connects to the live database as the superuser, who sees all of its catalog.
  ///
  /// - Parameter body: Must not change it.
  /// - Returns: What `body` returns.
  /// - Throws: `PostgresError` from connecting, and what `body` throws.
  package func withLiveCatalog<Result: Sendable>(
    _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    try await withLive(as: access.superuser, body)
  }

  /// Puts one migration in the place of all up to a version, in the folder and in the history.
  ///
  /// The file keeps the version and the name of the last one.
  ///
  /// - Parameters:
  ///   - version: Of the last one; nil for all.
  ///   - sql: What the new file holds.
  /// - Returns: The file that was written and those that were removed, as people know them.
  /// - Throws: `LifecycleError`; a file that cannot be removed is left, with the new one in place.
  package func squashMigrations(
    upTo version: String?, sql: String
  ) async throws -> (file: String, removed: [String]) {
    try await turnstile.pass {
      let inputs = try currentInputs()
      var files = try ProjectFiles.list(inputs, fingerprints: fingerprints)
      try ResetOptions(version: version).apply(to: &files)
      guard let last = files.migrations.last else {
        throw LifecycleError.noSuchVersion(version ?? "", known: [])
      }
      try writeFile(sql, to: last.path)
      var removed: [String] = []
      for migration in files.migrations.dropLast() {
        try removeFile(migration.path)
        removed.append(inputs.displayPath(migration.path))
      }
      let script = try Script(bytes: readFile(last.path), file: inputs.displayPath(last.path))
      let statements = [
        PostgresStatement(
          sql: "delete from supabase_migrations.schema_migrations where version = any ($1)",
          values: [arrayLiteral(files.migrations.dropLast().map { $0.version })]),
        // Only where it is applied: a squash applies nothing.
        PostgresStatement(
          sql: """
            update supabase_migrations.schema_migrations set statements = $2::text[]
            where version = $1
            """,
          values: [last.version, arrayLiteral(script.historyStatements)]),
      ]
      _ = try await withLive { try await $0.pipeline(statements) }
      maintainInBackground()
      return (inputs.displayPath(last.path), removed)
    }
  }
}

/// Replaces a file's content, all or nothing.
private func writeFile(_ text: String, to path: String) throws(LifecycleError) {
  do {
    try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
  } catch {
    throw .unwritable(path: path, reason: "\(error)")
  }
}

private func removeFile(_ path: String) throws(LifecycleError) {
  guard unlink(path) == 0 || errno == ENOENT else {
    throw .unwritable(path: path, reason: systemReason())
  }
}
