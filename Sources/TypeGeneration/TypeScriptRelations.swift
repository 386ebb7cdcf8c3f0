internal import SchemaCatalog

extension TypeScriptGenerator {
  /// Writes a table or a view: what its rows are, what may be written, what it refers to.
  mutating func write(_ relation: TypeScriptIndex.Relation, in schema: TypeScriptIndex.Schema) {
    let columns = index.columns[relation.id] ?? []
    let fields = computedFields(of: relation, columns: columns, in: schema)
    layout.write(line: "\(TypeScriptText.key(relation.name)): {", at: 6)
    var row: [TypeScriptMember] = []
    row.reserveCapacity(columns.count)
    for column in columns { row.append(member(column, isOptional: false, in: schema)) }
    for function in fields {
      row.append(TypeScriptMember(function.name, returnType(of: function, in: schema).orNull))
    }
    write("Row", row)
    if isLatest { writeNames(of: fields) }
    if relation.view == nil, !relation.isMaterialized {
      write("Insert", columns.map { insertMember($0, in: schema) })
      write("Update", columns.map { updateMember($0, in: schema) })
    } else if let view = relation.view {
      let writable = columns.map { viewMember($0, in: schema) }
      if isLatest ? view.isInsertEnabled : view.isUpdatable { write("Insert", writable) }
      if isLatest ? view.isUpdateEnabled : view.isUpdatable { write("Update", writable) }
    }
    writeRelationships(index.relationships(of: relation.name, in: schema.name))
    layout.write(line: "}", at: 6)
  }

  private mutating func write(_ name: String, _ members: [TypeScriptMember]) {
    if members.isEmpty {
      layout.write(line: "\(name): {}", at: 8)
      return
    }
    layout.write(line: "\(name): {", at: 8)
    for member in members { layout.write(member, at: 10) }
    layout.write(line: "}", at: 8)
  }

  private mutating func writeNames(of fields: [TypeMetadata.Function]) {
    let names = fields.map { TypeScriptType.text(TypeScriptText.string($0.name)) }
    let type: TypeScriptType =
      names.isEmpty ? .never : names.count == 1 ? names[0] : .union(names)
    layout.write(TypeScriptMember("ComputedFields", type), at: 8)
  }

  private mutating func writeRelationships(_ relationships: [TypeMetadata.Relationship]) {
    if relationships.isEmpty {
      layout.write(line: "Relationships: []", at: 8)
      return
    }
    layout.write(line: "Relationships: [", at: 8)
    for relationship in relationships {
      layout.write(line: "{", at: 10)
      layout.write(member("foreignKeyName", relationship.foreignKeyName), at: 12)
      layout.write(member("columns", relationship.columns), at: 12)
      if options.saysOneToOne {
        layout.write(line: "isOneToOne: \(relationship.isOneToOne)", at: 12)
      }
      layout.write(member("referencedRelation", relationship.referencedRelation), at: 12)
      layout.write(member("referencedColumns", relationship.referencedColumns), at: 12)
      layout.write(line: "},", at: 10)
    }
    layout.write(line: "]", at: 8)
  }

  private func member(_ name: String, _ text: String) -> TypeScriptMember {
    TypeScriptMember(name, .text(TypeScriptText.string(text)))
  }

  private func member(_ name: String, _ list: [String]) -> TypeScriptMember {
    TypeScriptMember(name, .tuple(list.map { .text(TypeScriptText.string($0)) }))
  }

  // MARK: Columns

  /// A column as it is read.
  mutating func member(
    _ column: TypeMetadata.Column, isOptional: Bool, isNullable: Bool? = nil,
    in schema: TypeScriptIndex.Schema
  ) -> TypeScriptMember {
    let type = resolver.type(column.format, in: schema.name, of: column.typeSchema)
    return TypeScriptMember(
      column.name, isOptional: isOptional,
      isNullable ?? column.isNullable ? type.orNull : notNull(type))
  }

  /// `Json` has null among its values, so that a column without it says so.
  private func notNull(_ type: TypeScriptType) -> TypeScriptType {
    isLatest && type == .reference("Json") ? .generic("NonNullable", [type]) : type
  }

  private func isNeverWritten(_ column: TypeMetadata.Column) -> Bool {
    column.identityGeneration == "ALWAYS" || isLatest && column.isGenerated
  }

  private mutating func insertMember(
    _ column: TypeMetadata.Column, in schema: TypeScriptIndex.Schema
  ) -> TypeScriptMember {
    if isNeverWritten(column) { return TypeScriptMember(column.name, isOptional: true, .never) }
    return member(
      column,
      isOptional: column.isNullable || column.isIdentity || column.defaultValue != nil, in: schema)
  }

  private mutating func updateMember(
    _ column: TypeMetadata.Column, in schema: TypeScriptIndex.Schema
  ) -> TypeScriptMember {
    if isNeverWritten(column) { return TypeScriptMember(column.name, isOptional: true, .never) }
    return member(column, isOptional: true, in: schema)
  }

  private mutating func viewMember(
    _ column: TypeMetadata.Column, in schema: TypeScriptIndex.Schema
  ) -> TypeScriptMember {
    guard column.isUpdatable || isLatest && column.isWritableByTrigger else {
      return TypeScriptMember(column.name, isOptional: true, .never)
    }
    return member(column, isOptional: true, isNullable: true, in: schema)
  }

  // MARK: Computed fields

  /// The functions that a client may select as if they were columns.
  ///
  /// In August the argument list's text had to be the relation's name; later the argument's type
  /// decides. A column hides a function of its name: with both the original's text of August does not
  /// compile.
  private func computedFields(
    of relation: TypeScriptIndex.Relation, columns: [TypeMetadata.Column],
    in schema: TypeScriptIndex.Schema
  ) -> [TypeMetadata.Function] {
    let candidates =
      isLatest
      ? schema.functionsByRowType[relation.id] : schema.functionsByArgumentText[relation.name]
    guard let candidates else { return [] }
    var taken = Set(columns.map(\.name))
    return candidates.filter { taken.insert($0.name).inserted }
  }
}
