extension TypeMetadata {
  /// A schema that was asked for, exists and may be used.
  package struct Schema: Sendable, Hashable, Codable {
    /// `pg_namespace.oid`.
    package var id: Int
    package var name: String
    package var owner: String
  }

  /// An ordinary or partitioned table, also one that is a partition.
  package struct Table: Sendable, Hashable, Codable {
    /// `pg_class.oid`.
    package var id: Int
    package var schema: String
    package var name: String
    package var isRowSecurityEnabled: Bool
    package var isRowSecurityForced: Bool
    /// `DEFAULT`, `INDEX`, `FULL` or `NOTHING`.
    package var replicaIdentity: String
    /// Zero unless the whole document was asked for; so are the next three.
    package var sizeInBytes: Int
    package var size: String
    package var liveRowsEstimate: Int
    package var deadRowsEstimate: Int
    @ExplicitNull package var comment: String?

    private enum CodingKeys: String, CodingKey {
      case id, schema, name
      case isRowSecurityEnabled = "rls_enabled"
      case isRowSecurityForced = "rls_forced"
      case replicaIdentity = "replica_identity"
      case sizeInBytes = "bytes"
      case size
      case liveRowsEstimate = "live_rows_estimate"
      case deadRowsEstimate = "dead_rows_estimate"
      case comment
    }
  }

  /// A table that lives elsewhere.
  package struct ForeignTable: Sendable, Hashable, Codable {
    package var id: Int
    package var schema: String
    package var name: String
    @ExplicitNull package var comment: String?
  }

  /// A view, and what may be written through it.
  package struct View: Sendable, Hashable, Codable {
    package var id: Int
    package var schema: String
    package var name: String
    /// Whether PostgreSQL itself, or rules, turn both UPDATE and DELETE into those of a table.
    package var isUpdatable: Bool
    /// Whether INSERT works, triggers counted.
    package var isInsertEnabled: Bool
    /// Whether UPDATE works, triggers counted.
    package var isUpdateEnabled: Bool
    @ExplicitNull package var comment: String?

    private enum CodingKeys: String, CodingKey {
      case id, schema, name, comment
      case isUpdatable = "is_updatable"
      case isInsertEnabled = "is_insert_enabled"
      case isUpdateEnabled = "is_update_enabled"
    }
  }

  /// A view whose rows are stored.
  package struct MaterializedView: Sendable, Hashable, Codable {
    package var id: Int
    package var schema: String
    package var name: String
    package var isPopulated: Bool
    @ExplicitNull package var comment: String?

    private enum CodingKeys: String, CodingKey {
      case id, schema, name, comment
      case isPopulated = "is_populated"
    }
  }

  /// A column of a relation.
  package struct Column: Sendable, Hashable, Codable {
    /// Of the relation.
    package var tableID: Int
    package var schema: String
    package var table: String
    /// The relation's and the column's number: `16384.1`.
    package var id: String
    package var ordinalPosition: Int
    package var name: String
    /// The expression; also that of a generated column.
    @ExplicitNull package var defaultValue: String?
    /// As the information schema says it: `integer`, `ARRAY`, `USER-DEFINED`.
    package var dataType: String
    /// `pg_type.typname`: `int4`, `_text`; of a domain its base type's.
    package var format: String
    /// The schema of the type that `format` names.
    package var typeSchema: String
    /// `pg_type.oid` of the type that `format` names.
    package var typeID: Int
    /// `pg_type.oid` as the column declares it: a domain's own.
    package var declaredTypeID: Int
    package var isIdentity: Bool
    /// `ALWAYS` or `BY DEFAULT`.
    @ExplicitNull package var identityGeneration: String?
    package var isGenerated: Bool
    package var isNullable: Bool
    /// Of a view whether PostgreSQL itself, or rules, can write it.
    package var isUpdatable: Bool
    /// Whether triggers or rules that stand in for the whole row make it writable.
    package var isWritableByTrigger: Bool
    package var isUnique: Bool
    /// The labels when the type, or its elements', is an enum.
    package var enums: [String]
    /// The first check on this column alone; only in the whole document.
    @ExplicitNull package var check: String?
    @ExplicitNull package var comment: String?

    private enum CodingKeys: String, CodingKey {
      case schema, table, id, name, format, enums, check, comment
      case tableID = "table_id"
      case ordinalPosition = "ordinal_position"
      case defaultValue = "default_value"
      case dataType = "data_type"
      case typeSchema = "type_schema"
      case typeID = "type_id"
      case declaredTypeID = "declared_type_id"
      case isIdentity = "is_identity"
      case identityGeneration = "identity_generation"
      case isGenerated = "is_generated"
      case isNullable = "is_nullable"
      case isUpdatable = "is_updatable"
      case isWritableByTrigger = "is_writable_by_trigger"
      case isUnique = "is_unique"
    }
  }

  /// A column of a primary key.
  package struct PrimaryKey: Sendable, Hashable, Codable {
    package var schema: String
    package var table: String
    /// The column's.
    package var name: String
    package var tableID: Int

    private enum CodingKeys: String, CodingKey {
      case schema, name
      case table = "table_name"
      case tableID = "table_id"
    }
  }

  /// Columns of one relation that refer to a key of another.
  package struct Relationship: Sendable, Hashable, Codable {
    package var foreignKeyName: String
    package var schema: String
    package var relation: String
    package var columns: [String]
    /// Whether the columns are also a primary key or a unique constraint.
    package var isOneToOne: Bool
    package var referencedSchema: String
    package var referencedRelation: String
    package var referencedColumns: [String]

    private enum CodingKeys: String, CodingKey {
      case schema, relation, columns
      case foreignKeyName = "foreign_key_name"
      case isOneToOne = "is_one_to_one"
      case referencedSchema = "referenced_schema"
      case referencedRelation = "referenced_relation"
      case referencedColumns = "referenced_columns"
    }
  }
}
