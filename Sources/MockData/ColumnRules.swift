/// What CHECK constraints, domains and partitions say of one column's values.
struct ColumnRules {
  var allowed: [Scalar]?
  var minimum: Double?
  var minimumIsStrict = false
  var maximum: Double?
  var maximumIsStrict = false
  var minimumLength = 0
  var maximumLength: Int?
  var patterns: [String] = []
  var isRequired = false
  /// `jsonb_typeof(x) = 'array'`.
  var jsonType: String?
  /// Checks that read this column only; every value is tried against them.
  var checks: [CheckExpression] = []
  /// One of these holds the value: partitions by range, upper ends left out.
  var intervals: [(lower: Double?, upper: Double?)] = []

  /// Learns from an expression that must not be false.
  mutating func learn(_ expression: CheckExpression, column: String) {
    switch expression {
    case .all(let parts): for part in parts { learn(part, column: column) }
    case .any(let parts): learnAlternatives(parts, column)
    case .not(.isNull(let inner)) where inner.isColumn(column): isRequired = true
    case .quantified("=", let subject, let list, all: false) where subject.isColumn(column):
      if case .array(let items) = list.constantValue { allow(items) }
    case .operation(let name, let sides) where sides.count == 2:
      if let value = sides[1].knownValue {
        learn(name, sides[0], value, column)
      } else if let value = sides[0].knownValue, let mirrored = Self.mirrored[name] {
        learn(mirrored, sides[1], value, column)
      }
    default: break
    }
  }

  private static let mirrored = ["<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"]

  private mutating func learnAlternatives(_ parts: [CheckExpression], _ column: String) {
    let others = parts.filter { part in
      if case .isNull(let inner) = part { !inner.isColumn(column) } else { true }
    }
    if others.count == 1, let only = others.first {
      learn(only, column: column)
      return
    }
    let values = others.compactMap { part -> [Scalar]? in
      var rules = ColumnRules()
      rules.learn(part, column: column)
      return part.columns == [column] ? rules.allowed : nil
    }
    if !values.isEmpty, values.count == others.count { allow(values.flatMap { $0 }) }
  }

  private mutating func learn(
    _ name: String, _ subject: CheckExpression, _ value: Scalar, _ column: String
  ) {
    if subject.isColumn(column) {
      learnValue(name, value)
      return
    }
    guard case .call(let function, let arguments) = subject, arguments.count == 1,
      arguments[0].mentionsOnly(column)
    else { return }
    switch (function, value) {
    case ("length", .number(let number)), ("char_length", .number(let number)),
      ("character_length", .number(let number)), ("octet_length", .number(let number)),
      ("cardinality", .number(let number)):
      learnLength(name, Int(number))
    case ("jsonb_typeof", .text(let type)), ("json_typeof", .text(let type)):
      if name == "=" { jsonType = type }
    case ("btrim", .text("")):
      if name == "<>" { minimumLength = max(minimumLength, 1) }
    default: break
    }
  }

  private mutating func learnValue(_ name: String, _ value: Scalar) {
    switch (name, value) {
    case ("=", _): allow([value])
    case ("<>", .text("")): minimumLength = max(minimumLength, 1)
    case ("~", .text(let pattern)), ("~*", .text(let pattern)): patterns.append(pattern)
    case (">", .number(let bound)), (">", .time(let bound)): raise(bound, strict: true)
    case (">=", .number(let bound)), (">=", .time(let bound)): raise(bound, strict: false)
    case ("<", .number(let bound)), ("<", .time(let bound)): cap(bound, strict: true)
    case ("<=", .number(let bound)), ("<=", .time(let bound)): cap(bound, strict: false)
    default: break
    }
  }

  private mutating func learnLength(_ name: String, _ length: Int) {
    switch name {
    case ">": minimumLength = max(minimumLength, length + 1)
    case ">=": minimumLength = max(minimumLength, length)
    case "<": maximumLength = min(maximumLength ?? .max, length - 1)
    case "<=": maximumLength = min(maximumLength ?? .max, length)
    case "=":
      minimumLength = length
      maximumLength = length
    default: break
    }
  }

  private mutating func allow(_ values: [Scalar]) {
    allowed = allowed.map { old in old.filter { values.contains($0) } } ?? values
  }

  private mutating func raise(_ bound: Double, strict: Bool) {
    guard bound >= minimum ?? -.infinity else { return }
    minimumIsStrict = strict || (minimumIsStrict && bound == minimum)
    minimum = bound
  }

  private mutating func cap(_ bound: Double, strict: Bool) {
    guard bound <= maximum ?? .infinity else { return }
    maximumIsStrict = strict || (maximumIsStrict && bound == maximum)
    maximum = bound
  }

  /// Whether no check that reads only this column is false for the value.
  func accepts(_ value: Scalar) -> Bool {
    !checks.contains { $0.evaluate { _ in value } == .bool(false) }
  }
}

extension CheckExpression {
  /// The values that equations in this check ask of single columns, given the others.
  func ties(_ row: (String) -> Scalar) -> [(column: String, value: MockValue)] {
    switch self {
    case .all(let parts): return parts.flatMap { $0.ties(row) }
    case .operation(let name, let sides) where sides.count == 2 && (name == "=" || name == "~~"):
      for (subject, source) in [(sides[0], sides[1]), (sides[1], sides[0])] {
        guard let column = subject.columns.first, subject.isColumn(column),
          !source.columns.contains(column), !source.columns.isEmpty
        else { continue }
        switch source.evaluate(row) {
        case .text(let pattern) where name == "~~":
          let text = pattern.split(separator: "%", omittingEmptySubsequences: false)
            .joined(separator: "item")
          return [(column, .text(text))]
        case .text(let text): return [(column, .text(text))]
        case .number(let number):
          let hundredths = (number * 100).rounded()
          guard abs(hundredths) < 1e15 else { return [] }
          if hundredths == (number.rounded() * 100) {
            return [(column, .number(Int(number.rounded())))]
          }
          let value = MockValue(
            text: "\(hundredths / 100)", isBare: true, scalar: .number(hundredths / 100))
          return [(column, value)]
        case .bool(let value): return [(column, .bool(value))]
        case .time(let seconds):
          let text = "\(CalendarTime.date(seconds)) \(CalendarTime.clock(seconds))+00"
          return [(column, MockValue(text: text, scalar: .time(seconds)))]
        default: continue
        }
      }
      return []
    default: return []
    }
  }

  /// Whether this is the column, casts aside; a domain calls it `value`.
  func isColumn(_ name: String) -> Bool {
    switch self {
    case .column(let other): other == name
    case .cast(let inner, _): inner.isColumn(name)
    default: false
    }
  }

  /// Whether this is the column, maybe trimmed or folded: its length is the column's then.
  func mentionsOnly(_ name: String) -> Bool {
    switch self {
    case .call("btrim", let arguments), .call("lower", let arguments):
      arguments.count == 1 && arguments[0].mentionsOnly(name)
    default: isColumn(name)
    }
  }

  /// The value of an expression without columns; unknown when we cannot tell.
  var constantValue: Scalar {
    columns.isEmpty ? evaluate { _ in .unknown } : .unknown
  }

  /// The same, nil when unknown or null.
  var knownValue: Scalar? {
    let value = constantValue
    return value == .unknown || value == .null ? nil : value
  }
}
