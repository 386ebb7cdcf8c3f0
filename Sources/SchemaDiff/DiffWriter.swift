internal import PostgresClient
internal import SchemaCatalog

/// Spells a plan as statements.
struct DiffWriter {
  typealias Key = SchemaObject.Key
  typealias Statement = SchemaDifference.Statement

  let plan: DiffPlan
  /// Who owns what is created.
  let role: String
  private(set) var statements: [Statement] = []
  private var late: [Statement] = []
  private var warnings: [String] = []
  /// Defaults that stand in their table's or column's own statement.
  private var inlined: Set<Key> = []
  /// The columns, in order, and the defaults of the tables that are created.
  private var columns: [String: [SchemaObject]] = [:]

  init(plan: DiffPlan, role: String) {
    self.plan = plan
    self.role = role
  }

  mutating func add(_ sql: String, losesData: Bool = false) {
    statements.append(Statement(sql, losesData: losesData))
  }

  mutating func addLate(_ sql: String, losesData: Bool = false) {
    late.append(Statement(sql, losesData: losesData))
  }

  mutating func warn(_ text: String) {
    warnings.append(text)
  }

  /// Spells the whole plan.
  mutating func write() -> SchemaDifference {
    prepare()
    writeDetachments()
    writeDrops()
    let order = DiffPlan.sort(
      plan.created.union(plan.changed).union(plan.swapped), needs: needs)
    for key in order {
      guard let object = plan.to[key] else { continue }
      if plan.created.contains(key) {
        writeCreation(of: object)
      } else if let old = plan.from[key] {
        if plan.swapped.contains(key) {
          writeSwap(of: object)
        } else {
          writeChange(from: old, to: object)
        }
      }
    }
    writeLateDrops()
    statements += late
    for key in order { writeFinish(of: key) }
    writeGrants()
    if statements.contains(where: { $0.sql.hasPrefix("create") && $0.sql.contains("function") }) {
      statements.insert(Statement("set check_function_bodies = off"), at: 0)
    }
    noteRenames()
    return SchemaDifference(statements: statements, warnings: warnings)
  }

  /// Enums that get a label which another of the statements uses.
  func labelsInUse(_ difference: SchemaDifference) -> Set<Key> {
    var result: Set<Key> = []
    for key in plan.changed where key.kind == .enumeration {
      let old = Set(stringList(plan.from[key]?[.definition]))
      for label in stringList(plan.to[key]?[.definition]) where !old.contains(label) {
        let use = "\(trimmedLiteral(quoteLiteral(label)))::\(key.name)"
        if difference.statements.contains(where: { $0.sql.contains(use) }) { result.insert(key) }
      }
    }
    return result
  }

  private mutating func prepare() {
    for object in plan.to.objects.values where object.key.kind == .column {
      if let parent = object.parent { columns[parent, default: []].append(object) }
    }
    for parent in columns.keys { columns[parent]?.sort { $0.number < $1.number } }
    for key in plan.created where key.kind == .default {
      guard let object = plan.to[key], let parent = object.parent,
        plan.created.contains(Key(.column, key.name))
      else { continue }
      if !reaches(parent, from: object) { inlined.insert(key) }
    }
  }

  /// Whether a default needs its own table, by a function that takes its rows.
  private func reaches(_ table: String, from object: SchemaObject) -> Bool {
    var seen: Set<Key> = []
    var queue = object.dependencies.filter { $0.kind != .column && $0.name != table }
    while let key = queue.popFirst() {
      guard seen.insert(key).inserted else { continue }
      if key.name == table || plan.to[key]?.parent == table { return true }
      for next in plan.to[key]?.dependencies ?? [] { queue.insert(next) }
    }
    return false
  }

  /// What must be there before a statement: a table's is that of its columns, too.
  private func needs(_ key: Key) -> Set<Key> {
    guard let object = plan.to[key] else { return [] }
    var result = object.dependencies
    if let schema = object[.schema] { result.insert(Key(.schema, schema)) }
    if [.table, .foreignTable].contains(key.kind), plan.created.contains(key) {
      for column in columns[key.name] ?? [] {
        result.formUnion(column.dependencies)
        let standard = Key(.default, column.key.name)
        if inlined.contains(standard) {
          result.formUnion(plan.to[standard]?.dependencies ?? [])
        }
      }
      result = result.filter { $0 != key && plan.to[$0]?.parent != key.name }
      // A child is made when its parent's columns are what they shall be.
      for parent in stringList(object[.parents]) {
        for column in columns[parent] ?? [] { result.insert(column.key) }
      }
    } else if key.kind == .column {
      let standard = Key(.default, key.name)
      if inlined.contains(standard) { result.formUnion(plan.to[standard]?.dependencies ?? []) }
      result.remove(key)
    }
    return result
  }

  // MARK: - Columns

  /// The columns of a table, as they stand in its creation.
  func columnList(of table: SchemaObject) -> [String] {
    let all = columns[table.key.name] ?? []
    let own = table[.partitionBound] == nil ? all.filter { !$0.isTrue(.inherited) } : all
    return own.map { definition(of: $0) }
  }

  /// The columns of a table in order.
  func columns(of table: String) -> [SchemaObject] { columns[table] ?? [] }

  func isInlined(_ key: Key) -> Bool { inlined.contains(key) }

  /// A column as `create table` and `add column` take it.
  func definition(of column: SchemaObject) -> String {
    var words = [column[.name] ?? "", column[.type] ?? ""]
    if let collation = column[.collation] { words.append("collate \(collation)") }
    if column[.generated] != nil {
      words.append("generated always as (\(column[.default] ?? "")) stored")
    } else if column[.identity] != nil {
      words.append(identity(of: column))
    } else if inlined.contains(Key(.default, column.key.name)),
      let expression = plan.to[Key(.default, column.key.name)]?[.definition]
    {
      words.append("default \(expression)")
    }
    if column.isTrue(.notNull), column[.identity] == nil { words.append("not null") }
    return words.joined(separator: " ")
  }

  /// `generated … as identity`, with the options that are not those of its type.
  func identity(of column: SchemaObject) -> String {
    let manner = column[.identity] == "a" ? "always" : "by default"
    let options = Self.unusual(column[.identityOptions] ?? "")
    return "generated \(manner) as identity" + (options.isEmpty ? "" : " (\(options))")
  }

  /// The options of a sequence, nothing when they are what its type gives.
  static func unusual(_ options: String) -> String {
    for limit in ["32767", "2147483647", "9223372036854775807"]
    where options
      == "start with 1 increment by 1 minvalue 1 maxvalue \(limit) cache 1 no cycle"
    {
      return ""
    }
    return options
  }

  // MARK: - Words for people

  /// A table that goes and one of the same columns that comes were probably one table.
  private mutating func noteRenames() {
    func shape(_ inventory: Inventory, _ table: String) -> [String] {
      inventory.objects.values.filter { $0.key.kind == .column && $0.parent == table }
        .map { "\($0[.name] ?? "") \($0[.type] ?? "")" }.sorted()
    }
    let gone = plan.dropped.subtracting(plan.created)
    let come = plan.created.subtracting(plan.dropped)
    for old in gone.sorted() where old.kind == .table {
      for new in come.sorted() where new.kind == .table {
        guard shape(plan.from, old.name) == shape(plan.to, new.name) else { continue }
        warnings.append(
          "\(old.name) goes and \(new.name) comes with the same columns: if it was renamed, write "
            + "`alter table \(old.name) rename to …` instead, or its rows are lost")
      }
    }
    for old in gone.sorted() where old.kind == .column {
      guard let before = plan.from[old], let parent = before.parent,
        !plan.dropped.contains(Key(.table, parent))
      else { continue }
      for new in come.sorted() where new.kind == .column {
        guard let after = plan.to[new], after.parent == parent, after[.type] == before[.type]
        else { continue }
        warnings.append(
          "\(old.name) goes and \(new.name) comes with the same type: if it was renamed, write "
            + "`alter table \(parent) rename column …` instead, or its values are lost")
      }
    }
  }
}
