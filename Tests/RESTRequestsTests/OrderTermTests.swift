import Testing

@testable import RESTRequests

/// `order=`.
@Suite struct OrderTermTests {
  private func terms(_ text: String) throws -> [OrderTerm] {
    try #require(try query("order=\(text)").order.first).value
  }

  @Test func terms() throws {
    #expect(try terms("a") == [OrderTerm(FieldPath("a"))])
    #expect(
      try terms("a.desc.nullslast,b.asc,c.nullsfirst,+d")
        == [
          OrderTerm(FieldPath("a"), .descending, nulls: .last),
          OrderTerm(FieldPath("b"), .ascending), OrderTerm(FieldPath("c"), nulls: .first),
          OrderTerm(FieldPath("d")),
        ])
    #expect(
      try terms("data->key.asc,data->0.desc,data->>!@%23_a")
        == [
          OrderTerm(FieldPath("data", [.json(.key("key"))]), .ascending),
          OrderTerm(FieldPath("data", [.json(.index("0"))]), .descending),
          OrderTerm(FieldPath("data", [.text(.key("!@#_a"))])),
        ])
    #expect(
      try terms("name,clients(data->key).desc.nullsfirst,id")
        == [
          OrderTerm(FieldPath("name")),
          OrderTerm(
            relation: "clients", FieldPath("data", [.json(.key("key"))]), .descending,
            nulls: .first),
          OrderTerm(FieldPath("id")),
        ])
  }

  @Test func belongsToEmbeds() throws {
    let order = try query("order=a&x.order=b.desc&x.y.order=c").order
    #expect(order.map(\.embed) == [[], ["x"], ["x", "y"]])
  }

  @Test(arguments: [
    (
      "clients(name,id)",
      """
      (line 1, column 8) unexpected '(' expecting letter, digit, "-", "->>", "->", \
      delimiter (.), "," or end of input
      """
    ),
    (
      "id.ac",
      """
      (line 1, column 4) unexpected "c" expecting "asc", "desc", "nullsfirst" or "nullslast"
      """
    ),
    (
      "id.descc",
      "(line 1, column 8) unexpected 'c' expecting delimiter (.), \",\" or end of input"
    ),
    (
      "id.nulsfist",
      """
      (line 1, column 4) unexpected "n" expecting "asc", "desc", "nullsfirst" or "nullslast"
      """
    ),
    ("id.nullslasttt", "(line 1, column 13) unexpected 't' expecting \",\" or end of input"),
    (
      "id.smth34",
      """
      (line 1, column 4) unexpected "s" expecting "asc", "desc", "nullsfirst" or "nullslast"
      """
    ),
    (
      "id.asc.nlsfst",
      "(line 1, column 8) unexpected \"l\" expecting \"nullsfirst\" or \"nullslast\""
    ),
    ("id.asc.nullslasttt", "(line 1, column 17) unexpected 't' expecting \",\" or end of input"),
    (
      "id.asc.smth34",
      "(line 1, column 8) unexpected \"s\" expecting \"nullsfirst\" or \"nullslast\""
    ),
  ])
  func errors(text: String, expected: String) {
    #expect(words(text) { (parser) throws(Mismatch) in try parser.orderTerms() } == expected)
    #expect(
      failure { _ = try query("order=\(text)") }?.message.hasPrefix(
        "\"failed to parse order (\(text))\" (line 1, column ") == true)
  }

  @Test(arguments: [
    (
      "->>-78xy",
      "(line 1, column 7) unexpected 'x' expecting digit, \"->\", \"::\", \".\", \",\" or end of input"
    ),
    ("->>--34", "(line 1, column 5) unexpected \"-\" expecting digit"),
    ("->>-xy-4", "(line 1, column 5) unexpected \"x\" expecting digit"),
  ])
  func badIndexes(text: String, expected: String) {
    #expect(words(text) { (parser) throws(Mismatch) in try parser.jsonSteps() } == expected)
  }
}
