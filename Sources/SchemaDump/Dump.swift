package import PostgresClient
internal import SchemaCatalog

/// What of a database is wanted as SQL.
package struct Dump: Sendable, Hashable {
  /// What a dump consists of.
  package enum Content: String, Sendable, Hashable {
    case schema, data, roles
  }

  package var content: Content
  /// Only these; empty for all that are the project's.
  package var schemas: [String]
  /// Tables whose rows are left out.
  package var excludedTables: [String]
  /// COPY instead of INSERT, which only psql can read.
  package var usesCopy: Bool
  /// Keeps the lines that pg_dump explains itself with.
  package var keepsComments: Bool

  package init(
    _ content: Content, schemas: [String] = [], excludedTables: [String] = [],
    usesCopy: Bool = false, keepsComments: Bool = false
  ) {
    self.content = content
    self.schemas = schemas
    self.excludedTables = excludedTables
    self.usesCopy = usesCopy
    self.keepsComments = keepsComments
  }

  /// The program that makes it.
  package var program: String { content == .roles ? "pg_dumpall" : "pg_dump" }

  /// What the program is called with; how to connect is in its environment.
  package var arguments: [String] {
    var result: [String]
    switch content {
    case .roles:
      result = ["--roles-only", "--no-role-passwords", "--no-comments"]
    case .schema:
      result = ["--schema-only"]
      result +=
        schemas.isEmpty
        ? ["--exclude-schema", ManagedSchemas.patterns.joined(separator: "|")]
        : ["--schema", schemas.joined(separator: "|")]
    case .data:
      result = ["--data-only"]
      if !usesCopy { result += ["--column-inserts", "--rows-per-insert", "100000"] }
      if schemas.isEmpty {
        result += ["--schema", "*", "--exclude-schema", Self.withoutData.joined(separator: "|")]
      } else {
        result += ["--schema", schemas.joined(separator: "|")]
      }
      for table in Self.ownHistories + excludedTables {
        let quoted = table.split(separator: ".").map { quoteIdentifier(String($0)) }
        result += ["--exclude-table", quoted.joined(separator: ".")]
      }
    }
    return result + ["--quote-all-identifiers", "--role", "postgres"]
  }

  /// The command as a person would type it.
  ///
  /// - Parameter parameters: Their password is left out.
  /// - Returns: One line for a shell.
  package func commandLine(_ parameters: ConnectionParameters) -> String {
    let connection = [
      "PGHOST=\(parameters.host)", "PGPORT=\(parameters.port)", "PGUSER=\(parameters.user)",
      "PGDATABASE=\(parameters.database)",
    ]
    let words = arguments.map { word in
      let isPlain = word.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F
      }
      return isPlain ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }
    return (connection + [program] + words).joined(separator: " ")
  }

  /// What stands before the program's output.
  var opening: String {
    // Triggers would run once more for rows that they have seen.
    content == .data ? "SET session_replication_role = replica;\n\n" : ""
  }

  /// What undoes the settings that the program's output begins with.
  var closing: String { "RESET ALL;\n" }

  /// Tables that say what the platform's own services have applied.
  private static let ownHistories = [
    "auth.schema_migrations", "storage.migrations", "supabase_functions.migrations",
  ]

  /// Schemas without rows worth moving; those of `auth` and `storage` are.
  ///
  /// Source: supabase/cli, `pkg/migration/dump.go`, `excludedSchemas`.
  private static let withoutData = ManagedSchemas.patterns.filter {
    !["auth", "cron", "dbdev", "net", "pgmq", "storage", "supabase_functions"].contains($0)
  }
}
