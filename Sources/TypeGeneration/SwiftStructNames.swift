internal import SchemaCatalog

/// What everything is called when each schema is an enum, and how types are written there.
struct SwiftStructNames {
  let subjects: SwiftSubjects
  /// A schema's enum: `PublicSchema`.
  private(set) var schemas: [String: String] = [:]
  /// Of enums and composite types.
  private(set) var types: [Int: String] = [:]
  /// A relation's name without `Select` and the like.
  private(set) var relations: [Int: String] = [:]
  /// What had to be made distinct.
  private(set) var notes: [String] = []

  init(_ subjects: SwiftSubjects) {
    self.subjects = subjects
    var claims = SwiftNameClaims()
    let names = claims.claim(subjects.schemas.map { SwiftNames.type($0) + "Schema" })
    schemas = Dictionary(uniqueKeysWithValues: zip(subjects.schemas, names))
    notes += claims.notes(subjects.schemas.map { "schema \(swiftLiteral($0))" })
    let reserved = SwiftNames.shadowing.union(names)
    for schema in subjects.schemas { name(schema, reserved) }
  }

  private mutating func name(_ schema: String, _ reserved: Set<String>) {
    let enums = subjects.enums[schema] ?? []
    let relations = subjects.relations[schema] ?? []
    let composites = subjects.composites[schema] ?? []
    func wish(_ name: String, _ suffix: String) -> (name: String, suffixes: [String]) {
      let name = SwiftNames.type(name)
      return (reserved.contains(name) ? name + suffix : name, [""])
    }
    var claims = SwiftNameClaims(reserved: reserved)
    let names = claims.claim(
      enums.map { wish($0.name, "Enum") }
        + relations.map {
          (SwiftNames.type($0.name), ["Select", "Insert", "Update", "Table"])
        } + composites.map { wish($0.name, "Composite") })
    for (type, name) in zip(enums, names) { types[type.id] = name }
    for (relation, name) in zip(relations, names.dropFirst(enums.count)) {
      self.relations[relation.id] = name
    }
    for (type, name) in zip(composites, names.suffix(composites.count)) { types[type.id] = name }
    notes += claims.notes(
      enums.map { SwiftSubjects.described("enum", $0.schema, $0.name) }
        + relations.map { SwiftSubjects.described($0.kind.rawValue, $0.schema, $0.name) }
        + composites.map { SwiftSubjects.described("type", $0.schema, $0.name) })
  }

  /// The type of a value that is there.
  ///
  /// - Parameters:
  ///   - typeID: Of the database's type.
  ///   - schema: Where it is written; nil where names of its own could hide others.
  /// - Returns: Always one that is declared.
  func type(_ typeID: Int, in schema: String?) -> String {
    text(subjects.shape(of: typeID), schema)
  }

  private func text(_ shape: SwiftSubjects.Shape, _ schema: String?) -> String {
    switch shape {
    case .array(let element): "[\(text(element, schema))]"
    case .enumeration(let type), .composite(let type):
      types[type.id].map { qualified($0, of: type.schema, in: schema) } ?? "AnyJSON"
    case .row(let relation):
      relations[relation.id].map { qualified($0 + "Select", of: relation.schema, in: schema) }
        ?? "AnyJSON"
    case .base(let type): Self.base(type)
    case .unknown: "AnyJSON"
    }
  }

  private func qualified(_ name: String, of owner: String, in schema: String?) -> String {
    owner == schema ? name : "\(schemas[owner] ?? "").\(name)"
  }

  /// What comes as text of types that extensions bring; others of theirs may have a JSON of their
  /// own, as `hstore` and `geometry` do.
  private static let textual: Set<String> = [
    "citext", "cube", "ean13", "halfvec", "isbn", "isbn13", "ismn", "ismn13", "issn", "issn13",
    "lquery", "ltree", "ltxtquery", "seg", "sparsevec", "upc", "vector",
  ]

  private static func base(_ type: TypeMetadata.TypeEntry) -> String {
    guard type.schema == "pg_catalog" else {
      switch type.kind {
      case .enumeration, .range, .multirange: return "String"
      default: return textual.contains(type.name) ? "String" : "AnyJSON"
      }
    }
    switch type.name {
    case "bool": return "Bool"
    case "int2": return "Int16"
    case "int4": return "Int32"
    case "int8": return "Int64"
    case "float4": return "Float"
    case "float8": return "Double"
    case "numeric": return "Decimal"
    case "uuid": return "UUID"
    case "json", "jsonb": return "AnyJSON"
    case "record": return "[String: AnyJSON]"
    case "void": return "Void"
    default: return type.kind == .pseudo ? "AnyJSON" : "String"
    }
  }
}
