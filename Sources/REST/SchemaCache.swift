package import RESTRequests

/// A name with its schema, both as the catalog spells them.
package struct QualifiedName: Hashable, Sendable, Comparable {
  package var schema: String
  package var name: String

  package init(_ schema: String, _ name: String) {
    self.schema = schema
    self.name = name
  }

  package static func < (one: QualifiedName, other: QualifiedName) -> Bool {
    (one.schema, one.name) < (other.schema, other.name)
  }
}

/// What requests can be about: relations and functions of the exposed schemas, and what leads where.
package struct SchemaCache: Sendable {
  /// A table, a view, or what else has rows.
  package struct Relation: Sendable, Hashable {
    package var name: QualifiedName
    package var isView: Bool
    /// In the order of their declaration.
    package var columns: [Column]
    /// Of a view, the columns that show the keys of its tables.
    package var primaryKey: [String]
    package var isInsertable: Bool
    package var isUpdatable: Bool
    package var isDeletable: Bool
    package var comment: String?
    /// By column: how values of a domain are shown and read; most relations have none.
    package var representations: [String: Representation] = [:]
    fileprivate var places: [String: Int]

    package init(
      name: QualifiedName, isView: Bool, columns: [Column], primaryKey: [String],
      isInsertable: Bool, isUpdatable: Bool, isDeletable: Bool, comment: String?
    ) {
      self.name = name
      self.isView = isView
      self.columns = columns
      self.primaryKey = primaryKey
      self.isInsertable = isInsertable
      self.isUpdatable = isUpdatable
      self.isDeletable = isDeletable
      self.comment = comment
      places = Dictionary(
        columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether `*` has to be written out, because a column is not shown as it is.
    var isShownConverted: Bool {
      !representations.isEmpty && representations.values.contains { $0.toJSON != nil }
    }

    /// A column by its name; nil also for a computed one, which is a function.
    package func column(_ name: String) -> Column? {
      places[name].map { columns[$0] }
    }
  }

  /// A column.
  package struct Column: Sendable, Hashable {
    package var name: String
    /// As SQL declares it, qualified, with length or precision.
    package var type: String
    /// The type that a domain restricts; otherwise the type itself, without its length.
    package var baseType: String
    /// What gives it a value when an INSERT does not; SQL.
    package var defaultValue: String?
    package var isNullable: Bool
    package var isGenerated: Bool
  }

  /// Functions that stand between a domain and what clients see; as SQL writes them.
  package struct Representation: Sendable, Hashable {
    package var toJSON: String?
    package var fromJSON: String?
    package var fromText: String?
  }

  /// What makes a body of some media type.
  package struct MediaHandler: Sendable, Hashable {
    /// What it makes a body of.
    package enum Target: Sendable, Hashable {
      /// Rows of anything.
      case anything
      /// Rows of a relation, or the result of a function.
      case named(QualifiedName)
    }

    /// An aggregate, or the domain that a function's result is.
    package var function: QualifiedName
    package var target: Target
    /// What the response says it is.
    package var resolvedType: MediaType
    /// The type under the domain: `bytea`, `text`, `jsonb`.
    package var baseType: String

    var isBinary: Bool { baseType == "bytea" }
  }

  /// How rows of one relation lead to rows of another.
  package struct Relationship: Sendable, Hashable {
    /// A table that connects two others.
    package struct Junction: Sendable, Hashable {
      package var relation: QualifiedName
      package var sourceConstraint: String
      package var targetConstraint: String
      /// Columns of the source, each with the junction's that refers to it.
      package var sourceColumns: [ColumnPair]
      /// Columns of the target, each with the junction's that refers to it.
      package var targetColumns: [ColumnPair]
    }

    /// A column of the source and one of the target.
    package struct ColumnPair: Sendable, Hashable {
      package var source: String
      package var target: String
    }

    /// What the way is.
    package enum Path: Sendable, Hashable {
      case oneToMany(constraint: String, [ColumnPair])
      case manyToOne(constraint: String, [ColumnPair])
      /// `refers` when the key is the source's own.
      case oneToOne(constraint: String, [ColumnPair], refers: Bool)
      case manyToMany(Junction)
      /// A function that takes a row of the source.
      case computed(function: QualifiedName, isToOne: Bool)
    }

    package var source: QualifiedName
    package var target: QualifiedName
    package var path: Path
    package var targetIsView: Bool

    package var isSelfReference: Bool { source == target }

    /// Whether a row leads to one other at most.
    package var isToOne: Bool {
      switch path {
      case .manyToOne, .oneToOne: true
      case .oneToMany, .manyToMany: false
      case .computed(_, let isToOne): isToOne
      }
    }

    /// The pairs of columns that are equal; none for a junction or a function.
    package var columns: [ColumnPair] {
      switch path {
      case .oneToMany(_, let pairs), .manyToOne(_, let pairs), .oneToOne(_, let pairs, _): pairs
      case .manyToMany, .computed: []
      }
    }

    /// The foreign key; nil for a junction or a function.
    package var constraint: String? {
      switch path {
      case .oneToMany(let name, _), .manyToOne(let name, _), .oneToOne(let name, _, _): name
      case .manyToMany, .computed: nil
      }
    }
  }

  /// A function that can be called.
  package struct Function: Sendable, Hashable {
    /// An argument of a call.
    package struct Parameter: Sendable, Hashable {
      /// Empty when it has none.
      package var name: String
      /// As SQL writes it, qualified.
      package var type: String
      package var isRequired: Bool
      package var isVariadic: Bool

      /// The type for a cast that cuts nothing off: some types without a length mean a length of 1.
      package var roomyType: String {
        switch type {
        case "character": "character varying"
        case "bit": "bit varying"
        case "character[]": "character varying[]"
        case "bit[]": "bit varying[]"
        default: type
        }
      }
    }

    /// What comes back.
    package enum Result: Sendable, Hashable {
      case scalar
      /// A row; `relation` when it is one of a relation.
      case composite(relation: QualifiedName?)
    }

    package enum Volatility: String, Sendable, Hashable {
      case immutable = "IMMUTABLE"
      case stable = "STABLE"
      case volatile = "VOLATILE"
    }

    /// `pg_proc.oid`.
    package var id = 0
    package var name: QualifiedName
    package var comment: String?
    package var parameters: [Parameter]
    package var result: Result
    package var isSetReturning: Bool
    package var returnsVoid: Bool
    package var volatility: Volatility
    /// Its SET clauses, in their order by name.
    package var settings: [Setting]

    package var returnsScalar: Bool { result == .scalar && !isSetReturning }
    package var returnsScalarSet: Bool { result == .scalar && isSetReturning }
    package var returnsSingleComposite: Bool { result != .scalar && !isSetReturning }
  }

  /// A setting of the server with its value.
  package struct Setting: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// In the order in which they are exposed.
  package var schemas: [String]
  package var relations: [QualifiedName: Relation] = [:]
  /// By their source; all within one schema.
  package var relationships: [QualifiedName: [Relationship]] = [:]
  /// Overloads in a stable order.
  package var functions: [QualifiedName: [Function]] = [:]
  /// Own ones, beside those that every relation has; most databases have none.
  package var mediaHandlers: [MediaHandler.Target: [MediaType: MediaHandler]] = [:]

  package init(schemas: [String]) {
    self.schemas = schemas
  }
}
