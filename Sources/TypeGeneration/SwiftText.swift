/// Swift source that grows line by line.
struct SwiftText {
  private(set) var text = ""
  private var indentation = ""
  /// Whether anything needs the type for any JSON.
  var usesAnyJSON = false

  /// Adds a line at the level at hand.
  mutating func line(_ parts: String...) {
    text += indentation
    for part in parts { text += part }
    text += "\n"
  }

  /// Adds an empty line.
  mutating func blank() { text += "\n" }

  /// Adds `HEAD {`, what is inside, and `}`.
  mutating func block(_ head: String, _ inside: (inout SwiftText) -> Void) {
    line(head, " {")
    indented(inside)
    line("}")
  }

  /// Adds lines one level deeper.
  mutating func indented(_ inside: (inout SwiftText) -> Void) {
    indentation += "  "
    inside(&self)
    indentation.removeLast(2)
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
