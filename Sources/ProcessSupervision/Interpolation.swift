/// Puts variables into text as Compose does: `$NAME`, `${NAME}`, defaults, `$$`.
///
/// Source: Compose Specification, "Interpolation".
struct Interpolation {
  /// Why a text could not be completed.
  enum Failure: Error, Hashable {
    case badForm(String)
    case missing(name: String, message: String)
  }

  let variables: [String: String]
  /// Names that were asked for and have neither value nor default.
  private(set) var unset: [String] = []

  init(variables: [String: String]) { self.variables = variables }

  mutating func apply(_ text: String) throws(Failure) -> String {
    guard text.contains("$") else { return text }
    var rest = Substring(text)
    return try expand(&rest, untilBrace: false)
  }

  private mutating func expand(
    _ rest: inout Substring, untilBrace: Bool
  ) throws(Failure) -> String {
    var result = ""
    while let character = rest.first {
      if untilBrace, character == "}" { return result }
      rest.removeFirst()
      guard character == "$" else {
        result.append(character)
        continue
      }
      switch rest.first {
      case "$":
        rest.removeFirst()
        result.append("$")
      case "{":
        rest.removeFirst()
        result += try braced(&rest)
      case let first? where Self.begins(first):
        let name = Self.takeName(&rest)
        result += value(of: name)
      default:
        throw .badForm("a single $; write $$ for the character itself")
      }
    }
    if untilBrace { throw .badForm("a ${ without its }") }
    return result
  }

  private mutating func braced(_ rest: inout Substring) throws(Failure) -> String {
    let name = Self.takeName(&rest)
    guard !name.isEmpty else { throw .badForm("a ${ without a name") }
    var countsEmpty = false
    if rest.first == ":" {
      countsEmpty = true
      rest.removeFirst()
    }
    guard let mark = rest.first else { throw .badForm("a ${ without its }") }
    rest.removeFirst()
    let known = variables[name]
    let isSet = known.map { !(countsEmpty && $0.isEmpty) } ?? false
    if mark == "}", !countsEmpty { return value(of: name) }
    guard ["-", "?", "+"].contains(mark) else {
      throw .badForm("${\(name)\(countsEmpty ? ":" : "")\(mark)…")
    }
    // What is not used is read all the same: it may hold braces of its own, but asks for nothing.
    var reader = Interpolation(variables: variables)
    let uses = mark == "+" ? isSet : !isSet
    let argument = uses ? try reader.expand(&rest, untilBrace: true) : try skip(&rest)
    guard rest.first == "}" else { throw .badForm("a ${ without its }") }
    rest.removeFirst()
    unset += reader.unset
    switch mark {
    case "+": return isSet ? argument : ""
    case "?":
      guard isSet else { throw .missing(name: name, message: argument) }
      return known ?? ""
    default: return isSet ? known ?? "" : argument
    }
  }

  private func skip(_ rest: inout Substring) throws(Failure) -> String {
    var depth = 0
    while let character = rest.first {
      if character == "}" {
        if depth == 0 { return "" }
        depth -= 1
      } else if character == "{" {
        depth += 1
      }
      rest.removeFirst()
    }
    throw .badForm("a ${ without its }")
  }

  private mutating func value(of name: String) -> String {
    if let known = variables[name] { return known }
    unset.append(name)
    return ""
  }

  private static func begins(_ character: Character) -> Bool {
    character == "_" || (character.isASCII && character.isLetter)
  }

  private static func takeName(_ rest: inout Substring) -> String {
    var name = ""
    while let character = rest.first,
      begins(character) || (!name.isEmpty && character.isASCII && character.isNumber)
    {
      name.append(character)
      rest.removeFirst()
    }
    return name
  }
}
