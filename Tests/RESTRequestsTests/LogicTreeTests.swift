import Testing

@testable import RESTRequests

/// `or=(…)` and `and=(…)`.
@Suite struct LogicTreeTests {
  private func tree(_ text: String) throws -> LogicTree {
    try #require(try query(text).trees.first).value
  }

  private func equals(_ name: String, _ value: String) -> LogicTree {
    .filter(Filter(FieldPath(name), .compare(.eq, value)))
  }

  @Test func joinsConditions() throws {
    #expect(
      try tree("or=(a.eq.1,b.eq.2)")
        == .group(.or, not: false, [equals("a", "1"), equals("b", "2")]))
    #expect(try tree("and=(a.eq.1)") == .group(.and, not: false, [equals("a", "1")]))
  }

  @Test func nests() throws {
    #expect(
      try tree("or=(a.eq.1,and(b.eq.2,not.or(c.eq.3,d.eq.4)))")
        == .group(
          .or, not: false,
          [
            equals("a", "1"),
            .group(
              .and, not: false,
              [
                equals("b", "2"), .group(.or, not: true, [equals("c", "3"), equals("d", "4")]),
              ]),
          ]))
  }

  @Test func negatesAtTheKey() throws {
    #expect(try tree("not.or=(a.eq.1)") == .group(.or, not: true, [equals("a", "1")]))
    #expect(try tree("not.and=(a.eq.1)") == .group(.and, not: true, [equals("a", "1")]))
  }

  @Test func belongsToEmbeds() throws {
    let trees = try query("x.or=(a.eq.1)&x.y.not.and=(a.eq.1)").trees
    #expect(trees.map(\.embed) == [["x"], ["x", "y"]])
    #expect(trees.last?.value == .group(.and, not: true, [equals("a", "1")]))
  }

  @Test func valuesMayBeQuotedOrArrays() throws {
    #expect(
      try tree("or=(a.eq.%22x,y)%22,b.cs.{1,2},c.eq.plain)")
        == .group(
          .or, not: false,
          [
            equals("a", "x,y)"), .filter(Filter(FieldPath("b"), .compare(.cs, "{1,2}"))),
            equals("c", "plain"),
          ]))
    // What only begins as one of them is plain.
    #expect(
      try tree("or=(a.eq.%22,b.eq.%22q)")
        == .group(.or, not: false, [equals("a", "\""), equals("b", "\"q")]))
  }

  @Test func takesEveryOperator() throws {
    #expect(
      try tree("and=(a.in.(1,2),b.is.null,c.fts(german).x,d.not.like(any).{a,b},e.isdistinct.1)")
        == .group(
          .and, not: false,
          [
            .filter(Filter(FieldPath("a"), .isIn(["1", "2"]))),
            .filter(Filter(FieldPath("b"), .isValue(.null))),
            .filter(Filter(FieldPath("c"), .search(.fts, "x", language: "german"))),
            .filter(Filter(FieldPath("d"), not: true, .compare(.like, "{a,b}", quantifier: .any))),
            .filter(Filter(FieldPath("e"), .isDistinct("1"))),
          ]))
  }

  @Test func spacesAroundTokensAreDropped() throws {
    #expect(
      try tree("or=(+a.eq.1,+and(+b.eq.2+,c.eq.3))")
        == .group(
          .or, not: false,
          [equals("a", "1"), .group(.and, not: false, [equals("b", "2 "), equals("c", "3")])]))
  }

  @Test func jsonPaths() throws {
    #expect(
      try tree("or=(data->>a.eq.1,data->0->b.is.null)")
        == .group(
          .or, not: false,
          [
            .filter(Filter(FieldPath("data", [.text(.key("a"))]), .compare(.eq, "1"))),
            .filter(
              Filter(FieldPath("data", [.json(.index("0")), .json(.key("b"))]), .isValue(.null))),
          ]))
  }

  @Test(arguments: [
    (
      "or()",
      """
      (line 1, column 4) unexpected ")" expecting field name (* or [a..z0..9_$]), \
      negation operator (not) or logic operator (and, or)
      """
    ),
    ("or(id.in.1,2,id.eq.3)", "(line 1, column 10) unexpected \"1\" expecting \"(\""),
    // Two mistakes that real apps made, with the answers they got.
    (
      "oreq.(nombre_producto.ilike.%dede%)", "(line 1, column 3) unexpected \"e\" expecting \"(\""
    ),
    (
      """
      or(name.ilike.%israel%,fec_committee_id.ilike.%israel%,candidates.name.ilike.%israel%)
      """,
      "(line 1, column 67) unexpected \"a\" expecting \"not\" or operator (eq, gt, ...)"
    ),
    ("or)(", "(line 1, column 3) unexpected \")\" expecting \"(\""),
    ("and(ord(id.eq.1,id.eq.1),id.eq.2)", "(line 1, column 7) unexpected \"d\" expecting \"(\""),
    (
      "or(id.eq.1,not.xor(id.eq.2,id.eq.3))",
      "(line 1, column 16) unexpected \"x\" expecting logic operator (and, or)"
    ),
  ])
  func errors(text: String, expected: String) {
    #expect(words(text) { (parser) throws(Mismatch) in try parser.logicTree() } == expected)
  }

  @Test func nestingIsBounded() {
    let deep = String(repeating: "and(", count: 100_000)
    let error = failure { _ = try query("or=(\(deep)") }
    #expect(error?.code == "PGRST100")
    #expect(error?.details == "unexpected nesting deeper than 64 levels")
  }
}
