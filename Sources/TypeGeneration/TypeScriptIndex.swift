internal import SchemaCatalog

/// Metadata in the order in which TypeScript has it, found by numbers and names.
struct TypeScriptIndex {
  /// A table, foreign table, view or materialized view.
  struct Relation {
    var id: Int
    var name: String
    var view: TypeMetadata.View?
    var isMaterialized = false
  }

  /// What is written of one schema.
  struct Schema {
    var name: String
    var tables: [Relation] = []
    var views: [Relation] = []
    /// By name, overloads side by side.
    var functionGroups: [[TypeMetadata.Function]] = []
    var enums: [TypeMetadata.TypeEntry] = []
    var composites: [TypeMetadata.TypeEntry] = []
    var relationIDs: Set<Int> = []
    var functionsByArgumentText: [String: [TypeMetadata.Function]] = [:]
    /// By the number of the relation whose row is the only argument.
    var functionsByRowType: [Int: [TypeMetadata.Function]] = [:]
  }

  private struct Place: Hashable {
    var schema: String
    var name: String
  }

  private(set) var schemas: [Schema] = []
  /// By the relation's number, in the order of their names.
  private(set) var columns: [Int: [TypeMetadata.Column]] = [:]
  private(set) var types: [Int: TypeMetadata.TypeEntry] = [:]
  /// Types that are rows of relations, or composite.
  private(set) var rowTypes: [Int: TypeMetadata.TypeEntry] = [:]
  private var relationNames: [Int: String] = [:]
  private var relationships: [Place: [TypeMetadata.Relationship]] = [:]

  init(_ metadata: TypeMetadata, _ compatibility: TypeScriptGenerator.Compatibility) {
    for type in metadata.types {
      // Rows of foreign tables were not among the types of August.
      if compatibility == .august2026, type.relationKind == "f" { continue }
      types[type.id] = type
      if type.typeRelationID != nil { rowTypes[type.id] = type }
    }
    for table in metadata.tables { relationNames[table.id] = table.name }
    for table in metadata.foreignTables { relationNames[table.id] = table.name }
    for view in metadata.views { relationNames[view.id] = view.name }
    for view in metadata.materializedViews { relationNames[view.id] = view.name }
    takeColumns(metadata.columns)
    takeRelationships(metadata.relationships)
    schemas = metadata.schemas.sortedByName(\.name).map { Schema(name: $0.name) }
    let places = Dictionary(
      schemas.enumerated().map { ($0.element.name, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    takeRelations(metadata, places)
    for type in metadata.types {
      guard let place = places[type.schema] else { continue }
      if !type.enums.isEmpty { schemas[place].enums.append(type) }
      if !type.attributes.isEmpty { schemas[place].composites.append(type) }
    }
    takeFunctions(metadata.functions, places)
    for place in schemas.indices {
      schemas[place].tables = schemas[place].tables.sortedByName(\.name)
      schemas[place].views = schemas[place].views.sortedByName(\.name)
      schemas[place].enums = schemas[place].enums.sortedByName(\.name)
      schemas[place].composites = schemas[place].composites.sortedByName(\.name)
    }
  }

  /// What a relation refers to within its schema.
  func relationships(of name: String, in schema: String) -> [TypeMetadata.Relationship] {
    relationships[Place(schema: schema, name: name)] ?? []
  }

  /// The name of the relation or composite type whose rows a function gives back.
  func returnedRelation(of function: TypeMetadata.Function) -> String? {
    guard let id = function.returnTypeRelationID else { return nil }
    return relationNames[id] ?? rowTypes[function.returnTypeID]?.name
  }

  private mutating func takeColumns(_ all: [TypeMetadata.Column]) {
    for column in all { columns[column.tableID, default: []].append(column) }
    let ranks = NameRanks(all.map(\.name))
    for table in columns.keys {
      columns[table] = ranks.sorted(columns[table] ?? [], by: \.name)
    }
  }

  private mutating func takeRelationships(_ all: [TypeMetadata.Relationship]) {
    // The later ones make the order total, where the original left it to the database.
    func keys(_ one: TypeMetadata.Relationship) -> [String] {
      [
        one.foreignKeyName, one.referencedRelation, Self.json(one.referencedColumns),
        Self.json(one.columns),
      ]
    }
    let inside = all.filter { $0.schema == $0.referencedSchema }
    let ranks = NameRanks(inside.flatMap(keys))
    let ranked = inside.map { (keys($0).map { ranks[$0] }, $0) }
    let sorted = ranked.enumerated().sorted { one, other in
      if one.element.0 == other.element.0 { return one.offset < other.offset }
      return one.element.0.lexicographicallyPrecedes(other.element.0)
    }
    for entry in sorted {
      let relationship = entry.element.1
      let place = Place(schema: relationship.schema, name: relationship.relation)
      relationships[place, default: []].append(relationship)
    }
  }

  private static func json(_ names: [String]) -> String {
    let list = names.map { name in
      // Most names have neither, and to replace is slow.
      name.utf8.contains { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") }
        ? "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        : "\"" + name + "\""
    }
    return "[" + list.joined(separator: ",") + "]"
  }

  private mutating func takeRelations(_ metadata: TypeMetadata, _ places: [String: Int]) {
    func add(_ relation: Relation, to schema: String, isView: Bool, _ index: inout Self) {
      guard let place = places[schema] else { return }
      index.schemas[place].relationIDs.insert(relation.id)
      if isView {
        index.schemas[place].views.append(relation)
      } else {
        index.schemas[place].tables.append(relation)
      }
    }
    for table in metadata.tables {
      add(Relation(id: table.id, name: table.name), to: table.schema, isView: false, &self)
    }
    for table in metadata.foreignTables {
      add(Relation(id: table.id, name: table.name), to: table.schema, isView: false, &self)
    }
    for view in metadata.views {
      add(Relation(id: view.id, name: view.name, view: view), to: view.schema, isView: true, &self)
    }
    for view in metadata.materializedViews {
      add(
        Relation(id: view.id, name: view.name, isMaterialized: true), to: view.schema,
        isView: true, &self)
    }
  }

  private mutating func takeFunctions(_ all: [TypeMetadata.Function], _ places: [String: Int]) {
    var bySchema: [Int: [TypeMetadata.Function]] = [:]
    for function in all {
      guard let place = places[function.schema] else { continue }
      var sorted = function
      sorted.arguments = function.arguments.sortedByName(\.name)
      if isCallable(sorted) { bySchema[place, default: []].append(sorted) }
    }
    for (place, functions) in bySchema {
      let sorted = functions.sortedByName(\.name)
      for function in sorted {
        schemas[place].functionsByArgumentText[function.argumentTypes, default: []]
          .append(function)
        let inputs = function.inputs
        if inputs.count == 1, let relation = rowTypes[inputs[0].typeID]?.typeRelationID {
          schemas[place].functionsByRowType[relation, default: []].append(function)
        }
      }
      schemas[place].functionGroups = Self.groups(of: sorted)
    }
  }

  /// Groups of one name; a name that reads as an array's index comes first, as in any object of
  /// JavaScript.
  private static func groups(of functions: [TypeMetadata.Function]) -> [[TypeMetadata.Function]] {
    var order: [String] = []
    var groups: [String: [TypeMetadata.Function]] = [:]
    for function in functions {
      if groups[function.name] == nil { order.append(function.name) }
      groups[function.name, default: []].append(function)
    }
    func number(_ name: String) -> UInt32? {
      guard let value = UInt32(name), String(value) == name, value < .max else { return nil }
      return value
    }
    let numbers = order.compactMap(number).sorted().map(String.init)
    let names = numbers + order.filter { number($0) == nil }
    return names.map { name in
      NameOrder.sorted(groups[name] ?? []) { [$0.argumentTypes, $0.returnType] }
    }
  }

  /// The types of a single argument without a name: json, jsonb, text.
  private static let unnamedTypes: Set<Int> = [114, 3_802, 25]

  /// Whether PostgREST can call it, or a client should be told why not.
  private func isCallable(_ function: TypeMetadata.Function) -> Bool {
    let inputs = function.inputs
    let unnamed = inputs.filter(\.name.isEmpty)
    if unnamed.isEmpty { return true }
    let haveDefaults = unnamed.allSatisfy {
      $0.hasDefault == true && Self.unnamedTypes.contains($0.typeID)
    }
    if haveDefaults { return true }
    guard inputs.count == 1, let only = inputs.first else { return false }
    return Self.unnamedTypes.contains(only.typeID) || rowTypes[only.typeID] != nil
  }
}
