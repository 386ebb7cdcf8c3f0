internal import SchemaCatalog

/// The layout of supabase-swift's macros: a structure with `@Table` for each relation.
///
/// They attach extensions, so everything stands at the top of the file, and names are distinct
/// across schemas.
struct SwiftTableFile {
  private let subjects: SwiftSubjects
  private let level: SwiftAccess
  private let access: String
  private var notes: [String] = []
  /// Of schemas other than `public`.
  private var schemas: [String: String] = [:]
  private var enums: [Int: String] = [:]
  private var relations: [Int: String] = [:]
  private var usesFoundation = false
  private let hasComments: Bool

  init(_ metadata: TypeMetadata, _ options: SwiftOptions) {
    subjects = SwiftSubjects(metadata, includesFunctions: false)
    level = options.access
    access = options.access == .internal ? "" : options.access.rawValue + " "
    hasComments = options.hasAdditions
    nameEverything()
  }

  private mutating func nameEverything() {
    let others = subjects.schemas.filter { $0 != "public" }
    var claims = SwiftNameClaims(reserved: SwiftNames.shadowing.union(["PublicSchema"]))
    let names = claims.claim(others.map { SwiftNames.type($0) + "Schema" })
    schemas = Dictionary(uniqueKeysWithValues: zip(others, names))
    notes += claims.notes(others.map { "schema \(swiftLiteral($0))" })

    let types = subjects.schemas.flatMap { subjects.enums[$0] ?? [] }
    let tables = subjects.schemas.flatMap { subjects.relations[$0] ?? [] }
    let wishes =
      types.map { wish($0.name, in: $0.schema, suffix: "Enum") }
      + tables.map { wish($0.name, in: $0.schema, suffix: "Table") }
    let given = claims.claim(wishes)
    for (type, name) in zip(types, given) { enums[type.id] = name }
    for (table, name) in zip(tables, given.dropFirst(types.count)) { relations[table.id] = name }
    notes += claims.notes(
      types.map { SwiftSubjects.described("enum", $0.schema, $0.name) }
        + tables.map { SwiftSubjects.described($0.kind.rawValue, $0.schema, $0.name) })
  }

  private func wish(_ name: String, in schema: String, suffix: String) -> String {
    let plain = SwiftNames.type(name)
    let prefixed = schema == "public" ? plain : SwiftNames.type(schema) + plain
    return SwiftNames.shadowing.contains(prefixed) ? prefixed + suffix : prefixed
  }

  func generate() -> GeneratedTypes {
    var file = self
    var body = SwiftText()
    for schema in subjects.schemas { file.write(schema, &body) }
    var text = SwiftText()
    if file.usesFoundation { text.importing("Foundation", for: file.level, isUsed: true) }
    let isUsed = !file.relations.isEmpty || !file.schemas.isEmpty
    text.importing("PostgrestMacros", for: file.level, isUsed: isUsed)
    text.append(body)
    return GeneratedTypes(text: text.text, notes: file.notes)
  }

  private mutating func write(_ schema: String, _ text: inout SwiftText) {
    if let name = schemas[schema] {
      text.blank()
      text.block("\(access)enum \(name): PostgrestSchema") { text in
        text.line("\(access)static let name = \(swiftLiteral(schema))")
      }
    }
    for type in subjects.enums[schema] ?? [] {
      text.blank()
      if hasComments { text.documentation(type.comment) }
      writeEnum(type, &text)
    }
    for relation in subjects.relations[schema] ?? [] {
      text.blank()
      write(relation, &text)
    }
  }

  /// Open to labels that are added later.
  private func writeEnum(_ type: TypeMetadata.TypeEntry, _ text: inout SwiftText) {
    let name = enums[type.id] ?? ""
    text.block("\(access)struct \(name): RawRepresentable, Codable, Hashable, Sendable") { text in
      text.line("\(access)let rawValue: String")
      text.block("\(access)init(rawValue: String)") { $0.line("self.rawValue = rawValue") }
      for (member, label) in zip(Self.members(type.enums, suffix: "Case"), type.enums) {
        text.line(
          "\(access)static let ", SwiftNames.escaped(member), " = \(name)(rawValue: ",
          swiftLiteral(label), ")")
      }
    }
  }

  private mutating func write(_ relation: SwiftSubjects.Relation, _ text: inout SwiftText) {
    let columns = (subjects.columns[relation.id] ?? []).sorted {
      $0.ordinalPosition < $1.ordinalPosition
    }
    let members = Self.members(columns.map(\.name), suffix: "Column")
    let key = Set(subjects.primaryKeys[relation.id] ?? [])
    var lines: [(comment: String?, text: String)] = []
    for (column, member) in zip(columns, members) {
      var line = ""
      if key.contains(column.name) { line += "@PrimaryKey " }
      if column.isGenerated || column.identityGeneration == "ALWAYS" {
        line += "@Generated "
      } else if column.isIdentity || column.defaultValue != nil {
        line += "@Default "
      }
      if Self.needsColumn(column.name, member) { line += "@Column(\(swiftLiteral(column.name))) " }
      let type = type(of: column, relation)
      line += "\(access)var \(SwiftNames.escaped(member)): \(type)\(column.isNullable ? "?" : "")"
      lines.append((column.comment, line))
    }
    if hasComments { text.documentation(relation.comment) }
    var table = "@Table(\(swiftLiteral(relation.name))"
    if let schema = schemas[relation.schema] { table += ", schema: \(schema).self" }
    if !relation.isWritable { table += ", readOnly: true" }
    text.line(table + ")")
    let hasComments = hasComments
    text.block("\(access)struct \(relations[relation.id] ?? "")") { text in
      for line in lines {
        if hasComments { text.documentation(line.comment) }
        text.line(line.text)
      }
    }
  }

  private static func members(_ names: [String], suffix: String) -> [String] {
    var claims = SwiftNameClaims()
    return claims.claim(
      names.map { name in
        let member = SwiftNames.camelCase(name)
        return SwiftNames.isReservedMember(member) || synthesized.contains(member)
          ? member + suffix : member
      })
  }

  /// What the macro, or a raw value, adds to the type.
  private static let synthesized: Set<String> = [
    "columns", "primaryKeyColumns", "rawValue", "relationName", "schema", "selectString",
  ]

  /// Whether the macro would not find the column by the property's name.
  ///
  /// Only what every way to `snake_case` agrees on is left to it: small words of two letters or
  /// more, digits at their end.
  static func needsColumn(_ column: String, _ member: String) -> Bool {
    if SwiftNames.keywords.contains(member) { return true }
    var rebuilt = ""
    var lengthOfWord = 0
    for scalar in member.unicodeScalars {
      switch scalar {
      case "a"..."z", "0"..."9":
        lengthOfWord += 1
        rebuilt.unicodeScalars.append(scalar)
      case "A"..."Z":
        if lengthOfWord < 2, rebuilt.contains("_") { return true }
        lengthOfWord = 1
        rebuilt += "_" + scalar.properties.lowercaseMapping
      default: return true
      }
    }
    if lengthOfWord < 2, rebuilt.contains("_") { return true }
    return rebuilt != column
  }

  private mutating func type(
    of column: TypeMetadata.Column, _ relation: SwiftSubjects.Relation
  ) -> String {
    var shape = subjects.shape(of: column.declaredTypeID)
    var depth = 0
    while case .array(let element) = shape {
      shape = element
      depth += 1
    }
    var name: String?
    switch shape {
    case .enumeration(let type): name = enums[type.id]
    case .base(let type): name = base(type)
    default: break
    }
    if name == nil {
      let place = SwiftSubjects.described(relation.kind.rawValue, relation.schema, relation.name)
      // The server calls an array by its element's name after a low line.
      let format =
        column.dataType == "ARRAY" && column.format.hasPrefix("_")
        ? column.format.dropFirst() + "[]" : column.format[...]
      let written = depth > 0 ? "[JSONValue]" : "JSONValue"
      notes.append(
        "column \(swiftLiteral(column.name)) of \(place): \(format) has no type here: \(written)")
    }
    return String(repeating: "[", count: depth) + (name ?? "JSONValue")
      + String(repeating: "]", count: depth)
  }

  private mutating func base(_ type: TypeMetadata.TypeEntry) -> String? {
    if type.name == "citext" { return "String" }
    guard type.schema == "pg_catalog" else { return nil }
    switch type.name {
    case "bool": return "Bool"
    case "int2", "int4", "int8": return "Int"
    case "float4", "float8": return "Double"
    case "text", "varchar", "bpchar": return "String"
    case "json", "jsonb": return "JSONValue"
    case "numeric":
      usesFoundation = true
      return "Decimal"
    case "uuid":
      usesFoundation = true
      return "UUID"
    case "date", "timestamp", "timestamptz":
      usesFoundation = true
      return "Date"
    default: return nil
    }
  }
}
