/// Makes a name safe to stand in SQL, whatever is in it.
///
/// - Parameter name: The name as the catalog spells it.
/// - Returns: The name in double quotes, always: no list of reserved words to keep.
package func quoteIdentifier(_ name: String) -> String {
  quote(name, with: "\"")
}

/// Makes a text safe to stand in SQL as a constant, with any `standard_conforming_strings`.
///
/// Prefer parameters; this is for the statements that take none (`alter role … password`).
/// Source: `PQescapeLiteral`, which chooses the E form in the same case.
///
/// - Parameter text: Any text without a NUL, which PostgreSQL cannot store.
/// - Returns: `'…'`, or ` E'…'` when there is a backslash in it.
package func quoteLiteral(_ text: String) -> String {
  guard text.utf8.contains(UInt8(ascii: "\\")) else { return quote(text, with: "'") }
  var doubled = ""
  for scalar in text.unicodeScalars {
    if scalar == "\\" { doubled.unicodeScalars.append("\\") }
    doubled.unicodeScalars.append(scalar)
  }
  // The blank keeps the E apart from a word before it.
  return " E" + quote(doubled, with: "'")
}

private func quote(_ text: String, with mark: Unicode.Scalar) -> String {
  var quoted = String.UnicodeScalarView()
  quoted.append(mark)
  // By scalar: to Swift, a quote with a combining accent behind it is another character.
  for scalar in text.unicodeScalars {
    if scalar == mark { quoted.append(mark) }
    quoted.append(scalar)
  }
  quoted.append(mark)
  return String(quoted)
}
