/// The variables that a project sees: those of the shell, then those of its `.env` files.
///
/// Files are looked up in the configuration's folder (`supabase/`), then in the project's root;
/// in each: `.env.<SUPABASE_ENV>.local`, `.env.local` (not when the name is `test`),
/// `.env.<SUPABASE_ENV>`, `.env`. The first to set a name wins; `SUPABASE_ENV` is `development`
/// unless the shell says otherwise. Values are never printed.
package struct ProjectEnvironment: Sendable {
  /// Where a value comes from.
  package enum Source: Sendable, Hashable {
    /// The process's own environment.
    case process
    /// A `.env` file, as the person knows it.
    case file(String, line: Int)
  }

  private var entries: [String: (value: String, source: Source)]

  /// Whether there is any `SUPABASE_…` at all; spares the search for overrides.
  let hasOverrides: Bool

  private init(entries: [String: (value: String, source: Source)]) {
    self.entries = entries
    hasOverrides = entries.contains { $0.key.hasPrefix(overridePrefix) && !$0.value.value.isEmpty }
  }

  /// An environment without files.
  ///
  /// - Parameter process: The shell's variables.
  package init(process: [String: String]) {
    self.init(entries: process.mapValues { ($0, .process) })
  }

  /// Reads the `.env` files of a project.
  ///
  /// - Parameters:
  ///   - layout: The project.
  ///   - process: The shell's variables, which win.
  /// - Returns: Both together.
  /// - Throws: A file that cannot be opened, or a line of it that makes no sense.
  package static func load(
    layout: ProjectLayout, process: [String: String]
  ) throws(ConfigurationError) -> ProjectEnvironment {
    var entries = process.mapValues { (value: $0, source: Source.process) }
    for path in files(of: layout, process: process) where fileKind(path) == .file {
      let shown = layout.displayPath(path)
      for entry in try read(path, shown: shown, known: entries.mapValues(\.value))
      where entries[entry.name] == nil || entries[entry.name]?.source.isFile(shown) == true {
        entries[entry.name] = (entry.value, .file(shown, line: entry.line))
      }
    }
    return ProjectEnvironment(entries: entries)
  }

  /// The `.env` files that count for a project, whether they are there or not.
  ///
  /// - Parameters:
  ///   - layout: The project.
  ///   - process: The shell's variables; `SUPABASE_ENV` names the environment.
  /// - Returns: Absolute paths; of two files with one variable the earlier counts.
  package static func files(of layout: ProjectLayout, process: [String: String]) -> [String] {
    let name = process["SUPABASE_ENV"].flatMap { $0.isEmpty ? nil : $0 } ?? "development"
    var files = [".env.\(name).local", ".env.local", ".env.\(name)", ".env"]
    if name == "test" { files.remove(at: 1) }
    var folders = [layout.configurationFolder]
    if layout.root != layout.configurationFolder { folders.append(layout.root) }
    return folders.flatMap { folder in files.map { "\(folder)/\($0)" } }
  }

  private static func read(
    _ path: String, shown: String, known: [String: String]
  ) throws(ConfigurationError) -> [DotenvEntry] {
    let bytes: [UInt8]
    do {
      bytes = try readFile(path)
    } catch {
      throw .unreadable(file: shown, reason: error.description)
    }
    do {
      return try parseDotenv(bytes) { known[$0] }
    } catch {
      throw .environmentFile(file: shown, line: error.line, reason: error.reason)
    }
  }

  /// The value of a variable; nil when it is unset or empty.
  ///
  /// - Parameter name: As written in `env(NAME)`.
  package subscript(name: String) -> String? {
    guard let value = entries[name]?.value, !value.isEmpty else { return nil }
    return value
  }

  /// Where a variable comes from.
  ///
  /// - Parameter name: As written in `env(NAME)`.
  /// - Returns: Nil when it is unset.
  package func source(of name: String) -> Source? { entries[name]?.source }

  /// All variables, for a child process such as an edge function.
  package var values: [String: String] { entries.mapValues(\.value) }
}

let overridePrefix = "SUPABASE_"

extension ProjectEnvironment.Source {
  fileprivate func isFile(_ file: String) -> Bool {
    guard case .file(let name, _) = self else { return false }
    return name == file
  }
}
