package import Diagnostics
package import SchemaCatalog

/// Rows that are in the database already: children point at them, and the table gets no more.
///
/// A row holds the columns that foreign keys lead to, in PostgreSQL's text form.
package typealias ExistingRows = [QualifiedName: [[String: String]]]

/// A script of invented rows.
package struct MockScript: Sendable {
  /// INSERTs in an order that foreign keys accept, under a comment with the seed.
  package var sql: String
  /// How many rows each table gets.
  package var rows: [QualifiedName: Int]
  /// Tables that get fewer rows, or none, and why; checks that were not understood.
  package var diagnostics: [Diagnostic]
}

/// Invents rows for every table: the same schema, count and seed give the same text.
///
/// Foreign keys, keys, enums, domains and the checks that can be understood are kept. Rows that a
/// trigger made first stay: each INSERT ends in `on conflict do nothing`.
///
/// - Parameters:
///   - catalog: The app's tables; `auth.users` comes along where they point at it.
///   - rows: For each table.
///   - seed: Any number; it is written into the script.
///   - existing: Tables that have rows already.
/// - Returns: The script. Tables that cannot be filled are named in its diagnostics.
package func generate(
  _ catalog: Catalog, rows: Int, seed: UInt64, existing: ExistingRows = [:]
) -> MockScript {
  var generator = MockGenerator(catalog: catalog, rows: rows, seed: seed, existing: existing)
  return generator.run()
}

private struct MockGenerator {
  let catalog: Catalog
  let rows: Int
  let seed: UInt64
  let existing: ExistingRows
  var made = MadeRows()
  var diagnostics: [Diagnostic] = []
  var plans: [TablePlan] = []

  mutating func run() -> MockScript {
    let types = TypeIndex(catalog)
    let tables = wantedTables()
    takeExisting()
    let order = TableOrder(tables)
    diagnostics += order.diagnostics
    for table in order.tables {
      make(table, timing: order.timing[table.name] ?? [:], among: tables, types)
    }
    var updates: [QualifiedName: [String]] = [:]
    for plan in plans {
      let (rows, updated) = RowMaker.linkLater(
        plan, rows: made.rows[plan.table.name] ?? [], made: made, seed: seed)
      made.rows[plan.table.name] = rows
      explainMissingLinks(plan, rows)
      updates[plan.table.name] = updated
    }
    let counts = Dictionary(
      uniqueKeysWithValues: plans.map { ($0.table.name, made.rows[$0.table.name]?.count ?? 0) })
    let writer = MockWriter(plans: plans, made: made, updates: updates, rows: rows, seed: seed)
    return MockScript(
      sql: writer.script(refused: diagnostics), rows: counts, diagnostics: diagnostics)
  }

  /// The app's tables, and the platform's that they point at.
  private func wantedTables() -> [Table] {
    var wanted: Set<QualifiedName> = []
    var open = catalog.tables.filter { table in
      (table.kind == .table || table.kind == .partitionedTable) && table.partitionOf == nil
        && !PlatformRows.schemas.contains(table.name.schema)
    }
    while let table = open.popLast() {
      guard wanted.insert(table.name).inserted else { continue }
      open += table.foreignKeys.compactMap { catalog.table($0.referencedTable) }
    }
    if wanted.contains(PlatformRows.users) { wanted.insert(PlatformRows.identities) }
    return catalog.tables.filter {
      wanted.contains($0.name) && existing[$0.name]?.isEmpty ?? true
    }
  }

  private mutating func takeExisting() {
    for (table, rows) in existing where !rows.isEmpty {
      made.rows[table] = rows.map { row in
        row.mapValues { MockValue(text: $0, scalar: .text($0)) }
      }
    }
  }

  private mutating func make(
    _ table: Table, timing: [ForeignKey: LinkTiming], among tables: [Table], _ types: TypeIndex
  ) {
    var plan = TablePlan(table, in: catalog)
    plan.timing = timing
    if plan.lacksPartitions {
      refuse(table, "it has no partitions", "create a partition, or a default one")
      return
    }
    let impossible = plan.chooseColumns(
      referenced: referencedColumns(of: table, timing, among: tables), types: types)
    if let column = impossible.first {
      refuse(
        table, "the column \(column.name) is required and its type \(column.type.sql) is not known",
        "give the column a default, or write these rows by hand")
      return
    }
    var maker = RowMaker(plan: plan, types: types, seed: seed, made: made)
    maker.make(rows)
    made.rows[table.name] = maker.rows
    plans.append(plan)
    if maker.rows.count < rows { explain(maker, plan) }
    for check in plan.checks where !isUnderstood(check.expression, maker.rows) {
      diagnostics.append(
        Diagnostic(
          code: "mock_unchecked",
          message: "the check \(check.name) of \(table.name) is not understood",
          hint: "PostgreSQL may refuse rows of this table"))
    }
    if !table.exclusions.isEmpty {
      diagnostics.append(
        Diagnostic(
          code: "mock_unchecked",
          message: "the exclusion constraint of \(table.name) is not understood",
          hint: "rows that meet others are left out by `on conflict do nothing`"))
    }
  }

  /// Whether the check comes to a result for the rows at hand.
  private func isUnderstood(_ check: CheckExpression, _ rows: [MockRow]) -> Bool {
    rows.prefix(20).allSatisfy { row in
      check.evaluate { row[$0]?.scalar ?? .unknown } != .unknown
    }
  }

  private func referencedColumns(
    of table: Table, _ timing: [ForeignKey: LinkTiming], among tables: [Table]
  ) -> Set<String> {
    var columns: Set<String> = []
    for other in tables {
      for key in other.foreignKeys where key.referencedTable == table.name {
        columns.formUnion(key.referencedColumns)
      }
    }
    if timing.values.contains(.updatedLater) {
      columns.formUnion(table.primaryKey?.columns ?? [])
    }
    return columns
  }

  // MARK: - Words

  private mutating func explainMissingLinks(_ plan: TablePlan, _ rows: [MockRow]) {
    for key in plan.table.foreignKeys where plan.timing[key] == .deferred {
      let required = key.columns.filter { plan.table.column($0)?.isNullable == false }
      guard rows.contains(where: { row in required.contains { (row[$0] ?? .null) == .null } })
      else { continue }
      refuse(
        plan.table, "no row of \(key.referencedTable) fits \(key.name)", "write these rows by hand")
      made.rows[plan.table.name] = []
    }
  }

  private mutating func refuse(_ table: Table, _ reason: String, _ hint: String) {
    diagnostics.append(
      Diagnostic(code: "mock_refused", message: "no rows for \(table.name): \(reason)", hint: hint))
  }

  private mutating func explain(_ maker: RowMaker, _ plan: TablePlan) {
    let reason: String
    let hint: String
    switch maker.refusal {
    case .check(let name):
      reason = "no value was found that the check \(name) accepts"
      hint = "write these rows by hand"
    case .key(let name):
      reason = "the key \(name) has no more different values"
      hint = "fewer rows are all that this table can hold"
    case .noParent(let key):
      reason = "\(key.referencedTable) has no row that \(key.name) could point at"
      hint = "see what is said of \(key.referencedTable)"
    case .type(let column):
      reason = "no value can be made for the column \(column)"
      hint = "write these rows by hand"
    case nil: return
    }
    let count = maker.rows.isEmpty ? "no rows" : "\(maker.rows.count) of \(rows) rows"
    diagnostics.append(
      Diagnostic(
        code: "mock_refused", message: "\(count) for \(plan.table.name): \(reason)", hint: hint))
  }
}
