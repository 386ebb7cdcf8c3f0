package import PostgresClient
internal import RESTRequests
package import SchemaCatalog

extension SchemaCache {
  /// Reads what the exposed schemas hold, in one round trip.
  ///
  /// - Parameters:
  ///   - connection: Any role; what it may use itself does not matter.
  ///   - schemas: Those that requests may be about; those that do not exist are empty.
  ///   - timeout: How long each query may take; nil for what the session has.
  /// - Returns: What is there now.
  /// - Throws: `CatalogError`.
  package static func read(
    from connection: PostgresConnection, schemas: [String], timeout: Duration? = nil
  ) async throws(CatalogError) -> SchemaCache {
    let reading = try await TypeMetadata.readForRequests(from: connection, timeout: timeout)
    return SchemaCache(reading, schemas: schemas)
  }

  init(_ reading: TypeMetadata.Reading, schemas: [String]) {
    self.init(schemas: schemas)
    let exposed = Set(schemas)
    let types = Dictionary(
      reading.metadata.types.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    takeRelations(reading, types: types, exposed: exposed)
    takeRelationships(reading.metadata, exposed: exposed)
    noteHiddenJunctions(reading.metadata, exposed: exposed)
    takeFunctions(reading.metadata, types: types, exposed: exposed)
    takeComputedRelationships(reading.metadata, types: types, exposed: exposed)
    takeRepresentations(reading.casts)
    takeMediaHandlers(reading.mediaHandlers, exposed: exposed)
    for source in relationships.keys { relationships[source]?.sort(by: Self.precedes) }
  }

  private mutating func takeRelations(
    _ reading: TypeMetadata.Reading, types: [Int: TypeMetadata.TypeEntry], exposed: Set<String>
  ) {
    let metadata = reading.metadata
    var columns: [Int: [Column]] = [:]
    for column in metadata.columns where exposed.contains(column.schema) {
      let declared = types[column.declaredTypeID]?.format ?? "text"
      columns[column.tableID, default: []].append(
        Column(
          name: column.name, type: reading.typesWithModifier[column.id] ?? declared,
          baseType: Self.base(of: column.declaredTypeID, types)?.format ?? declared,
          defaultValue: column.isGenerated
            ? nil : column.defaultValue ?? reading.standInDefaults[column.id],
          isNullable: column.isNullable, isGenerated: column.isGenerated))
    }
    var keys: [Int: [String]] = [:]
    for key in metadata.primaryKeys + reading.viewPrimaryKeys where exposed.contains(key.schema) {
      if keys[key.tableID]?.contains(key.name) != true {
        keys[key.tableID, default: []].append(key.name)
      }
    }
    func add(
      _ id: Int, _ name: QualifiedName, isView: Bool, _ may: (Bool, Bool, Bool), _ comment: String?
    ) {
      guard exposed.contains(name.schema) else { return }
      relations[name] = Relation(
        name: name, isView: isView, columns: columns[id] ?? [], primaryKey: keys[id] ?? [],
        isInsertable: may.0, isUpdatable: may.1, isDeletable: may.2, comment: comment)
    }
    let all = (true, true, true)
    for table in metadata.tables {
      add(table.id, .init(table.schema, table.name), isView: false, all, table.comment)
    }
    for table in metadata.foreignTables {
      add(table.id, .init(table.schema, table.name), isView: false, all, table.comment)
    }
    for view in metadata.views {
      let may = (
        view.isUpdatable || view.isInsertEnabled, view.isUpdatable || view.isUpdateEnabled,
        view.isUpdatable || reading.deletableViews.contains(view.id)
      )
      add(view.id, .init(view.schema, view.name), isView: true, may, view.comment)
    }
    for view in metadata.materializedViews {
      add(
        view.id, .init(view.schema, view.name), isView: true, (false, false, false), view.comment)
    }
  }

  /// What a domain, or a domain of a domain, restricts.
  private static func base(
    of id: Int, _ types: [Int: TypeMetadata.TypeEntry]
  ) -> TypeMetadata.TypeEntry? {
    var type = types[id]
    while let next = type?.baseTypeID.flatMap({ types[$0] }) { type = next }
    return type
  }

  // MARK: Representations and media types

  private mutating func takeRepresentations(_ casts: [TypeMetadata.Cast]) {
    if casts.isEmpty { return }
    var byType: [String: Representation] = [:]
    for cast in casts {
      switch (cast.source, cast.target) {
      case (let domain, "json"): byType[domain, default: .init()].toJSON = cast.function
      case ("json", let domain): byType[domain, default: .init()].fromJSON = cast.function
      case ("text", let domain): byType[domain, default: .init()].fromText = cast.function
      // What a domain becomes as text is nothing that is ever sent.
      default: break
      }
    }
    for (name, relation) in relations {
      for column in relation.columns {
        guard let representation = byType[column.type] else { continue }
        relations[name]?.representations[column.name] = representation
      }
    }
  }

  private mutating func takeMediaHandlers(
    _ handlers: [TypeMetadata.MediaHandler], exposed: Set<String>
  ) {
    for handler in handlers where exposed.contains(handler.schema) {
      let type = handler.mediaType.lowercased()
      let isAnything =
        (handler.argumentSchema, handler.argumentType) == ("pg_catalog", "anyelement")
      let target: MediaHandler.Target
      let function: QualifiedName
      if handler.isAggregate {
        target =
          isAnything
          ? .anything : .named(QualifiedName(handler.argumentSchema, handler.argumentType))
        function = QualifiedName(handler.schema, handler.name)
      } else {
        target = .named(QualifiedName(handler.schema, handler.name))
        // A type called like a function casts to it.
        function = QualifiedName(handler.typeSchema, handler.mediaType)
      }
      mediaHandlers[target, default: [:]][MediaType(type)] = MediaHandler(
        function: function, target: target,
        resolvedType: type == "*/*" ? .octetStream : MediaType(type), baseType: handler.baseType)
    }
  }

  // MARK: Relationships

  private mutating func takeRelationships(_ metadata: TypeMetadata, exposed: Set<String>) {
    typealias Pair = Relationship.ColumnPair
    var references: [QualifiedName: [Relationship]] = [:]
    for key in metadata.relationships {
      let source = QualifiedName(key.schema, key.relation)
      let target = QualifiedName(key.referencedSchema, key.referencedRelation)
      // A request is about one schema: only what stays in it can be named.
      guard source.schema == target.schema, exposed.contains(source.schema) else { continue }
      let pairs = zip(key.columns, key.referencedColumns).map { Pair(source: $0, target: $1) }
      let reversed = pairs.map { Pair(source: $0.target, target: $0.source) }
      let name = key.foreignKeyName
      let targetIsView = relations[target]?.isView ?? false
      let forth = Relationship(
        source: source, target: target,
        path: key.isOneToOne
          ? .oneToOne(constraint: name, pairs, refers: true)
          : .manyToOne(constraint: name, pairs), targetIsView: targetIsView)
      let back = Relationship(
        source: target, target: source,
        path: key.isOneToOne
          ? .oneToOne(constraint: name, reversed, refers: false)
          : .oneToMany(constraint: name, reversed),
        targetIsView: relations[source]?.isView ?? false)
      relationships[source, default: []].append(forth)
      relationships[target, default: []].append(back)
      // A junction's key holds both foreign keys.
      if !key.isOneToOne, let primary = relations[source]?.primaryKey,
        Set(key.columns).isSubset(of: primary)
      {
        references[source, default: []].append(forth)
      }
    }
    for (junction, keys) in references where keys.count > 1 {
      for one in keys {
        for other in keys where one.constraint != other.constraint {
          guard let first = one.constraint, let second = other.constraint else { continue }
          let path = Relationship.Junction(
            relation: junction, sourceConstraint: first, targetConstraint: second,
            sourceColumns: one.columns.map { Pair(source: $0.target, target: $0.source) },
            targetColumns: other.columns.map { Pair(source: $0.target, target: $0.source) })
          relationships[one.target, default: []].append(
            Relationship(
              source: one.target, target: other.target, path: .manyToMany(path),
              targetIsView: other.targetIsView))
        }
      }
    }
  }

  /// Relations that lead to others only through junctions that are not exposed have no relationship,
  /// but are known: for them no other name is suggested.
  private mutating func noteHiddenJunctions(_ metadata: TypeMetadata, exposed: Set<String>) {
    var keys: [QualifiedName: Set<String>] = [:]
    for key in metadata.primaryKeys where !exposed.contains(key.schema) {
      keys[QualifiedName(key.schema, key.table), default: []].insert(key.name)
    }
    var ends: [QualifiedName: [(name: String, end: QualifiedName)]] = [:]
    for key in metadata.relationships where !key.isOneToOne {
      let junction = QualifiedName(key.schema, key.relation)
      guard let primary = keys[junction], primary.isSuperset(of: key.columns) else { continue }
      ends[junction, default: []].append(
        (key.foreignKeyName, QualifiedName(key.referencedSchema, key.referencedRelation)))
    }
    for list in ends.values where list.count > 1 {
      for one in list where exposed.contains(one.end.schema) {
        let leads = list.contains { $0.name != one.name && $0.end.schema == one.end.schema }
        if leads { relationships[one.end, default: []] += [] }
      }
    }
  }

  /// A function of a row that gives rows takes the place of what keys say about the same two names.
  private mutating func takeComputedRelationships(
    _ metadata: TypeMetadata, types: [Int: TypeMetadata.TypeEntry], exposed: Set<String>
  ) {
    func relation(_ typeID: Int) -> QualifiedName? {
      guard let type = types[typeID], type.typeRelationID != nil, type.relationKind != "c" else {
        return nil
      }
      return QualifiedName(type.schema, type.name)
    }
    for function in metadata.functions where exposed.contains(function.schema) {
      let inputs = function.arguments.filter(\.isInput)
      guard inputs.count == 1, function.arguments.count == 1,
        let source = relation(inputs[0].typeID),
        let target = relation(function.returnTypeID), relations[source] != nil,
        relations[target] != nil, source.schema == target.schema
      else { continue }
      let name = QualifiedName(function.schema, function.name)
      relationships[source]?.removeAll { known in
        if case .computed = known.path { return false }
        return known.target == name
      }
      relationships[source, default: []].append(
        Relationship(
          source: source, target: target,
          path: .computed(
            function: name, isToOne: !function.isSetReturning || function.estimatedRows == 1),
          targetIsView: relations[target]?.isView ?? false))
    }
  }

  /// The order in which several that fit are told.
  private static func precedes(_ one: Relationship, _ other: Relationship) -> Bool {
    func rank(_ relationship: Relationship) -> Int {
      switch relationship.path {
      case .oneToMany: 0
      case .manyToOne: 1
      case .oneToOne: 2
      case .manyToMany: 3
      case .computed: 4
      }
    }
    func names(_ relationship: Relationship) -> [String] {
      switch relationship.path {
      case .manyToMany(let junction):
        [
          junction.relation.schema, junction.relation.name, junction.sourceConstraint,
          junction.targetConstraint,
        ]
      case .computed(let function, _): [function.schema, function.name]
      case .oneToMany, .manyToOne, .oneToOne:
        [relationship.constraint ?? ""] + relationship.columns.flatMap { [$0.source, $0.target] }
      }
    }
    if one.target != other.target { return one.target < other.target }
    let (first, second) = (rank(one), rank(other))
    if first != second { return first < second }
    return names(one).lexicographicallyPrecedes(names(other))
  }

  // MARK: Functions

  /// Types that a body of some content type is.
  private static let bodyTypes: Set<String> = ["bytea", "json", "jsonb", "text", "xml"]

  private mutating func takeFunctions(
    _ metadata: TypeMetadata, types: [Int: TypeMetadata.TypeEntry], exposed: Set<String>
  ) {
    for function in metadata.functions where exposed.contains(function.schema) {
      let name = QualifiedName(function.schema, function.name)
      let parameters = function.arguments.filter(\.isInput).map { argument in
        Function.Parameter(
          name: argument.name, type: types[argument.typeID]?.format ?? "text",
          // Like a default, no value at all is enough for the last one.
          isRequired: !argument.isOptional, isVariadic: argument.mode == .variadic)
      }
      // Without a name an argument cannot be given, unless it is the whole body.
      let isNamed = parameters.allSatisfy { !$0.name.isEmpty }
      let isWhole =
        parameters.count == 1 && Self.bodyTypes.contains(parameters.first?.type ?? "")
      guard isNamed || isWhole else { continue }
      let type = Self.base(of: function.returnTypeID, types)
      let hasColumns = function.arguments.contains {
        $0.mode == .out || $0.mode == .inout || $0.mode == .table
      }
      let row =
        type.flatMap { type in
          type.typeRelationID.map { _ in QualifiedName(type.schema, type.name) }
        }
      functions[name, default: []].append(
        Function(
          id: function.id, name: name, comment: function.comment, parameters: parameters,
          result: hasColumns || row != nil
            ? .composite(relation: row.flatMap { relations[$0] == nil ? nil : $0 }) : .scalar,
          isSetReturning: function.isSetReturning, returnsVoid: type?.format == "void",
          volatility: Function.Volatility(rawValue: function.behavior) ?? .volatile,
          settings: (function.settings ?? [:]).sorted { $0.key < $1.key }.map {
            Setting(name: $0.key, value: $0.value)
          }))
    }
    // Those with fewer parameters first, as several that fit are told.
    for name in functions.keys {
      functions[name]?.sort { one, other in
        let (first, second) = (one.parameters, other.parameters)
        if first.count != second.count { return first.count < second.count }
        return first.flatMap { [$0.name, $0.type] }
          .lexicographicallyPrecedes(second.flatMap { [$0.name, $0.type] })
      }
    }
  }
}
