internal import SchemaCatalog

extension DiffWriter {
  /// Parts what stays from what it shall not have any more: parents, identity sequences.
  mutating func writeDetachments() {
    for key in plan.changed.sorted() where key.kind == .column {
      guard let old = plan.from[key], old[.identity] != nil, plan.to[key]?[.identity] == nil
      else { continue }
      // Early: a sequence of the same name may be made, as `serial` has one.
      add("alter table \(old.parent ?? "") alter column \(old[.name] ?? "") drop identity")
    }
    for key in plan.changed.sorted() where key.kind == .table {
      guard let old = plan.from[key], let new = plan.to[key] else { continue }
      let isMoved =
        old[.partitionBound] != new[.partitionBound] || old[.parents] != new[.parents]
      if old[.partitionBound] != nil, isMoved {
        for parent in stringList(old[.parents]) {
          add("alter table \(parent) detach partition \(key.name)")
        }
      } else if old[.partitionBound] == nil {
        let kept = Set(new[.partitionBound] == nil ? stringList(new[.parents]) : [])
        for parent in stringList(old[.parents]) where !kept.contains(parent) {
          add("alter table \(key.name) no inherit \(parent)")
        }
      }
    }
  }

  /// Drops what goes, dependents first.
  mutating func writeDrops() {
    // What goes with its table holds what it needs until the table goes.
    var held: [Key: Set<Key>] = [:]
    var byItself: Set<Key> = []
    for key in plan.dropped {
      guard let object = plan.from[key], goesByItself(object) else { continue }
      byItself.insert(key)
      guard let parent = object.parent.flatMap({ parentKey(of: $0, in: object) }) else { continue }
      for need in object.dependencies where need != parent && plan.dropped.contains(need) {
        guard plan.from[need]?.parent != parent.name else { continue }
        // Two tables may refer to each other: their links go before both.
        if object[.type] == "f" || needsInTurn(need, parent) {
          byItself.remove(key)
        } else {
          held[parent, default: []].insert(need)
        }
      }
    }
    let order = DiffPlan.sort(plan.dropped) { key in
      var needs = (plan.from[key]?.dependencies ?? []).union(held[key] ?? [])
      if let schema = plan.from[key]?[.schema] { needs.insert(Key(.schema, schema)) }
      return needs
    }
    for key in order.reversed() {
      guard let object = plan.from[key], !Self.goesLate(key.kind), !byItself.contains(key),
        let statement = drop(object)
      else { continue }
      // The platform guards its rows: files of a bucket would be left behind.
      if key.kind == .bucket { add("set storage.allow_delete_query = 'true'") }
      add(statement.sql, losesData: statement.losesData)
      if key.kind == .bucket { add("reset storage.allow_delete_query") }
    }
  }

  private func parentKey(of name: String, in object: SchemaObject) -> Key? {
    object.dependencies.first {
      $0.name == name && [.table, .foreignTable, .view, .materializedView].contains($0.kind)
    }
  }

  /// Whether something needs a table, be it by way of others.
  private func needsInTurn(_ key: Key, _ table: Key) -> Bool {
    var seen: Set<Key> = []
    var queue = [key]
    while let next = queue.popLast() {
      if next == table || plan.from[next]?.parent == table.name { return true }
      guard seen.insert(next).inserted else { continue }
      queue += plan.from[next]?.dependencies ?? []
    }
    return false
  }

  /// Drops types, schemas and extensions: until now something was of them or in them.
  mutating func writeLateDrops() {
    let order = DiffPlan.sort(plan.dropped) { plan.from[$0]?.dependencies ?? [] }
    for key in order.reversed() where Self.goesLate(key.kind) {
      guard let object = plan.from[key], let statement = drop(object) else { continue }
      addLate(statement.sql, losesData: statement.losesData)
    }
  }

  private static func goesLate(_ kind: SchemaObject.Kind) -> Bool {
    [.collation, .enumeration, .composite, .domain, .range, .schema, .extension].contains(kind)
  }

  /// Whether the server drops it with what it is a part of.
  private func goesByItself(_ object: SchemaObject) -> Bool {
    let owners: Set<SchemaObject.Kind> = [
      .table, .foreignTable, .view, .materializedView, .domain, .publication,
    ]
    switch object.key.kind {
    case .sequence:
      guard let column = object[.ownedBy].map({ Key(.column, $0) }) else { return false }
      return plan.dropped.contains(column)
    case .publicationMember:
      return object.dependencies.contains {
        owners.contains($0.kind) && plan.dropped.contains($0)
      }
    case .default:
      if plan.dropped.contains(Key(.column, object.key.name)) { return true }
    case .column:
      // It goes with the parent's.
      if object.isTrue(.inherited) { return true }
    default: break
    }
    guard let parent = object.parent else { return false }
    return owners.contains { plan.dropped.contains(Key($0, parent)) }
  }

  private func drop(_ object: SchemaObject) -> Statement? {
    let name = object.key.name
    let parent = object.parent ?? ""
    let part = object[.name] ?? ""
    return switch object.key.kind {
    case .schema: Statement("drop schema \(name)", losesData: true)
    case .extension: Statement("drop extension \(name)", losesData: true)
    case .foreignServer: Statement("drop server \(name)")
    case .collation: Statement("drop collation \(name)")
    case .enumeration, .composite, .range: Statement("drop type \(name)")
    case .domain: Statement("drop domain \(name)")
    case .sequence: Statement("drop sequence \(name)", losesData: true)
    case .table: Statement("drop table \(name)", losesData: true)
    case .foreignTable: Statement("drop foreign table \(name)")
    case .column:
      Statement(
        "alter table \(parent) drop column \(part)", losesData: object[.generated] == nil)
    case .default: Statement("alter table \(parent) alter column \(part) drop default")
    case .function: Statement("drop function \(name)")
    case .procedure: Statement("drop procedure \(name)")
    case .aggregate: Statement("drop aggregate \(aggregateName(object))")
    case .cast: Statement("drop cast \(name)")
    case .operator: Statement("drop operator \(name)")
    case .constraint:
      Statement(
        "alter \(object[.type] == "d" ? "domain" : "table") \(parent) drop constraint \(part)")
    case .index: Statement("drop index \(name)")
    case .view: Statement("drop view \(name)")
    case .materializedView: Statement("drop materialized view \(name)")
    case .statistics: Statement("drop statistics \(name)")
    case .rule: Statement("drop rule \(part) on \(parent)")
    case .trigger: Statement("drop trigger \(part) on \(parent)")
    case .policy: Statement("drop policy \(part) on \(parent)")
    case .eventTrigger: Statement("drop event trigger \(name)")
    case .publication: Statement("drop publication \(name)")
    case .publicationMember: Statement("alter publication \(parent) drop \(part)")
    case .bucket:
      Statement(
        "delete from storage.buckets where id = \(literal(name))", losesData: true)
    case .defaultPrivileges: nil
    }
  }

  /// An aggregate without arguments is named with a star.
  func aggregateName(_ object: SchemaObject) -> String {
    object.key.name.hasSuffix("()")
      ? object.key.name.dropLast(2) + "(*)" : object.key.name
  }
}
