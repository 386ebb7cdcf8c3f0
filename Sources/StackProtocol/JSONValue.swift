package import FoundationEssentials

/// Any JSON value.
package enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  /// A number with more digits than a `Double` keeps.
  case decimal(Decimal)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Reads a value in PostgreSQL's text format as the JSON type nearest to its own.
  ///
  /// What JSON has no type for, and numbers that it cannot hold (`NaN`, `Infinity`), are strings.
  /// Source: the fixed type numbers of `pg_type.dat`.
  ///
  /// - Parameters:
  ///   - text: The server's text; nil is SQL's null.
  ///   - typeOID: The column's type.
  package init(postgresText text: String?, typeOID: UInt32) {
    guard let text else {
      self = .null
      return
    }
    let value: JSONValue? =
      switch typeOID {
      case 16: text == "t" ? .bool(true) : text == "f" ? .bool(false) : nil
      case 20, 21, 23, 26: Int64(text).map { .integer($0) }
      case 700, 701: Double(text).flatMap { $0.isFinite ? .number($0) : nil }
      case 1700: Self.decimal(text)
      case 114, 3802: try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
      default: nil
      }
    self = value ?? .string(text)
  }

  /// A `numeric` that 38 digits can hold; a longer one would lose digits as a number.
  private static func decimal(_ text: String) -> JSONValue? {
    if let integer = Int64(text) { return .integer(integer) }
    guard text.utf8.count(where: { (0x30...0x39).contains($0) }) <= 38,
      let value = Decimal(string: text), value.isFinite
    else { return nil }
    return .decimal(value)
  }

  /// The value as a cell of a table: strings as they are, all else as JSON.
  package var cellText: String {
    switch self {
    case .null: return ""
    case .string(let text): return text
    case .bool(let value): return value ? "true" : "false"
    case .integer(let value): return String(value)
    case .decimal(let value): return value.description
    case .number, .array, .object:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
  }
}

extension JSONValue: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      let decimal = try? container.decode(Decimal.self)
      let keepsMore = decimal.map { $0.description != value.description } ?? false
      self = keepsMore ? decimal.map { .decimal($0) } ?? .number(value) : .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .decimal(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}
