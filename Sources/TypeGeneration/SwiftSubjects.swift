internal import SchemaCatalog

/// What Swift types are made for, found by number instead of by looking through lists.
struct SwiftSubjects {
  /// A relation of any kind.
  struct Relation {
    /// As a person calls it.
    enum Kind: String {
      case table
      case foreignTable = "foreign table"
      case view
      case materializedView = "materialized view"
    }

    var id: Int
    var schema: String
    var name: String
    var kind: Kind
    var comment: String?
    /// Whether rows can be added or changed, as far as the catalog tells.
    var isWritable: Bool

    /// Whether it is among the tables of the original's output.
    var isTable: Bool { kind == .table || kind == .foreignTable }
  }

  /// How a value of a type looks.
  indirect enum Shape {
    /// A type of its own.
    case base(TypeMetadata.TypeEntry)
    /// One of the labels of an enum that has some.
    case enumeration(TypeMetadata.TypeEntry)
    /// A composite type that has attributes.
    case composite(TypeMetadata.TypeEntry)
    /// A row of a relation.
    case row(Relation)
    case array(Shape)
    /// Not read, or not to be told.
    case unknown

    /// The number of the type that a value holds within itself.
    fileprivate var embedded: Int? {
      switch self {
      case .composite(let type): type.id
      case .row(let relation): -relation.id
      default: nil
      }
    }
  }

  /// A member whose type would hold the type it is a member of.
  struct Member: Hashable {
    /// A composite type's number, or a relation's, negated.
    var owner: Int
    /// Its place among the attributes, or the column's number.
    var place: Int
  }

  /// In the order of output.
  private(set) var schemas: [String] = []
  /// Enums of a schema, in the order of output.
  private(set) var enums: [String: [TypeMetadata.TypeEntry]] = [:]
  private(set) var composites: [String: [TypeMetadata.TypeEntry]] = [:]
  /// Tables, foreign ones among them, before views of both kinds.
  private(set) var relations: [String: [Relation]] = [:]
  private(set) var functions: [String: [TypeMetadata.Function]] = [:]
  /// Columns of a relation, in the order of their declaration.
  private(set) var columns: [Int: [TypeMetadata.Column]] = [:]
  private(set) var primaryKeys: [Int: [String]] = [:]
  /// Where a type stands in itself without an array between.
  private(set) var recursions: Set<Member> = []
  private var types: [Int: TypeMetadata.TypeEntry] = [:]
  private var relationsByID: [Int: Relation] = [:]

  /// Reads a document.
  ///
  /// - Parameters:
  ///   - metadata: Any.
  ///   - includesFunctions: Whether types that only functions use are needed.
  init(_ metadata: TypeMetadata, includesFunctions: Bool) {
    for type in metadata.types { types[type.id] = type }
    let views = Set(metadata.views.map(\.id) + metadata.materializedViews.map(\.id))
    for var column in metadata.columns {
      // A join leaves a domain empty that refuses NULL in its table.
      if views.contains(column.tableID) { column.isNullable = true }
      columns[column.tableID, default: []].append(column)
    }
    for key in metadata.primaryKeys { primaryKeys[key.tableID, default: []].append(key.name) }
    let selected = Set(metadata.schemas.map(\.name))

    let tables =
      metadata.tables.map {
        Relation(
          id: $0.id, schema: $0.schema, name: $0.name, kind: .table, comment: $0.comment,
          isWritable: true)
      }
      + metadata.foreignTables.map {
        Relation(
          id: $0.id, schema: $0.schema, name: $0.name, kind: .foreignTable, comment: $0.comment,
          isWritable: false)
      }
    let viewRelations =
      metadata.views.map {
        Relation(
          id: $0.id, schema: $0.schema, name: $0.name, kind: .view, comment: $0.comment,
          isWritable: $0.isInsertEnabled || $0.isUpdateEnabled)
      }
      + metadata.materializedViews.map {
        Relation(
          id: $0.id, schema: $0.schema, name: $0.name, kind: .materializedView,
          comment: $0.comment, isWritable: false)
      }
    for relation in Self.ordered(tables, \.name) + Self.ordered(viewRelations, \.name)
    where selected.contains(relation.schema) {
      relations[relation.schema, default: []].append(relation)
      relationsByID[relation.id] = relation
    }

    if includesFunctions {
      let called = metadata.functions.filter { selected.contains($0.schema) }
      functions = Dictionary(
        grouping: NameOrder.sorted(called.sorted { $0.id < $1.id }) {
          [$0.name, $0.argumentTypes, $0.returnType]
        },
        by: \.schema)
    }

    let foreign = usedElsewhere(selected)
    let named = Self.ordered(
      metadata.types.filter { selected.contains($0.schema) || foreign.contains($0.id) }, \.name)
    enums = Dictionary(grouping: named.filter { !$0.enums.isEmpty }, by: \.schema)
    composites = Dictionary(grouping: named.filter { !$0.attributes.isEmpty }, by: \.schema)
    schemas = Self.ordered(
      Array(selected.union(named.filter { foreign.contains($0.id) }.map(\.schema))), \.self)
    recursions = findRecursions()
  }

  /// Names something for a person: `view "mine" of "public"`.
  static func described(_ kind: String, _ schema: String, _ name: String) -> String {
    "\(kind) \(swiftLiteral(name)) of \(swiftLiteral(schema))"
  }

  /// In the order of names, and by their bytes where that sees no difference.
  static func ordered<Element>(
    _ elements: [Element], _ name: (Element) -> String
  ) -> [Element] {
    elements.sorted { name($0).utf8.lexicographicallyPrecedes(name($1).utf8) }.sortedByName(name)
  }

  /// How values of a type look; domains look like what they restrict.
  func shape(of typeID: Int) -> Shape {
    var id = typeID
    // A document that is no database's could lead round in a circle.
    for _ in 0..<64 {
      guard let type = types[id] else { return .unknown }
      switch type.kind {
      case .domain:
        guard let base = type.baseTypeID else { return .unknown }
        id = base
      case .enumeration: return type.enums.isEmpty ? .base(type) : .enumeration(type)
      case .composite:
        if !type.attributes.isEmpty { return .composite(type) }
        guard let id = type.typeRelationID, let relation = relationsByID[id] else {
          return .unknown
        }
        return .row(relation)
      case .base:
        guard let element = type.elementTypeID, element != id else {
          return .base(type)
        }
        return .array(shape(of: element))
      case .range, .multirange, .pseudo: return .base(type)
      }
    }
    return .unknown
  }

  /// Enums and composite types of other schemas that the chosen ones use.
  private func usedElsewhere(_ selected: Set<String>) -> Set<Int> {
    var found: Set<Int> = []
    var waiting: [Int] = []
    for list in relations.values {
      for relation in list { waiting += (columns[relation.id] ?? []).map(\.declaredTypeID) }
    }
    for function in functions.values.joined() {
      waiting += function.arguments.map(\.typeID) + [function.returnTypeID]
    }
    for type in types.values where selected.contains(type.schema) {
      waiting += type.attributes.map(\.typeID)
    }
    while let id = waiting.popLast() {
      var inner = shape(of: id)
      while case .array(let element) = inner { inner = element }
      switch inner {
      case .enumeration(let type) where !selected.contains(type.schema): found.insert(type.id)
      case .composite(let type) where !selected.contains(type.schema):
        if found.insert(type.id).inserted { waiting += type.attributes.map(\.typeID) }
      default: break
      }
    }
    return found
  }

  /// Walks along members from type to type, without calling itself: chains may be long.
  private func findRecursions() -> Set<Member> {
    var recursions: Set<Member> = []
    var isDone: [Int: Bool] = [:]
    let owners =
      composites.values.joined().map(\.id) + relations.values.joined().map { -$0.id }
    for start in owners.sorted() where isDone[start] == nil {
      var path = [(owner: start, members: members(of: start)[...])]
      isDone[start] = false
      while let (owner, members) = path.last {
        guard let next = members.first else {
          isDone[owner] = true
          path.removeLast()
          continue
        }
        path[path.count - 1].members = members.dropFirst()
        switch isDone[next.type] {
        case true?: break
        case false?: recursions.insert(Member(owner: owner, place: next.place))
        case nil:
          isDone[next.type] = false
          path.append((next.type, self.members(of: next.type)[...]))
        }
      }
    }
    return recursions
  }

  private func members(of owner: Int) -> [(place: Int, type: Int)] {
    if owner < 0 {
      return (columns[-owner] ?? []).compactMap { column in
        shape(of: column.declaredTypeID).embedded.map { (column.ordinalPosition, $0) }
      }
    }
    return (types[owner]?.attributes ?? []).enumerated().compactMap { place, attribute in
      shape(of: attribute.typeID).embedded.map { (place, $0) }
    }
  }
}
