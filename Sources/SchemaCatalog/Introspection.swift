package import Diagnostics
internal import FoundationEssentials
package import PostgresClient

/// Why a catalog could not be read.
package enum CatalogError: Error, DiagnosticConvertible {
  /// The server refused.
  case failed(PostgresError)
  /// The server's answer has another shape than this version expects.
  case unreadable(String)
  /// A schema that was asked for is not there.
  case noSchema(String, known: [String])

  package var diagnostic: Diagnostic {
    switch self {
    case .failed(let error): error.diagnostic
    case .unreadable(let reason):
      Diagnostic(
        code: "catalog_unreadable", message: "the database's catalog could not be read: \(reason)",
        hint: "please report this, with the version of PostgreSQL")
    case .noSchema(let name, let known):
      Diagnostic(
        code: "no_such_schema", message: "there is no schema \"\(name)\"",
        hint: "there are: \(known.joined(separator: ", "))")
    }
  }
}

extension Catalog {
  /// Reads tables and types of a database.
  ///
  /// Tables outside the schemas come along when a foreign key leads to them (`auth.users`), and
  /// partitions with the table they belong to.
  ///
  /// - Parameters:
  ///   - connection: Any role that may read the system's catalog.
  ///   - schemas: As the catalog spells them.
  /// - Returns: What is there now, in a stable order.
  /// - Throws: `CatalogError`.
  package static func read(
    from connection: PostgresConnection, schemas: [String]
  ) async throws(CatalogError) -> Catalog {
    let answer: String?
    do throws(PostgresError) {
      // Compiling a plan of this size takes PostgreSQL seconds, running it milliseconds.
      let results = try await connection.pipeline([
        PostgresStatement(
          """
          select pg_catalog.set_config('search_path', '', true),
            pg_catalog.set_config('jit', 'off', true)
          """),
        PostgresStatement(catalogQuery, [json(schemas)]),
      ])
      answer = results.last?.firstValue
    } catch {
      throw .failed(error)
    }
    return try decode(answer ?? "")
  }

  /// Reads the JSON that the query answers with.
  static func decode(_ document: String) throws(CatalogError) -> Catalog {
    do {
      return try JSONDecoder().decode(Catalog.self, from: Data(document.utf8))
    } catch {
      throw .unreadable("\(error)")
    }
  }

  private static func json(_ strings: [String]) -> String {
    let data = try? JSONEncoder().encode(strings)
    return String(decoding: data ?? Data("[]".utf8), as: UTF8.self)
  }
}
