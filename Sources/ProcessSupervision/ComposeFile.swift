package import Diagnostics

/// A compose file as homebase reads it: services, and what it has to say about the file.
///
/// The words are those of the Compose Specification; what only containers need is named once and
/// left out, so that the same file serves a container engine. Anchors, aliases and merge keys work.
package struct ComposeFile: Sendable {
  /// All services, in the order of the file; those of inactive profiles have `isEnabled` false.
  package var services: [ServiceDefinition]
  /// Words that homebase does not do or does not know, variables that are not set.
  package var warnings: [Diagnostic]

  /// What the file's own text does not say.
  package struct Context: Sendable {
    /// The file's name in messages.
    package var file: String
    /// What relative paths begin at.
    package var baseFolder: String
    /// For `${NAME}`, and for environment entries without a value.
    package var variables: [String: String]
    /// The profiles that are active.
    package var profiles: Set<String>

    package init(
      file: String, baseFolder: String, variables: [String: String] = [:],
      profiles: Set<String> = []
    ) {
      self.file = file
      self.baseFolder = baseFolder
      self.variables = variables
      self.profiles = profiles
    }
  }

  /// Reads a compose file.
  ///
  /// - Parameters:
  ///   - path: Of the file.
  ///   - context: What the text does not say.
  /// - Returns: Its services and warnings.
  /// - Throws: `ComposeError` with file and line.
  package static func load(_ path: String, _ context: Context) throws -> ComposeFile {
    guard let bytes = readWhole(path) else {
      throw ComposeError(
        .unreadable(reason: systemError()), at: SourceLocation(file: context.file))
    }
    return try parse(String(decoding: bytes, as: UTF8.self), context)
  }

  /// Reads the text of a compose file.
  ///
  /// - Parameters:
  ///   - text: The whole file.
  ///   - context: What the text does not say.
  /// - Returns: Its services and warnings.
  /// - Throws: `ComposeError` with file and line.
  package static func parse(_ text: String, _ context: Context) throws -> ComposeFile {
    var reader = ComposeReader(context)
    let services = try reader.read(text)
    return ComposeFile(services: services, warnings: reader.warnings)
  }
}
