extension CheckExpression {
  /// Evaluates the expression for a row, with SQL's three-valued logic.
  ///
  /// `unknown` spreads where it decides, so that a result of true or false can be trusted.
  func evaluate(_ row: (String) -> Scalar) -> Scalar {
    switch self {
    case .constant(let value): return value
    case .column(let name): return row(name)
    case .unsupported: return .unknown
    case .not(let inner):
      let value = inner.evaluate(row)
      return value.asBool.map { .bool(!$0) } ?? value
    case .all(let parts): return Self.combine(parts, row, deciding: false)
    case .any(let parts): return Self.combine(parts, row, deciding: true)
    case .isNull(let inner):
      let value = inner.evaluate(row)
      return value == .unknown ? .unknown : .bool(value == .null)
    case .operation(let name, let operands):
      return Self.operation(name, operands.map { $0.evaluate(row) })
    case .quantified(let name, let left, let right, let all):
      guard case .array(let items) = right.evaluate(row) else { return .unknown }
      let value = left.evaluate(row)
      let parts = items.map { CheckExpression.constant(Self.operation(name, [value, $0])) }
      return Self.combine(parts, row, deciding: !all)
    case .list(let items): return .array(items.map { $0.evaluate(row) })
    case .cast(let inner, let type): return Self.cast(inner.evaluate(row), to: type)
    case .call(let name, let arguments):
      return Self.call(name, arguments.map { $0.evaluate(row) })
    case .choice(let branches, let otherwise):
      for branch in branches {
        switch branch.when.evaluate(row) {
        case .bool(true): return branch.then.evaluate(row)
        case .bool(false), .null: continue
        default: return .unknown
        }
      }
      return otherwise?.evaluate(row) ?? .null
    }
  }

  private static func combine(
    _ parts: [CheckExpression], _ row: (String) -> Scalar, deciding: Bool
  ) -> Scalar {
    var result = Scalar.bool(!deciding)
    for part in parts {
      switch part.evaluate(row) {
      case .bool(deciding): return .bool(deciding)
      case .bool: continue
      case .null: if result != .unknown { result = .null }
      default: result = .unknown
      }
    }
    return result
  }

  // MARK: - Operators

  private static func operation(_ name: String, _ operands: [Scalar]) -> Scalar {
    if operands.contains(.unknown) { return .unknown }
    if operands.contains(.null) { return .null }
    guard operands.count == 2 else {
      if name == "-", case .number(let value)? = operands.first { return .number(-value) }
      return .unknown
    }
    let (left, right) = (operands[0], operands[1])
    switch name {
    case "=": return same(left, right).map { .bool($0) } ?? .unknown
    case "<>", "!=": return same(left, right).map { .bool(!$0) } ?? .unknown
    case "<", "<=", ">", ">=":
      guard let order = compare(left, right) else { return .unknown }
      switch name {
      case "<": return .bool(order < 0)
      case "<=": return .bool(order <= 0)
      case ">": return .bool(order > 0)
      default: return .bool(order >= 0)
      }
    case "~", "~*", "!~", "!~*": return matches(left, right, name)
    case "~~", "~~*", "!~~", "!~~*": return isLike(left, right, name)
    case "||":
      if case .text(let first) = left, case .text(let second) = right {
        return .text(first + second)
      }
      return .unknown
    case "+", "-", "*", "/", "%": return arithmetic(name, left, right)
    default: return .unknown
    }
  }

  /// Texts compare only for equality: the order depends on the database's collation.
  private static func same(_ left: Scalar, _ right: Scalar) -> Bool? {
    switch (left, right) {
    case (.text(let first), .text(let second)):
      first.unicodeScalars.elementsEqual(second.unicodeScalars)
    case (.bool(let first), .bool(let second)): first == second
    case (.label(let first, _), .text(let second)), (.text(let first), .label(let second, _)),
      (.label(let first, _), .label(let second, _)):
      first == second
    default: compare(left, right).map { $0 == 0 }
    }
  }

  private static func compare(_ left: Scalar, _ right: Scalar) -> Int? {
    func order(_ first: Double, _ second: Double) -> Int {
      first < second ? -1 : first > second ? 1 : 0
    }
    switch (left, right) {
    case (.number(let first), .number(let second)): return order(first, second)
    case (.time(let first), .time(let second)): return order(first, second)
    case (.time(let first), .text(let text)):
      return CalendarTime.parse(text).map { order(first, $0) }
    case (.text(let text), .time(let second)):
      return CalendarTime.parse(text).map { order($0, second) }
    case (.label(let first, let labels), .text(let second)),
      (.label(let first, let labels), .label(let second, _)):
      guard let left = labels.firstIndex(of: first), let right = labels.firstIndex(of: second)
      else { return nil }
      return left - right
    case (.text, .label): return compare(right, left).map { -$0 }
    case (.number(let first), .text(let text)): return Double(text).map { order(first, $0) }
    case (.text(let text), .number(let second)): return Double(text).map { order($0, second) }
    default: return nil
    }
  }

  private static func arithmetic(_ name: String, _ left: Scalar, _ right: Scalar) -> Scalar {
    guard case .number(let first) = left, case .number(let second) = right else { return .unknown }
    switch name {
    case "+": return .number(first + second)
    case "-": return .number(first - second)
    case "*": return .number(first * second)
    case "%" where second != 0: return .number(first.truncatingRemainder(dividingBy: second))
    // The server's division of integers is another; we do not know the types here.
    default: return .unknown
    }
  }

  private static func matches(_ left: Scalar, _ right: Scalar, _ name: String) -> Scalar {
    guard case .text(let text) = left, case .text(let pattern) = right,
      var regex = try? Regex(pattern)
    else { return .unknown }
    if name.hasSuffix("*") { regex = regex.ignoresCase() }
    let found = text.firstMatch(of: regex.dotMatchesNewlines()) != nil
    return .bool(found != name.hasPrefix("!"))
  }

  private static func isLike(_ left: Scalar, _ right: Scalar, _ name: String) -> Scalar {
    guard case .text(let text) = left, case .text(let pattern) = right, !pattern.contains("\\")
    else { return .unknown }
    let folds = name.hasSuffix("*")
    let found = like(
      Array((folds ? text.lowercased() : text).unicodeScalars)[...],
      Array((folds ? pattern.lowercased() : pattern).unicodeScalars)[...])
    return .bool(found != name.hasPrefix("!"))
  }

  private static func like(
    _ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>
  ) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = pattern.dropFirst()
    if first == "%" {
      return text.indices.contains { like(text[$0...], rest) } || like([], rest)
    }
    guard let character = text.first, first == "_" || first == character else { return false }
    return like(text.dropFirst(), rest)
  }

  // MARK: - Functions

  private static func call(_ name: String, _ arguments: [Scalar]) -> Scalar {
    switch name {
    case "coalesce":
      for argument in arguments where argument != .null { return argument }
      return .null
    case "num_nulls", "num_nonnulls":
      if arguments.contains(.unknown) { return .unknown }
      let nulls = arguments.count { $0 == .null }
      return .number(Double(name == "num_nulls" ? nulls : arguments.count - nulls))
    case "is distinct":
      guard arguments.count == 2, !arguments.contains(.unknown) else { return .unknown }
      if arguments.contains(.null) { return .bool(arguments[0] != arguments[1]) }
      return same(arguments[0], arguments[1]).map { .bool(!$0) } ?? .unknown
    case "IS_TRUE", "IS_NOT_TRUE", "IS_FALSE", "IS_NOT_FALSE":
      guard let value = arguments.first, value != .unknown else { return .unknown }
      let wanted = Scalar.bool(name.hasSuffix("TRUE"))
      return .bool((value == wanted) != name.contains("NOT"))
    default: break
    }
    if arguments.contains(.unknown) { return .unknown }
    if arguments.contains(.null) { return .null }
    switch (name, arguments.first) {
    case ("length", .text(let text)), ("char_length", .text(let text)),
      ("character_length", .text(let text)):
      return .number(Double(text.unicodeScalars.count))
    case ("octet_length", .text(let text)): return .number(Double(text.utf8.count))
    case ("jsonb_typeof", .json(let type)), ("json_typeof", .json(let type)): return .text(type)
    case ("octet_length", .bytes(let count)), ("length", .bytes(let count)):
      return .number(Double(count))
    case ("isempty", .range): return .bool(false)
    case ("lower", .range(let ends)): return ends.first ?? .unknown
    case ("upper", .range(let ends)): return ends.last ?? .unknown
    case ("extract", .text(let field)), ("date_part", .text(let field)):
      guard case .time(let seconds)? = arguments.last else { return .unknown }
      return CalendarTime.field(field, of: seconds).map { .number(Double($0)) } ?? .unknown
    case ("date_trunc", .text(let field)):
      guard case .time(let seconds)? = arguments.last else { return .unknown }
      return CalendarTime.truncate(seconds, to: field).map { .time($0) } ?? .unknown
    case ("lower", .text(let text)): return .text(text.lowercased())
    case ("upper", .text(let text)): return .text(text.uppercased())
    case ("btrim", .text(let text)) where arguments.count == 1: return .text(trimmed(text))
    case ("abs", .number(let value)): return .number(abs(value))
    case ("cardinality", .array(let items)): return .number(Double(items.count))
    case ("array_length", .array(let items)):
      return items.isEmpty ? .null : .number(Double(items.count))
    default: return .unknown
    }
  }

  private static func trimmed(_ text: String) -> String {
    var scalars = Substring(text).unicodeScalars
    while scalars.first == " " { scalars.removeFirst() }
    while scalars.last == " " { scalars.removeLast() }
    return String(scalars)
  }

  private static func cast(_ value: Scalar, to type: String) -> Scalar {
    switch (type, value) {
    case (_, .null), (_, .unknown): return value
    case ("text[]", .text(let literal)), ("varchar[]", .text(let literal)):
      return ArrayLiteral.parse(literal).map { .array($0.map { .text($0) }) } ?? .unknown
    case (_, .array): return value
    case ("int2", .text(let text)), ("int4", .text(let text)), ("int8", .text(let text)),
      ("integer", .text(let text)), ("bigint", .text(let text)), ("smallint", .text(let text)),
      ("numeric", .text(let text)), ("float8", .text(let text)), ("float4", .text(let text)):
      return Double(text).map { .number($0) } ?? .unknown
    case ("int2", .number(let number)), ("int4", .number(let number)),
      ("int8", .number(let number)):
      return .number(number.rounded())
    case ("date", .text(let text)), ("timestamp", .text(let text)),
      ("timestamptz", .text(let text)):
      return CalendarTime.parse(text).map { .time($0) } ?? .unknown
    case ("date", .time(let seconds)):
      return .time((seconds / 86400).rounded(.down) * 86400)
    case ("bool", .text(let text)):
      return ["t", "true"].contains(text)
        ? .bool(true)
        : ["f", "false"].contains(text)
          ? .bool(false) : .unknown
    case ("text", .label(let word, _)): return .text(word)
    case ("text", .number(let number)):
      return number == number.rounded() && abs(number) < 1e15
        ? .text(String(Int(number))) : .unknown
    case ("text", .time), ("text", .bool), ("text", .json), ("text", .range), ("text", .bytes),
      ("interval", _):
      return .unknown
    default: return value
    }
  }
}

/// `{a,"b c"}`: the text of an array of one dimension.
enum ArrayLiteral {
  static func parse(_ literal: String) -> [String]? {
    guard literal.hasPrefix("{"), literal.hasSuffix("}") else { return nil }
    let inner = literal.dropFirst().dropLast()
    guard !inner.isEmpty else { return [] }
    var items = [""]
    var isQuoted = false
    var isEscaped = false
    for character in inner {
      if isEscaped {
        items[items.count - 1].append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character == ",", !isQuoted {
        items.append("")
      } else if character == "{", !isQuoted {
        return nil
      } else {
        items[items.count - 1].append(character)
      }
    }
    return items
  }
}
