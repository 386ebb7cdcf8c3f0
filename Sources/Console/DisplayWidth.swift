/// How many columns of a terminal a text takes.
///
/// Escape sequences of colours take none, combining marks none, wide East Asian characters and
/// emoji two.
///
/// - Parameter text: One line.
/// - Returns: The number of columns.
package func displayWidth(_ text: String) -> Int {
  if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text.utf8.count }
  var width = 0
  var rest = Substring(text)
  while let character = rest.first {
    if character == "\u{1B}", let end = endOfEscape(rest) {
      rest = rest[end...]
      continue
    }
    width += displayWidth(of: character)
    rest.removeFirst()
  }
  return width
}

/// The index after an escape sequence that a text starts with; nil when it is none.
private func endOfEscape(_ text: Substring) -> Substring.Index? {
  let afterEscape = text.index(after: text.startIndex)
  guard afterEscape < text.endIndex, text[afterEscape] == "[" else { return nil }
  let body = text[text.index(after: afterEscape)...]
  guard let final = body.firstIndex(where: { ("@"..."~").contains($0) }) else { return nil }
  return text.index(after: final)
}

private func displayWidth(of character: Character) -> Int {
  var width = 0
  for scalar in character.unicodeScalars {
    // The emoji presentation selector makes any symbol wide.
    if scalar.value == 0xFE0F { return 2 }
    width = max(width, displayWidth(of: scalar))
  }
  return width
}

private func displayWidth(of scalar: Unicode.Scalar) -> Int {
  switch scalar.value {
  case 0..<0x20, 0x7F..<0xA0: return 0
  case 0x20..<0x300: return 1
  default: break
  }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: return 0
  default: break
  }
  return isWide(scalar.value) ? 2 : 1
}

/// Whether a scalar takes two columns.
///
/// Source: Unicode 15, EastAsianWidth.txt, the classes W and F, in whole blocks.
private func isWide(_ value: UInt32) -> Bool {
  switch value {
  case 0x1100...0x115F, 0x231A...0x231B, 0x23E9...0x23EC, 0x2614...0x2615, 0x2648...0x2653,
    0x26A1, 0x26BD...0x26BE, 0x26D4, 0x2705, 0x270A...0x270B, 0x2728, 0x274C, 0x274E,
    0x2753...0x2755, 0x2757, 0x2795...0x2797, 0x2B1B...0x2B1C, 0x2B50, 0x2B55, 0x2E80...0x303E,
    0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
    0x16FE0...0x18CFF, 0x1AFF0...0x1B2FF, 0x1F004, 0x1F0CF, 0x1F18E, 0x1F191...0x1F19A,
    0x1F1E6...0x1F202, 0x1F210...0x1F23B, 0x1F240...0x1F265, 0x1F300...0x1F64F,
    0x1F680...0x1F6FF, 0x1F7E0...0x1F7EB, 0x1F90C...0x1F9FF, 0x1FA70...0x1FAFF,
    0x20000...0x3FFFD:
    true
  default: false
  }
}

/// A text of somebody else, made harmless for a terminal and kept to one line.
///
/// - Parameter text: Any text.
/// - Returns: The text, control characters as `\n`, `\t` or `\u{1b}`.
package func visible(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
    return text
  }
  var shown = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n": shown += "\\n"
    case "\r": shown += "\\r"
    case "\t": shown += "\\t"
    case _ where scalar.properties.generalCategory == .control:
      shown += "\\u{" + String(scalar.value, radix: 16) + "}"
    default: shown.unicodeScalars.append(scalar)
    }
  }
  return shown
}

/// The beginning of a text that fits, with an ellipsis where something was cut off.
///
/// - Parameters:
///   - text: One line without escape sequences.
///   - width: The columns that there are, at least one.
/// - Returns: The text itself when it fits.
package func fitted(_ text: String, to width: Int) -> String {
  guard displayWidth(text) > width else { return text }
  var kept = ""
  var used = 1
  for character in text {
    used += displayWidth(of: character)
    if used > width { break }
    kept.append(character)
  }
  return kept + "…"
}
