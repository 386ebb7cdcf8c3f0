import Diagnostics
package import PostgresClient

/// A database that tests run in themselves, one file after the other: nothing is copied.
///
/// pgTAP is made where it is missing, and dropped again afterwards, as the Supabase CLI does.
package struct GivenDatabase: TestDatabaseSource {
  private let parameters: ConnectionParameters
  private let connection: PostgresConnection
  private let madeExtension: Bool

  /// Connects, and makes pgTAP there when it is missing.
  ///
  /// - Parameter parameters: As whom tests run.
  /// - Returns: A source of this one database.
  /// - Throws: `PostgresError`; `SQLTestError.noDatabase` when pgTAP is not installed there.
  package static func open(_ parameters: ConnectionParameters) async throws -> GivenDatabase {
    let connection = try await PostgresConnection.connect(parameters)
    do {
      let found = try await connection.query(
        """
        select exists (select from pg_extension where extname = 'pgtap'),
          exists (select from pg_namespace where nspname = 'extensions')
        """)
      let isThere = found.rows.first?[0] == "t"
      if !isThere {
        let schema = found.rows.first?[1] == "t" ? " with schema extensions" : ""
        try await makeExtension("create extension pgtap\(schema)", connection)
      }
      return GivenDatabase(
        parameters: parameters, connection: connection, madeExtension: !isThere)
    } catch {
      await connection.close()
      throw error
    }
  }

  private static func makeExtension(
    _ sql: String, _ connection: PostgresConnection
  ) async throws {
    do throws(PostgresError) {
      _ = try await connection.query(sql)
    } catch {
      // Source: PostgreSQL 15, `parse_extension_control_file`.
      guard ["0A000", "58P01"].contains(error.sqlstate) else { throw error }
      throw SQLTestError.noDatabase(
        Diagnostic(
          code: "pgtap_missing", message: "the tests need pgTAP, which that server does not have",
          hint: "install it there: apt-get install postgresql-15-pgtap",
          sqlstate: error.sqlstate))
    }
  }

  package func take() async throws -> TestDatabase { TestDatabase(parameters: parameters) }

  package func giveBack(_ database: TestDatabase) async {}

  package func promote(_ database: TestDatabase) async throws {}

  /// Drops what `open` made, and closes.
  package func close() async {
    if madeExtension { _ = try? await connection.query("drop extension if exists pgtap") }
    await connection.close()
  }
}
