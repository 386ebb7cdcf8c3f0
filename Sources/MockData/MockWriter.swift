internal import Diagnostics
internal import PostgresClient
internal import SchemaCatalog

/// Lays rows out as SQL that a person may read and edit.
struct MockWriter {
  let plans: [TablePlan]
  let made: MadeRows
  let updates: [QualifiedName: [String]]
  let rows: Int
  let seed: UInt64

  private static let batch = 100

  func script(refused: [Diagnostic]) -> String {
    var parts = [header(refused)]
    let isDeferred = plans.contains { $0.timing.values.contains(.deferred) }
    if isDeferred { parts.append("begin;\nset constraints all deferred;\n") }
    parts += plans.compactMap(inserts)
    parts += plans.compactMap(update)
    parts += plans.flatMap(sequences)
    if isDeferred { parts.append("commit;\n") }
    return parts.joined(separator: "\n")
  }

  private func header(_ refused: [Diagnostic]) -> String {
    var lines = [
      "-- Invented rows, made by `homebase seed generate --rows \(rows) --seed \(seed)`.",
      "-- The same schema, rows and seed give this text again.",
      "-- Rows that are there already (a trigger may make some) stay: `on conflict do nothing`.",
    ]
    if plans.contains(where: { $0.table.name == PlatformRows.users }) {
      lines.append("-- Every user signs in with the password \"password\".")
    }
    lines += refused.map { "-- note: \($0.message)" }
    return lines.joined(separator: "\n") + "\n"
  }

  private func inserts(_ plan: TablePlan) -> String? {
    guard let rows = made.rows[plan.table.name], !rows.isEmpty else { return nil }
    let late = Set(updates[plan.table.name] ?? [])
    guard !plan.columns.isEmpty else {
      let one = "insert into \(name(plan.table.name)) default values;\n"
      return String(repeating: one, count: rows.count)
    }
    let columns = plan.columns.map { quoteIdentifier($0.name) }.joined(separator: ", ")
    let overrides = plan.columns.contains { $0.identity == .always }
    let overriding = overrides ? " overriding system value" : ""
    let head = "insert into \(name(plan.table.name)) (\(columns))\(overriding) values\n"
    return stride(from: 0, to: rows.count, by: Self.batch).map { start in
      let tuples = rows[start..<min(start + Self.batch, rows.count)].map { row in
        let values = plan.columns.map { column in
          late.contains(column.name) && column.isNullable
            ? "null" : (row[column.name] ?? .null).sql
        }
        return "  (\(values.joined(separator: ", ")))"
      }
      return head + tuples.joined(separator: ",\n") + "\non conflict do nothing;\n"
    }.joined()
  }

  private func update(_ plan: TablePlan) -> String? {
    guard let late = updates[plan.table.name], !late.isEmpty,
      let key = plan.table.primaryKey?.columns, let rows = made.rows[plan.table.name]
    else { return nil }
    let changed = rows.filter { row in late.contains { (row[$0] ?? .null) != .null } }
    guard !changed.isEmpty else { return nil }
    let columns = (key + late).compactMap { plan.table.column($0) }
    let tuples = changed.enumerated().map { index, row in
      let values = columns.map { column in
        let sql = (row[column.name] ?? .null).sql
        return index == 0 ? "\(sql)::\(column.type.sql)" : sql
      }
      return "  (\(values.joined(separator: ", ")))"
    }
    let names = columns.map { quoteIdentifier($0.name) }.joined(separator: ", ")
    let sets = late.map { "\(quoteIdentifier($0)) = v.\(quoteIdentifier($0))" }
    let matches = key.map { "t.\(quoteIdentifier($0)) = v.\(quoteIdentifier($0))" }
    return
      "update \(name(plan.table.name)) as t set \(sets.joined(separator: ", "))\nfrom (values\n"
      + tuples.joined(separator: ",\n")
      + "\n) as v (\(names))\nwhere \(matches.joined(separator: " and "));\n"
  }

  /// Numbers that we gave must not be given again by the table's own sequence.
  private func sequences(_ plan: TablePlan) -> [String] {
    guard let rows = made.rows[plan.table.name], !rows.isEmpty else { return [] }
    return plan.columns.filter { plan.numbered.contains($0.name) }.map { column in
      let table = name(plan.table.name)
      let sequence =
        "pg_catalog.pg_get_serial_sequence(\(quoteLiteral(table)), "
        + "\(quoteLiteral(column.name)))"
      return "select pg_catalog.setval(\(sequence), (select max(\(quoteIdentifier(column.name))) "
        + "from \(table)));\n"
    }
  }

  private func name(_ name: QualifiedName) -> String {
    "\(quoteIdentifier(name.schema)).\(quoteIdentifier(name.name))"
  }
}
