import RESTRequests
import Testing

@testable import REST

/// A request, and what comes back of it, to the byte.
struct Case: Sendable, CustomTestStringConvertible {
  var line: String
  var headers: [(name: String, value: String)]
  var body: String
  var check: String?
  var gives: String?
  var error: String?
  var total: Int?
  var rows: Int?
  var location: String?
  var inserted: Int?
  var checked: String?

  init(
    _ line: String, headers: [(name: String, value: String)] = [], body: String = "",
    check: String? = nil, gives: String? = nil, error: String? = nil, total: Int? = nil,
    rows: Int? = nil, location: String? = nil, inserted: Int? = nil, checked: String? = nil
  ) {
    self.line = line
    self.headers = headers
    self.body = body
    self.check = check
    self.gives = gives
    self.error = error
    self.total = total
    self.rows = rows
    self.location = location
    self.inserted = inserted
    self.checked = checked
  }

  var testDescription: String { line }

  /// Sends the request to the fixtures.
  func check(rules: PlanRules = PlanRules(allowsAggregates: true)) async throws {
    let fixtures = try await Fixtures.shared()
    if let error {
      let found = try await fixtures.failure(line, headers: headers, body: body, rules: rules)
      #expect(found == error)
      return
    }
    let (answer, seen) = try await fixtures.answer(
      line, headers: headers, body: body, rules: rules, check: check)
    if let gives { #expect(answer.body == gives) }
    if let rows { #expect(answer.rows == rows) }
    #expect(answer.total == total)
    #expect(answer.location == location)
    #expect(answer.inserted == inserted)
    if check != nil { #expect(seen == checked) }
  }
}
