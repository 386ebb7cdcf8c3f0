/// A condition on a field: `age=not.gte.18`.
package struct Filter: Hashable, Sendable {
  package var field: FieldPath
  package var isNegated: Bool
  package var operation: Operation

  package init(_ field: FieldPath, not isNegated: Bool = false, _ operation: Operation) {
    self.field = field
    self.isNegated = isNegated
    self.operation = operation
  }

  /// What is compared how; values are text, for PostgreSQL to give a type.
  package enum Operation: Hashable, Sendable {
    case compare(Comparison, String, quantifier: Quantifier? = nil)
    /// Empty for `in.()`, which no row fulfils.
    case isIn([String])
    case isValue(IsValue)
    case isDistinct(String)
    case search(TextSearch, String, language: String? = nil)
  }

  /// Operators between a field and a value.
  package enum Comparison: String, Hashable, Sendable, CaseIterable {
    case neq, cs, cd, ov, sl, sr, nxr, nxl, adj
    case eq, gte, gt, lte, lt, like, ilike, match, imatch

    /// Whether `(any)` and `(all)` may follow.
    package var isQuantifiable: Bool {
      switch self {
      case .eq, .gte, .gt, .lte, .lt, .like, .ilike, .match, .imatch: true
      default: false
      }
    }

    /// PostgreSQL's operator.
    package var sql: StaticString {
      switch self {
      case .neq: "<>"
      case .cs: "@>"
      case .cd: "<@"
      case .ov: "&&"
      case .sl: "<<"
      case .sr: ">>"
      case .nxr: "&<"
      case .nxl: "&>"
      case .adj: "-|-"
      case .eq: "="
      case .gte: ">="
      case .gt: ">"
      case .lte: "<="
      case .lt: "<"
      case .like: "like"
      case .ilike: "ilike"
      case .match: "~"
      case .imatch: "~*"
      }
    }
  }

  /// Whether one element of an array, or each, has to fulfil a comparison.
  package enum Quantifier: String, Hashable, Sendable, CaseIterable {
    case any, all
  }

  /// What `is` tells apart.
  package enum IsValue: String, Hashable, Sendable, CaseIterable {
    case null
    case notNull = "not_null"
    case isTrue = "true"
    case isFalse = "false"
    case unknown
  }

  /// Full text search; each is a function that makes a `tsquery`.
  package enum TextSearch: String, Hashable, Sendable, CaseIterable {
    case fts, plfts, phfts, wfts

    /// PostgreSQL's function.
    package var sql: StaticString {
      switch self {
      case .fts: "to_tsquery"
      case .plfts: "plainto_tsquery"
      case .phfts: "phraseto_tsquery"
      case .wfts: "websearch_to_tsquery"
      }
    }
  }
}

/// The operators in the order in which a parser has to try them: longer words before their
/// beginnings, and simple ones first, as errors tell them.
private let textSearches: [(StaticString, Filter.TextSearch)] = [
  ("fts", .fts), ("plfts", .plfts), ("phfts", .phfts), ("wfts", .wfts),
]
private let simpleOperators: [(StaticString, Filter.Comparison)] = [
  ("neq", .neq), ("cs", .cs), ("cd", .cd), ("ov", .ov), ("sl", .sl), ("sr", .sr), ("nxr", .nxr),
  ("nxl", .nxl), ("adj", .adj),
]
private let quantifiableOperators: [(StaticString, Filter.Comparison)] = [
  ("eq", .eq), ("gte", .gte), ("gt", .gt), ("lte", .lte), ("lt", .lt), ("like", .like),
  ("ilike", .ilike), ("match", .match), ("imatch", .imatch),
]
private let isValues: [(StaticString, Filter.IsValue)] = [
  ("null", .null), ("not_null", .notNull), ("true", .isTrue), ("false", .isFalse),
  ("unknown", .unknown),
]

extension GrammarParser {
  /// `not.` and an operator with its value; the rule reads a value.
  mutating func filterOperation(
    _ value: Rule<String>
  ) throws(Mismatch) -> (isNegated: Bool, operation: Filter.Operation) {
    let isNegated =
      maybe { (parser) throws(Mismatch) -> Void in
        try parser.word("not")
        try parser.delimiter()
      } != nil
    let operation = try labelled("operator (eq, gt, ...)") { (parser) throws(Mismatch) in
      try parser.unlabelledOperation(value)
    }
    return (isNegated, operation)
  }

  private mutating func unlabelledOperation(
    _ value: Rule<String>
  ) throws(Mismatch) -> Filter.Operation {
    if wordAndDelimiter("in") { return .isIn(try list()) }
    if wordAndDelimiter("is") { return .isValue(try isValue()) }
    if wordAndDelimiter("isdistinct") { return .isDistinct(try value(&self)) }
    // The value is part of the attempt: where it fails, the whole filter never was one.
    if let search = maybe({ (parser) throws(Mismatch) in try parser.search(value) }) {
      return search
    }
    if let simple = maybe({ (parser) throws(Mismatch) -> Filter.Operation in
      let comparison = try parser.oneOf(simpleOperators)
      try parser.delimiter()
      return .compare(comparison, try value(&parser))
    }) {
      return simple
    }
    return try attempt { (parser) throws(Mismatch) in
      let comparison = try parser.oneOf(quantifiableOperators)
      let quantifier = parser.maybe { (parser) throws(Mismatch) in try parser.quantifier() }
      try parser.delimiter()
      return .compare(comparison, try value(&parser), quantifier: quantifier)
    }
  }

  private mutating func wordAndDelimiter(_ word: StaticString) -> Bool {
    maybe { (parser) throws(Mismatch) -> Void in
      try parser.word(word)
      try parser.delimiter()
    } != nil
  }

  private mutating func oneOf<Operator>(
    _ operators: [(StaticString, Operator)]
  ) throws(Mismatch) -> Operator {
    try labelled("unknown single value operator") { (parser) throws(Mismatch) in
      for (word, value) in operators where parser.optionalWord(word) { return value }
      throw Mismatch()
    }
  }

  private mutating func quantifier() throws(Mismatch) -> Filter.Quantifier {
    try character(UInt8(ascii: "("))
    var quantifier = Filter.Quantifier.any
    if !optionalWord("any") {
      try word("all")
      quantifier = .all
    }
    try character(UInt8(ascii: ")"))
    return quantifier
  }

  private mutating func search(_ value: Rule<String>) throws(Mismatch) -> Filter.Operation {
    for (word, search) in textSearches where optionalWord(word) {
      let language = maybe { (parser) throws(Mismatch) in
        try parser.character(UInt8(ascii: "("))
        let range = try parser.identifier()
        try parser.character(UInt8(ascii: ")"))
        return parser.text(range)
      }
      try delimiter()
      return .search(search, try value(&self), language: language)
    }
    throw Mismatch()
  }

  private mutating func isValue() throws(Mismatch) -> Filter.IsValue {
    try labelled("isVal: (null, not_null, true, false, unknown)") { (parser) throws(Mismatch) in
      for (word, value) in isValues where parser.optionalWordOfAnyCase(word) { return value }
      throw Mismatch()
    }
  }

  private mutating func optionalWordOfAnyCase(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    for index in 0..<length {
      let byte = word.utf8Start[index]
      guard position + index < input.count, lowercased(input[position + index]) == byte else {
        // All five have one label, which stands for whatever letters were expected here.
        noteFound(at: position + index)
        return false
      }
    }
    take(length)
    return true
  }

  // MARK: Values

  /// All that is left.
  mutating func wholeValue() -> String {
    let range = position..<input.count
    take(range.count)
    return text(range)
  }

  /// A value inside a tree: `"quoted"`, `{an array}`, or up to the next `,` or `)`.
  mutating func valueInTree() -> String {
    if let quoted = maybe({ (parser) throws(Mismatch) in try parser.closedQuoted() }) {
      return quoted
    }
    let array = maybe { (parser) throws(Mismatch) in
      let start = parser.position
      try parser.word("{")
      _ = parser.run { $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: "}") }
      try parser.word("}")
      return parser.text(start..<parser.position)
    }
    return array ?? text(run { !endsElement($0) })
  }

  /// A quoted value that ends where an element does.
  private mutating func closedQuoted() throws(Mismatch) -> String {
    let value = try quoted()
    try notFollowed { !endsElement($0) }
    return value
  }

  /// `(a,"b, c",d)`.
  private mutating func list() throws(Mismatch) -> [String] {
    try spacedCharacter(UInt8(ascii: "("))
    var elements: [String] = []
    repeat {
      let quoted = maybe { (parser) throws(Mismatch) in try parser.closedQuoted() }
      elements.append(quoted ?? text(run { !endsElement($0) }))
    } while try optional({ (parser) throws(Mismatch) in
      try parser.character(UInt8(ascii: ","))
    }) != nil
    try spacedCharacter(UInt8(ascii: ")"))
    return elements == [""] ? [] : elements
  }
}

private func endsElement(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: ",") || byte == UInt8(ascii: ")")
}

/// An ASCII letter in lower case; any other byte as it is.
func lowercased(_ byte: UInt8) -> UInt8 {
  (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}
