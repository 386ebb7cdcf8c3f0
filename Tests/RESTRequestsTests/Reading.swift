import Testing

@testable import RESTRequests

/// The one error that a closure throws; a test that expected it fails when none comes.
func failure(_ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation)
  -> RESTError?
{
  do {
    try body()
  } catch {
    return error as? RESTError
  }
  Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  return nil
}

/// A query as a client writes it, understood.
func query(_ text: String, isFunctionRead: Bool = false) throws -> QueryParameters {
  try QueryParameters(QueryString(text), isFunctionRead: isFunctionRead)
}

/// What `key=value` means, where that is one filter.
func filter(_ text: String) throws -> Filter {
  let parameters = try query(text)
  #expect(parameters.filters.count == 1)
  return try #require(parameters.filters.first).value
}

/// Place and words of the error for one part of a query: `1:16 unexpected … expecting …`.
func words<Value>(_ text: String, _ rule: GrammarParser.Rule<Value>) -> String {
  do throws(RESTError) {
    _ = try GrammarParser.parse(text, as: "x", limits: RequestLimits(), by: rule)
    return "read"
  } catch {
    return "\(error.message.dropFirst(4)) \(error.details ?? "")"
  }
}
