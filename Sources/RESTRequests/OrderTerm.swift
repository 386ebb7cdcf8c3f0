/// What rows are sorted by: `age.desc.nullslast`, or `author(name)` by the row of an embed.
package struct OrderTerm: Hashable, Sendable {
  /// Which comes first.
  package enum Direction: String, Hashable, Sendable, CaseIterable {
    case ascending = "asc"
    case descending = "desc"
  }

  /// Where nulls go.
  package enum Nulls: String, Hashable, Sendable, CaseIterable {
    case first = "nullsfirst"
    case last = "nullslast"
  }

  /// The to-one embed whose field it is; nil for a field of the rows themselves.
  package var relation: String?
  package var field: FieldPath
  package var direction: Direction?
  package var nulls: Nulls?

  package init(
    relation: String? = nil, _ field: FieldPath, _ direction: Direction? = nil,
    nulls: Nulls? = nil
  ) {
    self.relation = relation
    self.field = field
    self.direction = direction
    self.nulls = nulls
  }
}

extension GrammarParser {
  /// Terms between commas.
  mutating func orderTerms() throws(Mismatch) -> [OrderTerm] {
    var terms: [OrderTerm] = []
    repeat {
      terms.append(try spaced { (parser) throws(Mismatch) in try parser.orderTerm() })
    } while try optional({ (parser) throws(Mismatch) in
      try parser.character(UInt8(ascii: ","))
    }) != nil
    return terms
  }

  private mutating func orderTerm() throws(Mismatch) -> OrderTerm {
    let byEmbed = maybe { (parser) throws(Mismatch) in
      let relation = try parser.fieldName()
      try parser.character(UInt8(ascii: "("))
      let field = try parser.field()
      try parser.character(UInt8(ascii: ")"))
      return try parser.orderEnd(OrderTerm(relation: relation, field))
    }
    if let byEmbed { return byEmbed }
    return try orderEnd(OrderTerm(try field()))
  }

  private mutating func orderEnd(_ term: OrderTerm) throws(Mismatch) -> OrderTerm {
    var term = term
    if dottedWord("asc") {
      term.direction = .ascending
    } else if dottedWord("desc") {
      term.direction = .descending
    }
    if dottedWord("nullsfirst") {
      term.nulls = .first
    } else if dottedWord("nullslast") {
      term.nulls = .last
    }
    try boundary(",")
    return term
  }

  private mutating func dottedWord(_ word: StaticString) -> Bool {
    maybe { (parser) throws(Mismatch) -> Void in
      try parser.delimiter()
      try parser.word(word)
    } != nil
  }
}
