import Testing

@testable import RESTRequests

/// `?col=op.value`, one row for each operator that clients know.
@Suite struct FilterTests {
  @Test(arguments: [
    ("eq", Filter.Comparison.eq, "="), ("neq", .neq, "<>"), ("gt", .gt, ">"), ("gte", .gte, ">="),
    ("lt", .lt, "<"), ("lte", .lte, "<="), ("like", .like, "like"), ("ilike", .ilike, "ilike"),
    ("match", .match, "~"), ("imatch", .imatch, "~*"), ("cs", .cs, "@>"), ("cd", .cd, "<@"),
    ("ov", .ov, "&&"), ("sl", .sl, "<<"), ("sr", .sr, ">>"), ("nxr", .nxr, "&<"),
    ("nxl", .nxl, "&>"), ("adj", .adj, "-|-"),
  ])
  func comparisons(word: String, comparison: Filter.Comparison, sql: String) throws {
    #expect(try filter("a=\(word).5") == Filter(FieldPath("a"), .compare(comparison, "5")))
    #expect(
      try filter("a=not.\(word).5") == Filter(FieldPath("a"), not: true, .compare(comparison, "5")))
    #expect("\(comparison.sql)" == sql)
  }

  /// A value may hold anything; only the first dot counts.
  @Test(arguments: ["", "a.b", "eq.1", "(x)", "1,2", "\"q\"", "{1,2}", "  ", "ü&;=", "*like*"])
  func valuesAreTakenWhole(value: String) throws {
    var bytes: [UInt8] = []
    bytes.appendPercentEncoded(value)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(try filter("a=eq.\(text)").operation == .compare(.eq, value))
  }

  @Test(arguments: ["eq", "gt", "gte", "lt", "lte", "like", "ilike", "match", "imatch"])
  func quantifiers(word: String) throws {
    let comparison = try #require(Filter.Comparison(rawValue: word))
    #expect(comparison.isQuantifiable)
    #expect(
      try filter("a=\(word)(any).{1,2}").operation
        == .compare(comparison, "{1,2}", quantifier: .any))
    #expect(
      try filter("a=not.\(word)(all).{1,2}")
        == Filter(FieldPath("a"), not: true, .compare(comparison, "{1,2}", quantifier: .all)))
  }

  @Test func otherOperatorsHaveNoQuantifier() {
    #expect(failure { _ = try query("a=cs(any).{1}") }?.code == "PGRST100")
  }

  @Test(arguments: [
    ("(1,2,3)", ["1", "2", "3"]), ("()", []), ("(\"\")", []), ("(a)", ["a"]),
    ("(\"a,b\",c)", ["a,b", "c"]), ("(\"a\\\"b\",\"c\\\\d\")", ["a\"b", "c\\d"]),
    // Quotes inside of a value, or not closed, are part of it.
    ("(a\"b,\"c\"d)", ["a\"b", "\"c\"d"]), ("( a, b)", ["a", " b"]), ("(,)", ["", ""]),
    ("(a) ", ["a"]),
  ])
  func lists(text: String, expected: [String]) throws {
    let encoded = text.replacing("\"", with: "%22")
    #expect(try filter("a=in.\(encoded)").operation == .isIn(expected))
    #expect(
      try filter("a=not.in.\(encoded)") == Filter(FieldPath("a"), not: true, .isIn(expected)))
  }

  @Test(arguments: [
    ("null", Filter.IsValue.null), ("not_null", .notNull), ("true", .isTrue),
    ("false", .isFalse), ("unknown", .unknown), ("NULL", .null), ("Not_Null", .notNull),
    ("tRuE", .isTrue),
  ])
  func isValues(word: String, value: Filter.IsValue) throws {
    #expect(try filter("a=is.\(word)").operation == .isValue(value))
    #expect(try filter("a=not.is.\(word)") == Filter(FieldPath("a"), not: true, .isValue(value)))
  }

  @Test func isDistinct() throws {
    #expect(try filter("a=isdistinct.5").operation == .isDistinct("5"))
    #expect(
      try filter("a=not.isdistinct.null") == Filter(FieldPath("a"), not: true, .isDistinct("null")))
  }

  @Test(arguments: [
    ("fts", Filter.TextSearch.fts, "to_tsquery"), ("plfts", .plfts, "plainto_tsquery"),
    ("phfts", .phfts, "phraseto_tsquery"), ("wfts", .wfts, "websearch_to_tsquery"),
  ])
  func fullText(word: String, search: Filter.TextSearch, sql: String) throws {
    #expect(try filter("a=\(word).cat%26dog").operation == .search(search, "cat&dog"))
    #expect(
      try filter("a=not.\(word)(english).cat")
        == Filter(FieldPath("a"), not: true, .search(search, "cat", language: "english")))
    #expect("\(search.sql)" == sql)
  }

  @Test func jsonPathsOnTheLeft() throws {
    #expect(
      try filter("data->a->>b=eq.1").field
        == FieldPath("data", [.json(.key("a")), .text(.key("b"))]))
    #expect(
      try filter("data->0->>-1=eq.1").field
        == FieldPath("data", [.json(.index("0")), .text(.index("-1"))]))
    #expect(try filter("data->>%221%22=eq.1").field == FieldPath("data", [.text(.key("1"))]))
    #expect(try filter("data->>0a=eq.1").field == FieldPath("data", [.text(.key("0a"))]))
  }

  @Test func embedsAreNamedBeforeTheField() throws {
    let filters = try query("a.b.col=eq.1&rel=is.null&rel=not.is.null&c.d->>e=lt.2").filters
    #expect(filters.map(\.embed) == [["a", "b"], [], [], ["c"]])
    #expect(filters.map(\.value.field.name) == ["col", "rel", "rel", "d"])
    #expect(filters.map(\.pair) == [0, 1, 2, 3])
    #expect(filters[2].value == Filter(FieldPath("rel"), not: true, .isValue(.null)))
  }

  @Test func quotedNamesMayHoldDots() throws {
    let parameters = try query("%22a.b%22.%22c d%22=eq.1")
    #expect(parameters.filters.first?.embed == ["a.b"])
    #expect(parameters.filters.first?.value.field.name == "c d")
  }

  @Test func oneColumnMayHaveSeveralFilters() throws {
    #expect(try query("a=gt.1&a=lt.9").filters.count == 2)
  }

  /// The words of errors are part of the interface.
  @Test(arguments: [
    (
      "noop.0", "(line 1, column 1)",
      "unexpected \"o\" expecting \"not\" or operator (eq, gt, ...)"
    ),
    ("val", "(line 1, column 1)", "unexpected \"v\" expecting \"not\" or operator (eq, gt, ...)"),
    (
      "", "(line 1, column 1)",
      "unexpected end of input expecting \"not\" or operator (eq, gt, ...)"
    ),
    ("fts().value", "(line 1, column 5)", "unexpected \")\" expecting operator (eq, gt, ...)"),
    ("eq().value", "(line 1, column 4)", "unexpected \")\" expecting operator (eq, gt, ...)"),
    ("is().value", "(line 1, column 3)", "unexpected \"(\" expecting operator (eq, gt, ...)"),
    ("in().value", "(line 1, column 3)", "unexpected \"(\" expecting operator (eq, gt, ...)"),
    (
      "is.nope", "(line 1, column 6)",
      "unexpected \"p\" expecting isVal: (null, not_null, true, false, unknown)"
    ),
    ("in.1,2", "(line 1, column 4)", "unexpected \"1\" expecting \"(\""),
    ("in.(1", "(line 1, column 6)", "unexpected end of input expecting \",\" or \")\""),
  ])
  func errors(value: String, place: String, details: String) {
    let error = failure { _ = try query("id=\(value)") }
    #expect(error?.code == "PGRST100")
    #expect(error?.status == 400)
    #expect(error?.message == "\"failed to parse filter (\(value))\" \(place)")
    #expect(error?.details == details)
    #expect(error?.hint == nil)
  }

  @Test func aBadKeyIsNamed() {
    let error = failure { _ = try query(":=eq.1") }
    #expect(error?.message == "\"failed to parse tree path (:)\" (line 1, column 1)")
    #expect(error?.details == "unexpected \":\" expecting field name (* or [a..z0..9_$])")
  }

  /// Of a function that is read, what is no filter is an argument; half of a filter is an error.
  @Test func argumentsOfFunctions() throws {
    let parameters = try query("id=eq.1&name=val&v=1&v=2&a.b=x&e=", isFunctionRead: true)
    #expect(parameters.filters.map(\.value.field.name) == ["id"])
    #expect(parameters.arguments.map(\.name) == ["name", "v", "v", "b", "e"])
    #expect(parameters.arguments.map(\.value) == ["val", "1", "2", "x", ""])
    #expect(failure { _ = try query("a=in.x", isFunctionRead: true) }?.code == "PGRST100")
    #expect(failure { _ = try query("a=not.x", isFunctionRead: true) }?.code == "PGRST100")
  }
}
