/// A JSON text as a value.
///
/// Numbers stay as they are written: none loses a digit.
/// Source: RFC 8259; of members with one name the last one counts, as RFC 7519, 4 lets it be and
/// PostgreSQL has it.
enum JSONValue: Hashable {
  case null
  case boolean(Bool)
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// How deep arrays and objects may nest.
  static let deepest = 64

  /// Reads a text.
  ///
  /// - Parameter text: All of it; nil when it is not JSON in UTF-8, or too deep.
  init?(_ text: [UInt8]) {
    guard String(validating: text, as: UTF8.self) != nil else { return nil }
    var parser = JSONParser(text)
    guard let value = parser.document() else { return nil }
    self = value
  }

  /// The compact text; the members of objects in the order of their names.
  var text: String {
    switch self {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .number(let digits): digits
    case .string(let string): jsonText(string)
    case .array(let values): "[\(values.map(\.text).joined(separator: ","))]"
    case .object(let members):
      "{"
        + members.sorted { $0.key < $1.key }
        .map { "\(jsonText($0.key)):\($0.value.text)" }.joined(separator: ",") + "}"
    }
  }
}

/// Writes a text as JSON.
///
/// - Parameter string: Any.
/// - Returns: It in quotes.
func jsonText(_ string: String) -> String {
  var text = "\""
  for scalar in string.unicodeScalars {
    switch scalar {
    case "\"", "\\": text += "\\\(scalar)"
    case "\u{00}"..<"\u{20}":
      let digits = String(scalar.value, radix: 16)
      text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    default: text.unicodeScalars.append(scalar)
    }
  }
  return text + "\""
}

/// Reads by descent; the depth is bounded.
private struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() -> JSONValue? {
    guard let value = value(depth: 0) else { return nil }
    skipSpace()
    return position == bytes.count ? value : nil
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  /// Takes a byte when it is the next one behind spaces.
  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) -> JSONValue? {
    guard depth <= JSONValue.deepest else { return nil }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return object(depth: depth)
    case UInt8(ascii: "["): return array(depth: depth)
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "t"): return word("true") ? .boolean(true) : nil
    case UInt8(ascii: "f"): return word("false") ? .boolean(false) : nil
    case UInt8(ascii: "n"): return word("null") ? .null : nil
    default: return number()
    }
  }

  private mutating func object(depth: Int) -> JSONValue? {
    position += 1
    var members: [String: JSONValue] = [:]
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard let name = string(), take(":"), let value = value(depth: depth + 1) else {
        return nil
      }
      members[name] = value
    } while take(",")
    return take("}") ? .object(members) : nil
  }

  private mutating func array(depth: Int) -> JSONValue? {
    position += 1
    var values: [JSONValue] = []
    if take("]") { return .array(values) }
    repeat {
      guard let value = value(depth: depth + 1) else { return nil }
      values.append(value)
    } while take(",")
    return take("]") ? .array(values) : nil
  }

  private mutating func word(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    let letters = UnsafeBufferPointer(start: word.utf8Start, count: count)
    guard bytes[position...].prefix(count).elementsEqual(letters) else { return false }
    position += count
    return true
  }

  private mutating func number() -> JSONValue? {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    if next == UInt8(ascii: "0") {
      position += 1
    } else if !digits() {
      return nil
    }
    if next == UInt8(ascii: ".") {
      position += 1
      guard digits() else { return nil }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      guard digits() else { return nil }
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  /// Takes digits; false when there is none.
  private mutating func digits() -> Bool {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      position += 1
    }
    return position > start
  }

  private mutating func string() -> String? {
    guard next == UInt8(ascii: "\"") else { return nil }
    position += 1
    let start = position
    var text: [UInt8]?
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        return String(decoding: text ?? Array(bytes[start..<(position - 1)]), as: UTF8.self)
      case UInt8(ascii: "\\"):
        if text == nil { text = Array(bytes[start..<(position - 1)]) }
        guard let escaped = escaped() else { return nil }
        text?.append(contentsOf: escaped)
      case 0..<0x20: return nil
      default: text?.append(byte)
      }
    }
    return nil
  }

  /// What stands behind a backslash, in UTF-8.
  private mutating func escaped() -> [UInt8]? {
    guard let byte = next else { return nil }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      guard let first = unit() else { return nil }
      var units = [first]
      if UTF16.isLeadSurrogate(first) {
        let here = position
        if next == UInt8(ascii: "\\"), bytes.dropFirst(position + 1).first == UInt8(ascii: "u") {
          position += 2
          if let second = unit(), UTF16.isTrailSurrogate(second) {
            units.append(second)
          } else {
            position = here
          }
        }
      }
      return Array(String(decoding: units, as: UTF16.self).utf8)
    default: return nil
    }
  }

  /// Four hexadecimal digits.
  private mutating func unit() -> UInt16? {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4,
      digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit })
    else { return nil }
    position += 4
    return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
