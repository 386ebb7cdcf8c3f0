@testable import SchemaCatalog

/// Metadata put together by hand, where a database would only be slower.
struct MetadataSketch {
  /// A column to come.
  struct Column {
    var name: String
    var type: Int
    var isNullable = false
    var isIdentity = false
    var isGenerated = false
    var defaultValue: String?
    var comment: String?

    init(
      _ name: String, _ type: Int, isNullable: Bool = false, isIdentity: Bool = false,
      isGenerated: Bool = false, defaultValue: String? = nil, comment: String? = nil
    ) {
      self.name = name
      self.type = type
      self.isNullable = isNullable
      self.isIdentity = isIdentity
      self.isGenerated = isGenerated
      self.defaultValue = defaultValue
      self.comment = comment
    }
  }

  var metadata = TypeMetadata()
  private var nextID = 20_000

  /// Types of the system, and what JSON makes of them is known.
  static let system = [
    "bool", "int2", "int4", "int8", "float4", "float8", "numeric", "text", "varchar", "bpchar",
    "uuid", "date", "timestamp", "timestamptz", "time", "timetz", "interval", "bytea", "json",
    "jsonb", "inet", "int4range", "tsvector", "money", "xml", "point", "bit", "oid", "int2vector",
    "record", "void", "anyelement",
  ]

  init() {
    for name in Self.system {
      let kind: TypeReference.Kind =
        ["record", "void", "anyelement"].contains(name)
        ? .pseudo : name == "int4range" ? .range : .base
      _ = addType("pg_catalog", name, kind: kind)
    }
    for name in Self.system { _ = array(of: self[name]) }
  }

  /// A type of the system.
  subscript(name: String) -> Int {
    metadata.types.first { $0.schema == "pg_catalog" && $0.name == name }?.id ?? 0
  }

  private mutating func newID() -> Int {
    nextID += 1
    return nextID
  }

  private mutating func addType(
    _ schema: String, _ name: String, kind: TypeReference.Kind, labels: [String] = [],
    attributes: [(String, Int)] = [], relation: Int? = nil, element: Int? = nil, base: Int? = nil
  ) -> Int {
    let id = newID()
    metadata.types.append(
      TypeMetadata.TypeEntry(
        id: id, name: name, schema: schema, format: name, enums: labels,
        attributes: attributes.map { TypeMetadata.TypeEntry.Attribute(name: $0.0, typeID: $0.1) },
        comment: nil, typeRelationID: relation, kind: kind, relationKind: nil,
        elementTypeID: element, baseTypeID: base, isNotNull: false))
    return id
  }

  mutating func schema(_ name: String) {
    metadata.schemas.append(TypeMetadata.Schema(id: newID(), name: name, owner: "postgres"))
  }

  /// Finds the array type, or adds it.
  mutating func array(of element: Int) -> Int {
    if let known = metadata.types.first(where: { $0.elementTypeID == element }) { return known.id }
    let type = metadata.types.first { $0.id == element }
    return addType(
      type?.schema ?? "", "_" + (type?.name ?? ""), kind: .base, element: element)
  }

  mutating func enumeration(_ schema: String, _ name: String, _ labels: [String]) -> Int {
    addType(schema, name, kind: .enumeration, labels: labels)
  }

  mutating func domain(_ schema: String, _ name: String, over base: Int) -> Int {
    addType(schema, name, kind: .domain, base: base)
  }

  mutating func composite(
    _ schema: String, _ name: String, _ attributes: [(String, Int)]
  ) -> Int {
    addType(schema, name, kind: .composite, attributes: attributes, relation: newID())
  }

  /// Gives an attribute another type, which no database would.
  mutating func change(_ composite: Int, attribute: Int, to type: Int) {
    for place in metadata.types.indices where metadata.types[place].id == composite {
      metadata.types[place].attributes[attribute].typeID = type
    }
  }

  /// Adds a table; returns its row type.
  mutating func table(
    _ schema: String, _ name: String, _ columns: [Column], key: [String] = [],
    comment: String? = nil
  ) -> Int {
    let id = newID()
    metadata.tables.append(
      TypeMetadata.Table(
        id: id, schema: schema, name: name, isRowSecurityEnabled: false,
        isRowSecurityForced: false, replicaIdentity: "DEFAULT", sizeInBytes: 0, size: "",
        liveRowsEstimate: 0, deadRowsEstimate: 0, comment: comment))
    add(columns, id, schema, name)
    for column in key {
      metadata.primaryKeys.append(
        TypeMetadata.PrimaryKey(schema: schema, table: name, name: column, tableID: id))
    }
    return addType(schema, name, kind: .composite, relation: id)
  }

  /// Adds a view; returns its row type.
  mutating func view(
    _ schema: String, _ name: String, _ columns: [Column], isWritable: Bool = false
  ) -> Int {
    let id = newID()
    metadata.views.append(
      TypeMetadata.View(
        id: id, schema: schema, name: name, isUpdatable: isWritable, isInsertEnabled: isWritable,
        isUpdateEnabled: isWritable, comment: nil))
    add(columns, id, schema, name)
    return addType(schema, name, kind: .composite, relation: id)
  }

  private mutating func add(_ columns: [Column], _ id: Int, _ schema: String, _ table: String) {
    for (place, column) in columns.enumerated() {
      let type = metadata.types.first { $0.id == column.type }
      metadata.columns.append(
        TypeMetadata.Column(
          tableID: id, schema: schema, table: table, id: "\(id).\(place + 1)",
          ordinalPosition: place + 1, name: column.name, defaultValue: column.defaultValue,
          dataType: type?.elementTypeID == nil ? "" : "ARRAY", format: type?.name ?? "",
          typeSchema: type?.schema ?? "", typeID: column.type,
          declaredTypeID: column.type, isIdentity: column.isIdentity,
          identityGeneration: column.isIdentity ? "ALWAYS" : nil, isGenerated: column.isGenerated,
          isNullable: column.isNullable, isUpdatable: true, isWritableByTrigger: false,
          isUnique: false, enums: [], check: nil, comment: column.comment))
    }
  }

  mutating func function(
    _ schema: String, _ name: String,
    _ arguments: [(mode: TypeMetadata.Argument.Mode, name: String, type: Int, isOptional: Bool)],
    returns type: Int, isSet: Bool = false
  ) {
    metadata.functions.append(
      TypeMetadata.Function(
        id: newID(), schema: schema, name: name, language: "sql", definition: "",
        completeStatement: "",
        arguments: arguments.map {
          TypeMetadata.Argument(
            mode: $0.mode, name: $0.name, typeID: $0.type, hasDefault: $0.isOptional,
            isOptional: $0.isOptional)
        }, argumentTypes: arguments.map(\.name).joined(separator: ", "), identityArgumentTypes: "",
        returnTypeID: type,
        returnType: "", returnTypeRelationID: nil, isSetReturning: isSet, estimatedRows: nil,
        behavior: "VOLATILE", isSecurityDefiner: false, isStrict: false, settings: nil,
        comment: nil))
  }

  mutating func relationship(
    _ schema: String, _ from: String, _ columns: [String], to other: String, in otherSchema: String,
    _ otherColumns: [String]
  ) {
    metadata.relationships.append(
      TypeMetadata.Relationship(
        foreignKeyName: "\(from)_fkey", schema: schema, relation: from, columns: columns,
        isOneToOne: false, referencedSchema: otherSchema, referencedRelation: other,
        referencedColumns: otherColumns))
  }
}
