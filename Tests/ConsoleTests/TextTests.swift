import Console
import Testing

@Suite struct TextTests {
  /// A table with names of every language must stay a table.
  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("한글", 4), ("🎉", 2),
    ("👨‍👩‍👧", 2), ("🇮🇳", 2), ("✓", 1), ("✔️", 2), ("\u{1B}[31mred\u{1B}[0m", 3),
    ("a\u{200B}b", 2), ("ﾊ", 1), ("…", 1), ("\u{1B}", 0), ("\u{1B}[", 1),
  ])
  func widths(text: String, width: Int) {
    #expect(displayWidth(text) == width)
  }

  /// Times are said with two significant parts, whatever their size.
  @Test(arguments: [
    (Duration.zero, "0 ms"), (.nanoseconds(-5), "0 ms"), (.microseconds(20), "0 ms"),
    (.microseconds(420), "0.4 ms"), (.microseconds(9_949), "9.9 ms"),
    (.microseconds(9_951), "10 ms"),
    (.milliseconds(14), "14 ms"), (.microseconds(999_600), "1.0 s"), (.milliseconds(1234), "1.2 s"),
    (.milliseconds(9_960), "10 s"), (.milliseconds(59_600), "1 min"), (.seconds(42), "42 s"),
    (.seconds(185), "3 min 5 s"), (.seconds(180), "3 min"), (.seconds(1_234), "20 min"),
    (.seconds(3_599), "59 min"), (.seconds(7_620), "2 h 7 min"),
    (.seconds(86_400 * 3 + 7_200), "3 d 2 h"),
  ])
  func durations(duration: Duration, text: String) {
    #expect(spoken(duration) == text)
  }

  @Test(arguments: [
    (0, "0 B"), (-1, "0 B"), (812, "812 B"), (1024, "1.0 kB"), (11 << 20, "11 MB"),
    (1_048_575, "1.0 MB"), (1_503_238_553, "1.4 GB"), (5 << 30, "5.0 GB"), (3 << 50, "3072 TB"),
  ])
  func sizes(size: Int, text: String) {
    #expect(spoken(sizeInBytes: size) == text)
  }

  @Test(arguments: [
    (Duration.seconds(-60), "just now"), (.seconds(4), "just now"), (.seconds(59), "59 s ago"),
    (.seconds(300), "5 min ago"), (.seconds(10_800), "3 h ago"), (.seconds(200_000), "2 d ago"),
  ])
  func ages(age: Duration, text: String) {
    #expect(spoken(ago: age) == text)
  }

  @Test func counts() {
    #expect(spoken(1, "row") == "1 row")
    #expect(spoken(0, "row") == "0 rows")
    #expect(spoken(2, "entry", plural: "entries") == "2 entries")
  }

  /// A row's text must not move the cursor or hide a line of the terminal.
  @Test func foreignTextIsHarmless() {
    #expect(visible("a\nb\t\u{1B}[2J\u{7}\r") == #"a\nb\t\u{1b}[2J\u{7}\r"#)
    #expect(visible("naïve 日本") == "naïve 日本")
  }

  @Test func longTextIsCutWithAnEllipsis() {
    #expect(fitted("abcdef", to: 6) == "abcdef")
    #expect(fitted("abcdef", to: 5) == "abcd…")
    #expect(fitted("日本語", to: 5) == "日本…")
    #expect(fitted("日本語", to: 4) == "日…")
  }

  /// Columns line up by what is seen; nothing trails.
  @Test func tablesAreAligned() {
    let table = Table(
      [.init("name"), .init("size", .right), .init("reason")],
      rows: [["日本", "11 MB", "manual"], ["\u{1B}[32mb\u{1B}[0m", "1.4 GB", ""], ["c"]])
    #expect(
      table.lines() == [
        "name    size  reason", "日本   11 MB  manual", "\u{1B}[32mb\u{1B}[0m     1.4 GB", "c",
      ])
    #expect(Table(rows: [["a", "b"], ["long", "c"]]).lines() == ["a     b", "long  c"])
    #expect(Table(rows: []).lines() == [])
    #expect(
      Table(rows: [["a", "a rather long text"]]).lines(width: 13) == ["a  a rather …"])
  }
}
