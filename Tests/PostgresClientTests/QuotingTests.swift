import PostgresClient
import TestCluster
import Testing

@Suite struct QuotingTests {
  /// Names that stand for themselves must not be left bare: there is no list of words to trust.
  @Test func namesAreAlwaysQuoted() {
    #expect(quoteIdentifier("user") == #""user""#)
    #expect(quoteIdentifier(#"a"b"#) == #""a""b""#)
    #expect(quoteIdentifier("") == #""""#)
  }

  /// A backslash means itself whatever `standard_conforming_strings` says.
  @Test func literalsChooseTheirForm() {
    #expect(quoteLiteral("it's") == "'it''s'")
    #expect(quoteLiteral(#"a\b'"#) == #" E'a\\b'''"#)
  }

  /// To Swift `"` with an accent behind it is another character, to PostgreSQL it is the end.
  @Test func combiningMarksHideNoQuote() {
    let name = "a\"\u{301}b"
    #expect(
      Array(quoteIdentifier(name).unicodeScalars) == Array("\"a\"\"\u{301}b\"".unicodeScalars))
  }

  /// Text in SQL is where injection comes from: the server must read back what went in.
  @Test(arguments: ["on", "off"]) func serverReadsBackWhatWasQuoted(conforming: String) async throws
  {
    let seed = UInt64.random(in: .min ... .max)
    print("serverReadsBackWhatWasQuoted: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    try await TemporaryCluster.shared().withConnection { connection async throws in
      try await connection.execute("set standard_conforming_strings = \(conforming)")
      for _ in 0..<300 {
        let text = generator.nastyText(longest: 40)
        let name = "x" + generator.nastyText(longest: 12)
        let result = try await connection.query(
          "select\(quoteLiteral(text)) as \(quoteIdentifier(name))")
        // By scalar: Swift takes texts for equal that are not the same bytes.
        #expect(
          result.firstValue.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars),
          "seed \(seed)")
        #expect(
          Array((result.columns.first?.name ?? "").unicodeScalars) == Array(name.unicodeScalars),
          "seed \(seed)")
      }
    }
  }
}
