import PostgresClient
import TestCluster
import Testing

@testable import TypeGeneration

/// Two files of types differ by their order first.
@Suite struct NameOrderTests {
  private static let names = [
    "a", "á", "A", "b", "B", "aB", "ab", "Ab", "a_b", "a b", "a-b", "ab1", "ab10", "ab2", "ae", "æ",
    "af", "ss", "ß", "st", "ω", "Ω", "я", "Я", "あ", "漢", "😀", "1", "$", "zz", "_a", "-a", "a.b",
    "née", "nee", "nef", "naïve", "naive", "Naive", "user_id", "userId", "user-id", "user id",
    "users", "user", "USER", "ŋ", "n", "nz", "oe", "œ", "ø", "oz", "þ", "z", "đ", "dz", "ǆ",
    "é\u{301}",
    "[1]", "{", "}", "\"", "'", "\\", "/", "*", "&", "#", "%", "`", "^", "+", "<", "=", ">", "|",
    "~",
    "0", "9", "a9", "a_", "a__", "__a", "a\tb", "a\nb",
  ]

  /// PostgreSQL's ICU is the judge: the original's order is that of ICU too.
  @Test func theOrderIsThatOfICU() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection { connection in
      let list = Self.names.map { "(\(quoteLiteral($0)))" }.joined(separator: ", ")
      let result = try await connection.query(
        "select n from (values \(list)) v(n) order by n collate \"en-US-x-icu\"")
      #expect(Self.names.sortedByName { $0 } == result.rows.compactMap { $0[0] })
    }
  }

  /// A name that only differs in what weighs nothing is no reason to move.
  @Test func equalNamesKeepTheirPlaces() {
    #expect(["b\u{1}", "b", "a"].sortedByName { $0 } == ["a", "b\u{1}", "b"])
    #expect(NameOrder.compare("a", "a") == 0)
    #expect(NameOrder.isBefore("a", "A"))
    #expect(!NameOrder.isBefore("A", "a"))
  }
}
