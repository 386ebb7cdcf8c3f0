internal import SchemaCatalog

/// Says what a PostgreSQL type is in TypeScript.
///
/// The original of August looks a type up by its name alone, first in the schema that is being
/// written, else anywhere; the later one knows the type's own schema.
struct TypeScriptResolver {
  private struct Place: Hashable {
    var format: String
    var schema: String
    var typeSchema: String?
  }

  private let compatibility: TypeScriptGenerator.Compatibility
  private let selected: Set<String>
  private var enums: [String: [TypeMetadata.TypeEntry]] = [:]
  private var composites: [String: [String]] = [:]
  /// By the relation's name: the section and the schema of each, the section that counts first first.
  private var relations: [String: [(section: String, schema: String)]] = [:]
  private var known: [Place: TypeScriptType] = [:]

  init(_ metadata: TypeMetadata, compatibility: TypeScriptGenerator.Compatibility) {
    self.compatibility = compatibility
    selected = Set(metadata.schemas.map(\.name))
    // Of several types of one name the first may count: which one that is must not be chance.
    for type in metadata.types.sorted(by: { $0.schema < $1.schema }) {
      if !type.enums.isEmpty { enums[type.name, default: []].append(type) }
      if !type.attributes.isEmpty { composites[type.name, default: []].append(type.schema) }
    }
    let isLatest = compatibility == .latest
    add(metadata.tables.map { ($0.name, $0.schema) }, to: "Tables")
    if isLatest { add(metadata.foreignTables.map { ($0.name, $0.schema) }, to: "Tables") }
    add(metadata.views.map { ($0.name, $0.schema) }, to: "Views")
    if isLatest { add(metadata.materializedViews.map { ($0.name, $0.schema) }, to: "Views") }
  }

  private mutating func add(_ all: [(name: String, schema: String)], to section: String) {
    for (name, schema) in all.sorted(by: { $0.schema < $1.schema }) {
      relations[name, default: []].append((section, schema))
    }
  }

  /// A type by its name in the catalog.
  ///
  /// - Parameters:
  ///   - format: `pg_type.typname`: `int4`, `_text`.
  ///   - schema: The schema that is being written.
  ///   - typeSchema: The type's own.
  /// - Returns: `unknown` for what no client knows.
  mutating func type(
    _ format: String, in schema: String, of typeSchema: String
  ) -> TypeScriptType {
    if let simple = Self.simple[format] { return simple }
    let place = Place(
      format: format, schema: schema, typeSchema: compatibility == .latest ? typeSchema : nil)
    if let known = known[place] { return known }
    let type = find(format, preferring: compatibility == .latest ? typeSchema : schema)
    known[place] = type
    return type
  }

  /// The relation whose rows a type is, as an indexed access.
  ///
  /// - Parameters:
  ///   - name: The type's name.
  ///   - schema: The schema that counts first.
  /// - Returns: Nil when no relation of a selected schema has it.
  func relation(_ name: String, preferring schema: String) -> (section: String, schema: String)? {
    guard let all = relations[name] else { return nil }
    let found: (section: String, schema: String)?
    if compatibility == .latest {
      found = all.first { $0.schema == schema } ?? all.first
    } else {
      // A table of any schema comes before a view of the right one.
      let tables = all.filter { $0.section == all[0].section }
      found = tables.first { $0.schema == schema } ?? tables.first
    }
    return found.flatMap { selected.contains($0.schema) ? $0 : nil }
  }

  private func find(_ format: String, preferring schema: String) -> TypeScriptType {
    if let simple = Self.simple[format] { return simple }
    if format.hasPrefix("_") {
      return .array(find(String(format.dropFirst()), preferring: schema))
    }
    if let all = enums[format] {
      let type = all.first { $0.schema == schema } ?? all[0]
      if selected.contains(type.schema) {
        return .text(TypeScriptText.access(type.schema, "Enums", type.name))
      }
      let labels = type.enums.map { TypeScriptType.text(TypeScriptText.string($0)) }
      return labels.count == 1 ? labels[0] : .union(labels)
    }
    if let all = composites[format] {
      let owner = all.contains(schema) ? schema : all[0]
      return selected.contains(owner)
        ? .text(TypeScriptText.access(owner, "CompositeTypes", format)) : .unknown
    }
    if let relation = relation(format, preferring: schema) {
      return .text(TypeScriptText.access(relation.schema, relation.section, format, "Row"))
    }
    return .unknown
  }

  private static let simple: [String: TypeScriptType] = {
    var table: [String: TypeScriptType] = [
      "bool": .text("boolean"), "json": .reference("Json"), "jsonb": .reference("Json"),
      "void": .text("undefined"),
      "record": .generic("Record", [.text("string"), .unknown]),
    ]
    for name in ["int2", "int4", "int8", "float4", "float8", "numeric"] {
      table[name] = .text("number")
    }
    for name in [
      "bytea", "bpchar", "varchar", "date", "text", "citext", "time", "timetz", "timestamp",
      "timestamptz", "uuid", "vector", "interval",
    ] { table[name] = .text("string") }
    return table
  }()
}
