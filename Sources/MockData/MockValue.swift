internal import PostgresClient

/// A value in PostgreSQL's text form, and what a CHECK makes of it.
struct MockValue: Hashable {
  /// nil is SQL's null.
  var text: String?
  /// Whether it is written without quotes: numbers and booleans.
  var isBare = false
  var scalar: Scalar = .unknown

  static let null = MockValue(text: nil, scalar: .null)

  static func text(_ text: String) -> MockValue {
    MockValue(text: text, scalar: .text(text))
  }

  static func number(_ value: Int) -> MockValue {
    MockValue(text: String(value), isBare: true, scalar: .number(Double(value)))
  }

  static func bool(_ value: Bool) -> MockValue {
    MockValue(text: String(value), isBare: true, scalar: .bool(value))
  }

  /// A value whose inside no check of ours looks at.
  static func opaque(_ text: String) -> MockValue {
    MockValue(text: text)
  }

  var sql: String {
    guard let text else { return "null" }
    return isBare ? text : quoteLiteral(text)
  }

  static func == (left: MockValue, right: MockValue) -> Bool {
    left.text == right.text
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(text)
  }
}
