import Testing

@testable import RESTRequests

/// The parts put together: path, method, profile, and which error comes first.
@Suite struct RESTRequestTests {
  private func request(
    _ method: String, _ path: String, _ query: String = "", _ headers: [(String, String)] = [],
    body: String = "{}", schemas: [String] = ["public"]
  ) throws -> RESTRequest {
    try withBytes(of: body) {
      try RESTRequest(
        method: method, path: path, query: query,
        headers: headers.map { (name: $0.0, value: $0.1) }, body: $0,
        rules: .init(schemas: schemas))
    }
  }

  @Test(arguments: [
    ("GET", "/", RESTRequest.Target.root, RESTRequest.Action.read),
    ("GET", "/a%20b", .relation("a b"), .read), ("HEAD", "/a+b", .relation("a+b"), .read),
    ("POST", "/t", .relation("t"), .insert), ("PATCH", "/t", .relation("t"), .update),
    ("PUT", "/t", .relation("t"), .put), ("DELETE", "/t", .relation("t"), .delete),
    ("OPTIONS", "/t", .relation("t"), .inform), ("GET", "/rpc/f", .function("f"), .read),
    ("POST", "/rpc/f", .function("f"), .call), ("GET", "/rpc", .relation("rpc"), .read),
  ])
  func paths(
    method: String, path: String, target: RESTRequest.Target, action: RESTRequest.Action
  ) throws {
    let request = try request(method, path)
    #expect(request.target == target)
    #expect(request.action == action)
    #expect(request.isHead == (method == "HEAD"))
  }

  @Test(arguments: [
    ("GET", "/a/b", 404, "PGRST125"), ("GET", "/rpc/f/g", 404, "PGRST125"),
    ("GET", "/t/", 404, "PGRST125"), ("PATCH", "/rpc/f", 405, "PGRST101"),
    ("DELETE", "/rpc/f", 405, "PGRST101"), ("POST", "/", 405, "PGRST117"),
    ("CONNECT", "/t", 405, "PGRST117"),
  ])
  func refused(method: String, path: String, status: Int, code: String) {
    let error = failure { _ = try request(method, path) }
    #expect(error?.status == status)
    #expect(error?.code == code)
  }

  @Test func profiles() throws {
    let schemas = ["v1", "v2"]
    #expect(try request("GET", "/t", schemas: schemas).schema == "v1")
    #expect(try request("GET", "/t", schemas: schemas).tellsSchema)
    #expect(
      try request("GET", "/t", "", [("accept-profile", "v2")], schemas: schemas).schema == "v2")
    #expect(
      try request("POST", "/t", "", [("content-profile", "v2")], schemas: schemas).schema == "v2")
    #expect(
      try request("POST", "/t", "", [("accept-profile", "v2")], schemas: schemas).schema == "v1")
    let error = failure {
      _ = try request("GET", "/t", "", [("accept-profile", "x")], schemas: schemas)
    }
    #expect(error?.status == 406)
    #expect(error?.message == "Invalid schema: x")
    #expect(error?.hint == "Only the following schemas are exposed: v1, v2")
    #expect(try !request("GET", "/t").tellsSchema)
  }

  @Test func rangesCountForGetOnly() throws {
    #expect(try request("GET", "/t", "", [("range", "2-3")]).range == RowRange(offset: 2, limit: 2))
    #expect(try request("HEAD", "/t", "", [("range", "2-3")]).range == .all)
    #expect(failure { _ = try request("PUT", "/t", "limit=1") }?.code == "PGRST114")
    #expect(failure { _ = try request("PUT", "/t", "offset=1") }?.code == "PGRST114")
  }

  @Test func bodiesCountForWritesOnly() throws {
    #expect(try request("DELETE", "/t", body: "nonsense").body == .none)
    #expect(try request("GET", "/t", body: "nonsense").body == .none)
    #expect(failure { _ = try request("PATCH", "/t", body: "nonsense") }?.code == "PGRST102")
    #expect(
      try request("POST", "/t", "columns=a", body: "{\"b\":1}").body
        == .json(RequestBody.Rows(keys: ["a"], isObject: true)))
  }

  @Test func argumentsAreOfReadsOnly() throws {
    #expect(try request("GET", "/rpc/f", "a=1&b=eq.2").query.arguments.map(\.name) == ["a"])
    #expect(failure { _ = try request("POST", "/rpc/f", "a=1") }?.code == "PGRST100")
    #expect(failure { _ = try request("GET", "/t", "a=1") }?.code == "PGRST100")
  }

  @Test func headersAreRead() throws {
    let request = try request(
      "POST", "/t", "",
      [
        ("prefer", "return=minimal"), ("prefer", "count=exact"), ("accept", "text/csv"),
        ("content-type", "text/csv"),
      ], body: "a\n1")
    #expect(request.preferences.representation == .minimal)
    #expect(request.preferences.count == .exact)
    #expect(request.accepts == [.csv])
    #expect(request.contentType == .csv)
  }

  /// Clients compare these bytes.
  @Test func errorsAreJSON() {
    let error = RESTError(status: 400, code: "X", message: "a \"b\"\n\u{1}", hint: "c\\")
    #expect(
      String(decoding: error.json, as: UTF8.self)
        == #"{"code":"X","details":null,"hint":"c\\","message":"a \"b\"\n\u0001"}"#)
  }
}
