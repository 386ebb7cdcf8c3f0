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

  /// A value in PostgreSQL's text format as JSON of the type nearest to its own.
  ///
  /// Numbers and JSON keep the server's own digits and words. What JSON has no type for, and
  /// numbers that it cannot hold (`NaN`, `Infinity`), are strings.
  /// Source: the fixed type numbers of `pg_type.dat`.
  ///
  /// - Parameters:
  ///   - text: The server's text.
  ///   - typeOID: The column's type.
  /// - Returns: A JSON text.
  package static func json(postgresText text: String, typeOID: UInt32) -> String {
    switch typeOID {
    case 16 where text == "t": return "true"
    case 16 where text == "f": return "false"
    case 20, 21, 23, 26, 700, 701, 1700:
      // Of what these types print, only what is finite ends in a digit.
      if let last = text.utf8.last, (0x30...0x39).contains(last) { return text }
    case 114, 3802: return text
    default: break
    }
    return JSONValue.string(text).json
  }

  /// The value as JSON on one line.
  package var json: String {
    switch self {
    case .null: return "null"
    case .string(let text):
      var quoted = "\""
      for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case "\n": quoted += "\\n"
        case "\r": quoted += "\\r"
        case "\t": quoted += "\\t"
        case "\u{0}"..."\u{1F}":
          let digits = String(scalar.value, radix: 16)
          quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: quoted.unicodeScalars.append(scalar)
        }
      }
      return quoted + "\""
    default: return cellText
    }
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
