/// A column, or a place inside the JSON of one: `data->address->>city`.
package struct FieldPath: Hashable, Sendable {
  /// A step into JSON.
  package enum Step: Hashable, Sendable {
    /// `->`: the value stays JSON.
    case json(Operand)
    /// `->>`: the value becomes text.
    case text(Operand)

    package var operand: Operand {
      switch self {
      case .json(let operand), .text(let operand): operand
      }
    }
  }

  /// What a step looks up.
  package enum Operand: Hashable, Sendable {
    case key(String)
    /// The digits of an array index, with `-` from the end; of any length, as the client sent it.
    case index(String)
  }

  package var name: String
  package var steps: [Step]

  package init(_ name: String, _ steps: [Step] = []) {
    self.name = name
    self.steps = steps
  }
}

extension GrammarParser {
  // MARK: Names

  /// `"…"`, where a backslash takes the next character as it is.
  mutating func quoted() throws(Mismatch) -> String {
    try character(UInt8(ascii: "\""))
    var pieces: [UInt8] = []
    while true {
      let range = run { $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"") }
      guard next == UInt8(ascii: "\\") else {
        try character(UInt8(ascii: "\""))
        if pieces.isEmpty { return text(range) }
        pieces += input[range]
        return String(decoding: pieces, as: UTF8.self)
      }
      pieces += input[range]
      take(1)
      guard let escaped = scalar(at: position) else {
        noteFound()
        throw Mismatch()
      }
      pieces += input[position..<(position + escaped.length)]
      take(escaped.length)
    }
  }

  /// Letters of any script, ASCII digits, `_`, `$` and spaces; the spaces around are dropped.
  mutating func identifier() throws(Mismatch) -> Range<Int> {
    let start = position
    var end = position
    while end < input.count {
      let byte = input[end]
      if byte < 0x80 {
        guard isIdentifier(byte) else { break }
        end += 1
      } else {
        guard let found = scalar(at: end), isLetter(found.scalar) else { break }
        end += found.length
      }
    }
    take(end - start)
    noteFound(expecting: "letter")
    noteFound(expecting: "digit")
    if start == end { throw Mismatch() }
    return trimmed(start..<end)
  }

  private func isIdentifier(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"),
      UInt8(ascii: " "):
      true
    default: false
    }
  }

  private func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    while start < end, isSpace(input[start]) { start += 1 }
    while end > start, isSpace(input[end - 1]) { end -= 1 }
    return start..<end
  }

  /// A name of a column, table, alias or hint: quoted, or words joined by dashes.
  mutating func fieldName() throws(Mismatch) -> String {
    try labelled("field name (* or [a..z0..9_$])") { (parser) throws(Mismatch) in
      if let quoted = try parser.optional({ (parser) throws(Mismatch) in try parser.quoted() }) {
        return quoted
      }
      return try parser.dashed { (parser) throws(Mismatch) in try parser.identifier() }
    }
  }

  /// Words joined by dashes; a dash before `>` is the arrow of a JSON path.
  private mutating func dashed(_ word: Rule<Range<Int>>) throws(Mismatch) -> String {
    var name = text(try word(&self))
    while maybe({ (parser) throws(Mismatch) in try parser.dash() }) != nil {
      name += "-"
      name += text(try word(&self))
    }
    return name
  }

  private mutating func dash() throws(Mismatch) {
    try character(UInt8(ascii: "-"))
    try notFollowed { $0 == UInt8(ascii: ">") }
  }

  /// The `:` behind an alias; `::` is a cast.
  mutating func aliasSeparator() throws(Mismatch) {
    try character(UInt8(ascii: ":"))
    try notFollowed { $0 == UInt8(ascii: ":") }
  }

  /// An alias with its separator, or nothing.
  mutating func alias() -> String? {
    maybe { (parser) throws(Mismatch) in
      let name = try parser.fieldName()
      try parser.aliasSeparator()
      return name
    }
  }

  // MARK: Fields

  /// A name and perhaps a path, spaces around dropped.
  mutating func field() throws(Mismatch) -> FieldPath {
    try spaced { (parser) throws(Mismatch) in
      let name = try parser.fieldName()
      return FieldPath(name, try parser.jsonSteps())
    }
  }

  mutating func jsonSteps() throws(Mismatch) -> [FieldPath.Step] {
    var steps: [FieldPath.Step] = []
    while true {
      if optionalWord("->>") {
        steps.append(.text(try jsonOperand()))
      } else if optionalWord("->") {
        steps.append(.json(try jsonOperand()))
      } else {
        return steps
      }
    }
  }

  private mutating func jsonOperand() throws(Mismatch) -> FieldPath.Operand {
    if let index = maybe({ (parser) throws(Mismatch) in try parser.jsonIndex() }) {
      return .index(index)
    }
    return .key(
      try attempt { (parser) throws(Mismatch) in
        try parser.labelled("any non reserved character different from: .,>()") {
          (parser) throws(Mismatch) in
          if let quoted = try parser.optional({ (parser) throws(Mismatch) in try parser.quoted() })
          {
            return quoted
          }
          return try parser.dashed { (parser) throws(Mismatch) in try parser.jsonKey() }
        }
      })
  }

  private mutating func jsonKey() throws(Mismatch) -> Range<Int> {
    let range = run { byte in
      switch byte {
      case UInt8(ascii: "("), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "."),
        UInt8(ascii: ","), UInt8(ascii: ">"), UInt8(ascii: ")"):
        false
      default: true
      }
    }
    if range.isEmpty { throw Mismatch() }
    return trimmed(range)
  }

  /// Digits are an index only where the step ends with them.
  private mutating func jsonIndex() throws(Mismatch) -> String {
    let start = position
    _ = try optional { (parser) throws(Mismatch) in try parser.character(UInt8(ascii: "-")) }
    let digits = run { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    noteFound(expecting: "digit")
    if digits.isEmpty { throw Mismatch() }
    try boundary("->", "::", ".", ",")
    return text(start..<digits.upperBound)
  }

  /// The dotted key of a filter: the embeds it goes through, then the field.
  mutating func embeddedField() throws(Mismatch) -> (embed: [String], field: FieldPath) {
    var path = [try fieldName()]
    while try optional({ (parser) throws(Mismatch) in try parser.delimiter() }) != nil {
      path.append(try fieldName())
    }
    let steps = try jsonSteps()
    return (Array(path.dropLast()), FieldPath(path.last ?? "", steps))
  }

  /// Names between commas.
  mutating func names() throws(Mismatch) -> [String] {
    var names = [try fieldName()]
    while try optional({ (parser) throws(Mismatch) in
      try parser.spacedCharacter(UInt8(ascii: ","))
    }) != nil {
      names.append(try fieldName())
    }
    return names
  }
}
