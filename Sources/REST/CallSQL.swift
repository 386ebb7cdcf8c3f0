internal import PostgresClient
internal import RESTRequests

/// A call of a function with its arguments resolved.
struct CallPlan {
  /// What is given to it.
  enum Arguments {
    case none
    /// Each by its name, as text.
    case named([(parameter: SchemaCache.Function.Parameter, value: String)])
    /// Members of a JSON object.
    case json(WritePlan.Rows, variadic: Set<String>)
    /// The whole body, for the one parameter without a name.
    case whole(String, type: String)
  }

  var function: SchemaCache.Function
  var arguments: Arguments
  /// All columns, and what the read wants besides.
  var returning: [String]

  /// Finds the function that a request means, by the names of its arguments.
  ///
  /// - Parameters:
  ///   - name: As the path says it.
  ///   - request: A read or a call.
  ///   - cache: What there is.
  /// - Returns: The one that fits.
  /// - Throws: `RESTError`: none does (404 PGRST202), or several (300 PGRST203).
  static func find(
    _ name: QualifiedName, for request: RESTRequest, in cache: SchemaCache
  ) throws(RESTError) -> SchemaCache.Function {
    let isPost = request.action == .call
    let names = argumentNames(of: request)
    let given = Set(names)
    let overloads = cache.functions[name] ?? []
    let isWhole = isPost && [.plainText, .xml, .octetStream].contains(request.contentType)
    let fitting = overloads.filter { function in
      if function.parameters.isEmpty { return given.isEmpty && !isWhole }
      let required = function.parameters.filter(\.isRequired).map(\.name)
      let optional = function.parameters.filter { !$0.isRequired }.map(\.name)
      return given.subtracting(optional) == Set(required)
    }
    if fitting.count == 1 { return fitting[0] }
    if fitting.count > 1 { throw .ambiguousFunction(fitting) }
    let unnamed = overloads.filter { function in
      guard isPost, function.parameters.count == 1 else { return false }
      switch (request.contentType, function.parameters[0].type) {
      case (.json, "json"), (.json, "jsonb"), (.plainText, "text"), (.xml, "xml"),
        (.octetStream, "bytea"):
        return true
      default: return false
      }
    }
    if unnamed.count == 1 { return unnamed[0] }
    if unnamed.count > 1 { throw .ambiguousFunction(unnamed) }
    throw .noFunction(
      name, arguments: given.sorted(), type: request.contentType, isPost: isPost, in: cache)
  }

  private static func argumentNames(of request: RESTRequest) -> [String] {
    if request.action == .read || request.action == .inform {
      return request.query.arguments.map(\.name)
    }
    switch request.body {
    case .json(let rows): return rows.keys
    case .arguments(let arguments): return arguments.map(\.name)
    case .none, .whole, .binary: return []
    }
  }

  init(
    _ function: SchemaCache.Function, _ request: RESTRequest, body: String, read: ReadPlan
  ) {
    self.function = function
    // Filters may be about columns that are not shown, and the planner drops what nobody reads.
    returning = ["*"] + WritePlan.computed(read.fieldNames, of: read)
    let parameters = function.parameters
    if parameters.count == 1, parameters[0].name.isEmpty {
      let type = parameters[0].type
      switch type {
      // Bytes that are no text come in the form that bytea is read from.
      case "bytea":
        let bytes = if case .binary(let bytes) = request.body { bytes } else { Array(body.utf8) }
        arguments = .whole(Self.hex(bytes), type: type)
      // No body means no arguments.
      case "json", "jsonb": arguments = .whole(body.isEmpty ? "{}" : body, type: type)
      default: arguments = .whole(body, type: type)
      }
      return
    }
    switch request.action == .read ? .arguments(request.query.arguments) : request.body {
    case .arguments(let given): arguments = Self.named(given, parameters)
    case .json(let rows):
      let used = parameters.filter { rows.keys.contains($0.name) }
      let text: String
      switch rows.text {
      case .asSent: text = body
      case .rewritten(let bytes): text = String(decoding: bytes, as: UTF8.self)
      }
      let columns = used.map { parameter in
        SchemaCache.Column(
          name: parameter.name, type: parameter.roomyType, baseType: parameter.type,
          defaultValue: nil, isNullable: true, isGenerated: false)
      }
      arguments =
        used.isEmpty
        ? .none
        : .json(
          .init(columns: columns, text: text, isObject: rows.isObject, fillsDefaults: false),
          variadic: Set(used.filter(\.isVariadic).map(\.name)))
    case .none, .whole, .binary: arguments = .none
    }
  }

  /// Of a repeated argument the last counts, unless the parameter takes them all.
  private static func named(
    _ given: [QueryParameters.Argument], _ parameters: [SchemaCache.Function.Parameter]
  ) -> Arguments {
    let named = parameters.compactMap { parameter in
      let values = given.filter { $0.name == parameter.name }.map(\.value)
      return values.last.map { last in
        (parameter: parameter, value: parameter.isVariadic ? SQLText.array(values) : last)
      }
    }
    return named.isEmpty ? .none : .named(named)
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    var hex: [UInt8] = Array("\\x".utf8)
    let digits = Array("0123456789abcdef".utf8)
    for byte in bytes {
      hex.append(digits[Int(byte >> 4)])
      hex.append(digits[Int(byte & 15)])
    }
    return String(decoding: hex, as: UTF8.self)
  }

  // MARK: SQL

  /// Writes the query whose rows are `pgrst_source`.
  func write(to sql: inout SQLText) {
    let isScalar = function.result == .scalar
    if isScalar {
      sql.append("SELECT pgrst_call.pgrst_scalar ")
    } else {
      let columns = returning.map {
        $0 == "*" ? "pgrst_call.*" : "pgrst_call.\(quoteIdentifier($0))"
      }
      sql.append("SELECT \(columns.joined(separator: ", ")) ")
    }
    if case .json(let rows, _) = arguments {
      sql.body(rows, isOne: true)
      sql.append(", LATERAL ")
    } else {
      sql.append("FROM ")
    }
    let name = ReadPlanner.quote(function.name)
    sql.append(isScalar ? "(SELECT \(name)(" : "\(name)(")
    writeArguments(to: &sql)
    sql.append(isScalar ? ") AS pgrst_scalar) pgrst_call" : ") pgrst_call")
  }

  private func writeArguments(to sql: inout SQLText) {
    switch arguments {
    case .none: break
    case .whole(let text, let type):
      sql.bind(text)
      sql.append("::\(type)")
    case .named(let values):
      sql.list(values) { sql, argument in
        if argument.parameter.isVariadic { sql.append("VARIADIC ") }
        sql.append("\(quoteIdentifier(argument.parameter.name)) := ")
        sql.bind(argument.value)
        sql.append("::\(argument.parameter.roomyType)")
      }
    case .json(let rows, let variadic):
      sql.list(rows.columns) { sql, column in
        let name = quoteIdentifier(column.name)
        if variadic.contains(column.name) { sql.append("VARIADIC ") }
        sql.append("\(name) := pgrst_body.\(name)")
      }
    }
  }
}
