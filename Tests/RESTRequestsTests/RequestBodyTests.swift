import Testing

@testable import RESTRequests

/// Bodies: which columns they set, and what is refused before the database sees it.
@Suite struct RequestBodyTests {
  private func body(
    _ text: String, _ type: MediaType = .json, columns: [String]? = nil, isFunction: Bool = false
  ) throws -> RequestBody {
    try withBytes(of: text) {
      try RequestBody(
        $0, type: type, columns: columns, isFunction: isFunction, limits: RequestLimits())
    }
  }

  private func rows(_ text: String, columns: [String]? = nil) throws -> RequestBody.Rows? {
    guard case .json(let rows) = try body(text, columns: columns) else { return nil }
    return rows
  }

  @Test(arguments: [
    ("{\"a\":1,\"b\":[{\"c\":2}]}", ["a", "b"], true),
    (" [ {\"a\":1} , {\"a\":null} ] ", ["a"], false),
    ("{}", [], true), ("[{}]", [], false), ("{\"a\":1,\"a\":2}", ["a"], true),
    ("[{\"a\":1,\"b\":2},{\"b\":3,\"a\":4}]", ["a", "b"], false),
    ("[{\"a\":1},{\"\\u0061\":2},{\"a\":1,\"a\":2}]", ["a"], false),
    ("{\"\\u00fc\\n\\ud83d\\ude00\":\"}\"}", ["ü\n😀"], true),
    (
      "{\"a\":-1.5e+10,\"b\":true,\"c\":false,\"d\":null,\"e\":\"\\\"\"}",
      ["a", "b", "c", "d", "e"], true
    ),
  ])
  func objects(text: String, keys: [String], isObject: Bool) throws {
    #expect(try rows(text) == RequestBody.Rows(keys: keys, isObject: isObject))
  }

  @Test func emptyArraysAndScalarsAreNoRows() throws {
    #expect(try rows("[]") == RequestBody.Rows(keys: [], isObject: false, isEmpty: true))
    for scalar in ["1", "\"x\"", "null", "true"] {
      let rows = try #require(try rows(scalar))
      #expect(rows.text == .rewritten(Array("[]".utf8)))
      #expect(rows.isEmpty && !rows.isObject)
    }
  }

  @Test(arguments: [
    "", " ", "{", "}", "[", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[1,]", "{a:1}", "{\"a\":01}",
    "{\"a\":1.}", "{\"a\":1e}", "{\"a\":tru}", "{\"a\":\"\u{1}\"}", "{\"a\":\"\\x\"}",
    "{\"a\":\"\\u12\"}", "[{\"a\":1}] x", "{\"a\":[}", "{\"a\":1}}", "{\"\\u0000\":1}", "-",
  ])
  func invalidJSON(text: String) {
    let error = failure { _ = try body(text) }
    #expect(error?.code == "PGRST102")
    #expect(error?.status == 400)
    #expect(error?.message == "Empty or invalid json")
  }

  @Test(arguments: [
    "[{\"a\":1},{\"b\":1}]", "[{\"a\":1},{\"a\":1,\"b\":2}]", "[{\"a\":1,\"b\":2},{\"a\":1}]",
    "[{\"a\":1},1]", "[1]", "[[]]", "[{},{\"a\":1}]", "[{\"a\":1,\"b\":2},{\"a\":1,\"a\":2}]",
  ])
  func differingKeys(text: String) {
    #expect(failure { _ = try body(text) }?.message == "All object keys must match")
  }

  /// What `columns` names counts, and PostgreSQL alone reads the text.
  @Test func columnsReplaceTheKeys() throws {
    #expect(
      try rows(" [{\"a\":1},{\"b\":1}]", columns: ["a", "b"])
        == RequestBody.Rows(keys: ["a", "b"], isObject: false))
    #expect(try rows("{nonsense", columns: ["a"])?.isObject == true)
  }

  @Test func nestingIsBounded() {
    let deep = "{\"a\":\(String(repeating: "[", count: 1_000_000))"
    #expect(failure { _ = try body(deep) }?.code == "PGRST102")
  }

  @Test func functionsTakeMore() throws {
    #expect(
      try body("", isFunction: true)
        == .json(RequestBody.Rows(.rewritten(Array("{}".utf8)), keys: [], isObject: true)))
    for type in [MediaType.plainText, .xml, .octetStream] {
      #expect(
        try body("anything", type, isFunction: true)
          == (type == .octetStream ? .binary(Array("anything".utf8)) : .whole))
      #expect(
        failure { _ = try body("anything", type) }?.message
          == "Content-Type not acceptable: \(type.name)")
    }
    #expect(
      failure { _ = try body("x", .other("image/png"), isFunction: true) }?.message
        == "Content-Type not acceptable: image/png")
  }

  @Test func urlEncoded() throws {
    #expect(
      try body("v=1&v=2&n=a+b", .urlEncoded, isFunction: true)
        == .arguments([
          .init(name: "v", value: "1"), .init(name: "v", value: "2"),
          .init(name: "n", value: "a b"),
        ]))
    #expect(
      try body("b=%22x&a=1&b=2", .urlEncoded)
        == .json(
          RequestBody.Rows(
            .rewritten(Array("{\"b\":\"2\",\"a\":\"1\"}".utf8)), keys: ["b", "a"], isObject: true)))
  }

  @Test(arguments: [
    ("a,b\n1,x\n2,NULL\n", "[{\"a\":\"1\",\"b\":\"x\"},{\"a\":\"2\",\"b\":null}]"),
    ("a,b\r\n\r\n\"1,\"\"\n\",\r\n", "[{\"a\":\"1,\\\"\\n\",\"b\":\"\"}]"),
    ("a,b\n1,2,3", "[{\"a\":\"1\",\"b\":\"2\"}]"), ("\"a b\"\n1", "[{\"a b\":\"1\"}]"),
  ])
  func csv(text: String, json: String) throws {
    guard case .json(let rows) = try body(text, .csv) else { return #expect(Bool(false)) }
    #expect(rows.text == .rewritten(Array(json.utf8)))
    #expect(!rows.isEmpty && !rows.isObject)
  }

  @Test func csvErrors() throws {
    for text in ["", "a\n\"x", "a\nx\"y", "a\n\"x\"y"] {
      #expect(failure { _ = try body(text, .csv) }?.code == "PGRST102")
    }
    #expect(
      failure { _ = try body("a,b\n1,2\n3", .csv) }?.message
        == "All lines must have same number of fields")
    guard case .json(let rows) = try body("a,b\n", .csv) else { return #expect(Bool(false)) }
    #expect(rows.isEmpty && rows.keys.isEmpty)
  }
}
