/// Names and labels as TypeScript writes them.
enum TypeScriptText {
  /// A key of an object: bare when it is an identifier, else in quotes.
  ///
  /// - Parameter name: Any name.
  /// - Returns: The key without the colon.
  static func key(_ name: String) -> String {
    isIdentifier(name) ? name : string(name)
  }

  /// A string literal: in double quotes, unless it has more of these than of single ones.
  ///
  /// - Parameter text: Any text.
  /// - Returns: The literal with its quotes.
  static func string(_ text: String) -> String {
    var doubles = 0
    var singles = 0
    var isPlain = true
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): doubles += 1
      case UInt8(ascii: "'"): singles += 1
      case UInt8(ascii: "\\"), 0..<0x20: isPlain = false
      default: break
      }
    }
    if isPlain, doubles == 0 { return "\"\(text)\"" }
    let quote: Unicode.Scalar = doubles > singles ? "'" : "\""
    var literal = String.UnicodeScalarView()
    literal.append(quote)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", quote: literal.append(contentsOf: ["\\", scalar])
      case "\u{8}": literal.append(contentsOf: "\\b".unicodeScalars)
      case "\u{C}": literal.append(contentsOf: "\\f".unicodeScalars)
      case "\n": literal.append(contentsOf: "\\n".unicodeScalars)
      case "\r": literal.append(contentsOf: "\\r".unicodeScalars)
      case "\t": literal.append(contentsOf: "\\t".unicodeScalars)
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        let padding = String(repeating: "0", count: 4 - digits.count)
        literal.append(contentsOf: "\\u\(padding)\(digits)".unicodeScalars)
      default: literal.append(scalar)
      }
    }
    literal.append(quote)
    return String(literal)
  }

  /// An indexed access: `Database["public"]["Enums"]["mood"]`.
  ///
  /// - Parameter path: The keys.
  /// - Returns: The type's text.
  static func access(_ path: String...) -> String {
    path.reduce("Database") { "\($0)[\(string($1))]" }
  }

  /// Whether a name is an identifier of ECMAScript 5, keywords included.
  ///
  /// Letters of any script count, as long as they lie in the basic plane: `naïve`, `имя`.
  /// Source: ECMA-262 5.1, 7.6.
  ///
  /// - Parameter name: Any name.
  /// - Returns: Whether it may stand without quotes.
  static func isIdentifier(_ name: String) -> Bool {
    if name.isEmpty { return false }
    var isFirst = true
    for scalar in name.unicodeScalars {
      let isFitting =
        switch scalar {
        case "a"..."z", "A"..."Z", "_", "$": true
        case "0"..."9": !isFirst
        case "\u{0}"..."\u{7F}": false
        default: scalar.value <= 0xFFFF && isLetter(scalar, orMark: !isFirst)
        }
      if !isFitting { return false }
      isFirst = false
    }
    return true
  }

  private static func isLetter(_ scalar: Unicode.Scalar, orMark: Bool) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .letterNumber:
      true
    case .nonspacingMark, .spacingMark, .decimalNumber, .connectorPunctuation: orMark
    default: orMark && (scalar == "\u{200C}" || scalar == "\u{200D}")
    }
  }
}
