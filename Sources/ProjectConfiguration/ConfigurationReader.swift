package import Diagnostics

/// Walks the file's tree and the list of keys together; gathers what is wrong with either.
struct ConfigurationReader {
  /// The file as a person knows it; nil when there is none.
  let file: String?
  let environment: ProjectEnvironment
  private let lines: [Substring]

  private(set) var problems: [Diagnostic] = []
  private(set) var warnings: [Diagnostic] = []
  private(set) var origins: [String: ConfigurationOrigin] = [:]
  private var unsetVariables: [(name: String, line: Int)] = []

  private var path: [String] = []
  /// The names of variables that may set the key at hand: one for each spelling of the path.
  private var overrideNames = [overridePrefix]
  /// Above 0 inside tables that are off, and keys that matter only to the hosted platform.
  private var quietDepth = 0
  private var hostedDepth = 0

  init(file: String?, text: String, environment: ProjectEnvironment, path: [String] = []) {
    self.file = file
    self.path = path
    self.environment = environment
    lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    // Below a remote: its variables are not ours to miss.
    quietDepth = path.isEmpty ? 0 : 1
  }

  // MARK: Tables

  mutating func section<Section: ConfigurationSection>(
    _ section: inout Section, _ node: TOMLNode?
  ) {
    guard node != nil || environment.hasOverrides else { return }
    if let node, node.children == nil {
      expected("a table", instead: node)
      return
    }
    var isOff = false
    for key in Section.keys {
      let child = find(key, in: node)
      enter(key.name, key.formerNames)
      if key.isHosted { hostedDepth += 1 }
      key.read(&section, child, &self)
      if key.isHosted { hostedDepth -= 1 }
      leave()
      if key.name == "enabled", !section.isEnabled {
        isOff = true
        quietDepth += 1
      }
    }
    if isOff { quietDepth -= 1 }
    warnOfUnknown(in: node, known: Section.keys)
  }

  mutating func sections<Section: ConfigurationSection>(
    _ sections: inout [String: Section], _ node: TOMLNode?, among names: [String]?
  ) {
    guard let children = children(of: node) else { return }
    for child in children {
      if let names, !names.contains(child.key) {
        warnOfUnknown(child, among: names)
        continue
      }
      var section = sections[child.key] ?? Section()
      enter(child.key, [])
      self.section(&section, child)
      leave()
      sections[child.key] = section
    }
  }

  mutating func values<Value: Sendable>(
    _ values: inout [String: Value], _ node: TOMLNode?, _ rule: ValueRule<Value>,
    among names: [String]?
  ) {
    guard let children = children(of: node) else { return }
    for child in children {
      if let names, !names.contains(child.key) {
        warnOfUnknown(child, among: names)
        continue
      }
      enter(child.key, [])
      if let value = value(rule, child, overridable: true) { values[child.key] = value }
      leave()
    }
  }

  mutating func list<Section: ConfigurationSection>(_ node: TOMLNode?) -> [Section]? {
    guard let node else { return nil }
    guard case .array(let elements) = node.value else {
      expected("a list of tables", instead: node)
      return nil
    }
    return elements.map { element in
      var section = Section()
      self.section(&section, element)
      return section
    }
  }

  private mutating func children(of node: TOMLNode?) -> [TOMLNode]? {
    guard let node else { return nil }
    guard let children = node.children else {
      expected("a table", instead: node)
      return nil
    }
    return children
  }

  private mutating func find<Section>(
    _ key: ConfigurationKey<Section>, in node: TOMLNode?
  ) -> TOMLNode? {
    guard let node else { return nil }
    let found = ([key.name] + key.formerNames).compactMap { node[$0] }
    for unused in found.dropFirst() {
      warn(
        "config_renamed_key",
        "\(shownPath(unused.key)) is the old name of \(shownPath(key.name)), which is there too; "
          + "the old one is ignored",
        at: unused, hint: "remove \(shownPath(unused.key))")
    }
    return found.first
  }

  private mutating func enter(_ name: String, _ formerNames: [String]) {
    path.append(name)
    guard environment.hasOverrides else { return }
    // One level down: every spelling so far, with every name of this key.
    overrideStack.append(overrideNames)
    overrideNames = overrideNames.flatMap { prefix in
      ([name] + formerNames).map { spelling in
        let joint = prefix == overridePrefix ? "" : "_"
        return prefix + joint + spelling.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
      }
    }
  }

  private var overrideStack: [[String]] = []

  private mutating func leave() {
    path.removeLast()
    if let names = overrideStack.popLast() { overrideNames = names }
  }

  // MARK: Values

  /// The value of the key at hand: of its variable, else of the file; nil when neither has one.
  mutating func value<Value: Sendable>(
    _ rule: ValueRule<Value>, _ node: TOMLNode?, overridable: Bool
  ) -> Value? {
    if overridable, environment.hasOverrides,
      let name = overrideNames.first(where: { environment[$0] != nil }),
      let text = environment[name]
    {
      guard let value = rule.fromText(text) else {
        wrongVariable(name, rule.expectation)
        return nil
      }
      origins[shownPath()] = .environment(name)
      return value
    }
    guard let node else { return nil }
    if case .string(let text) = node.value, let name = environmentReference(text) {
      return value(rule, ofVariable: name, node)
    }
    guard let value = rule.fromTOML(resolved(node)) else {
      expected(rule.expectation, instead: node, isSecret: rule.isSecret)
      return nil
    }
    noteOrigin(node)
    if case .string(let text) = node.value, text.hasPrefix("encrypted:"), quietDepth == 0 {
      warn(
        "config_encrypted",
        "\(shownPath()) is encrypted by dotenvx, which homebase does not read; it stays as it is",
        at: node, hint: "write \"env(NAME)\" and set NAME in .env")
    }
    return value
  }

  private mutating func value<Value: Sendable>(
    _ rule: ValueRule<Value>, ofVariable name: String, _ node: TOMLNode
  ) -> Value? {
    if let text = environment[name] {
      guard let value = rule.fromText(text) else {
        expected(
          rule.expectation, instead: node, isSecret: rule.isSecret,
          found: "the value of \(name), which is none")
        return nil
      }
      noteOrigin(node)
      return value
    }
    if let literal = rule.fromTOML(node) {
      noteUnset(name, node)
      noteOrigin(node)
      return literal
    }
    if quietDepth == 0, hostedDepth == 0 {
      expected(
        rule.expectation, instead: node, found: "env(\(name)), and \(name) is not set",
        hint: "set \(name) in .env or in the shell")
    }
    return nil
  }

  /// A list with its `env(NAME)` elements replaced.
  private mutating func resolved(_ node: TOMLNode) -> TOMLNode {
    guard case .array(let elements) = node.value else { return node }
    var node = node
    node.value = .array(
      elements.map { element in
        guard case .string(let text) = element.value, let name = environmentReference(text) else {
          return element
        }
        guard let value = environment[name] else {
          noteUnset(name, element)
          return element
        }
        var element = element
        element.value = .string(value)
        return element
      })
    return node
  }

  private mutating func noteOrigin(_ node: TOMLNode) {
    origins[shownPath()] = .file(location(node))
  }

  private mutating func noteUnset(_ name: String, _ node: TOMLNode) {
    guard quietDepth == 0, hostedDepth == 0 else { return }
    unsetVariables.append((name, node.valueLine))
  }

  // MARK: What is wrong

  mutating func expected(
    _ expectation: String, instead node: TOMLNode, isSecret: Bool = false, found: String? = nil,
    hint: String? = nil
  ) {
    let found = found ?? (isSecret ? "a value that is none" : describe(node))
    var place = location(node)
    place.line = node.valueLine
    place.column = node.valueColumn
    let problem = Diagnostic(
      code: "config_invalid_value",
      message: "\(shownPath()): expected \(expectation), found \(found)",
      hint: hint ?? unquotedHint(expectation, node)
        ?? "mend the line; the rest of the file is read",
      location: place, excerpt: isSecret ? [] : excerpt(place))
    if hostedDepth > 0 { warnings.append(problem) } else { problems.append(problem) }
  }

  /// Adds an error that only several keys together make.
  mutating func fail(_ message: String, at path: String, hint: String) {
    var location = file.map { SourceLocation(file: $0) }
    if case .file(let place) = origins[path] { location = place }
    problems.append(
      Diagnostic(
        code: "config_invalid_value", message: message, hint: hint, location: location,
        excerpt: location.map(excerpt) ?? []))
  }

  mutating func warn(_ code: String, _ message: String, at path: String, hint: String) {
    var location = file.map { SourceLocation(file: $0) }
    if case .file(let place) = origins[path] { location = place }
    warnings.append(Diagnostic(code: code, message: message, hint: hint, location: location))
  }

  private mutating func warn(_ code: String, _ message: String, at node: TOMLNode, hint: String) {
    warnings.append(Diagnostic(code: code, message: message, hint: hint, location: location(node)))
  }

  mutating func reportDuplicate(_ message: String, at node: TOMLNode) {
    let place = location(node)
    problems.append(
      Diagnostic(
        code: "config_duplicate_key", message: message, hint: "remove one of the two",
        location: place, excerpt: excerpt(place)))
  }

  /// Takes over what a reader of the same file has found.
  mutating func adopt(_ other: ConfigurationReader) {
    problems += other.problems
    warnings += other.warnings
  }

  private mutating func wrongVariable(_ name: String, _ expectation: String) {
    var place: SourceLocation?
    if case .file(let file, let line) = environment.source(of: name) {
      place = SourceLocation(file: file, line: line)
    }
    let problem = Diagnostic(
      code: "config_invalid_variable",
      message: "\(name) sets \(shownPath()): expected \(expectation)",
      hint: place == nil ? "unset \(name) in the shell, or mend it" : "mend the line",
      location: place)
    if hostedDepth > 0 { warnings.append(problem) } else { problems.append(problem) }
  }

  private mutating func warnOfUnknown<Section>(
    in node: TOMLNode?, known keys: [ConfigurationKey<Section>]
  ) {
    let names = keys.flatMap { [$0.name] + $0.formerNames }
    for child in node?.children ?? [] where !names.contains(child.key) {
      warnOfUnknown(child, among: names)
    }
  }

  private mutating func warnOfUnknown(_ node: TOMLNode, among names: [String]) {
    let hint: String
    if path == ["auth", "external"], node.key == "linkedin" {
      hint = "the provider is called linkedin_oidc now"
    } else if let near = nearestName(to: node.key, among: names) {
      hint = "did you mean \(shownPath(near))?"
    } else if let place = ConfigurationIndex.sections(with: node.key).first, path.isEmpty {
      hint = "\(node.key) belongs to [\(place)]"
    } else {
      hint = "known here: \(names.sorted().joined(separator: ", "))"
    }
    warn(
      "config_unknown_key", "\(shownPath(node.key)) is not known and ignored", at: node, hint: hint)
  }

  /// Everything worth a warning, in the order of the file; unset variables are one warning together.
  func allWarnings() -> [Diagnostic] {
    var all = warnings
    if let first = unsetVariables.min(by: { $0.line < $1.line }), let file {
      var names: [String] = []
      for variable in unsetVariables.sorted(by: { $0.line < $1.line })
      where !names.contains(variable.name) {
        names.append(variable.name)
      }
      let verb = names.count == 1 ? "is" : "are"
      all.append(
        Diagnostic(
          code: "config_unset_variable",
          message:
            "\(names.joined(separator: ", ")) \(verb) not set; env(…) stays as it is written",
          hint: "set them in .env or in the shell, or switch off the table that uses them",
          location: SourceLocation(file: file, line: first.line)))
    }
    return all.enumerated()
      .sorted {
        ($0.element.location?.line ?? 0, $0.offset) < ($1.element.location?.line ?? 0, $1.offset)
      }
      .map(\.element)
  }

  // MARK: Words

  private func shownPath(_ name: String? = nil) -> String {
    (path + (name.map { [$0] } ?? [])).joined(separator: ".")
  }

  private func location(_ node: TOMLNode) -> SourceLocation {
    SourceLocation(file: file ?? "", line: node.line, column: node.column)
  }

  private func describe(_ node: TOMLNode) -> String {
    switch node.value {
    case .string(let text) where text.count <= 40: tomlString(text)
    case .integer(let value): "\(value)"
    case .floating(let value): "\(value)"
    case .boolean(let value): "\(value)"
    default: node.typeName
    }
  }

  private func unquotedHint(_ expectation: String, _ node: TOMLNode) -> String? {
    guard case .string(let text) = node.value else { return nil }
    let isNumber = Int(text) != nil && !expectation.contains("string")
    let isBoolean = ["true", "false"].contains(text) && expectation == "true or false"
    return isNumber || isBoolean ? "write it without quotes" : nil
  }

  private func excerpt(_ place: SourceLocation) -> [String] {
    // A line with an inline table may hold a secret beside the value that is wrong.
    guard let number = place.line, lines.indices.contains(number - 1),
      !lines[number - 1].contains("{")
    else { return [] }
    let label = "\(number)"
    let indent = String(repeating: " ", count: label.count)
    let text = lines[number - 1].map { $0 == "\t" ? " " : $0 }
    var excerpt = ["\(label) | \(String(text))"]
    if let column = place.column {
      excerpt.append("\(indent) | \(String(repeating: " ", count: max(0, column - 1)))^")
    }
    return excerpt
  }
}

/// Where a value comes from when it is not the default.
package enum ConfigurationOrigin: Sendable, Hashable {
  /// The configuration's file.
  case file(SourceLocation)
  /// A variable of this name.
  case environment(String)
}

/// The name in `env(NAME)`, when the text is that and nothing else.
///
/// - Parameter text: A value as it is written.
/// - Returns: The variable's name; nil for any other text.
package func environmentReference(_ text: String) -> String? {
  guard text.hasPrefix("env("), text.hasSuffix(")"), text.utf8.count > 5 else { return nil }
  return String(text.dropFirst(4).dropLast())
}
