import RESTRequests
import Testing

@testable import REST

/// What a response says besides its body.
@Suite struct ResponseFactsTests {
  /// Clients ask what they may do before they do it.
  @Test(
    arguments: [
      ("/clients", "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE"),
      ("/bare", "OPTIONS,GET,HEAD,POST,PATCH,DELETE"),
      ("/clients_view", "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE"), ("/", "OPTIONS,GET,HEAD"),
      ("/rpc/nothing", "OPTIONS,POST"), ("/rpc/add?a=1", "OPTIONS,GET,HEAD,POST"),
    ])
  func methodsAreTold(_ path: String, _ methods: String) async throws {
    let fixtures = try await Fixtures.shared()
    let request = try fixtures.request("OPTIONS \(path)")
    #expect(try fixtures.cache.allowedMethods(for: request) == methods)
  }

  /// Nothing can be done with what is not there.
  @Test(arguments: [("/nothing_here", "PGRST205"), ("/rpc/add", "PGRST202")])
  func methodsOfNothingAreAnError(_ path: String, _ code: String) async throws {
    let fixtures = try await Fixtures.shared()
    let request = try fixtures.request("OPTIONS \(path)")
    let error = #expect(throws: RESTError.self) {
      try fixtures.cache.allowedMethods(for: request)
    }
    #expect(error?.code == code)
  }

  /// The same rows have the same address, however they were asked for.
  @Test func readsSayWhereTheyAre() async throws {
    let fixtures = try await Fixtures.shared()
    #expect(try fixtures.request("GET /clients").contentLocation == "/clients")
    #expect(
      try fixtures.request("GET /clients?select=id&id=eq.1&id=gt.0").contentLocation
        == "/clients?id=eq.1,gt.0&select=id")
    #expect(try fixtures.request("POST /clients", body: "{}").contentLocation == nil)
  }

  /// A new row's address is its key.
  @Test func insertsSayWhereTheRowIs() {
    var answer = RESTAnswer(rows: 1, body: "")
    #expect(answer.locationPath(of: "pairs") == nil)
    answer.location = #"[["a", "eq.1 & 2"], ["b", "is.null"]]"#
    #expect(answer.locationPath(of: "pairs") == "/pairs?a=eq.1%20%26%202&b=is.null")
    #expect(answer.keys.map(\.column) == ["a", "b"])
  }

  /// The configuration can have a function answer to `/`.
  @Test func theRootCanBeAFunction() throws {
    var rules = RESTRequest.Rules(schemas: ["api"], rootFunction: "other.start")
    func target() throws -> (RESTRequest.Target, String) {
      let request = try RESTRequest(
        method: "GET", path: "/", query: "", headers: [], body: .init(start: nil, count: 0),
        rules: rules)
      return (request.target, request.schema)
    }
    #expect(try target() == (.function("start"), "other"))
    rules.rootFunction = "start"
    #expect(try target() == (.function("start"), "api"))
  }
}
