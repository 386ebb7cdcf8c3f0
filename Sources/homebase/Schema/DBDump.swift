import ArgumentParser
import Console
import Diagnostics
import Glibc
import PostgresClient
import SchemaCatalog
import SchemaDump
import StackProtocol

/// Writes a database as SQL.
struct DBDump: AsyncHomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "dump",
    abstract: "Write the database's schema, rows or roles as SQL, without the platform's own.",
    usage: "homebase db dump [-f FILE] [--data-only | --role-only] [-s SCHEMA,...] [--db-url URL]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: DatabaseTarget

  @Option(
    name: [.short, .long], help: ArgumentHelp("Write to this file.", valueName: "file"),
    completion: .file(extensions: ["sql"]))
  var file: String?

  @Flag(help: "The rows, not the schema.")
  var dataOnly = false

  @Flag(help: "The roles, not the schema.")
  var roleOnly = false

  @Flag(help: "Write rows as COPY, which only psql reads.")
  var useCopy = false

  @Flag(help: "Keep the lines that pg_dump explains itself with.")
  var keepComments = false

  @Flag(help: "Show the command, run nothing.")
  var dryRun = false

  @Option(
    name: [.short, .long], parsing: .singleValue,
    help: ArgumentHelp("Only these schemas.", valueName: "schema"))
  var schema: [String] = []

  @Option(
    name: [.customShort("x"), .long], parsing: .singleValue,
    help: ArgumentHelp("Leave the rows of these tables out.", valueName: "schema.table"))
  var exclude: [String] = []

  func validate() throws {
    if dataOnly, roleOnly { throw ValidationError("give --data-only or --role-only, not both") }
    if !dataOnly, useCopy || !exclude.isEmpty {
      throw ValidationError("--use-copy and --exclude are about rows: give --data-only with them")
    }
    if roleOnly, !schema.isEmpty { throw ValidationError("roles belong to no schema") }
  }

  func runAsync(in session: Session) async throws {
    let parameters = try target.parameters(in: session)
    let dump = Dump(
      dataOnly ? .data : roleOnly ? .roles : .schema, schemas: listed(schema),
      excludedTables: listed(exclude), usesCopy: useCopy, keepsComments: keepComments)
    if dryRun {
      session.output.show(lines: [dump.commandLine(parameters)])
      return
    }
    let schemas = listed(schema)
    if !schemas.isEmpty {
      try await target.withConnection(in: session) { try await SchemaNames.check(schemas, on: $0) }
    }
    session.output.note("dumping \(dump.content.rawValue) of \(parameters)")
    guard let file else {
      let output = session.output
      try await session.process.rooms.dump(dump, parameters, session.process.environment) {
        output.show(raw: $0)
      }
      return
    }
    let path = file.hasPrefix("/") ? file : "\(session.process.workingDirectory)/\(file)"
    // Rows are in it: nobody else's to read.
    let target = try UnfinishedFile(path, mode: 0o600, shownAs: path)
    do {
      try await session.process.rooms.dump(dump, parameters, session.process.environment) {
        try target.write($0)
      }
      try target.finish()
    } catch {
      target.discard()
      throw error
    }
    session.output.note("written to \(file)")
  }
}
