package import Diagnostics

extension Configuration {
  /// Reads the configuration of a project: its file, its `.env*` files and `SUPABASE_*` variables.
  ///
  /// - Parameters:
  ///   - layout: The project; without a configuration file the defaults count.
  ///   - environment: The shell's variables.
  /// - Returns: The values, and warnings in the order of the file: unknown keys, unset variables.
  /// - Throws: A file that cannot be read, or values that cannot be; all of them at once.
  package static func load(
    layout: ProjectLayout, environment: [String: String]
  ) throws(ConfigurationError) -> (configuration: Configuration, warnings: [Diagnostic]) {
    try load(
      layout: layout, environment: try ProjectEnvironment.load(layout: layout, process: environment)
    )
  }

  /// Reads the configuration of a project whose variables are known already.
  ///
  /// - Parameters:
  ///   - layout: The project.
  ///   - environment: Its variables.
  /// - Returns: The values and warnings.
  /// - Throws: A file that cannot be read, or values that cannot be.
  package static func load(
    layout: ProjectLayout, environment: ProjectEnvironment
  ) throws(ConfigurationError) -> (configuration: Configuration, warnings: [Diagnostic]) {
    var bytes: [UInt8] = []
    let shown = layout.configurationFile.map(layout.displayPath)
    if let file = layout.configurationFile {
      do {
        bytes = try readFile(file)
      } catch {
        throw .unreadable(file: shown ?? file, reason: error.description)
      }
    }
    var (configuration, warnings) = try parse(
      bytes, file: shown, over: Configuration(defaultsFor: layout), environment: environment)
    if let unused = layout.unusedConfigurationFile, let shown {
      warnings.insert(
        Diagnostic(
          code: "config_two_files",
          message: "\(layout.displayPath(unused)) is ignored: \(shown) is there as well",
          hint: "remove one of the two", location: SourceLocation(file: layout.displayPath(unused))),
        at: 0)
    }
    if configuration.projectID.isEmpty { configuration.projectID = layout.name }
    return (configuration, warnings)
  }

  /// Reads the text of a configuration.
  ///
  /// - Parameters:
  ///   - text: The bytes of the file.
  ///   - file: The name for messages; nil when there is no file.
  ///   - defaults: What counts for keys that are not there.
  ///   - environment: The project's variables.
  /// - Returns: The values and warnings.
  /// - Throws: What is wrong with the text.
  static func parse(
    _ text: [UInt8], file: String?, over defaults: Configuration = Configuration(),
    environment: ProjectEnvironment
  ) throws(ConfigurationError) -> (configuration: Configuration, warnings: [Diagnostic]) {
    let source = String(decoding: text, as: UTF8.self)
    let root: TOMLNode
    do {
      root = try parseTOML(text)
    } catch {
      throw .syntax(error.diagnostic(file: file ?? "", text: source))
    }
    var reader = ConfigurationReader(file: file, text: source, environment: environment)
    var configuration = defaults
    reader.section(&configuration, root)
    configuration.origins = reader.origins
    configuration.checkTogether(&reader)
    configuration.readRemotes(root["remotes"], &reader, text: source)
    guard reader.problems.isEmpty else {
      throw .invalid(reader.problems.sorted { ($0.location?.line ?? 0) < ($1.location?.line ?? 0) })
    }
    configuration.projectID = sanitizedProjectName(configuration.projectID)
    return (configuration, reader.allWarnings())
  }

  private func checkTogether(_ reader: inout ConfigurationReader) {
    for (name, hook) in auth.hook.all where hook.enabled {
      let isKnown = ["pg-functions://", "http://", "https://"].contains { hook.uri.hasPrefix($0) }
      guard !isKnown, environmentReference(hook.uri) == nil else { continue }
      let path = "auth.hook.\(name)"
      reader.fail(
        "\(path).uri: expected pg-functions://<database>/<schema>/<function>, http:// or https://",
        at: sets("\(path).uri") ? "\(path).uri" : "\(path).enabled",
        hint: "set the uri, or enabled = false")
    }
    let issuers = auth.thirdParty.enabledNames
    if let second = issuers.dropFirst().first {
      reader.fail(
        "auth.third_party: expected at most one that is on, found "
          + issuers.joined(separator: " and "),
        at: "auth.third_party.\(second).enabled", hint: "set enabled = false for all but one")
    }
    var seen: [Int: String] = [:]
    for (path, port, isOn) in listeningPorts where isOn && port != 0 {
      if let other = seen[port] {
        reader.warn(
          "config_same_port", "\(other) and \(path) are both \(port); one of them will move",
          at: sets(path) ? path : other, hint: "give each a port of its own")
      }
      seen[port] = path
    }
  }

  private var listeningPorts: [(path: String, port: Int, isOn: Bool)] {
    [
      ("api.port", api.port, api.enabled), ("db.port", database.port, true),
      ("studio.port", studio.port, studio.enabled), ("local_smtp.port", mail.port, mail.enabled),
      ("local_smtp.smtp_port", mail.smtpPort ?? 0, mail.enabled),
      ("local_smtp.pop3_port", mail.pop3Port ?? 0, mail.enabled),
    ]
  }

  private mutating func readRemotes(
    _ node: TOMLNode?, _ reader: inout ConfigurationReader, text: String
  ) {
    guard let node else { return }
    guard let children = node.children else {
      reader.expected("a table", instead: node)
      return
    }
    var owners: [String: String] = [:]
    for child in children {
      // Checked as strictly as the base, but silent about variables: they belong to that remote.
      var inner = ConfigurationReader(
        file: reader.file, text: text, environment: ProjectEnvironment(process: [:]),
        path: ["remotes", child.key])
      var overlay = RemoteOverlay(configuration: self)
      overlay.configuration.projectID = ""
      overlay.configuration.database.seed.enabled = false
      inner.section(&overlay, child)
      reader.adopt(inner)
      overlay.configuration.origins = inner.origins
      let id = overlay.configuration.projectID
      if !id.isEmpty, let other = owners[id] {
        reader.reportDuplicate(
          "remotes.\(child.key).project_id: expected a project of its own, found that of remotes.\(other)",
          at: child["project_id"] ?? child)
      }
      owners[id] = child.key
      remotes[child.key] = Remote(projectID: id, configuration: overlay.configuration)
    }
  }
}

/// The keys of a remote: those of the whole configuration except `remotes`.
private struct RemoteOverlay: ConfigurationSection {
  var configuration = Configuration()

  static let keys: [ConfigurationKey<RemoteOverlay>] = Configuration.sharedKeys.map { key in
    ConfigurationKey(
      name: key.name, formerNames: key.formerNames, isHosted: key.isHosted,
      describe: { _, _ in [] },
      read: { overlay, node, reader in key.read(&overlay.configuration, node, &reader) })
  }
}

extension TOMLSyntaxError {
  fileprivate func diagnostic(file: String, text: String) -> Diagnostic {
    guard let repeatedKey else {
      return Diagnostic(
        code: "config_syntax", message: "\(file) is not valid TOML: \(message)",
        hint: "mend the line; nothing was changed",
        location: SourceLocation(file: file, line: line, column: column))
    }
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    var column = column
    if lines.indices.contains(line - 1) {
      let start = lines[line - 1].prefix { $0 == " " || $0 == "\t" || $0 == "[" }.count
      column = min(column, start + 1)
    }
    let isTable = message.contains("table header")
    return Diagnostic(
      code: "config_duplicate_key",
      message: isTable
        ? "the table [\(repeatedKey)] is there twice, expected once"
        : "the key \(repeatedKey) is there twice, expected once",
      hint: isTable
        ? "put the keys of both under one [\(repeatedKey)]" : "remove one of the two",
      location: SourceLocation(file: file, line: line, column: column))
  }
}
