import ArgumentParser

/// Which database a command is about: the stack's, or one by its address.
struct DatabaseTarget: ParsableArguments {
  @Flag(name: .customLong("local"), help: "The stack's database; this is the default.")
  var isLocal = false

  @Flag(name: .customLong("linked"), help: .hidden)
  var isLinked = false

  @Option(
    name: .customLong("db-url"),
    help: ArgumentHelp("Another database, as postgresql://…", valueName: "url"))
  var databaseURL: String?

  @Option(name: [.customShort("p"), .customLong("password")], help: .hidden)
  var password: String?

  func validate() throws {
    guard !isLinked else {
      throw ValidationError("there is no linked project: name the database with --db-url")
    }
    guard !isLocal || databaseURL == nil else {
      throw ValidationError("give --local or --db-url, not both")
    }
  }
}

/// Lists that are typed with commas or as several options.
///
/// - Parameter values: As they were typed.
/// - Returns: Each by itself, blanks left out.
func listed(_ values: [String]) -> [String] {
  values.flatMap { $0.split(separator: ",") }
    .map { $0.split(separator: " ").joined(separator: " ") }.filter { !$0.isEmpty }
}
