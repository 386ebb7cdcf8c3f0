/// Writes a text that a simple regular expression matches.
///
/// Knows literals, classes, groups, alternation and quantifiers. The caller tries the result
/// against the real expression; what this does not know gives a text that fails there.
struct PatternText {
  private let pattern: [Character]
  private var position = 0
  private var random: MockRandom

  init(_ pattern: String, random: MockRandom) {
    self.pattern = Array(pattern)
    self.random = random
  }

  mutating func text() -> String {
    alternatives()
  }

  private mutating func alternatives() -> String {
    var branches = [sequence()]
    while peek == "|" {
      position += 1
      branches.append(sequence())
    }
    return random.pick(branches) ?? ""
  }

  private mutating func sequence() -> String {
    var text = ""
    while let next = peek, next != "|", next != ")" {
      let start = position
      let item = atom()
      let end = position
      let count = quantifier()
      guard count != 1 else {
        text += item
        continue
      }
      let after = position
      for _ in 0..<count {
        position = start
        text += atom()
      }
      position = max(after, end)
    }
    return text
  }

  private mutating func atom() -> String {
    guard let character = peek else { return "" }
    position += 1
    switch character {
    case "^", "$": return ""
    case ".": return letter("abcdefghijklmnopqrstuvwxyz")
    case "(":
      if peek == "?" { while let next = peek, next == "?" || next == ":" { skip(next) } }
      let inner = alternatives()
      if peek == ")" { position += 1 }
      return inner
    case "[": return characterClass()
    case "\\": return escape()
    default: return String(character)
    }
  }

  private mutating func skip(_ character: Character) {
    position += 1
  }

  private mutating func escape() -> String {
    guard let character = peek else { return "" }
    position += 1
    switch character {
    case "d": return letter("0123456789")
    case "w": return letter("abcdefghijklmnopqrstuvwxyz0123456789")
    case "s": return " "
    case "m", "M", "y", "A", "Z": return ""
    default: return String(character)
    }
  }

  private mutating func characterClass() -> String {
    var members: [Character] = []
    var isNegated = false
    if peek == "^" {
      isNegated = true
      position += 1
    }
    var isFirst = true
    while let character = peek, character != "]" || isFirst {
      isFirst = false
      position += 1
      if character == "[", peek == ":" {
        members += namedClass()
      } else if character == "\\", let escaped = peek {
        position += 1
        members += Self.escapedClass(escaped)
      } else if peek == "-", position + 1 < pattern.count, pattern[position + 1] != "]" {
        members += Self.range(character, pattern[position + 1])
        position += 2
      } else {
        members.append(character)
      }
    }
    position += 1
    if isNegated {
      let excluded = Set(members)
      members = "abcdefghijklmnopqrstuvwxyz0123456789-_".filter { !excluded.contains($0) }
    }
    return random.pick(members).map { String($0) } ?? ""
  }

  private mutating func namedClass() -> [Character] {
    var name = ""
    position += 1
    while let character = peek, character != ":" {
      name.append(character)
      position += 1
    }
    position += 2
    switch name {
    case "digit": return Array("0123456789")
    case "upper": return Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    case "space": return [" "]
    case "punct": return ["-"]
    default: return Array("abcdefghijklmnopqrstuvwxyz")
    }
  }

  private static func escapedClass(_ character: Character) -> [Character] {
    switch character {
    case "d": Array("0123456789")
    case "w": Array("abcdefghijklmnopqrstuvwxyz0123456789_")
    case "s": [" "]
    default: [character]
    }
  }

  private static func range(_ first: Character, _ last: Character) -> [Character] {
    guard let lower = first.asciiValue, let upper = last.asciiValue, lower <= upper else {
      return [first]
    }
    return (lower...upper).map { Character(Unicode.Scalar($0)) }
  }

  private mutating func quantifier() -> Int {
    guard let character = peek else { return 1 }
    var range: ClosedRange<Int>?
    switch character {
    case "*": range = 0...4
    case "+": range = 1...6
    case "?": range = 0...1
    case "{": range = braces()
    default: return 1
    }
    guard let range else { return 1 }
    if character != "{" { position += 1 }
    if peek == "?" { position += 1 }
    return random.number(in: range)
  }

  private mutating func braces() -> ClosedRange<Int>? {
    var text = ""
    var index = position + 1
    while index < pattern.count, pattern[index] != "}" {
      text.append(pattern[index])
      index += 1
    }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard let lower = parts.first ?? nil, index < pattern.count else { return nil }
    position = index + 1
    guard parts.count > 1 else { return lower...lower }
    return lower...max(lower, min(parts[1] ?? lower + 4, lower + 12))
  }

  private mutating func letter(_ letters: String) -> String {
    random.pick(Array(letters)).map { String($0) } ?? ""
  }

  private var peek: Character? {
    position < pattern.count ? pattern[position] : nil
  }
}
