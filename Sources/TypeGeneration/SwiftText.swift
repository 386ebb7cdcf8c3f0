/// Swift source that grows line by line.
struct SwiftText {
  private var bytes: [UInt8] = []
  private var indentation = 0
  /// Whether anything needs the type for any JSON.
  private(set) var usesAnyJSON = false
  /// Whether anything needs a type of Foundation.
  private(set) var usesFoundation = false

  /// All of it.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Adds a line at the level at hand.
  mutating func line(
    _ one: String, _ two: String = "", _ three: String = "", _ four: String = "",
    _ five: String = ""
  ) {
    for _ in 0..<indentation { bytes.append(UInt8(ascii: " ")) }
    bytes.append(contentsOf: one.utf8)
    bytes.append(contentsOf: two.utf8)
    bytes.append(contentsOf: three.utf8)
    bytes.append(contentsOf: four.utf8)
    bytes.append(contentsOf: five.utf8)
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Adds an empty line.
  mutating func blank() { bytes.append(UInt8(ascii: "\n")) }

  /// Notes what a type that is written needs.
  mutating func note(type: String) {
    // Nearly no type has one of these letters, which is faster to see than a name.
    guard type.utf8.contains(where: { $0 == UInt8(ascii: "D") || $0 == UInt8(ascii: "J") })
    else { return }
    switch type.filter({ $0 != "[" && $0 != "]" && $0 != "?" }) {
    case "AnyJSON", "String: AnyJSON": usesAnyJSON = true
    case "Decimal", "UUID": usesFoundation = true
    default: break
    }
  }

  /// Adds an import.
  ///
  /// Where imports are internal unless they say otherwise, one whose types others see must say so,
  /// and one that nothing is used of must not.
  mutating func importing(_ module: String, for access: SwiftAccess, isUsed: Bool) {
    guard isUsed, access != .internal else {
      line("import ", module)
      return
    }
    line("#if hasFeature(InternalImportsByDefault)")
    line(access.rawValue, " import ", module)
    line("#else")
    line("import ", module)
    line("#endif")
  }

  /// Adds lines of another text.
  mutating func append(_ other: SwiftText) { bytes += other.bytes }

  /// Adds `HEAD {`, what is inside, and `}`.
  mutating func block(_ head: String, _ inside: (inout SwiftText) -> Void) {
    line(head, " {")
    indented(inside)
    line("}")
  }

  /// Adds lines one level deeper.
  mutating func indented(_ inside: (inout SwiftText) -> Void) {
    indentation += 2
    inside(&self)
    indentation -= 2
  }

  /// Adds documentation; nothing when there is none.
  mutating func documentation(_ comment: String?) {
    guard let comment, comment.contains(where: { !$0.isWhitespace }) else { return }
    for part in comment.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let plain = String(
        String.UnicodeScalarView(
          part.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
      let end = plain.lastIndex { $0 != " " }.map { plain[...$0] } ?? ""
      line(end.isEmpty ? "///" : "/// ", String(end))
    }
  }
}

/// A string as a literal of Swift.
///
/// - Parameter value: Any text.
/// - Returns: In quotes; what is not seen on paper is written by its number.
func swiftLiteral(_ value: String) -> String {
  let isPlain = value.utf8.allSatisfy { byte in
    byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }
  if isPlain { return "\"\(value)\"" }
  var literal = "\""
  for scalar in value.unicodeScalars {
    switch scalar {
    case "\"": literal += "\\\""
    case "\\": literal += "\\\\"
    case "\n": literal += "\\n"
    case "\r": literal += "\\r"
    case "\t": literal += "\\t"
    default:
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
        literal += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: literal.unicodeScalars.append(scalar)
      }
    }
  }
  return literal + "\""
}
