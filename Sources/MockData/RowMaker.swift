internal import SchemaCatalog

typealias MockRow = [String: MockValue]

/// The rows of all tables so far, for children to point at.
struct MadeRows {
  var rows: [QualifiedName: [MockRow]] = [:]
}

/// Makes the rows of one table: a row is tried until checks and keys accept it.
struct RowMaker {
  let plan: TablePlan
  let types: TypeIndex
  let seed: UInt64
  let made: MadeRows

  private(set) var rows: [MockRow] = []
  private var seenKeys: [Set<[String]>]
  /// What refused the last row that could not be made.
  private(set) var refusal: Refusal?

  enum Refusal: Equatable {
    case check(String)
    case key(String)
    case noParent(ForeignKey)
    case type(String)
  }

  init(plan: TablePlan, types: TypeIndex, seed: UInt64, made: MadeRows) {
    self.plan = plan
    self.types = types
    self.seed = seed
    self.made = made
    seenKeys = plan.keys.map { _ in [] }
  }

  private static let mostAttempts = 400

  mutating func make(_ count: Int) {
    for index in 0..<count {
      guard let row = makeRow(index) else { return }
      for (number, key) in plan.keys.enumerated() {
        if let values = Self.keyValues(key, row) { seenKeys[number].insert(values) }
      }
      rows.append(row)
    }
  }

  /// Only the columns that a refusal is about are made anew: what fits already stays.
  private mutating func makeRow(_ index: Int) -> MockRow? {
    var row: MockRow = [:]
    for attempt in 0..<Self.mostAttempts {
      switch candidate(index, attempt, row) {
      case .failure(let reason):
        refusal = reason
        if case .type = reason { return nil }
        row = [:]
      case .success(let complete):
        row = mended(complete)
        guard let (reason, columns) = refuses(row) else { return row }
        refusal = reason
        // Now and then from the start: two refusals may undo each other's mending.
        if attempt % 40 == 39 {
          row = [:]
        } else {
          for column in withLinks(columns) { row[column] = nil }
        }
      }
    }
    return nil
  }

  /// The columns, and those of the foreign keys they belong to.
  private func withLinks(_ columns: Set<String>) -> Set<String> {
    var all = columns
    while true {
      let links = plan.table.foreignKeys.filter { !all.isDisjoint(with: $0.columns) }
      let grown = all.union(links.flatMap(\.columns))
      if grown == all { return all }
      all = grown
    }
  }

  private enum Candidate {
    case success(MockRow)
    case failure(Refusal)
  }

  private func random(_ column: String, _ index: Int, _ attempt: Int) -> MockRandom {
    MockRandom(seed: seed, plan.table.name.description, column, "\(index)", "\(attempt)")
  }

  private func candidate(_ index: Int, _ attempt: Int, _ start: MockRow) -> Candidate {
    var row = start
    for key in plan.table.foreignKeys where key.columns.contains(where: { row[$0] == nil }) {
      switch plan.timing[key] {
      case .updatedLater:
        for column in key.columns where row[column] == nil {
          if plan.table.column(column)?.isNullable == true { row[column] = .null }
        }
        continue
      case .deferred: continue
      case .toItself: continue
      case .first, nil: break
      }
      guard link(key, &row, index, attempt) else { return .failure(.noParent(key)) }
    }
    for column in plan.columns
    where row[column.name] == nil && !plan.linkedAfterwards.contains(column.name) {
      guard let value = value(column, index, attempt, row) else {
        return .failure(.type(column.name))
      }
      row[column.name] = value
    }
    for key in plan.table.foreignKeys
    where plan.timing[key] == .toItself && key.columns.contains(where: { row[$0] == nil }) {
      guard linkToItself(key, &row, index, attempt) else { return .failure(.noParent(key)) }
    }
    return .success(row)
  }

  private func value(
    _ column: Column, _ index: Int, _ attempt: Int, _ row: MockRow
  ) -> MockValue? {
    if plan.numbered.contains(column.name) { return .number(index + 1) }
    if let known = PlatformRows.value(
      table: plan.table.name, column: column.name, row: row,
      random: random("user", index, 0), index: index)
    {
      return known
    }
    var random = random(column.name, index, attempt)
    let rules = plan.rules[column.name] ?? ColumnRules()
    let mayBeEmpty =
      column.isNullable && !rules.isRequired && types.allowsNull(column.type)
      && plan.table.primaryKey?.columns.contains(column.name) != true
    // Rows that keep failing may need another set of empty columns: `num_nonnulls(a, b) = 1`.
    let percent = attempt < 6 ? PlausibleNumbers.emptyPercent(column.name) : 50
    if mayBeEmpty, random.chance(percent) { return .null }
    var maker = ValueMaker(
      types: types, random: random, row: index, attempt: attempt,
      isUnique: plan.uniqueColumns.contains(column.name))
    return maker.value(of: column.type, column: column.name, rules: rules)
  }

  // MARK: - Foreign keys

  /// Points the row at a parent; false when there is none and the columns may not be empty.
  private func link(
    _ key: ForeignKey, _ row: inout MockRow, _ index: Int, _ attempt: Int
  ) -> Bool {
    var random = random(key.name, index, attempt)
    let isOptional = mayBeEmpty(key)
    let parents = made.rows[key.referencedTable] ?? []
    if isOptional, parents.isEmpty || random.chance(attempt < 6 ? 10 : 50) {
      empty(key, &row)
      return true
    }
    guard let parent = parent(key, parents, row, index, attempt, &random) else {
      guard isOptional else { return false }
      empty(key, &row)
      return true
    }
    for (column, referenced) in zip(key.columns, key.referencedColumns) {
      row[column] = parent[referenced] ?? .null
    }
    return true
  }

  /// One parent each where the link is unique; at random elsewhere; of the same tenant always.
  private func parent(
    _ key: ForeignKey, _ parents: [MockRow], _ row: MockRow, _ index: Int, _ attempt: Int,
    _ random: inout MockRandom
  ) -> MockRow? {
    let shared = zip(key.columns, key.referencedColumns).filter { row[$0.0] != nil }
    let fitting =
      shared.isEmpty
      ? parents : parents.filter { parent in shared.allSatisfy { row[$0.0] == parent[$0.1] } }
    guard !fitting.isEmpty else { return nil }
    let isUnique =
      key.columns.contains { plan.uniqueColumns.contains($0) }
      || plan.keys.contains { $0.predicate == nil && $0.columns.isSubset(of: key.columns) }
      || PlatformRows.isOneToOne(plan.table.name)
    if isUnique { return fitting[(index + attempt) % fitting.count] }
    if attempt >= 30, let turn = turn(of: key, among: fitting.count, index + attempt - 30) {
      return fitting[turn]
    }
    return random.pick(fitting)
  }

  /// Walks through all combinations of a key made of links, when chance found no free one.
  private func turn(of key: ForeignKey, among count: Int, _ number: Int) -> Int? {
    let links = plan.table.foreignKeys.filter { link in
      plan.keys.contains { !$0.columns.isDisjoint(with: link.columns) }
    }
    guard let place = links.firstIndex(of: key) else { return nil }
    var rest = number
    for link in links[..<place] { rest /= max(1, made.rows[link.referencedTable]?.count ?? 1) }
    return rest % count
  }

  private func linkToItself(
    _ key: ForeignKey, _ row: inout MockRow, _ index: Int, _ attempt: Int
  ) -> Bool {
    var random = random(key.name, index, attempt)
    let isOptional = mayBeEmpty(key)
    // A fifth of the rows are roots, so that trees stay flat enough to look at.
    if isOptional, rows.isEmpty || random.chance(20) {
      empty(key, &row)
      return true
    }
    let shared = zip(key.columns, key.referencedColumns).filter { column, _ in
      plan.table.column(column)?.isNullable == false && key.columns.count > 1
    }
    let fitting = rows.filter { parent in
      shared.allSatisfy { row[$0.0] == parent[$0.1] }
        && key.referencedColumns.allSatisfy { (parent[$0] ?? .null) != .null }
    }
    guard let parent = random.pick(fitting) else {
      if isOptional {
        empty(key, &row)
        return true
      }
      // The first row of a required link points at itself.
      for (column, referenced) in zip(key.columns, key.referencedColumns) {
        row[column] = row[referenced]
      }
      return true
    }
    for (column, referenced) in zip(key.columns, key.referencedColumns) {
      row[column] = parent[referenced]
    }
    return true
  }

  private func mayBeEmpty(_ key: ForeignKey) -> Bool {
    key.columns.contains { name in
      guard let column = plan.table.column(name) else { return false }
      return column.isNullable && plan.rules[name]?.isRequired != true
        && types.allowsNull(column.type)
    }
  }

  private func empty(_ key: ForeignKey, _ row: inout MockRow) {
    for name in key.columns where row[name] == nil && plan.table.column(name)?.isNullable == true {
      row[name] = .null
    }
  }

  // MARK: - What refuses a row

  /// Sets columns that a check ties to others: `total = price * count`, `path like id || '/%'`.
  private func mended(_ row: MockRow) -> MockRow {
    var row = row
    for check in plan.checks {
      let scalar = { (column: String) in row[column]?.scalar ?? Scalar.unknown }
      guard check.expression.evaluate(scalar) == .bool(false) else { continue }
      for (column, value) in check.expression.ties(scalar)
      where plan.linkedOrNumbered.contains(column) == false && row[column] != nil {
        row[column] = value
      }
    }
    return row
  }

  private func refuses(_ row: MockRow) -> (reason: Refusal, columns: Set<String>)? {
    for check in plan.checks {
      let result = check.expression.evaluate { row[$0]?.scalar ?? .unknown }
      if result == .bool(false) { return (.check(check.name), check.expression.columns) }
    }
    for (number, key) in plan.keys.enumerated() {
      if let values = Self.keyValues(key, row), seenKeys[number].contains(values) {
        return (.key(key.key.name), key.columns)
      }
    }
    return nil
  }

  /// What must differ from row to row; nil when a null or the index's WHERE makes the row free.
  private static func keyValues(_ planned: TablePlan.PlannedKey, _ row: MockRow) -> [String]? {
    func scalar(_ column: String) -> Scalar { row[column]?.scalar ?? .unknown }
    switch planned.predicate?.evaluate(scalar) {
    case .bool(false), .null: return nil
    default: break
    }
    let columns = planned.key.columns.map { row[$0]?.text }
    let expressions = zip(planned.key.expressions, planned.expressions).map { _, expression in
      switch expression.evaluate(scalar) {
      case .null: String?.none
      case .unknown: expression.columns.sorted().map { row[$0]?.text ?? "" }.joined(separator: "\0")
      case let value: "\(value)"
      }
    }
    let values = columns + expressions
    if values.contains(nil), !planned.key.nullsNotDistinct { return nil }
    return values.map { $0 ?? "\0null" }
  }

  // MARK: - Links that had to wait

  /// Sets the links of a cycle, when all rows exist.
  ///
  /// - Returns: The rows, and the columns that an UPDATE must set.
  static func linkLater(
    _ plan: TablePlan, rows: [MockRow], made: MadeRows, seed: UInt64
  ) -> (rows: [MockRow], updated: [String]) {
    var result = rows
    var updated: [String] = []
    for key in plan.table.foreignKeys {
      guard let timing = plan.timing[key], timing == .updatedLater || timing == .deferred else {
        continue
      }
      var seen: [Set<[String]>] = plan.keys.map { _ in [] }
      let parents = made.rows[key.referencedTable] ?? []
      for index in result.indices {
        result[index] = linked(
          result[index], key, parents, plan: plan, index: index, seed: seed, seen: &seen)
      }
      if timing == .updatedLater { updated += key.columns.filter { !updated.contains($0) } }
    }
    return (result, updated)
  }

  private static func linked(
    _ row: MockRow, _ key: ForeignKey, _ parents: [MockRow], plan: TablePlan, index: Int,
    seed: UInt64, seen: inout [Set<[String]>]
  ) -> MockRow {
    var random = MockRandom(seed: seed, plan.table.name.description, key.name, "\(index)", "later")
    let shared = zip(key.columns, key.referencedColumns).filter { (row[$0.0] ?? .null) != .null }
    let fitting = parents.filter { parent in shared.allSatisfy { row[$0.0] == parent[$0.1] } }
    guard !fitting.isEmpty else { return row }
    let start = random.below(fitting.count)
    for offset in fitting.indices.prefix(200) {
      let parent = fitting[(start + offset) % fitting.count]
      var candidate = row
      for (column, referenced) in zip(key.columns, key.referencedColumns) {
        candidate[column] = parent[referenced] ?? .null
      }
      let breaksCheck = plan.checks.contains { check in
        check.expression.evaluate { candidate[$0]?.scalar ?? .unknown } == .bool(false)
      }
      let values = plan.keys.map { keyValues($0, candidate) }
      let breaksKey = zip(seen, values).contains { seen, value in
        value.map { seen.contains($0) } ?? false
      }
      guard !breaksCheck, !breaksKey else { continue }
      for (number, value) in values.enumerated() {
        if let value { seen[number].insert(value) }
      }
      return candidate
    }
    return row
  }
}
