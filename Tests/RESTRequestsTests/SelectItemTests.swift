import Testing

@testable import RESTRequests

/// `select=`: columns, casts, aggregates and embeds.
@Suite struct SelectItemTests {
  private func items(_ text: String) throws -> [SelectItem] {
    try query("select=\(text)").select
  }

  private func field(
    _ name: String, _ steps: [FieldPath.Step] = [], alias: String? = nil, cast: String? = nil,
    aggregate: SelectField.Aggregate? = nil, aggregateCast: String? = nil
  ) -> SelectItem {
    .field(
      SelectField(
        FieldPath(name, steps), alias: alias, cast: cast, aggregate: aggregate,
        aggregateCast: aggregateCast))
  }

  @Test func columns() throws {
    #expect(try items("a,b_1") == [field("a"), field("b_1")])
    #expect(try items("*") == [field("*")])
    #expect(try query("").select == [field("*")])
    #expect(try query("select").select == [field("*")])
    #expect(try items("") == [])
    #expect(try items("+a+,+b+") == [field("a"), field("b")])
    #expect(try items("%22a,b%22,%22c\\%22d%22") == [field("a,b"), field("c\"d")])
    #expect(try items("a-b,c+d,%24x") == [field("a-b"), field("c d"), field("$x")])
    #expect(try items("ünïcødé,用户,Ünal") == [field("ünïcødé"), field("用户"), field("Ünal")])
  }

  @Test func aliasesAndCasts() throws {
    #expect(try items("x:a") == [field("a", alias: "x")])
    #expect(try items("a::text") == [field("a", cast: "text")])
    #expect(
      try items("x:a->b::double+precision")
        == [field("a", [.json(.key("b"))], alias: "x", cast: "double precision")])
    #expect(try items("%22x:y%22:a") == [field("a", alias: "x:y")])
  }

  @Test func jsonPaths() throws {
    #expect(
      try items("data->a->>b,data->0,data->>-1,data->!@%23$%25^%26*_a")
        == [
          field("data", [.json(.key("a")), .text(.key("b"))]), field("data", [.json(.index("0"))]),
          field("data", [.text(.index("-1"))]), field("data", [.json(.key("!@#$%^&*_a"))]),
        ])
    #expect(try items("data->%22a.b%22") == [field("data", [.json(.key("a.b"))])])
    #expect(try items("data->a-b") == [field("data", [.json(.key("a-b"))])])
  }

  @Test func aggregates() throws {
    #expect(try items("count()") == [field("*", aggregate: .count)])
    #expect(
      try items("n:count()::text") == [
        field("*", alias: "n", aggregate: .count, aggregateCast: "text")
      ])
    for aggregate in SelectField.Aggregate.allCases {
      #expect(try items("a.\(aggregate.rawValue)()") == [field("a", aggregate: aggregate)])
    }
    #expect(
      try items("s:a::int.sum()::text,b")
        == [
          field("a", alias: "s", cast: "int", aggregate: .sum, aggregateCast: "text"), field("b"),
        ])
    #expect(
      try items("d->>n::int.max()") == [
        field("d", [.text(.key("n"))], cast: "int", aggregate: .max)
      ])
    #expect(
      try items("rel(a.count())")
        == [.embed(Embed("rel", items: [field("a", aggregate: .count)]))])
    // A column of that name.
    #expect(try items("count") == [field("count")])
  }

  @Test func embeds() throws {
    #expect(try items("rel(*)") == [.embed(Embed("rel", items: [field("*")]))])
    #expect(
      try items("x:rel!hint!inner(a,b)")
        == [
          .embed(
            Embed("rel", alias: "x", hint: "hint", join: .inner, items: [field("a"), field("b")]))
        ])
    #expect(
      try items("rel!inner!hint(*)")
        == [.embed(Embed("rel", hint: "hint", join: .inner, items: [field("*")]))])
    #expect(try items("rel!left(*)") == [.embed(Embed("rel", join: .left, items: [field("*")]))])
    #expect(try items("rel()") == [.embed(Embed("rel", items: []))])
    #expect(
      try items("*,a(*,b(c)),d")
        == [
          field("*"),
          .embed(Embed("a", items: [field("*"), .embed(Embed("b", items: [field("c")]))])),
          field("d"),
        ])
    #expect(
      try items("%22my+rel%22(a)") == [.embed(Embed("my rel", items: [field("a")]))])
  }

  @Test func spreads() throws {
    #expect(
      try items("a,...rel(b,c)")
        == [field("a"), .embed(Embed("rel", isSpread: true, items: [field("b"), field("c")]))])
    #expect(
      try items("...rel!hint!inner(*)")
        == [.embed(Embed("rel", hint: "hint", join: .inner, isSpread: true, items: [field("*")]))])
  }

  @Test(arguments: [
    (
      "id,clients(name[])",
      """
      (line 1, column 16) unexpected '[' expecting letter, digit, "-", "->>", "->", "::", ".", \
      ")", "," or end of input
      """
    ),
    (
      "data->>-78xy",
      """
      (line 1, column 11) unexpected 'x' expecting digit, "->", "::", ".", "," or end of input
      """
    ),
    (
      "name!hint",
      """
      (line 1, column 5) unexpected '!' expecting letter, digit, "-", "->>", "->", "::", ".", \
      ")", "," or end of input
      """
    ),
    ("data->>--34", "(line 1, column 9) unexpected \"-\" expecting digit"),
    ("data->>-xy-4", "(line 1, column 9) unexpected \"x\" expecting digit"),
    ("name::", "(line 1, column 7) unexpected end of input expecting letter or digit"),
  ])
  func errors(text: String, expected: String) {
    let error = failure { _ = try query("select=\(text)") }
    let place = expected.prefix { $0 != ")" } + ")"
    #expect(error?.message == "\"failed to parse select parameter (\(text))\" \(place)")
    #expect(error?.details == String(expected.dropFirst(place.count + 1)))
  }

  /// The reference takes what does not begin as an item for no items at all.
  @Test func whatIsNoItemIsNothing() throws {
    #expect(try items("*!hint") == [])
    #expect(failure { _ = try query("select=a,!hint") }?.code == "PGRST100")
  }

  @Test func nestingAndNumberAreBounded() {
    let deep = failure { _ = try query("select=\(String(repeating: "a(", count: 100_000))") }
    #expect(deep?.details == "unexpected nesting deeper than 64 levels")
    let many = failure {
      _ = try query("select=\((0..<300).map { "r\($0)(a)" }.joined(separator: ","))")
    }
    #expect(many?.details == "unexpected number of embeds, which is more than 256")
  }
}
