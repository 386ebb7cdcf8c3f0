import Console
import Diagnostics
import PostgresClient
import SchemaCatalog
import TypeGeneration

/// Writes types anew after each change of the schema.
///
/// Whatever changes a schema, a migration, a reset or a statement typed into psql, changes rows of
/// the server's catalogs. Ten times a second the server is asked whether anything was written at
/// all, which costs it next to nothing; only then the catalogs are looked at.
struct TypeWatch: Sendable {
  var options: TypeOptions
  var wanted: WantedSchemas
  var file: GeneratedFile

  /// How often the catalogs are looked at; less often where that takes long.
  private static let period = Duration.milliseconds(100)

  private static let fingerprint = {
    let catalogs = [
      "namespace", "class", "attribute", "attrdef", "type", "enum", "proc", "constraint", "index",
      "rewrite", "trigger", "description", "inherits",
    ]
    // A row that is written gets the number of its transaction; one that goes is missed in the sum.
    return catalogs.map { name in
      "select count(*), sum(c.xmin::text::pg_catalog.int8) from pg_catalog.pg_\(name) c"
    }.joined(separator: " union all ")
  }()

  /// Goes on until the process is ended.
  ///
  /// - Parameters:
  ///   - session: Says what was written.
  ///   - parameters: How the database is reached; asked again after a reset.
  /// - Throws: What happens at the first look; later troubles are said, and waited out.
  func run(
    _ session: Session, _ parameters: () async throws -> ConnectionParameters
  ) async throws {
    session.output.note("watching the schema; end it with Ctrl-C")
    var known: [[String?]] = []
    var isAway = false
    while !Task.isCancelled {
      do {
        let connection = try await PostgresConnection.connect(parameters())
        if isAway { session.output.note("the database is back") }
        isAway = false
        do {
          try await follow(connection, &known, session)
        } catch {
          await connection.close()
          throw error
        }
      } catch {
        if !isAway {
          session.output.note("the database is away; waiting for it")
          session.debug("the database is away: \(Diagnostic(describing: error).message)")
        }
        isAway = true
        try await Task.sleep(for: Self.period)
      }
    }
  }

  private func follow(
    _ connection: PostgresConnection, _ known: inout [[String?]], _ session: Session
  ) async throws {
    var written: String?
    while !Task.isCancelled {
      let began = ContinuousClock.now
      // Taken first: what is committed after it changes it.
      let snapshot = try await connection.query("select pg_catalog.pg_current_snapshot()")
        .firstValue
      let present =
        snapshot == written ? known : try await connection.query(Self.fingerprint).rows
      written = snapshot
      let took = ContinuousClock.now - began
      if present != known {
        do {
          let types = options.generate(try await wanted.read(from: connection))
          if !known.isEmpty || !file.holds(types.text) { try file.write(types.text, in: session) }
        } catch {
          // A schema that is gone for a moment, a full disk: the next change tries again.
          if connection.isClosed { throw error }
          session.output.warn(Diagnostic(describing: error))
        }
        known = present
      }
      try await Task.sleep(for: max(Self.period, took * 10))
    }
  }
}
