import PostgresClient
import REST
import RESTRequests

/// The one transaction of a request, in as few round trips as it can be.
///
/// What nothing can take back once it has run (a read; a write that promises nothing) is one round
/// trip without BEGIN and COMMIT: all before one sync is one transaction. A write whose answer has
/// to be looked at first is two.
/// Source: PostgreSQL 15 manual, 34.5 and 55.2.4, pipelining.
struct DatabaseExchange: Sendable {
  var statement: RESTStatement
  var settings: PostgresStatement
  var preRequest: PostgresStatement?
  /// As SQL writes it; nil for the default.
  var isolation: String?
  /// Whether it ends with a rollback whatever comes of it.
  var rollsBack: Bool
  /// Whether the answer decides if it may stay.
  var needsVerdict: Bool

  /// Runs it.
  ///
  /// - Parameter connection: Not in a transaction.
  /// - Returns: What the statement answered.
  /// - Throws: `PostgresError`, `RESTError` for an answer that the client did not ask for; then
  ///   nothing of it stays.
  func run(on connection: PostgresConnection) async throws -> RESTAnswer {
    var statements: [PostgresStatement] = []
    let isExplicit = rollsBack || needsVerdict || isolation != nil
    if isExplicit {
      statements.append(
        PostgresStatement("BEGIN" + (isolation.map { " ISOLATION LEVEL \($0)" } ?? "")))
    }
    statements.append(settings)
    if let preRequest { statements.append(preRequest) }
    let place = statements.count
    statements.append(statement.query)
    if let planned = statement.planned { statements.append(planned) }
    guard isExplicit else {
      let results = try await connection.pipeline(statements)
      return try answer(results, at: place)
    }
    // Deferred constraints are part of what a client wants to hear about.
    if rollsBack { statements.append(PostgresStatement("SET CONSTRAINTS ALL IMMEDIATE")) }
    // What throws from here on leaves the transaction open: the pool rolls it back.
    let results = try await connection.pipeline(statements)
    let answer = try answer(results, at: place)
    try await connection.query(rollsBack ? "ROLLBACK" : "COMMIT")
    return answer
  }

  private func answer(
    _ results: [PostgresResult], at place: Int
  ) throws(RESTError) -> RESTAnswer {
    try statement.answer(
      results[place], planned: statement.planned == nil ? nil : results[place + 1])
  }
}
