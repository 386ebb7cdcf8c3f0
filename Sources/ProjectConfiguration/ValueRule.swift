/// How a value of one type is written in TOML and in an environment variable.
struct ValueRule<Value: Sendable>: Sendable {
  /// What is expected, as the middle of a sentence: `a port from 0 to 65535`.
  var expectation: String
  /// The value as the file has it; nil when it is none.
  var fromTOML: @Sendable (TOMLNode) -> Value?
  /// The value as a variable has it, which is always text; nil when it is none.
  var fromText: @Sendable (String) -> Value?
  /// The value as it would be written in the file; nil when it would be left out.
  var literal: @Sendable (Value) -> String?
  /// Secrets are never shown in a message.
  var isSecret = false
}

/// A value that no message, log or dump may show by accident.
package struct Secret: Sendable, Hashable, ExpressibleByStringLiteral {
  /// The text itself.
  package let value: String

  /// Keeps a text secret.
  ///
  /// - Parameter value: The text itself.
  package init(_ value: String) { self.value = value }

  package init(stringLiteral value: String) { self.value = value }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "(secret)" }
  package var debugDescription: String { "(secret)" }
  package var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

/// A size in bytes, written `50MiB`, `500KB` or `1024`; units count by 1024, as in Docker.
package struct ByteSize: Sendable, Hashable {
  /// The size itself.
  package var bytes: Int

  /// A size.
  ///
  /// - Parameter bytes: The size itself.
  package init(bytes: Int) { self.bytes = bytes }

  /// Reads a size.
  ///
  /// - Parameter text: A number with or without a unit from B to PiB.
  package init?(_ text: String) {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let number = Double(digits), number.isFinite else { return nil }
    var unit = text.dropFirst(digits.count).lowercased()[...]
    if unit.first == " " { unit = unit.dropFirst() }
    if unit.hasSuffix("ib") {
      unit = unit.dropLast(2)
      guard !unit.isEmpty else { return nil }
    } else if unit.hasSuffix("b") {
      unit = unit.dropLast()
    }
    guard unit.count <= 1 else { return nil }
    var factor = 1.0
    if let letter = unit.first {
      guard let power = Array("kmgtp").firstIndex(of: letter) else { return nil }
      for _ in 0...power { factor *= 1024 }
    }
    guard number * factor < 9e18 else { return nil }
    bytes = Int(number * factor)
  }
}

extension ByteSize: CustomStringConvertible {
  package var description: String {
    var size = bytes
    for unit in ["B", "KiB", "MiB", "GiB", "TiB"] {
      if size == 0 || size % 1024 != 0 || unit == "TiB" {
        return unit == "B" ? "\(size)" : "\(size)\(unit)"
      }
      size /= 1024
    }
    return "\(bytes)"
  }
}

/// Reads a duration in Go's words: `1h30m`, `2m`, `1.5s`, `100ms`.
///
/// - Parameter text: Numbers with units from ns to h.
/// - Returns: Nil when it is none, or negative.
package func parseDuration(_ text: String) -> Duration? {
  if text == "0" { return .zero }
  var rest = Array(text.utf8)[...]
  guard !rest.isEmpty else { return nil }
  var nanoseconds = 0.0
  while !rest.isEmpty {
    let digits = rest.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    rest = rest.dropFirst(digits.count)
    let unit = rest.prefix { !(0x30...0x39).contains($0) && $0 != UInt8(ascii: ".") }
    rest = rest.dropFirst(unit.count)
    guard let number = Double(String(decoding: digits, as: UTF8.self)) else { return nil }
    switch String(decoding: unit, as: UTF8.self) {
    case "ns": nanoseconds += number
    case "us", "µs", "μs": nanoseconds += number * 1e3
    case "ms": nanoseconds += number * 1e6
    case "s": nanoseconds += number * 1e9
    case "m": nanoseconds += number * 60e9
    case "h": nanoseconds += number * 3600e9
    default: return nil
    }
  }
  guard nanoseconds < 9e18 else { return nil }
  return .nanoseconds(Int64(nanoseconds))
}

/// Writes a duration in Go's words, in the largest unit that needs no fraction.
///
/// - Parameter duration: From zero up.
/// - Returns: `90s`, `2m`, `1h`.
func durationText(_ duration: Duration) -> String {
  let (seconds, attoseconds) = duration.components
  let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  let units: [(Int64, String)] = [
    (3_600_000_000_000, "h"), (60_000_000_000, "m"), (1_000_000_000, "s"), (1_000_000, "ms"),
    (1_000, "us"),
  ]
  if nanoseconds == 0 { return "0s" }
  for (size, name) in units where nanoseconds % size == 0 { return "\(nanoseconds / size)\(name)" }
  return "\(nanoseconds)ns"
}

/// Quotes a text as a TOML basic string.
///
/// - Parameter text: Anything.
/// - Returns: The text with quotes and escapes.
func tomlString(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case _ where scalar.value < 0x20 || scalar.value == 0x7F:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

extension ValueRule where Value == Bool {
  static var flag: Self {
    Self(expectation: "true or false") {
      guard case .boolean(let value) = $0.value else { return nil }
      return value
    } fromText: {
      switch $0.lowercased() {
      case "true", "t", "1": true
      case "false", "f", "0": false
      default: nil
      }
    } literal: {
      "\($0)"
    }
  }
}

extension ValueRule where Value == Int {
  static var port: Self {
    integer(in: 0...65_535, expectation: "a port from 0 to 65535")
  }

  static var count: Self { integer(in: 0...Int.max, expectation: "a whole number from 0 up") }

  static func integer(in range: ClosedRange<Int>, expectation: String? = nil) -> Self {
    let expectation =
      expectation ?? "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return Self(expectation: expectation) {
      guard case .integer(let value) = $0.value, range.contains(value) else { return nil }
      return value
    } fromText: {
      guard let value = Int($0), range.contains(value) else { return nil }
      return value
    } literal: {
      "\($0)"
    }
  }

  static func oneOf(_ values: [Int]) -> Self {
    let words = values.map { "\($0)" }
    return Self(expectation: "one of \(words.joined(separator: ", "))") {
      guard case .integer(let value) = $0.value, values.contains(value) else { return nil }
      return value
    } fromText: {
      guard let value = Int($0), values.contains(value) else { return nil }
      return value
    } literal: {
      "\($0)"
    }
  }
}

extension ValueRule where Value == String {
  static var text: Self {
    Self(expectation: "a string") {
      guard case .string(let value) = $0.value else { return nil }
      return value
    } fromText: {
      $0
    } literal: {
      tomlString($0)
    }
  }

  /// A text that may also be written as a number or a boolean, for settings of PostgreSQL.
  static var anyScalar: Self {
    var rule = Self.text
    rule.expectation = "a string, a number or a boolean"
    rule.fromTOML = {
      switch $0.value {
      case .string(let value): value
      case .integer(let value): "\(value)"
      case .floating(let value): "\(value)"
      case .boolean(let value): value ? "on" : "off"
      default: nil
      }
    }
    return rule
  }

  static var url: Self {
    var rule = Self.text
    rule.expectation = "a URL that begins with http:// or https://"
    let text = rule.fromTOML
    let isURL: @Sendable (String) -> Bool = {
      $0.isEmpty || $0.hasPrefix("http://") || $0.hasPrefix("https://")
    }
    rule.fromTOML = { node in text(node).flatMap { isURL($0) ? $0 : nil } }
    rule.fromText = { isURL($0) ? $0 : nil }
    return rule
  }
}

extension ValueRule where Value == Secret {
  static var secret: Self { secret(atLeast: 0) }

  static func secret(atLeast minimum: Int) -> Self {
    let expectation =
      minimum == 0 ? "a string" : "a string of at least \(minimum) characters"
    return Self(expectation: expectation) {
      guard case .string(let value) = $0.value, value.count >= minimum else { return nil }
      return Secret(value)
    } fromText: {
      $0.count >= minimum ? Secret($0) : nil
    } literal: {
      tomlString($0.value)
    } isSecret: {
      true
    }
  }

  private init(
    expectation: String, fromTOML: @escaping @Sendable (TOMLNode) -> Value?,
    fromText: @escaping @Sendable (String) -> Value?,
    literal: @escaping @Sendable (Value) -> String?, isSecret: () -> Bool
  ) {
    self.init(
      expectation: expectation, fromTOML: fromTOML, fromText: fromText, literal: literal,
      isSecret: isSecret())
  }
}

extension ValueRule where Value == Duration {
  static var duration: Self {
    Self(expectation: "a duration such as \"30s\", \"2m\" or \"1h30m\"") {
      guard case .string(let value) = $0.value else { return nil }
      return parseDuration(value)
    } fromText: {
      parseDuration($0)
    } literal: {
      tomlString(durationText($0))
    }
  }
}

extension ValueRule where Value == ByteSize {
  static var size: Self {
    Self(expectation: "a size such as \"50MiB\"") {
      switch $0.value {
      case .string(let value): ByteSize(value)
      case .integer(let value) where value >= 0: ByteSize(bytes: value)
      default: nil
      }
    } fromText: {
      ByteSize($0)
    } literal: {
      tomlString("\($0)")
    }
  }
}

extension ValueRule where Value == [String] {
  static var texts: Self {
    Self(expectation: "a list of strings") {
      guard case .array(let nodes) = $0.value else { return nil }
      var values: [String] = []
      for node in nodes {
        guard case .string(let value) = node.value else { return nil }
        values.append(value)
      }
      return values
    } fromText: {
      $0.split(separator: ",").map { String($0.trimmingSpaces()) }
    } literal: {
      "[\($0.map(tomlString).joined(separator: ", "))]"
    }
  }
}

extension Substring {
  func trimmingSpaces() -> Substring {
    var text = drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}

extension ValueRule
where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  static var choice: Self {
    let words = Value.allCases.map { tomlString($0.rawValue) }
    return Self(expectation: "one of \(words.joined(separator: ", "))") {
      guard case .string(let text) = $0.value else { return nil }
      return Value(rawValue: text)
    } fromText: {
      Value(rawValue: $0)
    } literal: {
      tomlString($0.rawValue)
    }
  }
}

extension ValueRule {
  /// The same for a key that may be left out.
  static func optional<Wrapped: Sendable>(_ rule: ValueRule<Wrapped>) -> Self
  where Value == Wrapped? {
    Self(
      expectation: rule.expectation, fromTOML: { rule.fromTOML($0).map { .some($0) } },
      fromText: { rule.fromText($0).map { .some($0) } },
      literal: { $0.flatMap { rule.literal($0) } }, isSecret: rule.isSecret)
  }
}
