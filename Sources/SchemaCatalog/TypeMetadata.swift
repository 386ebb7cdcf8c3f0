/// What client types are generated from: relations, functions and types of some schemas.
///
/// Its JSON is the document that external generators of Supabase's SDKs read: version 1 of
/// `GeneratorMetadata` of `@supabase/postgrest-typegen`, with keys added, none renamed.
package struct TypeMetadata: Sendable, Hashable, Codable {
  /// The version of the document that this is.
  package static let currentVersion = 1

  package var version = Self.currentVersion
  package var schemas: [Schema]
  package var tables: [Table]
  package var foreignTables: [ForeignTable]
  package var views: [View]
  package var materializedViews: [MaterializedView]
  /// Of all relations.
  package var columns: [Column]
  /// A row for each column of a primary key, in the key's order.
  package var primaryKeys: [PrimaryKey]
  /// What foreign keys lead to, also from and to views that show their columns.
  package var relationships: [Relationship]
  /// Without those that only triggers can call.
  package var functions: [Function]
  /// Of every schema, the system's too, and with the row types of relations.
  package var types: [TypeEntry]

  package init(
    schemas: [Schema] = [], tables: [Table] = [], foreignTables: [ForeignTable] = [],
    views: [View] = [], materializedViews: [MaterializedView] = [], columns: [Column] = [],
    primaryKeys: [PrimaryKey] = [], relationships: [Relationship] = [],
    functions: [Function] = [], types: [TypeEntry] = []
  ) {
    self.schemas = schemas
    self.tables = tables
    self.foreignTables = foreignTables
    self.views = views
    self.materializedViews = materializedViews
    self.columns = columns
    self.primaryKeys = primaryKeys
    self.relationships = relationships
    self.functions = functions
    self.types = types
  }
}

/// An optional that is written as `null` and not left out.
@propertyWrapper
package struct ExplicitNull<Value: Sendable & Hashable & Codable>: Sendable, Hashable, Codable {
  package var wrappedValue: Value?

  package init(wrappedValue: Value?) {
    self.wrappedValue = wrappedValue
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue {
      try container.encode(wrappedValue)
    } else {
      try container.encodeNil()
    }
  }
}
