/// Where a token's role stands in its claims: `.role`, `.app_metadata."x-role"`, `.roles[0]`,
/// `.roles[?(@ ^== "app_")]`.
///
/// Source: PostgREST 14, `jwt-role-claim-key`.
package struct RoleClaimPath: Sendable, Hashable {
  enum Comparison: String, Sendable, CaseIterable {
    case endsWith = "==^"
    case equals = "=="
    case differs = "!="
    case startsWith = "^=="
    case contains = "*=="
  }

  enum Step: Sendable, Hashable {
    case member(String)
    case element(Int)
    /// The first text of an array that compares so; the last step.
    case first(Comparison, String)
  }

  let steps: [Step]

  /// The claim `role`.
  package static let role = RoleClaimPath(steps: [.member("role")])

  private init(steps: [Step]) { self.steps = steps }

  /// Reads a path.
  ///
  /// - Parameter text: As the configuration has it.
  /// - Throws: `TokenConfigurationError.malformedRolePath`.
  package init(_ text: String) throws(TokenConfigurationError) {
    var rest = text[...]
    var steps: [Step] = []
    func take(_ word: String) -> Bool {
      guard rest.hasPrefix(word) else { return false }
      rest.removeFirst(word.count)
      return true
    }
    func quoted() -> String? {
      guard take("\""), let end = rest.firstIndex(of: "\"") else { return nil }
      defer { rest = rest[rest.index(after: end)...] }
      return String(rest[..<end])
    }
    func comparison() -> Step? {
      guard take("@") else { return nil }
      rest = rest.drop { $0.isWhitespace }
      // Ordered so that none hides a longer one.
      guard let operation = Comparison.allCases.first(where: { take($0.rawValue) }) else {
        return nil
      }
      rest = rest.drop { $0.isWhitespace }
      guard let value = quoted(), take(")]"), rest.isEmpty else { return nil }
      return .first(operation, value)
    }
    func step() -> Step? {
      if take(".") {
        if rest.first == "\"" { return quoted().map { .member($0) } }
        let name = rest.prefix { $0.isLetter || $0.isNumber || "_$@".contains($0) }
        rest = rest[name.endIndex...]
        return name.isEmpty ? nil : .member(String(name))
      }
      if take("[?(") { return comparison() }
      guard take("[") else { return nil }
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest[digits.endIndex...]
      return take("]") ? Int(digits).map { .element($0) } : nil
    }
    while !rest.isEmpty {
      guard let next = step() else { throw .malformedRolePath(text) }
      steps.append(next)
    }
    guard !steps.isEmpty else { throw .malformedRolePath(text) }
    self.steps = steps
  }

  /// The role that claims name.
  ///
  /// - Parameter claims: A token's.
  /// - Returns: The text; of another value its JSON, which is no role's name; nil for none.
  func role(in claims: [String: JSONValue]) -> String? {
    var value = JSONValue.object(claims)
    for step in steps {
      switch (step, value) {
      case (.member(let name), .object(let members)):
        guard let member = members[name] else { return nil }
        value = member
      case (.element(let index), .array(let values)):
        guard values.indices.contains(index) else { return nil }
        value = values[index]
      case (.first(let comparison, let wanted), .array(let values)):
        guard let found = values.first(where: { comparison.holds($0, wanted) }) else {
          return nil
        }
        value = found
      default: return nil
      }
    }
    if case .string(let text) = value { return text }
    return value.text
  }
}

extension RoleClaimPath.Comparison {
  fileprivate func holds(_ value: JSONValue, _ wanted: String) -> Bool {
    guard case .string(let text) = value else { return false }
    return switch self {
    case .equals: text == wanted
    case .differs: text != wanted
    case .startsWith: text.hasPrefix(wanted)
    case .endsWith: text.hasSuffix(wanted)
    case .contains: text.contains(wanted)
    }
  }
}
