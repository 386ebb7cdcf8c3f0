import ArgumentParser
import Console
import Diagnostics
import PostgresClient
import SchemaCatalog
import TypeGeneration

/// Writes the types of what clients may ask the database for.
struct GenTypes: AsyncHomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "types",
    abstract: "Write types of the database for a client: TypeScript or Swift.",
    usage: """
      homebase gen types [--lang LANGUAGE] [-s SCHEMA,...] [--local | --db-url URL]
               [--output FILE [--check | --watch]]
      """,
    discussion: "The code alone is on standard output; what is said beside it is not.")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: DatabaseTarget
  @OptionGroup var schemas: SchemaSelection

  @Argument(help: ArgumentHelp("The language, as --lang.", valueName: "language"))
  var word: TypeLanguage?

  @Option(
    name: .customLong("lang"), help: ArgumentHelp("The language.", valueName: "language"))
  var language: TypeLanguage?

  @Option(
    name: .customLong("compat"),
    help: ArgumentHelp(
      "Whose TypeScript: of 2026-08, as when left out, or the latest.", valueName: "age"))
  var compatibility: TypeScriptGenerator.Compatibility?

  @Flag(name: .customLong("postgrest-v9-compat"), help: "For PostgREST 9 and before it.")
  var isForPostgREST9 = false

  @Option(
    name: .customLong("swift-access-control"),
    help: ArgumentHelp("Who may use the Swift types.", valueName: "access"))
  var swiftAccess = SwiftAccess.internal

  @Option(
    name: .customLong("swift-style"),
    help: ArgumentHelp(
      "Structures to read and write rows with, as when left out, or @Table of supabase-swift.",
      valueName: "style"))
  var swiftStyle: SwiftStyle?

  @Flag(
    name: .customLong("swift-plain"),
    help: "No functions, relationships, initialisers or comments, nor NULL in updates.")
  var isPlainSwift = false

  @Option(
    help: ArgumentHelp(
      "Write to this file, in one go, and only when something changed.", valueName: "file"),
    completion: .file())
  var output: String?

  @Flag(help: "Write nothing; end with 1 when the file does not fit the database.")
  var check = false

  @Flag(help: "Go on, and write the file anew after each change of the schema.")
  var watch = false

  @Option(name: .customLong("project-id"), help: .hidden)
  var projectID: String?

  func validate() throws {
    if projectID != nil {
      throw ValidationError("--project-id names a hosted project; name its database with --db-url")
    }
    if output?.isEmpty ?? false { throw ValidationError("--output needs the name of a file") }
    switch language ?? word ?? .typescript {
    case .typescript where swiftStyle != nil || isPlainSwift:
      throw ValidationError("--swift-style and --swift-plain are for --lang swift")
    case .swift where compatibility != nil:
      throw ValidationError("--compat is for --lang typescript")
    case .swift where swiftStyle == .table && isPlainSwift:
      throw ValidationError("--swift-plain is for --swift-style structs")
    default: break
    }
    if let word, let language, word != language {
      throw ValidationError("give one language: \(word.rawValue) or \(language.rawValue)")
    }
    if check, watch { throw ValidationError("give --check or --watch, not both") }
    if check || watch, output == nil {
      throw ValidationError("\(check ? "--check" : "--watch") needs the file: --output FILE")
    }
    if isForPostgREST9, target.databaseURL == nil {
      throw ValidationError("--postgrest-v9-compat is for another server: name it with --db-url")
    }
  }

  func runAsync(in session: Session) async throws {
    let options = TypeOptions(
      language: language ?? word ?? .typescript,
      typeScript: .init(
        compatibility: compatibility ?? .august2026, saysOneToOne: !isForPostgREST9),
      swift: .init(
        access: swiftAccess, style: swiftStyle ?? .structs, hasAdditions: !isPlainSwift,
        updatesCanSayNull: !isPlainSwift))
    let wanted = try schemas.wanted(in: session)
    let types = try await target.withConnection(in: session) { connection in
      options.generate(try await wanted.read(from: connection))
    }
    for note in types.notes { session.output.note(note) }
    guard let output else {
      session.output.show(raw: types.text)
      return
    }
    let file = GeneratedFile(output, in: session.process.workingDirectory)
    if check { return try file.check(types.text, in: session) }
    try file.write(types.text, in: session)
    if watch {
      try await TypeWatch(options: options, wanted: wanted, file: file)
        .run(session) { try await target.parametersAside(in: session) }
    }
  }
}

extension TypeLanguage: ExpressibleByArgument {}

extension SwiftAccess: ExpressibleByArgument {}

extension SwiftStyle: ExpressibleByArgument {}

extension TypeScriptGenerator.Compatibility: ExpressibleByArgument {}
