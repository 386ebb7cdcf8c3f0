internal import RESTRequests

extension RESTError {
  /// A relation that is not there.
  static func noRelation(_ name: QualifiedName, in cache: SchemaCache) -> RESTError {
    let names = cache.relations.keys.lazy.filter { $0.schema == name.schema }.map(\.name)
    let similar = mostSimilar(to: name.name, among: names, atLeast: 0.75)
    return RESTError(
      status: 404, code: "PGRST205",
      message: "Could not find the table '\(name.schema).\(name.name)' in the schema cache",
      hint: similar.map { "Perhaps you meant the table '\(name.schema).\($0)'" })
  }

  /// A column that a body or `columns` names and the relation does not have.
  static func noColumn(_ column: String, of relation: String) -> RESTError {
    RESTError(
      status: 400, code: "PGRST204",
      message: "Could not find the '\(column)' column of '\(relation)' in the schema cache")
  }

  /// A write to every row that there is; the library `safeupdate` says it in these words.
  static func noCondition(_ verb: String) -> RESTError {
    RESTError(status: 400, code: "21000", message: "\(verb) requires a WHERE clause")
  }

  // MARK: Embeds

  /// Something that is said about an embed that is not selected.
  static func notEmbedded(_ name: String) -> RESTError {
    RESTError(
      status: 400, code: "PGRST108",
      message: "'\(name)' is not an embedded resource in this request",
      hint: "Verify that '\(name)' is included in the 'select' query parameter.")
  }

  /// An order by the rows of an embed of which there may be several.
  static func orderByMany(_ embed: String, of relation: String) -> RESTError {
    RESTError(
      status: 400, code: "PGRST118", message: "A related order on '\(embed)' is not possible",
      details: "'\(relation)' and '\(embed)' do not form a many-to-one or one-to-one relationship")
  }

  /// Two relations without a way from one to the other.
  static func noRelationship(
    from origin: QualifiedName, to target: String, hint: String?, in cache: SchemaCache
  ) -> RESTError {
    let using = hint.map { "' using the hint '\($0)" } ?? ""
    return RESTError(
      status: 400, code: "PGRST200",
      message:
        "Could not find a relationship between '\(origin.name)' and '\(target)' in the schema cache",
      details:
        "Searched for a foreign key relationship between '\(origin.name)' and '\(target)\(using)'"
        + " in the schema '\(origin.schema)', but no matches were found.",
      hint: similarRelationship(from: origin, to: target, in: cache))
  }

  /// With both names known the hint is what is wrong, and there is none to give.
  private static func similarRelationship(
    from origin: QualifiedName, to target: String, in cache: SchemaCache
  ) -> String? {
    let found: (right: String?, wrong: String)
    if let known = cache.relationships[origin] {
      let isKnown = known.contains { $0.target.name == target }
      let names = known.lazy.map(\.target.name)
      found = (
        isKnown ? nil : mostSimilar(to: target, among: names, atLeast: 0.33, countsEqual: false),
        target
      )
    } else {
      let names = cache.relationships.lazy
        .filter { $0.key.schema == origin.schema }.map(\.key.name)
      found = (mostSimilar(to: origin.name, among: names, atLeast: 0.33), origin.name)
    }
    return found.right.map { "Perhaps you meant '\($0)' instead of '\(found.wrong)'." }
  }

  /// Two relations with several ways from one to the other.
  static func ambiguousEmbed(
    from origin: String, to target: String, _ relationships: [SchemaCache.Relationship]
  ) -> RESTError {
    var json: [UInt8] = [UInt8(ascii: "[")]
    for (index, relationship) in relationships.enumerated() {
      let (cardinality, description) = describe(relationship)
      json.append(contentsOf: (index > 0 ? ",{\"cardinality\":" : "{\"cardinality\":").utf8)
      json.appendJSONString(cardinality)
      json.append(contentsOf: ",\"embedding\":".utf8)
      json.appendJSONString("\(relationship.source.name) with \(relationship.target.name)")
      json.append(contentsOf: ",\"relationship\":".utf8)
      json.appendJSONString(description)
      json.append(UInt8(ascii: "}"))
    }
    json.append(UInt8(ascii: "]"))
    let hints = relationships.map { relationship in
      var way = relationship.constraint ?? ""
      if case .manyToMany(let junction) = relationship.path { way = junction.relation.name }
      return "'\(relationship.target.name)!\(way)'"
    }
    return RESTError(
      status: 300, code: "PGRST201",
      message: "Could not embed because more than one relationship was found for"
        + " '\(origin)' and '\(target)'",
      detailsJSON: String(decoding: json, as: UTF8.self),
      hint: "Try changing '\(target)' to one of the following: \(hints.joined(separator: ", "))."
        + " Find the desired relationship in the 'details' key.")
  }

  private static func describe(
    _ relationship: SchemaCache.Relationship
  ) -> (cardinality: String, description: String) {
    func list(_ names: [String]) -> String { "(\(names.joined(separator: ", ")))" }
    func key(_ name: String, _ pairs: [SchemaCache.Relationship.ColumnPair]) -> String {
      "\(name) using \(relationship.source.name)\(list(pairs.map(\.source)))"
        + " and \(relationship.target.name)\(list(pairs.map(\.target)))"
    }
    switch relationship.path {
    case .oneToMany(let name, let pairs): return ("one-to-many", key(name, pairs))
    case .manyToOne(let name, let pairs): return ("many-to-one", key(name, pairs))
    case .oneToOne(let name, let pairs, _): return ("one-to-one", key(name, pairs))
    case .manyToMany(let junction):
      return (
        "many-to-many",
        "\(junction.relation.name) using "
          + "\(junction.sourceConstraint)\(list(junction.sourceColumns.map(\.target)))"
          + " and \(junction.targetConstraint)\(list(junction.targetColumns.map(\.target)))"
      )
    case .computed: return ("", "")
    }
  }

  // MARK: Aggregates

  /// An aggregate where the configuration has them off.
  static let aggregatesOff = RESTError(
    status: 400, code: "PGRST123", message: "Use of aggregate functions is not allowed")

  /// An aggregate among columns that become arrays.
  static let aggregateInArrays = RESTError(
    status: 400, code: "PGRST127", message: "Feature not implemented",
    details: "Aggregates are not implemented for one-to-many or many-to-many spreads.")

  // MARK: Writes

  /// A PUT whose filters are not the key.
  static let putFilters = RESTError(
    status: 405, code: "PGRST105",
    message: "Filters must include all and only primary key columns with 'eq' operators")

  // MARK: Functions

  /// A function that is not there, or not with these arguments.
  static func noFunction(
    _ name: QualifiedName, arguments: [String], type: MediaType, isPost: Bool,
    in cache: SchemaCache
  ) -> RESTError {
    let function = "\(name.schema).\(name.name)"
    let list = arguments.joined(separator: ", ")
    let none = " without parameters"
    let unnamed: String?
    switch type {
    case .plainText where isPost: unnamed = "text"
    case .xml where isPost: unnamed = "xml"
    case .octetStream where isPost: unnamed = "bytea"
    default: unnamed = nil
    }
    var searched =
      arguments.isEmpty ? none : " with parameter\(arguments.count > 1 ? "s" : "") \(list)"
    if let unnamed {
      searched = " with a single unnamed \(unnamed) parameter"
    } else if isPost, type == .json {
      searched += " or with a single unnamed json/jsonb parameter"
    }
    let message = unnamed != nil ? "" : arguments.isEmpty ? none : "(\(list))"
    return RESTError(
      status: 404, code: "PGRST202",
      message: "Could not find the function \(function)\(message) in the schema cache",
      details: "Searched for the function \(function)\(searched),"
        + " but no matches were found in the schema cache.",
      hint: unnamed != nil ? nil : similarFunction(name, arguments, in: cache))
  }

  private static func similarFunction(
    _ name: QualifiedName, _ arguments: [String], in cache: SchemaCache
  ) -> String? {
    func list(_ names: [String]) -> String { "(\(names.sorted().joined(separator: ", ")))" }
    let call: String?
    if let overloads = cache.functions[name] {
      let lists = overloads.map { list($0.parameters.map(\.name)) }
      call = mostSimilar(to: list(arguments), among: lists, atLeast: 0.33).map { name.name + $0 }
    } else {
      let names = cache.functions.keys.lazy.filter { $0.schema == name.schema }.map(\.name)
      // Functions that nobody may call are not to be found by trying names.
      call = mostSimilar(to: name.name, among: names, atLeast: 0.75)
    }
    return call.map { "Perhaps you meant to call the function \(name.schema).\($0)" }
  }

  /// Several functions that fit the same arguments.
  static func ambiguousFunction(_ functions: [SchemaCache.Function]) -> RESTError {
    let calls = functions.map { function in
      let parameters = function.parameters.map { "\($0.name) => \($0.type)" }
      return "\(function.name.schema).\(function.name.name)(\(parameters.joined(separator: ", ")))"
    }
    return RESTError(
      status: 300, code: "PGRST203",
      message: "Could not choose the best candidate function between: "
        + calls.joined(separator: ", "),
      hint: "Try renaming the parameters or the function itself in the database so function"
        + " overloading can be resolved")
  }

  /// A bound on affected rows for a function that gives one row.
  static let boundOnFunction = RESTError(
    status: 400, code: "PGRST128",
    message: "Function must return SETOF or TABLE when max-affected preference is used with"
      + " handling=strict")

  // MARK: Answers

  /// Another number of rows than the one that was asked for.
  static func notSingular(_ rows: Int) -> RESTError {
    RESTError(
      status: 406, code: "PGRST116",
      message: "Cannot coerce the result to a single JSON object",
      details: "The result contains \(rows) rows")
  }

  /// More rows than a client wanted to change.
  static func tooManyAffected(_ rows: Int) -> RESTError {
    RESTError(
      status: 400, code: "PGRST124",
      message: "Query result exceeds max-affected preference constraint",
      details: "The query affects \(rows) rows")
  }

  /// A PUT whose body is another row than its filters say.
  static let putMismatch = RESTError(
    status: 400, code: "PGRST115",
    message: "Payload values do not match URL in primary key column(s)")

  /// No type that is accepted can be made.
  static func notAcceptable(_ types: [MediaType]) -> RESTError {
    RESTError(
      status: 406, code: "PGRST107",
      message: "None of these media types are available: "
        + types.map(\.name).joined(separator: ", "))
  }

  /// Rows behind the last.
  static func offset(_ offset: Int, beyond total: Int) -> RESTError {
    RESTError(
      status: 416, code: "PGRST103", message: "Requested range not satisfiable",
      details: "An offset of \(offset) was requested, but there are only \(total) rows.",
      contentRange: "*/\(total)")
  }
}
