internal import FoundationEssentials
package import PostgresClient

extension TypeMetadata {
  /// What a database answered, and which schemas it has beside those that were asked for.
  package struct Reading: Sendable {
    package var metadata: TypeMetadata
    /// Every schema that the role may use, the system's left out.
    package var schemaNames: [String]
  }

  /// Reads relations, functions and types of some schemas: one round trip, one snapshot.
  ///
  /// - Parameters:
  ///   - connection: The role decides what is seen: tables need some privilege, columns too.
  ///   - schemas: As the catalog spells them; those that do not exist are left out.
  ///   - isWhole: Whether sizes, definitions and checks are read, which types do not need.
  /// - Returns: What is there now, in an order that does not depend on how it came about.
  /// - Throws: `CatalogError`.
  package static func read(
    from connection: PostgresConnection, schemas: [String], isWhole: Bool = false
  ) async throws(CatalogError) -> Reading {
    let queries = TypeMetadataQueries(isWhole: isWhole).all
    var results: [PostgresResult]
    do throws(PostgresError) {
      results = try await connection.pipeline(
        [
          PostgresStatement("begin isolation level repeatable read, read only"),
          // Argument lists name types as this path sees them: the one of a Supabase project's roles.
          // Compiling plans of this size takes PostgreSQL seconds, running them milliseconds.
          PostgresStatement(
            """
            select pg_catalog.set_config('search_path', '"$user", public, extensions', true),
              pg_catalog.set_config('jit', 'off', true)
            """),
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
}

/// Makes metadata of the answers to `TypeMetadataQueries`.
private struct TypeMetadataReader {
  private(set) var reading = TypeMetadata.Reading(metadata: TypeMetadata(), schemaNames: [])
  private var rest: ArraySlice<PostgresResult>

  init(_ results: [PostgresResult]) {
    rest = results[...]
    takeSchemas()
    takeRelations()
    takeColumns()
    takeKeys()
    takeFunctions()
    takeTypes()
    nameLabels()
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
    reading.metadata.columns = nextRows().map { row in
      var cells = Cells(row)
      let tableID = cells.number()
      let schema = cells.text()
      let table = cells.text()
      let position = cells.number()
      let name = cells.text()
      let defaultValue = cells.optional()
      let dataType = cells.text()
      let format = cells.text()
      let typeSchema = cells.text()
      let typeID = cells.number()
      let declaredTypeID = cells.number()
      let identity = Column.Identity(rawValue: cells.text())
      return TypeMetadata.Column(
        tableID: tableID, schema: schema, table: table, id: "\(tableID).\(position)",
        ordinalPosition: position, name: name, defaultValue: defaultValue, dataType: dataType,
        format: format, typeSchema: typeSchema, typeID: typeID, declaredTypeID: declaredTypeID,
        isIdentity: identity != nil,
        identityGeneration: identity.map { $0 == .always ? "ALWAYS" : "BY DEFAULT" },
        isGenerated: cells.flag(), isNullable: cells.flag(), isUpdatable: cells.flag(),
        isWritableByTrigger: cells.flag(), isUnique: cells.flag(), enums: [],
        check: nil, comment: cells.optional()
      ).with(check: cells.optional())
    }
  }

  private mutating func takeKeys() {
    reading.metadata.primaryKeys = nextRows().map { row in
      var cells = Cells(row)
      return TypeMetadata.PrimaryKey(
        schema: cells.text(), table: cells.text(), name: cells.text(), tableID: cells.number())
    }
    var foreignKeys: [(id: Int, key: RelationshipExpansion.ForeignKey)] = []
    var unique: [Int: [Int: [RelationshipExpansion.Column]]] = [:]
    for row in nextRows() {
      var cells = Cells(row)
      let id = cells.number()
      let isForeign = cells.text() == "f"
      let isInherited = cells.flag()
      let name = cells.text()
      let relation = RelationshipExpansion.Relation(
        id: cells.number(), schema: cells.text(), name: cells.text())
      let columnName = cells.text()
      let column = RelationshipExpansion.Column(number: cells.number(), name: columnName)
      guard isForeign else {
        unique[relation.id, default: [:]][id, default: []].append(column)
        continue
      }
      let referenced = RelationshipExpansion.Relation(
        id: cells.number(), schema: cells.text(), name: cells.text())
      let otherName = cells.text()
      let other = RelationshipExpansion.Column(number: cells.number(), name: otherName)
      if foreignKeys.last?.id != id {
        foreignKeys.append(
          (
            id,
            .init(
              name: name, isInherited: isInherited, relation: relation, columns: [],
              referenced: referenced, referencedColumns: [])
          ))
      }
      foreignKeys[foreignKeys.count - 1].key.columns.append(column)
      foreignKeys[foreignKeys.count - 1].key.referencedColumns.append(other)
    }
    let sorted = unique.mapValues { keys in
      Set(keys.values.map { key in key.sorted { $0.number < $1.number } })
    }
    reading.metadata.relationships = RelationshipExpansion.relationships(
      of: foreignKeys.map(\.key), uniqueColumns: sorted, views: takeViews())
  }

  private mutating func takeViews() -> [RelationshipExpansion.View] {
    let trees = nextRows()
    var names: [Int: [Int: String]] = [:]
    for row in nextRows() {
      var cells = Cells(row)
      names[cells.number(), default: [:]][cells.number()] = cells.text()
    }
    return trees.map { row in
      var cells = Cells(row)
      let id = cells.number()
      return RelationshipExpansion.View(
        id: id, schema: cells.text(), name: cells.text(),
        origins: ViewOrigins(parsing: cells.text()), columnNames: names[id] ?? [:])
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

  /// Gives columns the labels of their types.
  private mutating func nameLabels() {
    var labels: [Int: [String]] = [:]
    for type in reading.metadata.types where !type.enums.isEmpty { labels[type.id] = type.enums }
    for type in reading.metadata.types {
      if let element = type.elementTypeID, let list = labels[element] { labels[type.id] = list }
    }
    if labels.isEmpty { return }
    for index in reading.metadata.columns.indices {
      if let list = labels[reading.metadata.columns[index].typeID] {
        reading.metadata.columns[index].enums = list
      }
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
