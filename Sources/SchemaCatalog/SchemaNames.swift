package import PostgresClient

/// The schemas that a person may name.
package enum SchemaNames {
  /// Reads what a database's schemas are called, the server's own left out.
  ///
  /// - Parameter connection: Any role.
  /// - Returns: The names as the catalog spells them, in order.
  /// - Throws: `PostgresError`.
  package static func all(
    on connection: PostgresConnection
  ) async throws(PostgresError) -> [String] {
    try await connection.query(
      "select nspname from pg_namespace where nspname !~ '^pg_' order by 1"
    ).rows.compactMap { $0.first ?? nil }
  }

  /// Refuses names that no schema of a database bears; asks nothing when none was typed.
  ///
  /// - Parameters:
  ///   - names: As a person typed them.
  ///   - connection: Any role.
  /// - Throws: `CatalogError`.
  package static func check(
    _ names: [String], on connection: PostgresConnection
  ) async throws(CatalogError) {
    if names.isEmpty { return }
    let known: [String]
    do throws(PostgresError) { known = try await all(on: connection) } catch {
      throw .failed(error)
    }
    try check(names, known: known)
  }

  /// Refuses names that no schema bears.
  ///
  /// - Parameters:
  ///   - names: As a person typed them.
  ///   - known: Those that there are.
  /// - Throws: `CatalogError.noSchema`.
  package static func check(_ names: [String], known: [String]) throws(CatalogError) {
    guard let missing = names.first(where: { !known.contains($0) }) else { return }
    throw .noSchema(missing, known: known)
  }
}
