package import SchemaCatalog

extension TypeMetadata {
  /// The same in the order that external generators expect: by the names, never by numbers.
  ///
  /// Columns of a primary key, labels of an enum and attributes of a composite type keep theirs,
  /// which mean something.
  ///
  /// - Returns: Equal for equal schemas, whatever the database did before.
  package func sortedByNames() -> TypeMetadata {
    var sorted = self
    sorted.schemas = schemas.sortedByName(\.name)
    sorted.tables = NameOrder.sorted(tables) { [$0.schema, $0.name] }
    sorted.foreignTables = NameOrder.sorted(foreignTables) { [$0.schema, $0.name] }
    sorted.views = NameOrder.sorted(views) { [$0.schema, $0.name] }
    sorted.materializedViews = NameOrder.sorted(materializedViews) { [$0.schema, $0.name] }
    sorted.columns = NameOrder.sorted(columns) { [$0.schema, $0.table, $0.name] }
    sorted.primaryKeys = NameOrder.sorted(primaryKeys) { [$0.schema, $0.table] }
    sorted.relationships = NameOrder.sorted(relationships) { one in
      [
        one.foreignKeyName, one.referencedRelation, one.referencedColumns.joined(separator: ","),
        one.referencedSchema, one.schema, one.relation, one.columns.joined(separator: ","),
      ]
    }
    sorted.functions = NameOrder.sorted(functions) {
      [$0.schema, $0.name, $0.identityArgumentTypes]
    }.map { function in
      var sorted = function
      sorted.arguments = function.arguments.sortedByName(\.name)
      return sorted
    }
    sorted.types = NameOrder.sorted(types) { [$0.schema, $0.name] }
    return sorted
  }
}
