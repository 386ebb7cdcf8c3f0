internal import RESTRequests

/// What a read selects, from where, and what it embeds; all names resolved.
struct ReadPlan {
  /// A column or a place in the JSON of one.
  struct Field {
    var name: String
    var steps: [FieldPath.Step] = []
    /// Whether the arrows apply to it as it is; other types become `jsonb` first.
    var isJSON = false
    /// Whether it can be searched as it is; so can what is computed, as far as anybody knows.
    var isSearchVector = false
    /// Of an output, what makes JSON of the domain's value; of a condition, what makes the domain's
    /// value of text.
    var conversion: String?
  }

  /// One place of the result.
  struct Output {
    var field: Field
    var alias: String?
    var cast: String?
    var aggregate: SelectField.Aggregate?
    var aggregateCast: String?

    /// What an outer query calls it.
    var name: String {
      alias ?? (field.name == "*" && aggregate != nil ? aggregate?.rawValue ?? "" : field.name)
    }
  }

  /// A condition with its fields resolved.
  indirect enum Condition {
    case filter(Field, not: Bool, Filter.Operation)
    /// Whether there are rows of an embed; by its number among the children.
    case hasRows(child: Int, not: Bool)
    case group(LogicTree.Connective, not: Bool, [Condition])
  }

  /// What rows are sorted by.
  struct Order {
    var field: Field
    /// The embed whose field it is; by its number among the children.
    var child: Int?
    var direction: OrderTerm.Direction?
    var nulls: OrderTerm.Nulls?
  }

  /// Two columns that are equal, as SQL.
  struct Join {
    var inner: String
    var outer: String
  }

  /// As `select` names it.
  var name: String
  var alias: String?
  /// What is read; nil for the result of a function that has no relation.
  var relation: SchemaCache.Relation?
  var relationName: QualifiedName
  /// What stands behind FROM.
  var from: String
  /// What its columns are qualified with.
  var reference: String
  /// How its parent got to it; nil for the root.
  var relationship: SchemaCache.Relationship?
  /// The name of its rows in its parent's query.
  var aggregateAlias = ""
  var isInner = false
  var isSpread = false
  var outputs: [Output] = []
  var children: [ReadPlan] = []
  var conditions: [Condition] = []
  var joins: [Join] = []
  var order: [Order] = []
  var range = RowRange.all

  var isToOne: Bool { relationship?.isToOne ?? false }
  /// The key of its object or array in the parent's.
  var outputName: String { alias ?? name }
  /// `rel()`: joined, not shown.
  var isEmpty: Bool { outputs.isEmpty && children.allSatisfy(\.isEmpty) }
  /// Whether aggregates are computed by the parent, over its groups.
  var givesAggregatesUp: Bool { isSpread && isToOne }

  /// Whether rows are as they are: `select=*` and nothing embedded.
  var isPlain: Bool {
    children.isEmpty && outputs.count == 1 && outputs[0].field.name == "*"
      && outputs[0].aggregate == nil
  }

  /// The fields of its rows that it shows, asks about or sorts by.
  var fieldNames: [String] {
    func names(_ condition: Condition) -> [String] {
      switch condition {
      case .filter(let field, _, _): [field.name]
      case .hasRows: []
      case .group(_, _, let members): members.flatMap(names)
      }
    }
    return outputs.map(\.field.name) + conditions.flatMap(names)
      + order.filter { $0.child == nil }.map(\.field.name)
  }
}
