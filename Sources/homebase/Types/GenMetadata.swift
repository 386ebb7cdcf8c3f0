import ArgumentParser
import Console
import PostgresClient
import SchemaCatalog
import TypeGeneration

/// Writes what types are made of, for generators of other languages.
struct GenMetadata: AsyncHomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "metadata",
    abstract: "Write what types are made of, as JSON for generators of other languages.",
    usage: "homebase gen metadata [-s SCHEMA,...] [--local | --db-url URL]",
    discussion: "Version 1 of the document that generators of Supabase's SDKs read.")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: DatabaseTarget
  @OptionGroup var schemas: SchemaSelection

  func runAsync(in session: Session) async throws {
    let wanted = try schemas.wanted(in: session)
    let metadata = try await target.withConnection(in: session) { connection in
      try await wanted.read(from: connection, isWhole: true)
    }
    try session.output.show(json: metadata.sortedByNames())
  }
}
