/// A query string, understood: what to select, which rows, in which order.
///
/// Reserved keys are `select`, `columns`, `on_conflict`, and, alone or behind the dots of an embed,
/// `order`, `limit`, `offset`, `and`, `or`. All other keys are filters, or arguments of a function
/// that is called by GET.
package struct QueryParameters: Hashable, Sendable {
  /// Something that is meant for an embed; the path of a request's own rows is empty.
  package struct Scoped<Value: Hashable & Sendable>: Hashable, Sendable {
    /// Names (or aliases) of the embeds, from the outermost.
    package var embed: [String]
    package var value: Value
    /// Which pair of the query string said so; in a repeated `limit`, the last.
    package var pair: Int

    package init(embed: [String] = [], _ value: Value, pair: Int) {
      self.embed = embed
      self.value = value
      self.pair = pair
    }
  }

  /// An argument of a function.
  package struct Argument: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What it was made from.
  package var source: QueryString
  /// All columns when none is named; empty when an empty `select` was given.
  package var select: [SelectItem] = [.field(.all)]
  package var filters: [Scoped<Filter>] = []
  package var trees: [Scoped<LogicTree>] = []
  package var order: [Scoped<[OrderTerm]>] = []
  /// `limit` and `offset` of the request's own rows, as they were given.
  package var range = RowRange.all
  /// `limit` and `offset` of embeds, as they were given.
  package var embedRanges: [Scoped<RowRange>] = []
  /// The columns that a body may set, each once; nil when not given.
  package var columns: [String]?
  /// The columns that decide what a duplicate is.
  package var onConflict: [String]?
  /// Pairs that are no filters; only where a function is read, may repeat.
  package var arguments: [Argument] = []

  /// Understands a query string.
  ///
  /// - Parameters:
  ///   - source: Its pairs.
  ///   - isFunctionRead: Whether a pair whose value is no operator is an argument, not an error.
  ///   - limits: How deep and how much.
  /// - Throws: `RESTError` (400 PGRST100) with the place in the part that does not parse.
  package init(
    _ source: QueryString, isFunctionRead: Bool = false, limits: RequestLimits = RequestLimits()
  ) throws(RESTError) {
    self.source = source
    let keys = source.pairs.map { ReservedKey($0.key) }
    // An error in the order of rows is told before one in a filter, wherever they stand.
    try readOrder(keys, limits)
    try readTrees(keys, limits)
    if let text = first("columns") {
      var names: [String] = []
      let all = try GrammarParser.parse(
        text, as: "failed to parse columns parameter (\(text))", limits: limits
      ) { (parser) throws(Mismatch) in try parser.names() }
      var seen: Set<String> = []
      for name in all where seen.insert(name).inserted { names.append(name) }
      columns = names
    }
    if let text = first("select") {
      select = try GrammarParser.parse(
        text, as: "failed to parse select parameter (\(text))", limits: limits
      ) { (parser) throws(Mismatch) in try parser.selectItems() }
    }
    try readFilters(keys, isFunctionRead: isFunctionRead, limits)
    if let text = first("on_conflict") {
      onConflict = try GrammarParser.parse(
        text, as: "failed to parse on_conflict parameter (\(text))", limits: limits
      ) { (parser) throws(Mismatch) in try parser.names() }
    }
    try readRanges(keys, limits)
    if filters.count + trees.count > limits.filters {
      throw .query(
        "failed to parse query string", details: "unexpected more than \(limits.filters) filters",
        hint: "Ask for less in one request, or use in.(…) for many values of one column.")
    }
  }

  /// The value of the first pair with a key; nil when that one has none.
  private func first(_ key: String) -> String? {
    source.pairs.first { $0.key == key }?.value
  }

  private mutating func readOrder(
    _ keys: [ReservedKey?], _ limits: RequestLimits
  ) throws(RESTError) {
    for (index, pair) in source.pairs.enumerated() where keys[index] == .order {
      guard let value = pair.value else { continue }
      let embed = try Self.path(pair.key, limits).embed
      let terms = try GrammarParser.parse(
        value, as: "failed to parse order (\(value))", limits: limits
      ) { (parser) throws(Mismatch) in try parser.orderTerms() }
      order.append(Scoped(embed: embed, terms, pair: index))
    }
  }

  private mutating func readTrees(
    _ keys: [ReservedKey?], _ limits: RequestLimits
  ) throws(RESTError) {
    for (index, pair) in source.pairs.enumerated() where keys[index] == .logic {
      guard let value = pair.value else { continue }
      let path = try GrammarParser.parse(
        pair.key, as: "failed to parse logic path (\(pair.key))", limits: limits
      ) { (parser) throws(Mismatch) in try parser.logicPath() }
      let tree = try GrammarParser.parse(
        path.operator + value, as: "failed to parse logic tree (\(value))", limits: limits
      ) { (parser) throws(Mismatch) in try parser.logicTree() }
      trees.append(Scoped(embed: path.embed, tree, pair: index))
    }
  }

  private mutating func readFilters(
    _ keys: [ReservedKey?], isFunctionRead: Bool, _ limits: RequestLimits
  ) throws(RESTError) {
    for (index, pair) in source.pairs.enumerated() where keys[index] == nil {
      guard let value = pair.value else { continue }
      let (embed, field) = try Self.path(pair.key, limits)
      let parsed = try GrammarParser.parse(
        value, as: "failed to parse filter (\(value))", limits: limits
      ) { (parser) throws(Mismatch) -> (isNegated: Bool, operation: Filter.Operation)? in
        let operation = Self.operation
        return isFunctionRead ? try parser.optional(operation) : try operation(&parser)
      }
      if let parsed {
        let filter = Filter(field, not: parsed.isNegated, parsed.operation)
        filters.append(Scoped(embed: embed, filter, pair: index))
      } else {
        arguments.append(Argument(name: field.name, value: value))
      }
    }
  }

  private static func operation(
    _ parser: inout GrammarParser
  ) throws(Mismatch) -> (isNegated: Bool, operation: Filter.Operation) {
    try parser.filterOperation { (parser) throws(Mismatch) in parser.wholeValue() }
  }

  private mutating func readRanges(
    _ keys: [ReservedKey?], _ limits: RequestLimits
  ) throws(RESTError) {
    // By the key without its last word, which `limit` and `offset` of one embed share.
    var given: [(prefix: Substring, limit: Int??, offset: Int??, pair: Int)] = []
    for (index, pair) in source.pairs.enumerated() {
      guard let key = keys[index], key == .limit || key == .offset, let value = pair.value
      else { continue }
      let prefix = pair.key.dropLast(key == .limit ? 5 : 6)
      let number = RowRange.number(in: value)
      let place = given.firstIndex { $0.prefix == prefix } ?? given.count
      if place == given.count { given.append((prefix, nil, nil, index)) }
      given[place].pair = index
      if key == .limit { given[place].limit = number } else { given[place].offset = number }
    }
    for entry in given {
      var range = RowRange(offset: (entry.offset ?? nil) ?? 0)
      switch entry.limit {
      case nil: break
      case .some(let limit):
        // A limit that is no number is none, and zero beside an offset, as in the reference.
        range.limit = limit ?? (entry.offset == nil ? nil : 0)
      }
      if entry.prefix.isEmpty {
        self.range = range
      } else {
        let embed = try Self.path("\(entry.prefix)limit", limits).embed
        embedRanges.append(Scoped(embed: embed, range, pair: entry.pair))
      }
    }
  }

  private static func path(
    _ key: String, _ limits: RequestLimits
  ) throws(RESTError) -> (embed: [String], field: FieldPath) {
    try GrammarParser.parse(key, as: "failed to parse tree path (\(key))", limits: limits) {
      (parser) throws(Mismatch) in try parser.embeddedField()
    }
  }
}

/// A key that is not the name of a column.
private enum ReservedKey {
  case select, columns, onConflict, order, limit, offset, logic

  init?(_ key: String) {
    switch key {
    case "select": self = .select
    case "columns": self = .columns
    case "on_conflict": self = .onConflict
    default:
      let bytes = key.utf8
      let start = bytes.lastIndex(of: UInt8(ascii: ".")).map { bytes.index(after: $0) }
      switch key[(start ?? bytes.startIndex)...] {
      case "order": self = .order
      case "limit": self = .limit
      case "offset": self = .offset
      case "and", "or": self = .logic
      default: return nil
      }
    }
  }
}
