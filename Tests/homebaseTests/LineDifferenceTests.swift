import Testing

@testable import homebase

@Suite struct LineDifferenceTests {
  private func excerpt(_ first: String, _ second: String, lines: Int = 9) -> [String] {
    LineDifference(from: first, to: second).excerpt(lines: lines)
  }

  /// A person reads the numbers of the file that is there, and of the one that should be.
  @Test func changesHaveTheirNumbers() {
    #expect(excerpt("a\nb\nc\n", "a\nb\nc\n").isEmpty)
    #expect(excerpt("a\nb\nc\n", "a\nx\nc\n") == ["- 2: b", "+ 2: x"])
    #expect(excerpt("a\nc\n", "a\nb\nc\n") == ["+ 2: b"])
    #expect(excerpt("a\nb\nc\n", "a\nc\n") == ["- 2: b"])
    #expect(excerpt("", "a") == ["- 1: ", "+ 1: a"])
    #expect(excerpt("a", "b\nc\nd", lines: 1) == ["- 1: a", "… and 3 more"])
  }

  /// Two long texts with nothing in common still end.
  @Test func longTextsAreComparedInTime() {
    let first = (0..<5_000).map { "a\($0)" }.joined(separator: "\n")
    let second = (0..<5_000).map { "b\($0)" }.joined(separator: "\n")
    let difference = LineDifference(from: first, to: second)
    #expect(difference.added == 5_000 && difference.removed == 5_000)
  }

  /// For Swift CR LF is one character: a file with them would be one line.
  @Test func lineEndsAreNoDifference() {
    #expect(LineDifference(from: "a\r\nb\r\n", to: "a\nb\n").changes.isEmpty)
    let changes = LineDifference(from: "a\r\nb\r\n", to: "a\nc\n").changes
    #expect(changes.map { "\($0.isAdded) \($0.number) \($0.line)" } == ["false 2 b", "true 2 c"])
  }
}
