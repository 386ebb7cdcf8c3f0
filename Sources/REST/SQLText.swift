internal import PostgresClient
internal import RESTRequests

/// SQL as it is written, with the values for its parameters.
struct SQLText {
  private(set) var sql = ""
  private(set) var values: [String?] = []

  var statement: PostgresStatement { PostgresStatement(sql, values) }

  /// Appends SQL: our own words and quoted names, never a value.
  mutating func append(_ text: String) {
    sql += text
  }

  /// Appends a parameter for a value; PostgreSQL finds its type.
  mutating func bind(_ value: String?) {
    values.append(value)
    sql += "$\(values.count)"
  }

  /// Appends parts with something between them.
  mutating func list<Part>(
    _ parts: some Sequence<Part>, separator: String = ", ", _ write: (inout SQLText, Part) -> Void
  ) {
    var isFirst = true
    for part in parts {
      if !isFirst { append(separator) }
      isFirst = false
      write(&self, part)
    }
  }

  // MARK: Fields

  mutating func field(_ field: ReadPlan.Field, of reference: String) {
    let column =
      field.name == "*" ? "\(reference).*" : "\(reference).\(quoteIdentifier(field.name))"
    if field.steps.isEmpty {
      append(column)
      return
    }
    append(field.isJSON ? column : "to_jsonb(\(column))")
    for step in field.steps {
      switch step {
      case .json: append("->")
      case .text: append("->>")
      }
      switch step.operand {
      case .key(let key): bind(key)
      case .index(let index):
        bind(index)
        append("::int")
      }
    }
  }

  /// Appends a field as it is shown.
  mutating func output(_ field: ReadPlan.Field, of reference: String) {
    guard let conversion = field.conversion else { return self.field(field, of: reference) }
    append("\(conversion)(")
    self.field(field, of: reference)
    append(")")
  }

  /// Appends a value that a field is compared with.
  private mutating func value(_ value: String, for field: ReadPlan.Field) {
    guard let conversion = field.conversion else { return bind(value) }
    append("\(conversion)(")
    bind(value)
    append(")")
  }

  /// Appends a part, cast to a type if there is one.
  mutating func cast(to type: String?, _ write: (inout SQLText) -> Void) {
    guard let type else {
      write(&self)
      return
    }
    append("CAST(")
    write(&self)
    append(" AS \(Self.typeName(type)))")
  }

  /// Types of several words mean something only without quotes.
  private static func typeName(_ name: String) -> String {
    let isPlain = name.unicodeScalars.allSatisfy {
      $0 == "_" || $0 == "$" || $0 == " " || $0.properties.isAlphabetic
        || ("0"..."9").contains($0)
    }
    return isPlain ? name : quoteIdentifier(name)
  }

  // MARK: Conditions

  mutating func conditions(
    _ conditions: [ReadPlan.Condition], of reference: String,
    hasRows: (inout SQLText, _ child: Int, _ not: Bool) -> Void
  ) {
    list(conditions, separator: " AND ") { sql, condition in
      sql.condition(condition, of: reference, hasRows: hasRows)
    }
  }

  private mutating func condition(
    _ condition: ReadPlan.Condition, of reference: String,
    hasRows: (inout SQLText, _ child: Int, _ not: Bool) -> Void
  ) {
    switch condition {
    case .hasRows(let child, let isNegated): hasRows(&self, child, isNegated)
    case .group(let connective, let isNegated, let members):
      append(isNegated ? "NOT (" : "(")
      list(members, separator: connective == .and ? " AND " : " OR ") { sql, member in
        sql.condition(member, of: reference, hasRows: hasRows)
      }
      append(")")
    case .filter(let field, let isNegated, let operation):
      if isNegated { append("NOT ") }
      filter(field, operation, of: reference)
    }
  }

  private mutating func filter(
    _ field: ReadPlan.Field, _ operation: Filter.Operation, of reference: String
  ) {
    switch operation {
    case .search(let search, let text, let language):
      let wraps = !field.isSearchVector
      if wraps {
        append("to_tsvector(")
        self.language(language)
      }
      self.field(field, of: reference)
      append("\(wraps ? ")" : "") @@ \(search.sql)(")
      self.language(language)
      bind(text)
      append(")")
    case .compare(let comparison, let value, let quantifier):
      self.field(field, of: reference)
      append(" \(comparison.sql) ")
      switch quantifier {
      case .any: append("ANY(")
      case .all: append("ALL(")
      case nil: break
      }
      let isPattern = comparison == .like || comparison == .ilike
      if isPattern { bind(Self.pattern(value)) } else { self.value(value, for: field) }
      if quantifier != nil { append(")") }
    case .isIn(let values):
      self.field(field, of: reference)
      append(" = ANY(")
      if let conversion = field.conversion, !values.isEmpty {
        append("(SELECT \(conversion)(unnest(")
        bind(Self.array(values))
        append("::text[])))")
      } else {
        bind(Self.array(values))
      }
      append(")")
    case .isValue(let value):
      self.field(field, of: reference)
      switch value {
      case .null: append(" IS NULL")
      case .notNull: append(" IS NOT NULL")
      case .isTrue: append(" IS TRUE")
      case .isFalse: append(" IS FALSE")
      case .unknown: append(" IS UNKNOWN")
      }
    case .isDistinct(let value):
      self.field(field, of: reference)
      append(" IS DISTINCT FROM ")
      bind(value)
    }
  }

  private mutating func language(_ language: String?) {
    guard let language else { return }
    bind(language)
    append(", ")
  }

  /// Stars are easier to send than percent signs.
  private static func pattern(_ text: String) -> String {
    // By scalar: a star with a combining accent behind it is another character to Swift.
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { scalars.append(scalar == "*" ? "%" : scalar) }
    return String(scalars)
  }

  /// PostgreSQL's text form of an array, every element quoted.
  static func array(_ values: [String]) -> String {
    var text = "{"
    for (index, value) in values.enumerated() {
      if index > 0 { text += "," }
      text += "\""
      for scalar in value.unicodeScalars {
        if scalar == "\"" || scalar == "\\" { text += "\\" }
        text.unicodeScalars.append(scalar)
      }
      text += "\""
    }
    return text + "}"
  }
}
