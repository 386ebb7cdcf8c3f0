internal import SchemaCatalog

/// The original's layout: an enum for each schema, in it structures with coding keys.
struct SwiftStructFile {
  private let metadata: TypeMetadata
  private let subjects: SwiftSubjects
  private let names: SwiftStructNames
  private let options: SwiftOptions

  init(_ metadata: TypeMetadata, _ options: SwiftOptions) {
    self.metadata = metadata
    self.options = options
    subjects = SwiftSubjects(metadata, includesFunctions: options.hasAdditions)
    names = SwiftStructNames(subjects)
  }

  private var access: String { options.access.rawValue }

  func generate() -> GeneratedTypes {
    var text = SwiftText()
    var relationships = Dictionary(grouping: metadata.relationships) {
      QualifiedName($0.schema, $0.relation)
    }
    if !options.hasAdditions { relationships = [:] }
    for schema in subjects.schemas {
      text.block("\(access) enum \(names.schemas[schema] ?? "")") { text in
        write(schema, &text)
        if options.hasAdditions { add(schema, relationships, &text) }
      }
    }
    if text.usesAnyJSON { SwiftAnyJSON.write(access: access, &text) }
    var file = SwiftText()
    file.importing("Foundation", for: options.access, isUsed: text.usesFoundation)
    file.line("#if canImport(Supabase)")
    file.importing("Supabase", for: options.access, isUsed: text.usesAnyJSON)
    file.line("#endif")
    file.blank()
    file.append(text)
    return GeneratedTypes(text: file.text, notes: names.notes)
  }

  private func write(_ schema: String, _ text: inout SwiftText) {
    for type in subjects.enums[schema] ?? [] {
      document(type.comment, &text)
      SwiftStruct.writeEnum(
        names.types[type.id] ?? "", conformances: "String, Codable, Hashable, Sendable",
        cases: zip(Self.members(type.enums, suffix: "Case"), type.enums).map {
          (SwiftNames.escaped($0), swiftLiteral($1))
        },
        access: access, &text)
    }
    for relation in subjects.relations[schema] ?? [] {
      let members = members(of: relation)
      write(relation, members, .select, &text)
      if relation.isTable {
        write(relation, members, .insert, &text)
        write(relation, members, .update, &text)
      }
    }
    for type in subjects.composites[schema] ?? [] { write(type, &text) }
  }

  private func document(_ comment: String?, _ text: inout SwiftText) {
    if options.hasAdditions { text.documentation(comment) }
  }

  /// Names members distinctly; the text stays the original's where that is one a compiler takes.
  static func members(_ columns: [String], suffix: String) -> [String] {
    var claims = SwiftNameClaims()
    return claim(columns, suffix: suffix, &claims)
  }

  private static func claim(
    _ columns: [String], suffix: String, _ claims: inout SwiftNameClaims
  ) -> [String] {
    claims.claim(
      columns.map { column in
        let name = SwiftNames.property(column)
        return SwiftNames.isReservedMember(name) ? name + suffix : name
      })
  }

  private enum Operation: String {
    case select = "Select"
    case insert = "Insert"
    case update = "Update"
  }

  /// A column, as all structures of a relation have it.
  private struct Member {
    var column: TypeMetadata.Column
    /// As a row that is read has it.
    var property: SwiftStruct.Property
  }

  private func members(of relation: SwiftSubjects.Relation) -> [Member] {
    let columns = SwiftSubjects.ordered(subjects.columns[relation.id] ?? [], \.name)
    let names = Self.members(columns.map(\.name), suffix: "Column")
    return zip(columns, names).map { column, name in
      let isRecursive =
        !subjects.recursions.isEmpty
        && subjects.recursions.contains(
          SwiftSubjects.Member(owner: -relation.id, place: column.ordinalPosition))
      let type =
        isRecursive ? "AnyJSON" : self.names.type(column.declaredTypeID, in: relation.schema)
      return Member(
        column: column,
        property: SwiftStruct.Property(
          name: name, key: column.name, type: type, isOptional: column.isNullable,
          comment: column.comment))
    }
  }

  private func write(
    _ relation: SwiftSubjects.Relation, _ members: [Member], _ operation: Operation,
    _ text: inout SwiftText
  ) {
    var properties: [SwiftStruct.Property] = []
    properties.reserveCapacity(members.count)
    var identity: SwiftStruct.Property?
    for member in members {
      let column = member.column
      // PostgreSQL refuses a value for it, and says so only when asked.
      if operation != .select, column.isGenerated { continue }
      var property = member.property
      switch operation {
      case .select: break
      case .insert:
        property.isOptional =
          column.isNullable || column.isIdentity || column.defaultValue != nil
      case .update:
        property.isOptional = true
        // Any JSON has a null of its own.
        if options.updatesCanSayNull, column.isNullable, property.type != "AnyJSON" {
          property.type += "?"
        }
      }
      if property.isOptional { property.type += "?" }
      properties.append(property)
      if column.isIdentity, identity == nil { identity = property }
    }
    if options.hasAdditions, operation == .select, identity == nil,
      let key = subjects.primaryKeys[relation.id], key.count == 1
    {
      identity = properties.first { $0.key == key[0] }
    }
    document(relation.comment, &text)
    SwiftStruct(
      name: (names.relations[relation.id] ?? "") + operation.rawValue, properties: properties,
      identity: identity, hasAdditions: options.hasAdditions, access: access
    ).write(&text)
  }

  private func write(_ type: TypeMetadata.TypeEntry, _ text: inout SwiftText) {
    let members = Self.members(type.attributes.map(\.name), suffix: "Attribute")
    let properties = type.attributes.enumerated().map { place, attribute in
      let isRecursive = subjects.recursions.contains(
        SwiftSubjects.Member(owner: type.id, place: place))
      let name = isRecursive ? "AnyJSON" : names.type(attribute.typeID, in: type.schema)
      return SwiftStruct.Property(
        name: members[place], key: attribute.name, type: name + "?", isOptional: true)
    }
    document(type.comment, &text)
    SwiftStruct(
      name: names.types[type.id] ?? "", properties: properties, identity: nil,
      hasAdditions: options.hasAdditions, access: access
    ).write(&text)
  }

  /// What the original does not have.
  private func add(
    _ schema: String, _ relationships: [QualifiedName: [TypeMetadata.Relationship]],
    _ text: inout SwiftText
  ) {
    text.line("\(access) static let schemaName = \(swiftLiteral(schema))")
    SwiftRelationFacts(subjects: subjects, names: names, access: access)
      .write(schema, relationships, &text)
    SwiftFunctions(subjects: subjects, names: names, access: access).write(schema, &text)
  }
}
