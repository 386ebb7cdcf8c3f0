import ArgumentParser
import Diagnostics
import PostgresClient
import ProjectConfiguration
import SchemaCatalog

/// The schemas that types are wanted of.
struct SchemaSelection: ParsableArguments {
  @Option(
    name: [.short, .long], parsing: .singleValue,
    help: ArgumentHelp(
      "Only these schemas; left out: public and those of the API.", valueName: "schema"))
  var schema: [String] = []

  @Option(
    name: .customLong("query-timeout"),
    help: ArgumentHelp(
      "Give up when one query takes longer: 15s, 2m; left out: never.", valueName: "time"))
  var queryTimeout: QueryTimeout?

  /// Which schemas are meant.
  ///
  /// - Parameter session: Knows the project.
  /// - Returns: Those that were typed, else `public` and what the configuration shows.
  /// - Throws: A diagnostic when the configuration cannot be read.
  func wanted(in session: Session) throws -> WantedSchemas {
    let typed = listed(schema)
    let timeout = queryTimeout?.duration
    if !typed.isEmpty { return WantedSchemas(names: typed, areTyped: true, timeout: timeout) }
    var names = ["public"]
    // With an address no project is needed.
    if let place = try? session.project() {
      let configuration = try session.process.rooms.loadConfiguration(
        place, session.process.environment)
      for name in configuration.api.schemas where !names.contains(name) { names.append(name) }
    }
    return WantedSchemas(names: names, areTyped: false, timeout: timeout)
  }
}

/// Schemas by their names.
struct WantedSchemas: Sendable {
  var names: [String]
  /// Whether a person named them: then each has to be there.
  var areTyped: Bool
  /// How long the server may take for one query; nil for as long as it needs.
  var timeout: Duration?

  /// Reads what types are made of.
  ///
  /// - Parameters:
  ///   - connection: Its role decides what is seen.
  ///   - isWhole: Whether sizes, definitions and checks are read too.
  /// - Returns: The schemas that there are.
  /// - Throws: A diagnostic when one that was typed is not there.
  func read(
    from connection: PostgresConnection, isWhole: Bool = false
  ) async throws -> TypeMetadata {
    let reading = try await TypeMetadata.read(
      from: connection, schemas: names, isWhole: isWhole, timeout: timeout)
    if areTyped {
      try SchemaNames.check(names, known: reading.schemaNames)
    }
    return reading.metadata
  }
}

/// How long a query may take, in Go's words as the Supabase CLI takes it.
struct QueryTimeout: ExpressibleByArgument {
  let duration: Duration

  init?(argument: String) {
    // The server counts milliseconds, and takes none of them for no end.
    guard let duration = parseDuration(argument),
      duration >= .milliseconds(1), duration <= .milliseconds(Int64(Int32.max))
    else { return nil }
    self.duration = duration
  }
}
