internal import SchemaCatalog

/// How a foreign key gets its values.
enum LinkTiming: Hashable {
  /// The parent's rows are there first.
  case first
  /// The row points at earlier rows of its own table.
  case toItself
  /// Inserted as null, set by an UPDATE when the parent's rows are there: breaks a cycle.
  case updatedLater
  /// Inserted with its value; the constraint is checked at the end of the transaction.
  case deferred
}

/// A table with all that its rows must obey, read from the catalog once.
struct TablePlan {
  let table: Table
  var timing: [ForeignKey: LinkTiming] = [:]
  /// The columns that an INSERT names, in the table's order.
  var columns: [Column] = []
  var rules: [String: ColumnRules] = [:]
  /// Checks, each parsed.
  var checks: [(name: String, expression: CheckExpression)] = []
  /// A key whose columns an INSERT all names.
  struct PlannedKey {
    var key: Key
    var expressions: [CheckExpression]
    /// Rows for which this is not true are free.
    var predicate: CheckExpression?
    /// All columns, those in expressions too.
    var columns: Set<String>
  }

  var keys: [PlannedKey] = []
  /// Columns that are unique alone.
  var uniqueColumns: Set<String> = []
  /// Columns that PostgreSQL numbers, and that we number because something refers to them.
  var numbered: Set<String> = []

  /// Columns whose value a link brings when the row's own values are made.
  var linkedAfterwards: Set<String> {
    let links = table.foreignKeys.filter { timing[$0] == .toItself || timing[$0] == .deferred }
    let itself = links.filter { timing[$0] == .toItself }
    return Set(links.flatMap(\.columns)).subtracting(itself.flatMap(\.referencedColumns))
      .subtracting(table.primaryKey?.columns ?? [])
  }

  /// Columns whose values others decide.
  var linkedOrNumbered: Set<String> {
    numbered.union(table.foreignKeys.flatMap(\.columns))
  }

  init(_ table: Table, in catalog: Catalog) {
    self.table = table
    checks = table.checks.map { ($0.name, CheckExpression(parsing: $0.expression)) }
    for column in table.columns {
      var learned = ColumnRules()
      for check in checks { learned.learn(check.expression, column: column.name) }
      learned.checks = checks.map(\.expression).filter { $0.columns == [column.name] }
      rules[column.name] = learned
    }
    learnPartitions(in: catalog)
  }

  /// Decides which columns are named.
  ///
  /// - Parameters:
  ///   - referenced: Columns whose values must be known here.
  ///   - types: Tells which types can be written.
  /// - Returns: Required columns of a type that cannot be written.
  mutating func chooseColumns(referenced: Set<String>, types: TypeIndex) -> [Column] {
    var impossible: [Column] = []
    let linked = Set(table.foreignKeys.flatMap(\.columns))
    for column in table.columns where !column.isGenerated {
      let isNumbered =
        column.identity != nil || column.defaultExpression?.hasPrefix("nextval(") == true
      if isNumbered, !linked.contains(column.name) {
        guard referenced.contains(column.name) else { continue }
        numbered.insert(column.name)
        columns.append(column)
        continue
      }
      guard column.identity != .always else { continue }
      if !linked.contains(column.name), !canWrite(column, types) {
        let isOptional = column.isNullable || column.defaultExpression != nil
        if !isOptional || referenced.contains(column.name) { impossible.append(column) }
        continue
      }
      columns.append(column)
    }
    let named = Set(columns.map(\.name))
    let all = (table.primaryKey.map { [$0] } ?? []) + table.uniqueKeys
    keys = all.map { key in
      let expressions = key.expressions.map { CheckExpression(parsing: $0) }
      return PlannedKey(
        key: key, expressions: expressions,
        predicate: key.predicate.map { CheckExpression(parsing: $0) },
        columns: expressions.reduce(into: Set(key.columns)) { $0.formUnion($1.columns) })
    }.filter { named.isSuperset(of: $0.columns) }
    for planned in keys where planned.key.columns.count + planned.key.expressions.count == 1 {
      // `lower(email)`: distinct texts of ours are distinct when folded, too.
      uniqueColumns.formUnion(planned.columns)
    }
    return impossible
  }

  private func canWrite(_ column: Column, _ types: TypeIndex) -> Bool {
    var maker = ValueMaker(
      types: types, random: MockRandom(seed: 0), row: 0, attempt: 0, isUnique: false)
    let rules = rules[column.name] ?? ColumnRules()
    return maker.value(of: column.type, column: column.name, rules: rules) != nil
  }

  // MARK: - Partitions

  /// Whether rows have nowhere to go.
  private(set) var lacksPartitions = false

  private mutating func learnPartitions(in catalog: Catalog) {
    guard table.kind == .partitionedTable, let key = table.partitionKey else { return }
    let bounds = catalog.tables.filter { $0.partitionOf == table.name }.compactMap(\.partitionBound)
    lacksPartitions = bounds.isEmpty
    guard let open = key.firstIndex(of: "("), key.hasSuffix(")") else { return }
    let inner = key[key.index(after: open)...].dropLast()
    let name = inner.filter { $0 != "\"" }
    guard table.column(name) != nil, !bounds.contains(where: { $0 == "DEFAULT" }) else { return }
    if key.hasPrefix("LIST") {
      let values = bounds.flatMap { Self.list($0) }
      rules[name]?.allowed = values
    } else if key.hasPrefix("RANGE") {
      rules[name]?.intervals = bounds.compactMap { Self.interval($0) }
    }
  }

  private static func list(_ bound: String) -> [Scalar] {
    guard let open = bound.firstIndex(of: "("), bound.hasSuffix(")") else { return [] }
    let inner = bound[bound.index(after: open)...].dropLast()
    guard case .array(let items) = CheckExpression(parsing: "array[\(inner)]").constantValue else {
      return []
    }
    return items
  }

  /// `FOR VALUES FROM ('2024-01-01') TO (MAXVALUE)`.
  private static func interval(_ bound: String) -> (lower: Double?, upper: Double?)? {
    let parts = bound.split(separator: "(").dropFirst().compactMap { part in
      part.firstIndex(of: ")").map { String(part[..<$0]) }
    }
    guard parts.count == 2 else { return nil }
    let numbers = parts.map { part -> Double? in
      switch CheckExpression(parsing: part).constantValue {
      case .number(let value): value
      case .text(let text): CalendarTime.parse(text) ?? Double(text)
      default: nil
      }
    }
    return (numbers[0], numbers[1])
  }
}
