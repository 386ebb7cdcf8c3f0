/// What one place of `select` asks for.
package indirect enum SelectItem: Hashable, Sendable {
  case field(SelectField)
  case embed(Embed)
}

/// A column, a place in JSON, `*`, or an aggregate of one of them.
package struct SelectField: Hashable, Sendable {
  /// Functions over many rows.
  package enum Aggregate: String, Hashable, Sendable, CaseIterable {
    case sum, avg, count, max, min
  }

  /// The name is `*` for all columns, and in `count()`.
  package var field: FieldPath
  package var alias: String?
  /// A type's name, before any aggregate.
  package var cast: String?
  package var aggregate: Aggregate?
  package var aggregateCast: String?

  package init(
    _ field: FieldPath, alias: String? = nil, cast: String? = nil, aggregate: Aggregate? = nil,
    aggregateCast: String? = nil
  ) {
    self.field = field
    self.alias = alias
    self.cast = cast
    self.aggregate = aggregate
    self.aggregateCast = aggregateCast
  }

  /// All columns, as when nothing is selected.
  package static let all = SelectField(FieldPath("*"))
}

/// Rows of another relation inside those of this one.
package struct Embed: Hashable, Sendable {
  /// Whether rows without embedded ones stay.
  package enum Join: String, Hashable, Sendable, CaseIterable {
    case left, inner
  }

  /// A relation, a constraint or a column; the schema tells.
  package var relation: String
  package var alias: String?
  /// Which relationship, where there are several.
  package var hint: String?
  /// Nil means left.
  package var join: Join?
  /// `...rel(…)`: the columns become those of the outer row.
  package var isSpread: Bool
  /// May be empty: then only the join counts.
  package var items: [SelectItem]

  package init(
    _ relation: String, alias: String? = nil, hint: String? = nil, join: Join? = nil,
    isSpread: Bool = false, items: [SelectItem]
  ) {
    self.relation = relation
    self.alias = alias
    self.hint = hint
    self.join = join
    self.isSpread = isSpread
    self.items = items
  }
}

private let aggregates: [(StaticString, SelectField.Aggregate)] = [
  ("sum", .sum), ("avg", .avg), ("count", .count), ("max", .max), ("min", .min),
]

extension GrammarParser {
  /// Items between commas, or none.
  ///
  /// What follows a complete item and is neither `,` nor `)` is left unread, as the reference does.
  mutating func selectItems() throws(Mismatch) -> [SelectItem] {
    guard
      let first = try optional({ (parser) throws(Mismatch) in try parser.selectItem() })
    else { return [] }
    var items = [first]
    while try optional({ (parser) throws(Mismatch) in
      try parser.spacedCharacter(UInt8(ascii: ","))
    }) != nil {
      items.append(try selectItem())
    }
    return items
  }

  private mutating func selectItem() throws(Mismatch) -> SelectItem {
    if let plain = plainField() { return .field(plain) }
    if var embed = maybe({ (parser) throws(Mismatch) in try parser.spreadHead() })
      ?? maybe({ (parser) throws(Mismatch) in try parser.embedHead() })
    {
      try character(UInt8(ascii: "("))
      embeds += 1
      if embeds > limits.embeds {
        excess = excess ?? "number of embeds, which is more than \(limits.embeds)"
      }
      embed.items = try nested { (parser) throws(Mismatch) in try parser.selectItems() }
      try character(UInt8(ascii: ")"))
      return .embed(embed)
    }
    return .field(try selectField())
  }

  /// The most common item at once: a plain name up to the next `,` or the end.
  private mutating func plainField() -> SelectField? {
    guard !takesNotes else { return nil }
    var end = position
    while end < input.count {
      switch input[end] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"):
        end += 1
        continue
      default: break
      }
      break
    }
    guard end > position,
      end == input.count || input[end] == UInt8(ascii: ",") || input[end] == UInt8(ascii: ")")
    else { return nil }
    defer { position = end }
    return SelectField(FieldPath(text(position..<end)))
  }

  private mutating func spreadHead() throws(Mismatch) -> Embed {
    try spaced { (parser) throws(Mismatch) in
      try parser.word("...")
      let name = try parser.fieldName()
      var embed = Embed(name, isSpread: true, items: [])
      try parser.embedParameters(of: &embed)
      return embed
    }
  }

  private mutating func embedHead() throws(Mismatch) -> Embed {
    try spaced { (parser) throws(Mismatch) in
      let alias = parser.alias()
      let name = try parser.fieldName()
      // `count()` is the aggregate.
      if name == "count" { throw Mismatch() }
      var embed = Embed(name, alias: alias, items: [])
      try parser.embedParameters(of: &embed)
      return embed
    }
  }

  /// Up to two of `!hint`, `!inner`, `!left`, and the parenthesis in sight.
  private mutating func embedParameters(of embed: inout Embed) throws(Mismatch) {
    for _ in 0..<2 {
      guard
        try optional({ (parser) throws(Mismatch) in try parser.character(UInt8(ascii: "!")) })
          != nil
      else { continue }
      if optionalWord("left") {
        embed.join = embed.join ?? .left
      } else if optionalWord("inner") {
        embed.join = embed.join ?? .inner
      } else {
        let hint = try attempt { (parser) throws(Mismatch) in try parser.fieldName() }
        embed.hint = embed.hint ?? hint
      }
    }
    try boundary("(", orEnd: false)
  }

  private mutating func selectField() throws(Mismatch) -> SelectField {
    try spaced { (parser) throws(Mismatch) in
      let special =
        parser.maybe { (parser) throws(Mismatch) in
          try parser.word("*")
          try parser.selectBoundary()
          return SelectField.all
        }
        ?? parser.maybe { (parser) throws(Mismatch) in
          let alias = parser.alias()
          try parser.word("count()")
          let cast = try parser.cast()
          try parser.selectBoundary()
          return SelectField(
            FieldPath("*"), alias: alias, aggregate: .count, aggregateCast: cast)
        }
      if let special { return special }
      let alias = parser.alias()
      var item = SelectField(try parser.field(), alias: alias)
      item.cast = try parser.cast()
      item.aggregate = parser.maybe { (parser) throws(Mismatch) in try parser.aggregate() }
      item.aggregateCast = try parser.cast()
      try parser.selectBoundary()
      return item
    }
  }

  private mutating func selectBoundary() throws(Mismatch) {
    try boundary(")", ",")
  }

  private mutating func cast() throws(Mismatch) -> String? {
    try optional { (parser) throws(Mismatch) in
      try parser.word("::")
      return parser.text(try parser.identifier())
    }
  }

  private mutating func aggregate() throws(Mismatch) -> SelectField.Aggregate {
    try character(UInt8(ascii: "."))
    for (word, aggregate) in aggregates where optionalWord(word) {
      try self.word("()")
      return aggregate
    }
    throw Mismatch()
  }
}
