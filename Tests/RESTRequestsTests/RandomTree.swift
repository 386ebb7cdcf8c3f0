@testable import RESTRequests

/// Random requests of the grammar, and the printer that writes them as a client would.
struct RandomTree {
  var random: SeededNumbers

  init(seed: UInt64) {
    random = SeededNumbers(state: seed)
  }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  private mutating func pick<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: 0..<values.count, using: &random)]
  }

  private mutating func text(from alphabet: [Character], _ lengths: ClosedRange<Int>) -> String {
    String((0..<Int.random(in: lengths, using: &random)).map { _ in pick(alphabet) })
  }

  private static let plain = Array("abcxyzABC019_$é用")
  private static let wild = Array("ab01_ $-.,:;!?&=+%(){}[]<>\"\\'*|/#@ü用😀\t\n")

  mutating func name() -> String {
    let name = chance(70) ? text(from: Self.plain, 1...8) : text(from: Self.wild, 1...8)
    // Also in quotes that means every column.
    return name == "*" ? "**" : name
  }

  mutating func value() -> String {
    chance(50) ? text(from: Self.plain, 0...8) : text(from: Self.wild, 0...10)
  }

  mutating func field() -> FieldPath {
    let count = chance(70) ? 0 : Int.random(in: 1...3, using: &random)
    return FieldPath(
      name(),
      (0..<count).map { step in
        // Before a parenthesis digits are a key, in the reference too.
        let operand: FieldPath.Operand =
          step < count - 1 && chance(30)
          ? .index("\(Int.random(in: -99...99, using: &random))") : .key(name())
        return chance(50) ? .json(operand) : .text(operand)
      })
  }

  mutating func filter() -> Filter {
    let operation: Filter.Operation
    switch Int.random(in: 0..<6, using: &random) {
    case 0:
      var list = (0..<Int.random(in: 0...4, using: &random)).map { _ in value() }
      if list == [""] { list = [] }
      operation = .isIn(list)
    case 1: operation = .isValue(pick(Filter.IsValue.allCases))
    case 2: operation = .isDistinct(value())
    case 3:
      operation = .search(
        pick(Filter.TextSearch.allCases), value(),
        language: chance(50) ? text(from: Self.plain, 1...8) : nil)
    default:
      let comparison = pick(Filter.Comparison.allCases)
      operation = .compare(
        comparison, value(),
        quantifier: comparison.isQuantifiable && chance(40)
          ? pick(Filter.Quantifier.allCases) : nil)
    }
    return Filter(field(), not: chance(30), operation)
  }

  mutating func tree(depth: Int = 0) -> LogicTree {
    if depth > 0, chance(60) || depth > 4 { return .filter(filter()) }
    return .group(
      pick(LogicTree.Connective.allCases), not: chance(30),
      (0..<Int.random(in: 1...4, using: &random)).map { _ in tree(depth: depth + 1) })
  }

  mutating func order() -> [OrderTerm] {
    (0..<Int.random(in: 1...4, using: &random)).map { _ in
      OrderTerm(
        relation: chance(30) ? name() : nil, field(),
        chance(50) ? pick(OrderTerm.Direction.allCases) : nil,
        nulls: chance(50) ? pick(OrderTerm.Nulls.allCases) : nil)
    }
  }

  mutating func select(depth: Int = 0) -> [SelectItem] {
    (0..<Int.random(in: (depth == 0 ? 1 : 0)...4, using: &random)).map { _ in
      if depth < 5, chance(30) {
        let isSpread = chance(30)
        return .embed(
          Embed(
            name(), alias: !isSpread && chance(40) ? name() : nil, hint: chance(30) ? name() : nil,
            join: chance(40) ? pick(Embed.Join.allCases) : nil, isSpread: isSpread,
            items: select(depth: depth + 1)))
      }
      if chance(15) { return .field(.all) }
      if chance(10) {
        return .field(
          SelectField(FieldPath("*"), alias: chance(50) ? name() : nil, aggregate: .count))
      }
      let aggregate = chance(30) ? pick(SelectField.Aggregate.allCases) : nil
      return .field(
        SelectField(
          field(), alias: chance(30) ? name() : nil,
          cast: chance(30) ? text(from: Self.plain, 1...6) : nil, aggregate: aggregate,
          aggregateCast: aggregate != nil && chance(50) ? text(from: Self.plain, 1...6) : nil))
    }
  }
}

/// A generator that gives the same numbers for the same seed.
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// Writes requests; names and values are quoted wherever that is allowed.
enum TreePrinter {
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result + "\""
  }

  static func field(_ field: FieldPath) -> String {
    quoted(field.name)
      + field.steps.map { step in
        let arrow = if case .json = step { "->" } else { "->>" }
        return switch step.operand {
        case .key(let key): arrow + quoted(key)
        case .index(let index): arrow + index
        }
      }.joined()
  }

  static func operation(_ filter: Filter, value: (String) -> String) -> String {
    let operation =
      switch filter.operation {
      case .compare(let comparison, let text, let quantifier):
        "\(comparison.rawValue)\(quantifier.map { "(\($0.rawValue))" } ?? "").\(value(text))"
      case .isIn(let list): "in.(\(list.map(quoted).joined(separator: ",")))"
      case .isValue(let value): "is.\(value.rawValue)"
      case .isDistinct(let text): "isdistinct.\(value(text))"
      case .search(let search, let text, let language):
        "\(search.rawValue)\(language.map { "(\($0))" } ?? "").\(value(text))"
      }
    return (filter.isNegated ? "not." : "") + operation
  }

  static func tree(_ tree: LogicTree) -> String {
    switch tree {
    case .filter(let filter):
      "\(field(filter.field)).\(operation(filter, value: quoted))"
    case .group(let connective, let isNegated, let members):
      "\(isNegated ? "not." : "")\(connective.rawValue)(\(members.map(Self.tree).joined(separator: ",")))"
    }
  }

  static func order(_ terms: [OrderTerm]) -> String {
    terms.map { term in
      let field = field(term.field)
      return (term.relation.map { "\(quoted($0))(\(field))" } ?? field)
        + (term.direction.map { ".\($0.rawValue)" } ?? "")
        + (term.nulls.map { ".\($0.rawValue)" } ?? "")
    }.joined(separator: ",")
  }

  static func select(_ items: [SelectItem]) -> String {
    items.map { item in
      switch item {
      case .field(let item):
        (item.alias.map { quoted($0) + ":" } ?? "")
          + (item.field.name == "*" ? (item.aggregate == nil ? "*" : "count()") : field(item.field))
          + (item.cast.map { "::\($0)" } ?? "")
          + (item.field.name == "*" ? "" : item.aggregate.map { ".\($0.rawValue)()" } ?? "")
          + (item.aggregateCast.map { "::\($0)" } ?? "")
      case .embed(let embed):
        (embed.isSpread ? "..." : "") + (embed.alias.map { quoted($0) + ":" } ?? "")
          + quoted(embed.relation) + (embed.hint.map { "!" + quoted($0) } ?? "")
          + (embed.join.map { "!\($0.rawValue)" } ?? "") + "(\(select(embed.items)))"
      }
    }.joined(separator: ",")
  }

  static func encoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.appendPercentEncoded(text)
    return String(decoding: bytes, as: UTF8.self)
  }
}
