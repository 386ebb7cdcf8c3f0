internal import FoundationEssentials
package import PostgresClient

extension TypeMetadata {
  /// What a database answered, and which schemas it has beside those that were asked for.
  package struct Reading: Sendable {
    package var metadata: TypeMetadata
    /// Every schema that the role may use, the system's left out.
    package var schemaNames: [String]
    /// The primary keys that views show whole, of each column the first that shows it.
    package var viewPrimaryKeys: [PrimaryKey] = []
    /// Views, by `id`, that take a DELETE: by themselves, by rules or by triggers.
    package var deletableViews: Set<Int> = []
    /// By a column's `id`: its type with length or precision, where that is more than the type.
    package var typesWithModifier: [String: String] = [:]
    /// By a column's `id`: what gives it a value when it has no default of its own.
    package var standInDefaults: [String: String] = [:]
    package var casts: [Cast] = []
    package var mediaHandlers: [MediaHandler] = []
  }

  /// A cast between a domain and JSON or text; only for requests.
  package struct Cast: Sendable, Hashable {
    /// Types as SQL writes them, qualified.
    package var source: String
    package var target: String
    /// As SQL writes it, qualified.
    package var function: String
  }

  /// What makes a body of a media type; only for requests.
  package struct MediaHandler: Sendable, Hashable {
    /// The domain's name: `text/html`, or `*/*`.
    package var mediaType: String
    /// The name of the type that the domain restricts.
    package var baseType: String
    package var isAggregate: Bool
    package var schema: String
    package var name: String
    /// The domain's.
    package var typeSchema: String
    /// Of an aggregate's argument: a row type, or `anyelement`.
    package var argumentSchema: String
    package var argumentType: String
  }

  /// Reads relations, functions and types of some schemas: one round trip, one snapshot.
  ///
  /// - Parameters:
  ///   - connection: The role decides what is seen: tables need some privilege, columns too.
  ///   - schemas: As the catalog spells them; those that do not exist are left out.
  ///   - isWhole: Whether sizes, definitions and checks are read, which types do not need.
  ///   - timeout: How long each query may take; nil for what the session has.
  /// - Returns: What is there now, in an order that does not depend on how it came about.
  /// - Throws: `CatalogError`.
  package static func read(
    from connection: PostgresConnection, schemas: [String], isWhole: Bool = false,
    timeout: Duration? = nil
  ) async throws(CatalogError) -> Reading {
    try await read(
      TypeMetadataQueries(isWhole: isWhole), from: connection, schemas: schemas,
      searchPath: #""$user", public, extensions"#, timeout: timeout)
  }

  /// Reads every schema but the system's, whoever may use it: one round trip, one snapshot.
  ///
  /// Types and expressions are qualified, so that they mean the same on any search path.
  ///
  /// - Parameters:
  ///   - connection: Any role.
  ///   - timeout: How long each query may take; nil for what the session has.
  /// - Returns: What is there now.
  /// - Throws: `CatalogError`.
  package static func readForRequests(
    from connection: PostgresConnection, timeout: Duration? = nil
  ) async throws(CatalogError) -> Reading {
    try await read(
      TypeMetadataQueries(isWhole: false, isForRequests: true), from: connection, schemas: [],
      searchPath: "", timeout: timeout)
  }

  private static func read(
    _ source: TypeMetadataQueries, from connection: PostgresConnection, schemas: [String],
    searchPath: String, timeout: Duration?
  ) async throws(CatalogError) -> Reading {
    let queries = source.all
    var results: [PostgresResult]
    do throws(PostgresError) {
      results = try await connection.pipeline(
        [
          PostgresStatement("begin isolation level repeatable read, read only"),
          // Argument lists name types as this path sees them: the one of a Supabase project's roles.
          // Compiling plans of this size takes PostgreSQL seconds, running them milliseconds.
          PostgresStatement(
            """
            select pg_catalog.set_config('search_path', $2, true),
              pg_catalog.set_config('jit', 'off', true),
              pg_catalog.set_config('statement_timeout', coalesce($1,
                pg_catalog.current_setting('statement_timeout')), true)
            """, [timeout.map { "\(Int($0 / .milliseconds(1)))ms" }, searchPath]),
        ]
          + queries.map { PostgresStatement($0, $0.contains("$1") ? [encode(schemas)] : []) }
          + [PostgresStatement("commit")])
    } catch {
      // The transaction is ours: a session that is used again must not be in it.
      _ = try? await connection.execute("rollback")
      throw .failed(error)
    }
    guard results.count == queries.count + 3 else { throw .unreadable("\(results.count) answers") }
    results.removeFirst(2)
    return TypeMetadataReader(results).reading
  }

  private static func encode(_ strings: [String]) -> String {
    let data = try? JSONEncoder().encode(strings)
    return String(decoding: data ?? Data("[]".utf8), as: UTF8.self)
  }
}

/// A row, read from left to right.
private struct Cells {
  var values: [String?]
  private var next = 0

  init(_ values: [String?]) { self.values = values }

  mutating func optional() -> String? {
    defer { next += 1 }
    return next < values.count ? values[next] : nil
  }

  mutating func text() -> String { optional() ?? "" }
  mutating func optionalNumber() -> Int? { optional().flatMap { Int($0) } }
  mutating func number() -> Int { optionalNumber() ?? 0 }
  mutating func flag() -> Bool { optional() == "t" }

  /// Of an array, `{1,2}`, or a vector, `1 2`.
  mutating func numbers() -> [Int] {
    text().split { $0 == "{" || $0 == "," || $0 == "}" || $0 == " " }.compactMap { Int($0) }
  }
}

/// Makes metadata of the answers to `TypeMetadataQueries`.
private struct TypeMetadataReader {
  private(set) var reading = TypeMetadata.Reading(metadata: TypeMetadata(), schemaNames: [])
  private var rest: ArraySlice<PostgresResult>
  /// Every relation that is told of, in the order of their names.
  private var relations: [Int: (rank: Int, relation: RelationshipExpansion.Relation)] = [:]
  private var visibleRelations: Set<Int> = []
  private var columnNames: [Int: [Int: String]] = [:]
  private var primaryKeys:
    [(relation: RelationshipExpansion.Relation, columns: [RelationshipExpansion.Column])] = []
  /// `typbasetype` and the like are known when types are: until then a column has its own type.
  private var columns: [(order: Int, column: TypeMetadata.Column)] = []

  init(_ results: [PostgresResult]) {
    rest = results[...]
    takeSchemas()
    takeRelations()
    takeColumns()
    takePrimaryKeys()
    takeKeys()
    takeFunctions()
    takeTypes()
    nameTypes()
    takeCasts()
    takeMediaHandlers()
  }

  private mutating func nextRows() -> [[String?]] { rest.popFirst()?.rows ?? [] }

  private mutating func takeSchemas() {
    reading.metadata.schemas = nextRows().map { row in
      var cells = Cells(row)
      return TypeMetadata.Schema(id: cells.number(), name: cells.text(), owner: cells.text())
    }
    reading.schemaNames = nextRows().compactMap { $0.first ?? nil }
  }

  private mutating func takeRelations() {
    for row in nextRows() {
      var cells = Cells(row)
      let kind = Table.Kind(rawValue: cells.text())
      let id = cells.number()
      let schema = cells.text()
      let name = cells.text()
      relations[id] = (relations.count, .init(id: id, schema: schema, name: name))
      guard cells.flag() else { continue }
      visibleRelations.insert(id)
      if row.last == "t" { reading.deletableViews.insert(id) }
      let comment = cells.optional()
      let isSecured = cells.flag()
      let isForced = cells.flag()
      let replicaIdentity = cells.text()
      let isPopulated = cells.flag()
      let isUpdatable = cells.flag()
      let isInsertEnabled = cells.flag()
      let isUpdateEnabled = cells.flag()
      switch kind {
      case .table, .partitionedTable:
        reading.metadata.tables.append(
          .init(
            id: id, schema: schema, name: name, isRowSecurityEnabled: isSecured,
            isRowSecurityForced: isForced, replicaIdentity: replicaIdentity,
            sizeInBytes: cells.number(), size: cells.text(), liveRowsEstimate: cells.number(),
            deadRowsEstimate: cells.number(), comment: comment))
      case .foreignTable:
        reading.metadata.foreignTables.append(
          .init(id: id, schema: schema, name: name, comment: comment))
      case .view:
        reading.metadata.views.append(
          .init(
            id: id, schema: schema, name: name, isUpdatable: isUpdatable,
            isInsertEnabled: isInsertEnabled, isUpdateEnabled: isUpdateEnabled, comment: comment))
      case .materializedView:
        reading.metadata.materializedViews.append(
          .init(id: id, schema: schema, name: name, isPopulated: isPopulated, comment: comment))
      case nil: break
      }
    }
  }

  private mutating func takeColumns() {
    for row in nextRows() {
      var cells = Cells(row)
      let tableID = cells.number()
      let position = cells.number()
      let name = cells.text()
      columnNames[tableID, default: [:]][position] = name
      guard cells.flag(), let (rank, relation) = relations[tableID] else { continue }
      let typeID = cells.number()
      let defaultValue = cells.optional()
      let identity = Column.Identity(rawValue: cells.text())
      let column = TypeMetadata.Column(
        tableID: tableID, schema: relation.schema, table: relation.name,
        id: "\(tableID).\(position)", ordinalPosition: position, name: name,
        defaultValue: defaultValue, dataType: "", format: "", typeSchema: "", typeID: typeID,
        declaredTypeID: typeID, isIdentity: identity != nil,
        identityGeneration: identity.map { $0 == .always ? "ALWAYS" : "BY DEFAULT" },
        isGenerated: cells.flag(), isNullable: cells.flag(), isUpdatable: cells.flag(),
        isWritableByTrigger: cells.flag(), isUnique: false, enums: [], check: nil,
        comment: cells.optional()
      ).with(check: cells.optional())
      reading.typesWithModifier[column.id] = cells.optional()
      reading.standInDefaults[column.id] = cells.optional()
      // A relation has at most 1,600 columns.
      columns.append((rank << 12 | position, column))
    }
    columns.sort { $0.order < $1.order }
  }

  private mutating func takePrimaryKeys() {
    var keys: [(rank: Int, columns: [TypeMetadata.PrimaryKey])] = []
    for row in nextRows() {
      var cells = Cells(row)
      let id = cells.number()
      guard visibleRelations.contains(id), let (rank, relation) = relations[id] else { continue }
      let numbers = cells.numbers()
      primaryKeys.append((relation, named(numbers, of: id)))
      keys.append(
        (
          rank,
          numbers.compactMap { number in
            columnNames[id]?[number].map {
              .init(schema: relation.schema, table: relation.name, name: $0, tableID: id)
            }
          }
        ))
    }
    reading.metadata.primaryKeys = keys.sorted { $0.rank < $1.rank }.flatMap(\.columns)
  }

  private mutating func takeKeys() {
    var foreignKeys: [(rank: Int, id: Int, key: RelationshipExpansion.ForeignKey)] = []
    var unique: [Int: Set<[RelationshipExpansion.Column]>] = [:]
    var uniqueAlone: Set<[Int]> = []
    for row in nextRows() {
      var cells = Cells(row)
      let kind = cells.text()
      let isInherited = cells.flag()
      let name = cells.text()
      let id = cells.number()
      // A constraint of a domain has no relation.
      guard let (rank, relation) = relations[cells.number()] else { continue }
      let numbers = cells.numbers()
      guard kind == "f" else {
        unique[relation.id, default: []].insert(named(numbers.sorted(), of: relation.id))
        if kind == "u", numbers.count == 1 { uniqueAlone.insert([relation.id, numbers[0]]) }
        continue
      }
      guard let referenced = relations[cells.number()]?.relation else { continue }
      foreignKeys.append(
        (
          rank, id,
          .init(
            name: name, isInherited: isInherited, relation: relation,
            columns: named(numbers, of: relation.id), referenced: referenced,
            referencedColumns: named(cells.numbers(), of: referenced.id))
        ))
    }
    foreignKeys.sort { one, other in
      if one.rank != other.rank { return one.rank < other.rank }
      if one.key.name != other.key.name {
        return one.key.name.utf8.lexicographicallyPrecedes(other.key.name.utf8)
      }
      return one.id < other.id
    }
    for index in columns.indices {
      let column = columns[index].column
      columns[index].column.isUnique = uniqueAlone.contains(
        [column.tableID, column.ordinalPosition])
    }
    (reading.metadata.relationships, reading.viewPrimaryKeys) =
      RelationshipExpansion.relationships(
        of: foreignKeys.map(\.key), uniqueColumns: unique, primaryKeys: primaryKeys,
        views: takeViews())
  }

  private func named(_ numbers: [Int], of relation: Int) -> [RelationshipExpansion.Column] {
    numbers.compactMap { number in
      columnNames[relation]?[number].map { .init(number: number, name: $0) }
    }
  }

  private mutating func takeViews() -> [RelationshipExpansion.View] {
    nextRows().map { row in
      var cells = Cells(row)
      let id = cells.number()
      return RelationshipExpansion.View(
        id: id, schema: cells.text(), name: cells.text(),
        origins: ViewOrigins(parsing: cells.text()), columnNames: columnNames[id] ?? [:])
    }
  }

  private mutating func takeFunctions() {
    var counts: [Int: (inputs: Int, defaults: Int)] = [:]
    var functions = nextRows().map { row in
      var cells = Cells(row)
      let id = cells.number()
      var function = TypeMetadata.Function(
        id: id, schema: cells.text(), name: cells.text(), language: cells.text(), definition: "",
        completeStatement: "", arguments: [], argumentTypes: cells.text(),
        identityArgumentTypes: cells.text(), returnTypeID: cells.number(),
        returnType: cells.text(), returnTypeRelationID: cells.optionalNumber(),
        isSetReturning: cells.flag(), estimatedRows: cells.optional().flatMap { Double($0) },
        behavior: cells.text(), isSecurityDefiner: cells.flag(), isStrict: cells.flag(),
        settings: nil, comment: cells.optional())
      counts[id] = (cells.number(), cells.number())
      function.definition = cells.text()
      function.completeStatement = cells.text()
      function.settings = cells.optional().flatMap(Self.settings)
      return function
    }
    var arguments: [Int: [TypeMetadata.Argument]] = [:]
    var inputs: [Int: Int] = [:]
    for row in nextRows() {
      var cells = Cells(row)
      let id = cells.number()
      let mode = Self.mode(cells.text())
      let count = counts[id] ?? (0, 0)
      let place = arguments[id]?.count ?? 0
      let firstDefault = count.inputs - count.defaults
      var argument = TypeMetadata.Argument(
        mode: mode, name: cells.text(), typeID: cells.number(),
        hasDefault: place < count.inputs ? place >= firstDefault : nil, isOptional: false)
      if argument.isInput {
        let input = inputs[id, default: 0]
        argument.isOptional = input >= firstDefault
        inputs[id] = input + 1
      }
      arguments[id, default: []].append(argument)
    }
    for index in functions.indices {
      functions[index].arguments = arguments[functions[index].id] ?? []
    }
    reading.metadata.functions = functions
  }

  private static func mode(_ letter: String) -> TypeMetadata.Argument.Mode {
    switch letter {
    case "o": .out
    case "b": .inout
    case "v": .variadic
    case "t": .table
    default: .in
    }
  }

  /// What follows a second `=` is left out, as the peer leaves it out.
  private static func settings(_ list: String) -> [String: String]? {
    guard let pairs = try? JSONDecoder().decode([String].self, from: Data(list.utf8)) else {
      return nil
    }
    return Dictionary(
      pairs.map { pair in
        let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
      }, uniquingKeysWith: { _, last in last })
  }

  private mutating func takeTypes() {
    var types = nextRows().map { row in
      var cells = Cells(row)
      let id = cells.number()
      let name = cells.text()
      let schema = cells.text()
      let format = cells.text()
      let comment = cells.optional()
      let relation = cells.optionalNumber()
      let kind = TypeReference.Kind(rawValue: cells.text()) ?? .base
      return TypeMetadata.TypeEntry(
        id: id, name: name, schema: schema, format: format, enums: [], attributes: [],
        comment: comment, typeRelationID: relation, kind: kind, relationKind: cells.optional(),
        elementTypeID: cells.optionalNumber(), baseTypeID: cells.optionalNumber(),
        isNotNull: cells.flag())
    }
    var labels: [Int: [String]] = [:]
    for row in nextRows() {
      var cells = Cells(row)
      labels[cells.number(), default: []].append(cells.text())
    }
    var attributes: [Int: [TypeMetadata.TypeEntry.Attribute]] = [:]
    for row in nextRows() {
      var cells = Cells(row)
      attributes[cells.number(), default: []].append(
        .init(name: cells.text(), typeID: cells.number()))
    }
    for index in types.indices {
      types[index].enums = labels[types[index].id] ?? []
      if let relation = types[index].typeRelationID {
        types[index].attributes = attributes[relation] ?? []
      }
    }
    reading.metadata.types = types
  }

  private mutating func takeCasts() {
    reading.casts = nextRows().map { row in
      var cells = Cells(row)
      return .init(source: cells.text(), target: cells.text(), function: cells.text())
    }
  }

  private mutating func takeMediaHandlers() {
    reading.mediaHandlers = nextRows().map { row in
      var cells = Cells(row)
      return .init(
        mediaType: cells.text(), baseType: cells.text(), isAggregate: cells.text() == "a",
        schema: cells.text(), name: cells.text(), typeSchema: cells.text(),
        argumentSchema: cells.text(), argumentType: cells.text())
    }
  }

  /// Gives columns the names and labels of their types.
  ///
  /// A domain counts as what it restricts, one level deep; an array of a domain as itself.
  private mutating func nameTypes() {
    let types = Dictionary(
      reading.metadata.types.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    reading.metadata.columns = columns.map { _, column in
      guard let declared = types[column.declaredTypeID] else { return column }
      let base = declared.baseTypeID.flatMap { types[$0] } ?? declared
      var column = column
      column.typeID = base.id
      column.format = base.name
      column.typeSchema = base.schema
      column.dataType =
        base.elementTypeID != nil
        ? "ARRAY" : base.schema == "pg_catalog" ? base.format : "USER-DEFINED"
      if declared.isNotNull { column.isNullable = false }
      let labelled = base.enums.isEmpty ? base.elementTypeID.flatMap { types[$0] } ?? base : base
      column.enums = labelled.enums
      return column
    }
  }
}

extension TypeMetadata.Column {
  fileprivate func with(check: String?) -> Self {
    var column = self
    column.check = check
    return column
  }
}
