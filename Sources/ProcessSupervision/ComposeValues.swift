import Diagnostics
import Glibc

/// Reads single values of a compose file: text with variables, lists, durations, numbers.
struct ComposeValues {
  let context: ComposeFile.Context
  private(set) var warnings: [Diagnostic] = []
  private var warned: Set<String> = []
  private var budget = 100_000

  init(_ context: ComposeFile.Context) { self.context = context }

  func place(_ node: YAMLNode) -> SourceLocation {
    SourceLocation(file: context.file, line: node.line, column: node.column)
  }

  /// Adds a warning unless one with the same key was given before.
  mutating func warn(once key: String, _ diagnostic: Diagnostic) {
    if warned.insert(key).inserted { warnings.append(diagnostic) }
  }

  func wrongType(_ word: String, _ expected: String, _ node: YAMLNode) -> ComposeError {
    ComposeError(
      .wrongType(word: word, expected: expected, found: node.kind), at: place(node))
  }

  func badValue(
    _ word: String, _ value: String, _ expected: String, _ node: YAMLNode
  ) -> ComposeError {
    ComposeError(.badValue(word: word, value: value, expected: expected), at: place(node))
  }

  /// A mapping's entries with merge keys resolved; what is written wins over what is merged.
  mutating func entries(
    of node: YAMLNode, _ word: String,
    duplicate: (String, Int) -> ComposeError.Problem = {
      .duplicateWord($0, firstLine: $1)
    }
  ) throws -> [(name: String, key: YAMLNode, value: YAMLNode)] {
    guard case .mapping(let pairs) = node.content else {
      throw wrongType(word, "a mapping (name: value)", node)
    }
    budget -= pairs.count + 1
    guard budget > 0 else { throw ComposeError(.tooLarge, at: place(node)) }
    var result: [(name: String, key: YAMLNode, value: YAMLNode)] = []
    var lines: [String: Int] = [:]
    var merges: [YAMLNode] = []
    for (key, value) in pairs {
      guard case .scalar(let name, let isPlain) = key.content else {
        throw wrongType("a name in \(word)", "text", key)
      }
      if name == "<<", isPlain {
        if case .sequence(let items) = value.content {
          merges += items
        } else {
          merges.append(value)
        }
        continue
      }
      if let first = lines[name] { throw ComposeError(duplicate(name, first), at: place(key)) }
      lines[name] = key.line
      result.append((name, key, value))
    }
    for merge in merges {
      for entry in try entries(of: merge, "<<") where lines[entry.name] == nil {
        lines[entry.name] = entry.key.line
        result.append(entry)
      }
    }
    return result
  }

  /// A scalar with its variables put in.
  mutating func text(_ node: YAMLNode, _ word: String, _ expected: String = "text") throws -> String
  {
    guard case .scalar(let raw, _) = node.content, !node.isNull else {
      throw wrongType(word, expected, node)
    }
    return try interpolated(raw, node, word)
  }

  /// Text, or nil for an empty value.
  mutating func optionalText(_ node: YAMLNode, _ word: String) throws -> String? {
    node.isNull ? nil : try text(node, word)
  }

  private mutating func interpolated(
    _ raw: String, _ node: YAMLNode, _ word: String
  ) throws -> String {
    var interpolation = Interpolation(variables: context.variables)
    do {
      let result = try interpolation.apply(raw)
      for name in interpolation.unset {
        warn(
          once: "$\(name)",
          Diagnostic(
            code: "compose_variable_unset", message: "\(name) is not set; an empty text is used",
            hint: "set it, or give a default: ${\(name):-value}", location: place(node)))
      }
      return result
    } catch .badForm(let reason) {
      throw badValue(word, raw, "a complete ${NAME}: \(reason)", node)
    } catch .missing(let name, let message) {
      throw ComposeError(.missingVariable(name: name, message: message), at: place(node))
    }
  }

  /// A list of text, or one text alone as a list of one.
  mutating func list(_ node: YAMLNode, _ word: String) throws -> [String] {
    switch node.content {
    case .sequence(let items): try items.map { try text($0, word) }
    case .scalar where !node.isNull: [try text(node, word)]
    default: throw wrongType(word, "a list", node)
    }
  }

  /// A command: a list of words, or a line that is split as a shell would.
  mutating func command(_ node: YAMLNode, _ word: String) throws -> [String] {
    switch node.content {
    case .sequence(let items):
      return try items.map { try text($0, word) }
    case .scalar where node.isNull:
      return []
    case .scalar:
      let line = try text(node, word)
      guard let words = ShellWords.split(line) else {
        throw badValue(word, line, "quotes that are closed", node)
      }
      return words
    case .mapping:
      throw wrongType(word, "text or a list of words", node)
    }
  }

  mutating func boolean(_ node: YAMLNode, _ word: String) throws -> Bool {
    let value = try text(node, word, "true or false")
    switch value.lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default: throw badValue(word, value, "true or false", node)
    }
  }

  mutating func count(_ node: YAMLNode, _ word: String) throws -> Int {
    let value = try text(node, word, "a whole number")
    guard let number = Int(value), number >= 0 else {
      throw badValue(word, value, "a whole number", node)
    }
    return number
  }

  mutating func duration(_ node: YAMLNode, _ word: String) throws -> Duration {
    let expected = "a time such as 500ms, 10s, 1m30s"
    let value = try text(node, word, expected)
    guard let duration = Self.duration(value) else {
      throw badValue(word, value, expected, node)
    }
    return duration
  }

  /// A time in Compose's words: `us ms s m h`, several in a row.
  static func duration(_ text: String) -> Duration? {
    if text == "0" { return .zero }
    var rest = Substring(text)
    var result = Duration.zero
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard let value = Double(number), value.isFinite, value < 1e9 else { return nil }
      rest = rest.dropFirst(number.count)
      let unit = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(unit.count)
      switch unit {
      case "us", "µs": result += .microseconds(value)
      case "ms": result += .milliseconds(value)
      case "s": result += .seconds(value)
      case "m": result += .seconds(value * 60)
      case "h": result += .seconds(value * 3600)
      default: return nil
      }
    }
    return result
  }
}

/// The last system call's error in words.
func systemError() -> String { String(cString: strerror(errno)) }

/// The known word that a person may have meant.
///
/// - Parameters:
///   - word: As written.
///   - known: The words that exist.
/// - Returns: nil when none is near.
func nearest(to word: String, in known: some Sequence<String>) -> String? {
  let limit = max(1, word.count / 3)
  return
    known
    .map { (word: $0, distance: editDistance(Array(word.lowercased()), Array($0.lowercased()))) }
    .filter { $0.distance <= limit }
    .min { ($0.distance, $0.word) < ($1.distance, $1.word) }?.word
}

private func editDistance(_ first: [Character], _ second: [Character]) -> Int {
  var before = Array(0...second.count)
  for (row, character) in first.enumerated() {
    var current = [row + 1]
    for (column, other) in second.enumerated() {
      current.append(
        min(
          before[column + 1] + 1, current[column] + 1,
          before[column] + (character == other ? 0 : 1)))
    }
    before = current
  }
  return before[second.count]
}
