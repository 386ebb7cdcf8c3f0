import SQLScript
import Testing

@Suite struct ExcerptTests {
  /// The server counts characters of what was sent; the person looks at the file.
  @Test func aPositionBecomesLineColumnAndCaret() throws {
    let text = "select 1;\n\n-- why\nselect a,\n\tb, é, \u{4E16}x\nfrom t\nwhere c;\nselect 9;\n"
    let script = Script(text)
    let statement = try #require(script.statements.dropFirst().first)
    let wanted = try #require(position(of: "x\n", in: statement.text))

    let found = excerpt(of: script, statement: statement, serverPosition: wanted)

    #expect(found.line == 5)
    #expect(found.column == 9)
    #expect(
      found.lines == [
        "4 | select a,", "5 | \tb, é, \u{4E16}x", "  | \t        ^", "6 | from t",
      ])
  }

  /// Without a position the statement itself is the place.
  @Test func withoutAPositionTheFirstLineIsShown() throws {
    let script = Script("-- a\n-- b\nselect 1,\n2,\n3,\n4;")
    let found = try #require(script.statements.first).excerpt(serverPosition: nil)
    #expect(
      found == SQLExcerpt(line: 3, column: nil, lines: ["3 | select 1,", "4 | 2,", "5 | 3,"]))
  }

  /// CRLF counts as two characters for the server and as none for the column.
  @Test func carriageReturnsDoNotShiftTheCaret() throws {
    let script = Script("\u{FEFF}select 1,\r\n  oops\r\n;\r\n")
    let statement = try #require(script.statements.first)
    let found = statement.excerpt(serverPosition: 14)
    #expect(found.line == 2)
    #expect(found.column == 3)
    #expect(found.lines == ["1 | select 1,", "2 |   oops", "  |   ^"])
  }

  /// "syntax error at end of input" points behind the last character.
  @Test func thePositionBehindTheEndIsTheEnd() throws {
    let statement = try #require(Script("select (1").statements.first)
    let found = statement.excerpt(serverPosition: 10)
    #expect(found.lines == ["1 | select (1", "  |          ^"])
  }

  /// A seed in one line of a megabyte must not fill the screen, nor send it escape sequences.
  @Test func longAndHostileLinesAreTamed() throws {
    let values = String(repeating: "(1, 'x'), ", count: 20000)
    let script = Script("insert into t values \(values)(\u{1B}[31m, oops);")
    let statement = try #require(script.statements.first)
    let found = statement.excerpt(serverPosition: position(of: "oops", in: statement.text))
    #expect(found.lines.count == 2)
    #expect(found.lines.allSatisfy { $0.count < 120 && !$0.contains("\u{1B}") })
    let caret = try #require(found.lines[1].firstIndex(of: "^"))
    let distance = found.lines[1].distance(from: found.lines[1].startIndex, to: caret)
    #expect(found.lines[0].dropFirst(distance).hasPrefix("oops"))
  }

  private func position(of needle: String, in text: String) -> Int? {
    let scalars = Array(text.unicodeScalars)
    let wanted = Array(needle.unicodeScalars)
    return scalars.indices.first { scalars[$0...].starts(with: wanted) }.map { $0 + 1 }
  }
}
