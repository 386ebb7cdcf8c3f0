package import PostgresClient
package import RESTRequests

/// What one request asks of the database: a statement, and what its answer has to be.
package struct RESTStatement: Sendable {
  /// Gives one row with the body; see `answer(_:planned:)`.
  package private(set) var query = PostgresStatement("")
  /// An EXPLAIN whose estimate is the total, or part of it; nil when none is wanted.
  package private(set) var planned: PostgresStatement?
  /// Whether its transaction may not write.
  package private(set) var isReadOnly: Bool
  /// The type of the body.
  package private(set) var mediaType: MediaType
  /// The relation, or the function.
  package private(set) var target: QualifiedName
  /// The function that is called.
  package private(set) var function: SchemaCache.Function?

  /// Whether it is the plan that the client wants: then the body is what EXPLAIN says.
  package var explains: Bool { explanation != nil }

  private var request: RESTRequest
  private var rules: PlanRules
  private var isSingular = false
  private var explanation: String?
  private var handler: SchemaCache.MediaHandler?

  /// Plans a request and writes its statement.
  ///
  /// - Parameters:
  ///   - request: About a relation or a function; the root and OPTIONS have no statement.
  ///   - body: The text that came with it; empty when none did.
  ///   - cache: What there is.
  ///   - rules: What the configuration says.
  /// - Throws: `RESTError`, what the client is to be told.
  package init(
    _ request: RESTRequest, body: String, cache: SchemaCache, rules: PlanRules = PlanRules()
  ) throws(RESTError) {
    self.request = request
    self.rules = rules
    mediaType = .json
    isReadOnly = request.action == .read
    switch request.target {
    case .root: throw .noRelation(QualifiedName(request.schema, ""), in: cache)
    case .relation(let name):
      target = QualifiedName(request.schema, name)
      guard let relation = cache.relations[target] else { throw .noRelation(target, in: cache) }
      if request.action == .read {
        try read(relation, cache)
      } else {
        try write(relation, body, cache)
      }
    case .function(let name):
      target = QualifiedName(request.schema, name)
      try call(try CallPlan.find(target, for: request, in: cache), body, cache)
    }
  }

  /// Finds out what the body is to be.
  private mutating func negotiate(
    _ plan: ReadPlan, _ cache: SchemaCache
  ) throws(RESTError) -> BodyShape {
    let found = try Negotiation(
      request.accepts, of: plan.relationName, isPlain: plan.isPlain, in: cache, rules)
    mediaType = found.type
    explanation = found.explanation
    if case .object = found.shape { isSingular = true }
    guard case .custom(var custom) = found.shape else { return found.shape }
    // A plan is a text, whatever the handler gives.
    if explanation != nil { custom.baseType = "text" } else { handler = custom }
    return .custom(custom)
  }

  /// Takes what was written, as it is or to be explained.
  private mutating func finish(_ sql: SQLText) {
    query = sql.statement
    guard let explanation else { return }
    planned = nil
    query = PostgresStatement(explanation + sql.sql, sql.values)
  }

  // MARK: Reads

  private mutating func read(
    _ relation: SchemaCache.Relation, _ cache: SchemaCache
  ) throws(RESTError) {
    var planner = ReadPlanner(cache, request, rules, source: .relation, readsRoot: true)
    let plan = try planner.plan(relation.name)
    let shape = try negotiate(plan, cache)
    var sql = SQLText()
    sql.append("WITH pgrst_source AS (")
    plan.write(to: &sql)
    sql.append(")")
    let total = count(plan, in: &sql)
    let body = request.isHead ? BodyShape.none : shape
    sql.answer(total: total, body: body.sql(of: nil, isSource: true)) {
      $0.append("SELECT * FROM pgrst_source")
    }
    finish(sql)
  }

  // MARK: Writes

  private mutating func write(
    _ relation: SchemaCache.Relation, _ body: String, _ cache: SchemaCache
  ) throws(RESTError) {
    var planner = ReadPlanner(cache, request, rules, source: .result, readsRoot: false)
    let read = try planner.plan(relation.name)
    let plan = try WritePlan(request, body: body, relation: relation, read: read)
    if rules.requiresConditions, let verb = plan.unconditionalVerb { throw .noCondition(verb) }
    let made = try negotiate(read, cache)
    let isShown = request.preferences.representation == .full
    var sql = SQLText()
    sql.append("WITH pgrst_source AS (")
    plan.write(to: &sql)
    sql.append(")")
    let shape = isShown ? made : .none
    let tellsKey =
      request.preferences.representation == .headersOnly && request.action == .insert
    sql.answer(
      keyColumns: tellsKey ? relation.primaryKey : [],
      body: shape.sql(of: nil, isSource: false),
      countsNew: request.action == .insert || request.action == .put
    ) { sql in
      guard isShown else { return sql.append("SELECT * FROM pgrst_source") }
      read.write(to: &sql)
    }
    finish(sql)
  }

  // MARK: Calls

  private mutating func call(
    _ function: SchemaCache.Function, _ body: String, _ cache: SchemaCache
  ) throws(RESTError) {
    self.function = function
    if function.volatility != .volatile { isReadOnly = true }
    var planner = ReadPlanner(cache, request, rules, source: .result, readsRoot: true)
    var root = function.name
    if case .composite(let relation?) = function.result { root = relation }
    let read = try planner.plan(root)
    if request.preferences.handling == .strict, request.preferences.maximumAffected != nil,
      !function.isSetReturning
    {
      throw .boundOnFunction
    }
    let made = try negotiate(read, cache)
    let plan = CallPlan(function, request, body: body, read: read)
    var sql = SQLText()
    sql.append("WITH pgrst_source AS (")
    plan.write(to: &sql)
    sql.append(")")
    let total = count(read, in: &sql)
    let shape = request.isHead ? .none : made
    let isOneValue = if case .custom = shape { function.returnsScalar } else { false }
    sql.answer(
      total: total, body: shape.sql(of: function, isSource: false), isOneValue: isOneValue
    ) {
      read.write(to: &$0)
    }
    finish(sql)
  }

  /// Appends what counts all rows, and gives the expression for the total.
  private mutating func count(_ plan: ReadPlan, in sql: inout SQLText) -> String {
    let none = "null"
    guard let count = request.preferences.count else { return none }
    // What a function gives nobody can tell without calling it.
    if count != .exact, function == nil {
      var explain = SQLText()
      explain.append("EXPLAIN (FORMAT JSON) ")
      plan.writeCount(to: &explain)
      planned = explain.statement
    }
    if count == .planned { return none }
    // Beyond what a page may have, the planner's number is good enough.
    let bound = count == .estimated && function == nil ? rules.maximumRows : nil
    sql.append(", pgrst_source_count AS (")
    plan.writeCount(to: &sql)
    if let bound { sql.append(" LIMIT \(bound + 1)") }
    sql.append(")")
    return "(SELECT pg_catalog.count(*) FROM pgrst_source_count)"
  }
}

/// What the database answered.
package struct RESTAnswer: Sendable, Hashable {
  /// A column of a new row's key, and the filter that finds it: `eq.1`.
  package struct Key: Sendable, Hashable {
    package var column: String
    package var filter: String
  }

  /// All rows that there are; nil when nobody wanted to know.
  package var total: Int?
  /// Those in the body, or those that were written.
  package var rows: Int
  /// JSON, an array of pairs of column and filter; nil when it was not asked for.
  package var location: String?
  package var body: String
  /// The body in place of `body` when it is no text.
  package var bytes: [UInt8]?
  /// What the database set `response.headers` to.
  package var headers: String?
  /// What the database set `response.status` to.
  package var status: String?
  /// How many rows an upsert made new; nil when it was none.
  package var inserted: Int?
}

extension RESTStatement {
  /// Reads the row that the query gave.
  ///
  /// A throw means that the transaction has to be rolled back.
  ///
  /// - Parameters:
  ///   - result: Of `query`.
  ///   - plannedResult: Of `planned`.
  /// - Returns: What is in it.
  /// - Throws: `RESTError` when it is not what the client asked for.
  package func answer(
    _ result: PostgresResult, planned plannedResult: PostgresResult? = nil
  ) throws(RESTError) -> RESTAnswer {
    if explains {
      let plan = result.rows.map { ($0.first ?? nil) ?? "" }.joined(separator: "\n")
      return RESTAnswer(rows: result.rows.count, body: plan)
    }
    func value(_ column: AnswerColumn) -> String? { result[column: column.rawValue].first ?? nil }
    var answer = RESTAnswer(
      total: value(.total).flatMap { Int($0) }, rows: value(.rows).flatMap { Int($0) } ?? 0,
      location: value(.location), body: value(.body) ?? "", headers: value(.headers),
      status: value(.status), inserted: value(.inserted).flatMap { Int($0) })
    // The counter runs for each row: without any there is none.
    if answer.rows == 0, request.preferences.resolution == .mergeDuplicates {
      answer.inserted = answer.inserted ?? 0
    }
    if let handler, !answer.body.isEmpty {
      if handler.isBinary { answer.bytes = Self.bytes(fromHex: answer.body) }
      // The reference sends what the server sends in binary form: a version, then the text.
      if handler.baseType == "jsonb" { answer.body = "\u{1}" + answer.body }
    }
    if let plannedResult {
      let estimate = Self.plannedRows(plannedResult)
      if let exact = answer.total {
        answer.total = exact > rules.maximumRows ?? 0 ? max(exact, estimate ?? 0) : exact
      } else {
        answer.total = estimate
      }
    }
    try check(answer)
    return answer
  }

  private static func bytes(fromHex text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count / 2)
    var high: UInt8?
    for digit in text.utf8 {
      let value = digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - 87
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }

  private func check(_ answer: RESTAnswer) throws(RESTError) {
    if request.action == .put, answer.rows != 1 { throw .putMismatch }
    // Also when nothing of it is shown: who asks for one object wants to write one row.
    if isSingular, request.action != .put, answer.rows != 1 { throw .notSingular(answer.rows) }
    let isBounded = function != nil || request.action == .update || request.action == .delete
    if isBounded, request.preferences.handling == .strict,
      let most = request.preferences.maximumAffected, answer.rows > most
    {
      throw .tooManyAffected(answer.rows)
    }
    if request.action == .read || request.action == .call, let total = answer.total,
      request.range.offset > total
    {
      throw .offset(request.range.offset, beyond: total)
    }
  }

  /// The outermost node of a plan comes first in its JSON.
  private static func plannedRows(_ result: PostgresResult) -> Int? {
    let text = result.rows.compactMap { $0.first ?? nil }.joined()
    guard let range = text.utf8.firstRange(of: Array("\"Plan Rows\":".utf8)) else { return nil }
    let digits = text.utf8[range.upperBound...].drop { $0 == UInt8(ascii: " ") }
      .prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return Int(Substring(digits))
  }
}
