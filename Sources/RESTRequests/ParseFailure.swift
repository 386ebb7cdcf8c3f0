/// Where a grammar stopped, what it saw there and what it would have taken.
///
/// Parsec's errors, whose words clients see: of two, the one further in the input counts; at the
/// same place both do.
struct ParseFailure {
  /// One thing to say about a place.
  enum Note: Hashable {
    /// A character (as Haskell shows it), or the end of the input when empty; only one is told.
    case found(String)
    /// A character that something must not be followed by.
    case unexpected(String)
    /// What would have been taken.
    case expected(String)
  }

  /// An offset in bytes.
  var position: Int
  /// Nothing is known when there are none.
  var notes: [Note] = []

  mutating func merge(_ other: ParseFailure) {
    if other.notes.isEmpty, !notes.isEmpty { return }
    if notes.isEmpty, !other.notes.isEmpty || other.position > position {
      self = other
    } else if position == other.position {
      notes += other.notes
    } else if position < other.position {
      self = other
    }
  }

  /// Says by one name what all the expectations were parts of.
  mutating func expectOnly(_ label: StaticString) {
    notes.removeAll { if case .expected = $0 { true } else { false } }
    notes.insert(.expected("\(label)"), at: 0)
  }

  /// The error that a client sees.
  func error(source: String, in input: UnsafeBufferPointer<UInt8>) -> RESTError {
    .query("\"\(source)\" \(Self.place(position, in: input))", details: details)
  }

  private var details: String {
    var found: String?
    var unexpected: [String] = []
    var expected: [String] = []
    for note in notes {
      switch note {
      case .found(let text): found = found ?? text
      case .unexpected(let text): if !unexpected.contains(text) { unexpected.append(text) }
      case .expected(let text): if !expected.contains(text) { expected.append(text) }
      }
    }
    if unexpected.isEmpty, let found { unexpected = [found.isEmpty ? "end of input" : found] }
    var parts: [String] = []
    if !unexpected.isEmpty { parts.append("unexpected \(Self.list(unexpected))") }
    if !expected.isEmpty { parts.append("expecting \(Self.list(expected))") }
    return parts.isEmpty ? "unknown parse error" : parts.joined(separator: " ")
  }

  private static func list(_ items: [String]) -> String {
    guard items.count > 1, let last = items.last else { return items.first ?? "" }
    return "\(items.dropLast().joined(separator: ", ")) or \(last)"
  }

  /// Line and column of a byte: a tab goes to the next multiple of eight.
  static func place(_ position: Int, in input: UnsafeBufferPointer<UInt8>) -> String {
    var line = 1
    var column = 1
    for byte in input[..<min(position, input.count)] {
      switch byte {
      case 0x0A: (line, column) = (line + 1, 1)
      case 0x09: column += 8 - (column - 1) % 8
      // Only the first byte of a character counts.
      case 0x80..<0xC0: break
      default: column += 1
      }
    }
    return "(line \(line), column \(column))"
  }

  private static let controls = [
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "a", "b", "t", "n", "v", "f", "r", "SO",
    "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC",
    "FS", "GS", "RS", "US",
  ]

  /// A character between quotes as Haskell's `show` writes it.
  static func show(_ scalar: Unicode.Scalar, quote: Character) -> String {
    switch scalar.value {
    case ..<0x20: return "\(quote)\\\(controls[Int(scalar.value)])\(quote)"
    case 0x7F: return "\(quote)\\DEL\(quote)"
    case 0x80...: return "\(quote)\\\(scalar.value)\(quote)"
    default:
      let isEscaped = scalar == "\\" || Character(scalar) == quote
      return "\(quote)\(isEscaped ? "\\" : "")\(scalar)\(quote)"
    }
  }
}
