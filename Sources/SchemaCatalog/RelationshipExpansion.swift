/// What foreign keys lead to: from tables to tables, and through views that show their columns.
///
/// A view that shows all columns of a key stands for the table. So a key with n views on its one
/// side and m on the other is (n + 1) × (m + 1) relationships, times the ways of choosing columns
/// when a view shows one twice.
struct RelationshipExpansion {
  private typealias Relationship = TypeMetadata.Relationship
  private typealias Origin = ViewOrigins.Origin

  /// A foreign key.
  struct ForeignKey {
    var name: String
    var isInherited: Bool
    var relation: Relation
    var columns: [Column]
    var referenced: Relation
    var referencedColumns: [Column]
  }

  /// A table.
  struct Relation: Hashable {
    var id: Int
    var schema: String
    var name: String
  }

  /// A column of a key.
  struct Column: Hashable {
    var number: Int
    var name: String
  }

  /// A view with the columns that it shows of others, and their names.
  struct View {
    var id: Int
    var schema: String
    var name: String
    var origins: ViewOrigins
    var columnNames: [Int: String]
  }

  /// A view that shows a key: for each column of the key the columns of the view.
  private struct Showing {
    var view: View
    var choices: [[String]]

    /// Every way of choosing a column of the view for each column of the key.
    var combinations: [[String]] {
      choices.reduce([[]]) { lists, names in
        lists.flatMap { list in names.map { list + [$0] } }
      }
    }
  }

  /// One side of a key.
  private struct Side: Hashable {
    var relation: Int
    var columns: [Int]
  }

  private var showings: [Side: [Showing]] = [:]
  private var shown: [(view: View, columns: [Origin: [String]])] = []
  private var shownBy: [Int: [Int]] = [:]

  /// Finds the relationships of keys.
  ///
  /// - Parameters:
  ///   - keys: Of the schemas that are asked for.
  ///   - uniqueColumns: By the table's number: the columns of each primary key and unique constraint.
  ///   - primaryKeys: Of tables.
  ///   - views: Of the schemas that are asked for.
  /// - Returns: Those of tables first, both in the order of the keys; and the primary keys of views.
  static func relationships(
    of keys: [ForeignKey], uniqueColumns: [Int: Set<[Column]>],
    primaryKeys: [(relation: Relation, columns: [Column])], views: [View]
  ) -> (relationships: [TypeMetadata.Relationship], viewKeys: [TypeMetadata.PrimaryKey]) {
    var expansion = RelationshipExpansion()
    expansion.follow(views)
    var ofTables: [Relationship] = []
    var ofViews: [Relationship] = []
    for key in keys where !key.isInherited {
      // The peer compares the foreign key's order with that of the table: other orders are missed.
      let relationship = Relationship(
        foreignKeyName: key.name, schema: key.relation.schema, relation: key.relation.name,
        columns: key.columns.map(\.name),
        isOneToOne: uniqueColumns[key.relation.id]?.contains(key.columns) ?? false,
        referencedSchema: key.referenced.schema, referencedRelation: key.referenced.name,
        referencedColumns: key.referencedColumns.map(\.name))
      ofTables.append(relationship)
      ofViews += expansion.expand(relationship, of: key)
    }
    return (ofTables + ofViews, expansion.keysOfViews(primaryKeys))
  }

  /// A view that joins two tables has the columns of both keys.
  private mutating func keysOfViews(
    _ primaryKeys: [(relation: Relation, columns: [Column])]
  ) -> [TypeMetadata.PrimaryKey] {
    var keys: [TypeMetadata.PrimaryKey] = []
    for (relation, columns) in primaryKeys where !columns.isEmpty {
      for showing in views(showing: columns, of: relation) {
        for choice in showing.choices {
          guard let name = choice.first else { continue }
          let view = showing.view
          keys.append(.init(schema: view.schema, table: view.name, name: name, tableID: view.id))
        }
      }
    }
    return keys
  }

  /// Follows the columns of views through other views, down to where they come from.
  private mutating func follow(_ views: [View]) {
    let origins = Dictionary(
      views.map { view in
        (
          view.id,
          Dictionary(view.origins.origins.map { ($0.column, $0.origin) }) { first, _ in first }
        )
      }, uniquingKeysWith: { first, _ in first })
    for view in views {
      var columns: [Origin: [String]] = [:]
      for (column, first) in view.origins.origins {
        guard let name = view.columnNames[column] else { continue }
        var origin = first
        var path: Set<Int> = []
        while path.insert(origin.relation).inserted {
          columns[origin, default: []].append(name)
          guard let next = origins[origin.relation]?[origin.column] else { break }
          origin = next
        }
      }
      for relation in Set(columns.keys.map(\.relation)) {
        shownBy[relation, default: []].append(shown.count)
      }
      shown.append((view, columns))
    }
  }

  /// The views that show all of a key's columns.
  private mutating func views(showing columns: [Column], of relation: Relation) -> [Showing] {
    let side = Side(relation: relation.id, columns: columns.map(\.number))
    if let known = showings[side] { return known }
    var found: [Showing] = []
    for index in shownBy[relation.id] ?? [] {
      let entry = shown[index]
      let choices = columns.compactMap {
        entry.columns[Origin(relation: relation.id, column: $0.number)]
      }
      guard choices.count == columns.count else { continue }
      found.append(Showing(view: entry.view, choices: choices))
    }
    showings[side] = found
    return found
  }

  private mutating func expand(
    _ relationship: Relationship, of key: ForeignKey
  ) -> [Relationship] {
    let ones = views(showing: key.columns, of: key.relation)
    let others = views(showing: key.referencedColumns, of: key.referenced)
    if ones.isEmpty, others.isEmpty { return [] }
    let sources = ones.flatMap { one in one.combinations.map { (one.view, $0) } }
    let targets = others.flatMap { other in other.combinations.map { (other.view, $0) } }
    func from(_ source: (View, [String]), _ relationship: Relationship) -> Relationship {
      var changed = relationship
      changed.schema = source.0.schema
      changed.relation = source.0.name
      changed.columns = source.1
      return changed
    }
    let toTargets = targets.map { target in
      var changed = relationship
      changed.referencedSchema = target.0.schema
      changed.referencedRelation = target.0.name
      changed.referencedColumns = target.1
      return changed
    }
    return sources.map { from($0, relationship) } + toTargets
      + sources.flatMap { source in toTargets.map { from(source, $0) } }
  }
}
