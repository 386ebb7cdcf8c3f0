extension TypeMetadata {
  /// A function that a client may call by name.
  package struct Function: Sendable, Hashable, Codable {
    /// `pg_proc.oid`.
    package var id: Int
    package var schema: String
    package var name: String
    package var language: String
    /// Empty unless the whole document was asked for; so is the next one.
    package var definition: String
    package var completeStatement: String
    /// In the order of their declaration, results included.
    package var arguments: [Argument]
    /// As `pg_get_function_arguments` writes them.
    package var argumentTypes: String
    /// As `pg_get_function_identity_arguments` writes them.
    package var identityArgumentTypes: String
    package var returnTypeID: Int
    /// As `pg_get_function_result` writes it.
    package var returnType: String
    /// `pg_class.oid` when rows of a relation or a composite type come back.
    @ExplicitNull package var returnTypeRelationID: Int?
    package var isSetReturning: Bool
    /// The planner's estimate; nil unless a set comes back.
    @ExplicitNull package var estimatedRows: Double?
    /// `IMMUTABLE`, `STABLE` or `VOLATILE`.
    package var behavior: String
    package var isSecurityDefiner: Bool
    /// Whether a null argument makes the result null without a call.
    package var isStrict: Bool
    /// Settings that hold while it runs; only in the whole document.
    @ExplicitNull package var settings: [String: String]?
    @ExplicitNull package var comment: String?

    private enum CodingKeys: String, CodingKey {
      case id, schema, name, language, definition, behavior, comment
      case completeStatement = "complete_statement"
      case arguments = "args"
      case argumentTypes = "argument_types"
      case identityArgumentTypes = "identity_argument_types"
      case returnTypeID = "return_type_id"
      case returnType = "return_type"
      case returnTypeRelationID = "return_type_relation_id"
      case isSetReturning = "is_set_returning_function"
      case estimatedRows = "prorows"
      case isSecurityDefiner = "security_definer"
      case isStrict = "is_strict"
      case settings = "config_params"
    }
  }

  /// An argument, or a column of the result.
  package struct Argument: Sendable, Hashable, Codable {
    /// What an argument is for, by `pg_proc.proargmodes`.
    package enum Mode: String, Sendable, Hashable, Codable {
      /// Given.
      case `in`
      /// Given back.
      case out
      /// Both.
      case `inout`
      /// Given, as many as there are.
      case variadic
      /// A column of a table that is given back.
      case table
    }

    package var mode: Mode
    /// Empty when it has none.
    package var name: String
    package var typeID: Int
    /// What the document's readers are used to: the defaults of the arguments that are given, by
    /// position among all; wrong as soon as a result stands before a default.
    @ExplicitNull package var hasDefault: Bool?
    /// Whether a call may leave it out.
    package var isOptional: Bool

    /// Whether a call gives it.
    package var isInput: Bool { mode == .in || mode == .inout || mode == .variadic }

    private enum CodingKeys: String, CodingKey {
      case mode, name
      case typeID = "type_id"
      case hasDefault = "has_default"
      case isOptional = "is_optional"
    }
  }

  /// A type of any schema.
  package struct TypeEntry: Sendable, Hashable, Codable {
    /// An attribute of a composite type.
    package struct Attribute: Sendable, Hashable, Codable {
      package var name: String
      package var typeID: Int

      private enum CodingKeys: String, CodingKey {
        case name
        case typeID = "type_id"
      }
    }

    /// `pg_type.oid`.
    package var id: Int
    package var name: String
    package var schema: String
    /// As SQL writes it: `character varying`, `other.mood[]`.
    package var format: String
    /// Labels in their order; empty unless it is an enum.
    package var enums: [String]
    /// In their order; empty unless it was created as a composite type.
    package var attributes: [Attribute]
    @ExplicitNull package var comment: String?
    /// `pg_class.oid` of a row type.
    @ExplicitNull package var typeRelationID: Int?
    package var kind: TypeReference.Kind
    /// `pg_class.relkind` of a row type: `c` when it was created as a type.
    @ExplicitNull package var relationKind: String?
    /// The type of an array's elements.
    @ExplicitNull package var elementTypeID: Int?
    /// The type that a domain restricts.
    @ExplicitNull package var baseTypeID: Int?
    /// Whether it is a domain that refuses null.
    package var isNotNull: Bool

    private enum CodingKeys: String, CodingKey {
      case id, name, schema, format, enums, attributes, comment, kind
      case typeRelationID = "type_relation_id"
      case relationKind = "relation_kind"
      case elementTypeID = "element_type_id"
      case baseTypeID = "base_type_id"
      case isNotNull = "is_not_null"
    }
  }
}
