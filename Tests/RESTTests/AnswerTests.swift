import RESTRequests
import Testing

@testable import REST

/// What has to be so for an answer to be given, and what the configuration bounds.
@Suite struct AnswerTests {
  private let single = (name: "accept", value: "application/vnd.pgrst.object+json")

  /// One object means one row, also for a write that shows nothing: it is rolled back.
  @Test(
    arguments: [
      ("PATCH /clients", #"{"name":"x"}"#, 3), ("PATCH /clients?id=eq.99", #"{"name":"x"}"#, 0),
      ("DELETE /users_tasks?user_id=eq.1", "", 2), ("POST /clients", "[]", 0),
      ("POST /rpc/all_clients", "{}", 3),
    ])
  func oneObjectIsOneRow(_ line: String, _ body: String, _ rows: Int) async throws {
    let error = try await Fixtures.shared().failure(line, headers: [single], body: body)
    #expect(
      error == #"406 {"code":"PGRST116","details":"The result contains \#(rows) rows","hint":null,"#
        + #""message":"Cannot coerce the result to a single JSON object"}"#)
  }

  /// A bound on affected rows is also one on what a function gives.
  @Test func functionsAreBounded() async throws {
    let fixtures = try await Fixtures.shared()
    let strict = (name: "prefer", value: "handling=strict, max-affected=2")
    for line in ["GET /rpc/all_clients", "POST /rpc/all_clients"] {
      let error = try await fixtures.failure(line, headers: [strict])
      #expect(error.hasPrefix(#"400 {"code":"PGRST124","details":"The query affects 3 rows""#))
    }
    let error = try await fixtures.failure("GET /rpc/add?a=1", headers: [strict])
    #expect(error.hasPrefix(#"400 {"code":"PGRST128""#))
  }

  /// A page ends where the configuration says, at every level but that of single rows.
  @Test func pagesAreBounded() async throws {
    let fixtures = try await Fixtures.shared()
    let rules = PlanRules(maximumRows: 1)
    let exact = (name: "prefer", value: "count=exact")
    let line = "GET /clients?select=id,projects(id,clients(id))&order=id&limit=5"
    let (answer, _) = try await fixtures.answer(line, headers: [exact], rules: rules)
    #expect(answer.body == #"[{"id":1,"projects":[{"id": 1, "clients": {"id": 1}}]}]"#)
    #expect(answer.total == 3)
    let written = try await fixtures.body(
      "PATCH /clients?select=id", headers: [(name: "prefer", value: "return=representation")],
      body: #"{"name":"x"}"#, rules: rules)
    #expect(written == "[{\"id\":1}, \n {\"id\":2}, \n {\"id\":3}]")
  }

  /// Above what a page may have the planner's number is good enough; below it the total is exact.
  @Test func estimatesAreExactUpToAPage() async throws {
    let fixtures = try await Fixtures.shared()
    let estimated = (name: "prefer", value: "count=estimated")
    for (most, total) in [(100, 3), (2, 3)] {
      let (answer, _) = try await fixtures.answer(
        "GET /clients", headers: [estimated], rules: PlanRules(maximumRows: most))
      #expect(answer.total == total)
    }
  }

  /// Aggregates can be slow for everybody, so they are off until the configuration says so.
  @Test(arguments: ["GET /orders?select=amount.sum()", "GET /clients?select=id,projects(count())"])
  func aggregatesAreOffByDefault(_ line: String) async throws {
    let error = try await Fixtures.shared().failure(line, rules: PlanRules())
    #expect(
      error == #"400 {"code":"PGRST123","details":null,"hint":null,"#
        + #""message":"Use of aggregate functions is not allowed"}"#)
  }

  /// GET may not write, and a function that promises not to may not either.
  @Test func readsAreReadOnly() async throws {
    let fixtures = try await Fixtures.shared()
    func isReadOnly(_ line: String) throws -> Bool {
      try RESTStatement(fixtures.request(line), body: "", cache: fixtures.cache).isReadOnly
    }
    #expect(try isReadOnly("GET /clients"))
    #expect(try isReadOnly("GET /rpc/rename_client?client=1&name=x"))
    #expect(try isReadOnly("POST /rpc/all_clients"))
    #expect(try !isReadOnly("POST /rpc/nothing"))
    #expect(try !isReadOnly("DELETE /clients"))
  }
}
