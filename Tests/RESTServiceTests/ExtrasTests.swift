import Testing

@testable import RESTService

/// What settings add to each response.
@Suite struct ExtrasTests {
  private static let items = "create table items (id int primary key);"

  @Test func nothingIsAddedByDefault() async throws {
    try await ServiceFixture.with(Self.items) { service in
      let answer = await service.send(
        "GET /items", headers: [("origin", "http://a.example"), ("x-request-id", "7")])
      #expect(answer["Access-Control-Allow-Origin"] == nil)
      #expect(answer["Server-Timing"] == nil)
      #expect(answer["X-Request-Id"] == nil)
    }
  }

  @Test func timesAreThoseOfTheStepsThatRan() async throws {
    try await ServiceFixture.with(Self.items, settings: ["server_timing_enabled": "true"]) {
      service in
      func steps(_ line: String, _ token: String? = nil) async -> [String] {
        let headers = token.map { [(name: "authorization", value: "Bearer \($0)")] } ?? []
        let timing = await service.send(line, headers: headers)["Server-Timing"] ?? ""
        return timing.split(separator: ", ").compactMap { part in
          let halves = part.split(separator: ";dur=")
          return halves.count == 2 && Double(halves[1]) != nil ? String(halves[0]) : nil
        }
      }
      #expect(
        await steps("GET /items") == ["jwt", "parse", "plan", "transaction", "response"])
      #expect(await steps("HEAD /") == ["jwt", "parse", "plan", "transaction", "response"])
      #expect(await steps("OPTIONS /items") == ["jwt", "parse", "response"])
      #expect(await steps("GET /items", "no.token") == ["jwt"])
      #expect(await steps("GET /items?id=nothing") == ["jwt", "parse"])
      #expect(await steps("GET /items?id=eq.x") == ["jwt", "parse", "plan", "transaction"])
    }
  }

  @Test func aTraceIsHandedBack() async throws {
    try await ServiceFixture.with(Self.items, settings: ["server_trace_header": "X-Request-Id"]) {
      service in
      let answer = await service.send("HEAD /items", headers: [("x-request-id", "7")])
      #expect(answer["X-Request-Id"] == "7")
      #expect(
        await service.send("GET /none", headers: [("x-request-id", "8")])["X-Request-Id"] == "8")
      #expect(await service.send("GET /items")["X-Request-Id"] == nil)
    }
  }

  @Test func browsersAreTold() async throws {
    let origin = (name: "origin", value: "http://a.example")
    try await ServiceFixture.with(Self.items, settings: ["server_cors_allowed_origins": "*"]) {
      service in
      let preflight = await service.send(
        "OPTIONS /items",
        headers: [
          origin, ("access-control-request-method", "POST"),
          ("access-control-request-headers", "Foo,Bar"),
        ])
      #expect(preflight.status == 200)
      #expect(preflight["Access-Control-Allow-Origin"] == "*")
      #expect(
        preflight["Access-Control-Allow-Headers"]
          == "Authorization, Foo, Bar, Accept, Accept-Language, Content-Language")
      #expect(preflight["Access-Control-Max-Age"] == "86400")
      #expect(preflight["Allow"] == nil)
      let read = await service.send("GET /items", headers: [origin])
      #expect(read["Access-Control-Allow-Origin"] == "*")
      #expect(read["Access-Control-Expose-Headers"]?.hasPrefix("Content-Encoding, ") == true)
    }
    try await ServiceFixture.with(
      Self.items, settings: ["server_cors_allowed_origins": "http://a.example, http://b.example"]
    ) { service in
      let read = await service.send("GET /items", headers: [origin])
      #expect(read["Access-Control-Allow-Origin"] == "http://a.example")
      #expect(read["Vary"] == "Origin")
      let other = await service.send("GET /items", headers: [("origin", "http://c.example")])
      #expect(other["Access-Control-Allow-Origin"] == nil)
    }
  }
}
