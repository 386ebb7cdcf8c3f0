internal import Diagnostics
internal import SchemaCatalog

/// Parents before children; cycles are broken at a link that can wait.
struct TableOrder {
  private(set) var tables: [Table] = []
  private(set) var timing: [QualifiedName: [ForeignKey: LinkTiming]] = [:]
  private(set) var diagnostics: [Diagnostic] = []

  init(_ tables: [Table]) {
    let names = Set(tables.map(\.name))
    var remaining = tables
    for table in tables {
      for key in table.foreignKeys {
        timing[table.name, default: [:]][key] =
          key.referencedTable == table.name ? .toItself : .first
      }
    }
    while !remaining.isEmpty {
      let waiting = Set(remaining.map(\.name))
      let ready = remaining.filter { table in
        !links(of: table).contains {
          names.contains($0.referencedTable) && waiting.contains($0.referencedTable)
        }
      }
      if ready.isEmpty {
        breakCycle(&remaining)
      } else {
        self.tables += ready
        let done = Set(ready.map(\.name))
        remaining.removeAll { done.contains($0.name) }
      }
    }
  }

  /// The foreign keys that must wait for another table.
  private func links(of table: Table) -> [ForeignKey] {
    table.foreignKeys.filter { timing[table.name]?[$0] == .first }
  }

  private mutating func breakCycle(_ remaining: inout [Table]) {
    let inCycle = remaining.filter { reaches($0.name, from: $0, in: remaining, seen: []) }
    if postpone(.updatedLater, among: inCycle, where: Self.canStartEmpty) { return }
    if postpone(.deferred, among: inCycle, where: { _, key in key.isDeferrable }) { return }
    for table in inCycle {
      diagnostics.append(
        Diagnostic(
          code: "mock_cycle",
          message: "no rows for \(table.name): its foreign keys form a cycle that cannot start",
          hint: "make one of the columns nullable, or one of the constraints deferrable"))
    }
    let dropped = Set(inCycle.map(\.name))
    remaining.removeAll { dropped.contains($0.name) }
  }

  /// Lets the first fitting link of a cycle wait; false when there is none.
  private mutating func postpone(
    _ postponed: LinkTiming, among tables: [Table], where isFit: (Table, ForeignKey) -> Bool
  ) -> Bool {
    let names = Set(tables.map(\.name))
    for table in tables {
      for key in links(of: table) where names.contains(key.referencedTable) && isFit(table, key) {
        timing[table.name]?[key] = postponed
        return true
      }
    }
    return false
  }

  /// Whether some column of the key may be null first, and a key finds the row again.
  private static func canStartEmpty(_ table: Table, _ key: ForeignKey) -> Bool {
    guard let primary = table.primaryKey?.columns, Set(primary).isDisjoint(with: key.columns) else {
      return false
    }
    return key.columns.contains { table.column($0)?.isNullable == true }
  }

  private func reaches(
    _ goal: QualifiedName, from table: Table, in tables: [Table], seen: Set<QualifiedName>
  ) -> Bool {
    var open = [table]
    var seen = seen
    while let next = open.popLast() {
      for key in links(of: next) {
        if key.referencedTable == goal { return true }
        guard seen.insert(key.referencedTable).inserted,
          let parent = tables.first(where: { $0.name == key.referencedTable })
        else { continue }
        open.append(parent)
      }
    }
    return false
  }
}
