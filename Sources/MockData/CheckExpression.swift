internal import FoundationEssentials
internal import SQLScript

/// What an expression comes to: unknown is our ignorance, null is SQL's.
enum Scalar: Equatable {
  case null
  case unknown
  case bool(Bool)
  case number(Double)
  case text(String)
  /// Seconds since 1970.
  case time(Double)
  case array([Scalar])
  /// A word of an enum, which compares by its place among all of them.
  case label(String, of: [String])
  /// JSON, of which we know the type: `object`.
  case json(String)
  /// Binary data, of which we know the size.
  case bytes(Int)
  /// A range that is not empty: its two ends.
  case range([Scalar])

  var asBool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }
}

/// A CHECK constraint's expression, read by PostgreSQL's own parser.
indirect enum CheckExpression: Equatable {
  case constant(Scalar)
  case column(String)
  case not(CheckExpression)
  case all([CheckExpression])
  case any([CheckExpression])
  case isNull(CheckExpression)
  case operation(String, [CheckExpression])
  /// `left op ANY (right)`; with `all` it is `left op ALL (right)`.
  case quantified(String, CheckExpression, CheckExpression, all: Bool)
  case list([CheckExpression])
  case call(String, [CheckExpression])
  case cast(CheckExpression, to: String)
  case choice([(when: CheckExpression, then: CheckExpression)], otherwise: CheckExpression?)
  case unsupported

  /// Parses an expression as `pg_get_expr` writes it.
  init(parsing expression: String) {
    guard let tree = parseTree("select (\(expression))"),
      let root = try? JSONDecoder().decode(JSONNode.self, from: Data(tree.utf8)),
      let target = root["stmts"]?[0]?["stmt"]?["SelectStmt"]?["targetList"]?[0]?["ResTarget"]?[
        "val"]
    else {
      self = .unsupported
      return
    }
    self.init(target)
  }

  static func == (left: CheckExpression, right: CheckExpression) -> Bool {
    "\(left)" == "\(right)"
  }

  private init(_ node: JSONNode) {
    guard let (kind, body) = node.onlyEntry else {
      self = .unsupported
      return
    }
    func child(_ key: String) -> CheckExpression {
      body[key].map { CheckExpression($0) } ?? .unsupported
    }
    let arguments = (body["args"]?.items ?? []).map { CheckExpression($0) }
    switch kind {
    case "A_Const": self = .constant(Self.constant(body))
    case "ColumnRef":
      let names = (body["fields"]?.items ?? []).compactMap { $0["String"]?["sval"]?.text }
      self = names.last.map { .column($0) } ?? .unsupported
    case "BoolExpr":
      switch body["boolop"]?.text {
      case "AND_EXPR": self = .all(arguments)
      case "OR_EXPR": self = .any(arguments)
      default: self = arguments.first.map { .not($0) } ?? .unsupported
      }
    case "NullTest":
      let test = CheckExpression.isNull(child("arg"))
      self = body["nulltesttype"]?.text == "IS_NOT_NULL" ? .not(test) : test
    case "BooleanTest":
      self = .call(body["booltesttype"]?.text ?? "", [child("arg")])
    case "A_Expr": self = Self.operation(body, child)
    case "A_ArrayExpr":
      self = .list((body["elements"]?.items ?? []).map { CheckExpression($0) })
    case "FuncCall":
      let name = body["funcname"]?.items.last?["String"]?["sval"]?.text ?? ""
      self = .call(name, arguments)
    case "CoalesceExpr": self = .call("coalesce", arguments)
    case "TypeCast":
      let isArray = body["typeName"]?["arrayBounds"] != nil
      let name = body["typeName"]?["names"]?.items.last?["String"]?["sval"]?.text ?? ""
      self = .cast(child("arg"), to: isArray ? "\(name)[]" : name)
    case "CaseExpr":
      guard body["arg"] == nil else {
        self = .unsupported
        return
      }
      let branches = (body["args"]?.items ?? []).compactMap { $0["CaseWhen"] }.map { branch in
        (
          when: branch["expr"].map { CheckExpression($0) } ?? .unsupported,
          then: branch["result"].map { CheckExpression($0) } ?? .unsupported
        )
      }
      self = .choice(branches, otherwise: body["defresult"].map { CheckExpression($0) })
    default: self = .unsupported
    }
  }

  private static func operation(
    _ body: JSONNode, _ child: (String) -> CheckExpression
  ) -> CheckExpression {
    let name = body["name"]?.items.last?["String"]?["sval"]?.text ?? ""
    switch body["kind"]?.text {
    case "AEXPR_OP", "AEXPR_LIKE", "AEXPR_ILIKE":
      let sides = body["lexpr"] == nil ? [child("rexpr")] : [child("lexpr"), child("rexpr")]
      return .operation(name, sides)
    case "AEXPR_OP_ANY": return .quantified(name, child("lexpr"), child("rexpr"), all: false)
    case "AEXPR_OP_ALL": return .quantified(name, child("lexpr"), child("rexpr"), all: true)
    case "AEXPR_DISTINCT": return .call("is distinct", [child("lexpr"), child("rexpr")])
    case "AEXPR_NOT_DISTINCT":
      return .not(.call("is distinct", [child("lexpr"), child("rexpr")]))
    default: return .unsupported
    }
  }

  private static func constant(_ body: JSONNode) -> Scalar {
    if let value = body["ival"] { return .number(value["ival"]?.number ?? 0) }
    if let value = body["fval"]?["fval"]?.text {
      return Double(value).map { .number($0) } ?? .unknown
    }
    if let value = body["sval"] { return .text(value["sval"]?.text ?? "") }
    if let value = body["boolval"] { return .bool(value["boolval"]?.bool ?? false) }
    return .null
  }

  /// The columns that the expression reads.
  var columns: Set<String> {
    switch self {
    case .constant, .unsupported: []
    case .column(let name): [name]
    case .not(let inner), .isNull(let inner), .cast(let inner, _): inner.columns
    case .all(let parts), .any(let parts), .operation(_, let parts), .list(let parts),
      .call(_, let parts):
      parts.reduce(into: []) { $0.formUnion($1.columns) }
    case .quantified(_, let left, let right, _): left.columns.union(right.columns)
    case .choice(let branches, let otherwise):
      branches.reduce(into: otherwise?.columns ?? []) {
        $0.formUnion($1.when.columns.union($1.then.columns))
      }
    }
  }
}

/// Any JSON value, to walk a parse tree with.
enum JSONNode: Decodable {
  case object([String: JSONNode])
  case array([JSONNode])
  case string(String)
  case number(Double)
  case bool(Bool)
  case null

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let object = try? value.decode([String: JSONNode].self) {
      self = .object(object)
    } else if let array = try? value.decode([JSONNode].self) {
      self = .array(array)
    } else if let string = try? value.decode(String.self) {
      self = .string(string)
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else {
      self = .null
    }
  }

  subscript(key: String) -> JSONNode? {
    if case .object(let entries) = self { entries[key] } else { nil }
  }

  subscript(index: Int) -> JSONNode? {
    if case .array(let items) = self, items.indices.contains(index) { items[index] } else { nil }
  }

  var items: [JSONNode] {
    if case .array(let items) = self { items } else { [] }
  }

  var text: String? {
    if case .string(let value) = self { value } else { nil }
  }

  var number: Double? {
    if case .number(let value) = self { value } else { nil }
  }

  var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  var onlyEntry: (key: String, value: JSONNode)? {
    if case .object(let entries) = self, entries.count == 1 { entries.first } else { nil }
  }
}
