/// A place in a script, and the lines to show for it.
package struct SQLExcerpt: Sendable, Hashable {
  /// Counted from 1, in the file.
  package var line: Int
  /// Counted from 1, in characters; nil when the whole statement is meant.
  package var column: Int?
  /// The statement's lines around the place with a caret below it, ready to print.
  package var lines: [String]

  package init(line: Int, column: Int?, lines: [String]) {
    self.line = line
    self.column = column
    self.lines = lines
  }
}

/// Finds the place in the file that a server's error position means.
///
/// - Parameters:
///   - script: The script that the statement is from.
///   - statement: The statement as it was sent: its `text`.
///   - serverPosition: Counted from 1, in characters of the text; nil when the server gave none.
/// - Returns: The place; without a position the statement's first line.
package func excerpt(
  of script: Script, statement: SQLStatement, serverPosition: Int?
) -> SQLExcerpt {
  statement.excerpt(serverPosition: serverPosition)
}

extension SQLStatement {
  /// Finds the place in the file that a server's error position means.
  ///
  /// - Parameter serverPosition: Counted from 1, in characters of `text`; nil when there is none.
  /// - Returns: The place; without a position the statement's first line.
  package func excerpt(serverPosition: Int?) -> SQLExcerpt {
    guard let serverPosition, serverPosition > 0 else {
      return SQLExcerpt(
        line: line, column: nil, lines: excerptLines(at: firstTokenOffset, showsCaret: false))
    }
    let offset = byteOffset(ofCharacter: serverPosition)
    let place = lineAndColumn(of: offset, in: source)
    return SQLExcerpt(
      line: place.line, column: place.column, lines: excerptLines(at: offset, showsCaret: true))
  }

  private func byteOffset(ofCharacter position: Int) -> Int {
    var remaining = position
    for offset in textRange where source[offset] & 0xC0 != 0x80 {
      remaining -= 1
      if remaining == 0 { return offset }
    }
    return textRange.upperBound
  }

  /// Lays out the lines around an offset: two before it and one after, of this statement only.
  func excerptLines(at offset: Int, showsCaret: Bool) -> [String] {
    let first = startOfLine(at: offset, in: source)
    let layout = LineLayout(source[first..<endOfLine(first)], caret: offset - first)
    let number = lineAndColumn(of: offset, in: source).line

    var rows: [(number: Int, text: String)] = []
    if showsCaret, !layout.isCut { rows += linesBefore(first, number: number) }
    rows.append((number, layout.text))
    let caretRow = rows.count
    if !layout.isCut { rows += linesAfter(first, number: number, most: showsCaret ? 1 : 2) }

    let width = rows.map { String($0.number).count }.max() ?? 1
    var lines = rows.map { row in
      let digits = String(row.number)
      let padding = String(repeating: " ", count: width - digits.count)
      return "\(padding)\(digits) | \(row.text)"
    }
    if showsCaret {
      let margin = String(repeating: " ", count: width)
      lines.insert("\(margin) | \(layout.indentation)^", at: caretRow)
    }
    return lines
  }

  private func linesBefore(_ lineStart: Int, number: Int) -> [(number: Int, text: String)] {
    var rows: [(number: Int, text: String)] = []
    var start = lineStart
    while rows.count < 2, start > firstTokenOffset {
      start = startOfLine(at: start - 1, in: source)
      rows.insert((number - rows.count - 1, shown(start)), at: 0)
    }
    return rows
  }

  private func linesAfter(
    _ lineStart: Int, number: Int, most: Int
  ) -> [(number: Int, text: String)] {
    var rows: [(number: Int, text: String)] = []
    var start = endOfLine(lineStart) + 1
    while rows.count < most, start < textRange.upperBound {
      rows.append((number + rows.count + 1, shown(start)))
      start = endOfLine(start) + 1
    }
    return rows
  }

  private func shown(_ start: Int) -> String {
    LineLayout(source[start..<endOfLine(start)], caret: 0).text
  }

  private func endOfLine(_ start: Int) -> Int {
    source[start...].firstIndex(of: 0x0A) ?? source.count
  }
}

/// One line as a terminal shows it, and what stands before the caret in the line below.
private struct LineLayout {
  /// More than this many columns are cut, around the caret.
  static let mostColumns = 100

  var text = ""
  var indentation = ""
  /// Whether the beginning is missing.
  var isCut = false

  init(_ bytes: ArraySlice<UInt8>, caret: Int) {
    let caretIndex = scalars(in: bytes.prefix(caret))
    // A line of megabytes is looked at only around the caret.
    var line = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars.prefix(caretIndex + 200))
    while let last = line.last, last == "\r" || last == " " || last == "\t" { line.removeLast() }

    let window = Self.mostColumns * 2 / 3
    let start = caretIndex > window ? caretIndex - window : 0
    isCut = start > 0
    if isCut {
      text = "…"
      indentation = " "
    }
    var columns = 0
    for (index, scalar) in line.enumerated().dropFirst(start) {
      if columns >= Self.mostColumns {
        text += "…"
        break
      }
      let width = Self.columns(of: scalar)
      columns += width
      text.unicodeScalars.append(Self.printable(scalar))
      guard index < caretIndex else { continue }
      indentation += scalar == "\t" ? "\t" : String(repeating: " ", count: width)
    }
    if line.count < caretIndex {
      indentation += String(repeating: " ", count: min(caretIndex - line.count, 1))
    }
  }

  /// A file must not send control sequences to the reader's terminal.
  private static func printable(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar == "\t" { return scalar }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return "\u{FFFD}"
    case .format where scalar.value != 0x200D: return "\u{FFFD}"
    default:
      return scalar
    }
  }

  /// The columns a terminal gives a character (UAX 11: wide and full-width take two).
  private static func columns(of scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    if value == 0x200D || (0xFE00...0xFE0F).contains(value) { return 0 }
    let wide: [ClosedRange<UInt32>] = [
      0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
      0x1F900...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD,
    ]
    return wide.contains { $0.contains(value) } ? 2 : 1
  }
}
