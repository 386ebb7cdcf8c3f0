internal import SchemaCatalog

/// Names, keys and relationships of relations, as constants.
struct SwiftRelationFacts {
  var subjects: SwiftSubjects
  var names: SwiftStructNames
  var access: String

  func write(
    _ schema: String, _ relationships: [QualifiedName: [TypeMetadata.Relationship]],
    _ text: inout SwiftText
  ) {
    var hasRelationships = false
    for relation in subjects.relations[schema] ?? [] {
      // One request cannot go from one schema to another.
      let links = (relationships[QualifiedName(schema, relation.name)] ?? []).filter {
        $0.referencedSchema == schema
      }
      if !links.isEmpty { hasRelationships = true }
      write(relation, links, &text)
    }
    if hasRelationships { writeType(&text) }
  }

  private func write(
    _ relation: SwiftSubjects.Relation, _ links: [TypeMetadata.Relationship],
    _ text: inout SwiftText
  ) {
    text.block("\(access) enum \(names.relations[relation.id] ?? "")Table") { text in
      text.line("\(access) static let name = \(swiftLiteral(relation.name))")
      text.line("\(access) static let schema = \(swiftLiteral(relation.schema))")
      let key = subjects.primaryKeys[relation.id] ?? []
      text.line("\(access) static let primaryKey: [String] = \(literal(key))")
      if links.isEmpty { return }
      text.line("\(access) static let relationships: [Relationship] = [")
      text.indented { text in
        for link in links {
          text.line("Relationship(")
          text.indented { text in
            text.line("name: ", swiftLiteral(link.foreignKeyName), ",")
            text.line("columns: ", literal(link.columns), ",")
            text.line("isOneToOne: \(link.isOneToOne),")
            text.line("referencedRelation: ", swiftLiteral(link.referencedRelation), ",")
            text.line("referencedColumns: ", literal(link.referencedColumns))
          }
          text.line("),")
        }
      }
      text.line("]")
    }
  }

  private func literal(_ values: [String]) -> String {
    "[\(values.map(swiftLiteral).joined(separator: ", "))]"
  }

  private func writeType(_ text: inout SwiftText) {
    text.documentation("Columns of one relation that refer to those of another.")
    text.block("\(access) struct Relationship: Hashable, Sendable") { text in
      text.documentation("The foreign key's name, which tells two ways to one relation apart.")
      text.line("\(access) let name: String")
      text.line("\(access) let columns: [String]")
      text.line("\(access) let isOneToOne: Bool")
      text.line("\(access) let referencedRelation: String")
      text.line("\(access) let referencedColumns: [String]")
    }
  }
}
