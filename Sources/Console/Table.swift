/// Rows whose columns are aligned by what they take on a screen.
package struct Table: Sendable {
  /// On which side a column's texts are flush.
  package enum Alignment: Sendable {
    /// For words.
    case left
    /// For numbers.
    case right
  }

  /// One column.
  package struct Column: Sendable {
    /// What stands above it; empty in a table without a head.
    package var title: String
    /// Its side.
    package var alignment: Alignment

    package init(_ title: String = "", _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  /// The columns.
  package var columns: [Column]
  /// One entry a row; a short row leaves its last columns empty.
  package var rows: [[String]]

  package init(_ columns: [Column], rows: [[String]] = []) {
    self.columns = columns
    self.rows = rows
  }

  /// Makes a table with words on the left and no head.
  ///
  /// - Parameter rows: One entry a row.
  package init(rows: [[String]]) {
    columns = (0..<(rows.map(\.count).max() ?? 0)).map { _ in Column() }
    self.rows = rows
  }

  /// Lays the table out, two spaces between columns, none at a line's end.
  ///
  /// - Parameters:
  ///   - width: The columns of the screen; what is longer is cut off in the table's last column.
  ///   - palette: Paints the head.
  /// - Returns: One entry a line.
  package func lines(width: Int? = nil, palette: Palette = .plain) -> [String] {
    let titles = columns.map(\.title)
    let hasHead = titles.contains { !$0.isEmpty }
    let all = (hasHead ? [titles] : []) + rows
    let widths = columns.indices.map { column in
      all.map { column < $0.count ? displayWidth($0[column]) : 0 }.max() ?? 0
    }
    let before = widths.dropLast().reduce(0) { $0 + $1 + 2 }
    let room = width.map { max($0 - before, 8) }
    return all.enumerated().map { number, row in
      var line = ""
      var gap = 0
      for (index, column) in columns.enumerated() {
        var cell = index < row.count ? row[index] : ""
        if index == columns.count - 1, let room, !cell.contains("\u{1B}") {
          cell = fitted(cell, to: room)
        }
        let padding = max(widths[index] - displayWidth(cell), 0)
        if column.alignment == .right { gap += padding }
        if !cell.isEmpty {
          line += String(repeating: " ", count: gap)
          line += hasHead && number == 0 ? palette.dim(cell) : cell
          gap = 0
        }
        gap += (column.alignment == .left ? padding : 0) + 2
      }
      return line
    }
  }
}
