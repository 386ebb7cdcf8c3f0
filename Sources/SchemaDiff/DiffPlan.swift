internal import SchemaCatalog

/// What has to be dropped, created and changed, with all that hangs on it.
struct DiffPlan {
  typealias Key = SchemaObject.Key

  let from: Inventory
  let to: Inventory
  /// Gone, or in the way of something else: then it is in `created`, too.
  private(set) var dropped: Set<Key> = []
  private(set) var created: Set<Key> = []
  /// There before and after, with another definition, comment or owner.
  private(set) var changed: Set<Key> = []
  /// Types that no statement can change: renamed, made anew, dropped at the end.
  private(set) var swapped: Set<Key> = []
  /// Columns whose type changes.
  private(set) var retyped: Set<Key> = []
  /// Who needs an object, in `from`.
  private var dependents: [Key: [Key]] = [:]

  /// Compares two inventories.
  ///
  /// - Parameters:
  ///   - from: What is there.
  ///   - to: What there shall be.
  ///   - swapped: Types that must not be changed in place.
  init(from: Inventory, to: Inventory, swapped: Set<Key>) {
    self.from = from
    self.to = to
    for key in Set(from.objects.keys).union(to.objects.keys) {
      compare(key, swapped: swapped)
    }
    created = created.filter { !comesOfDetaching($0) }
    guard !dropped.isEmpty || !self.swapped.isEmpty || !retyped.isEmpty else { return }
    for object in from.objects.values {
      for key in object.dependencies { dependents[key, default: []].append(object.key) }
    }
    spread()
  }

  /// Whether a partition that is parted from its table keeps it: it was a part of the table's own.
  private func comesOfDetaching(_ key: Key) -> Bool {
    guard key.kind == .constraint || key.kind == .index, let object = to[key],
      let table = object.parent.map({ Key(.table, $0) }),
      let old = from[table], old[.partitionBound] != nil, to[table]?[.partitionBound] == nil
    else { return false }
    let parents = Set(stringList(old[.parents]))
    return from.objects.values.contains { other in
      other.key.kind == key.kind && other.parent.map(parents.contains) == true
        && Self.shape(of: other) == Self.shape(of: object)
    }
  }

  /// A definition without the names of an index and its table.
  private static func shape(of object: SchemaObject) -> [Substring] {
    let definition = object[.definition] ?? ""
    guard object.key.kind == .index, let using = definition.firstRange(of: " USING ") else {
      return [definition[...]]
    }
    let isUnique = definition.hasPrefix("CREATE UNIQUE ")
    return [isUnique ? "unique" : "", definition[using.upperBound...]]
  }

  private mutating func compare(_ key: Key, swapped forced: Set<Key>) {
    guard let old = from[key] else {
      if let new = to[key], !new.countsForGrantsOnly { created.insert(key) }
      return
    }
    guard let new = to[key] else {
      if !old.countsForGrantsOnly { dropped.insert(key) }
      return
    }
    if old.countsForGrantsOnly || new.countsForGrantsOnly { return }
    if forced.contains(key) {
      swapped.insert(key)
      return
    }
    switch change(from: old, to: new) {
    case .none: break
    case .inPlace: changed.insert(key)
    case .retype:
      changed.insert(key)
      retyped.insert(key)
    case .recreate: recreate(key)
    case .swap: swapped.insert(key)
    }
  }

  private mutating func recreate(_ key: Key) {
    dropped.insert(key)
    changed.remove(key)
    retyped.remove(key)
    if to[key] != nil { created.insert(key) }
  }

  /// What hangs on something that goes, goes with it and comes back.
  private mutating func spread() {
    var queue = Array(dropped) + Array(swapped) + Array(retyped)
    while let key = queue.popLast() {
      for dependent in dependents[key] ?? [] {
        guard let object = from[dependent], !dropped.contains(dependent),
          !object.countsForGrantsOnly
        else { continue }
        if dropped.contains(key) {
          guard mustFollow(object, key) else { continue }
          recreate(dependent)
          queue.append(dependent)
        } else if swapped.contains(key) {
          switch dependent.kind {
          case .column where object[.generated] == nil:
            guard to[dependent] != nil, retyped.insert(dependent).inserted else { continue }
            changed.insert(dependent)
          case .domain, .composite, .range:
            guard to[dependent] != nil, swapped.insert(dependent).inserted else { continue }
            changed.remove(dependent)
          case .table, .foreignTable, .sequence: continue
          default: recreate(dependent)
          }
          queue.append(dependent)
        } else if retyped.contains(key), Self.blocksRetyping(object) {
          recreate(dependent)
          queue.append(dependent)
        }
      }
    }
  }

  private func mustFollow(_ object: SchemaObject, _ key: Key) -> Bool {
    switch object.key.kind {
    case .column:
      // A column's own type changes by a statement of its own.
      object.parent == key.name || object[.generated] != nil
    case .table, .foreignTable:
      // A child table is parted from its parent; a foreign one goes with its server.
      key.kind == .foreignServer
    case .composite, .domain, .range, .sequence, .schema, .extension, .defaultPrivileges: false
    default: true
    }
  }

  /// Source: PostgreSQL 15, `ATExecAlterColumnType`: what it refuses to rebuild by itself.
  private static func blocksRetyping(_ object: SchemaObject) -> Bool {
    switch object.key.kind {
    case .view, .materializedView, .policy, .trigger, .rule, .function, .procedure, .default,
      .publicationMember, .statistics:
      true
    case .column: object[.generated] != nil
    case .constraint: object[.type] == "f"
    default: false
    }
  }

  // MARK: - What changes how

  private enum Change {
    case none, inPlace, retype, recreate, swap
  }

  private func change(from old: SchemaObject, to new: SchemaObject) -> Change {
    func differs(_ facts: SchemaObject.Fact...) -> Bool {
      facts.contains { old[$0] != new[$0] }
    }
    var rest: Change { old.facts == new.facts ? .none : .inPlace }
    switch old.key.kind {
    case .column:
      if old[.generated] != new[.generated] || (new[.generated] != nil && differs(.default)) {
        return new[.generated] == nil ? .inPlace : .recreate
      }
      if differs(.type, .collation) { return new[.generated] == nil ? .retype : .recreate }
      return rest
    case .constraint:
      if differs(.definition, .type), old[.definition] != (new[.definition] ?? "") + " NOT VALID" {
        return .recreate
      }
      return rest
    case .index, .rule, .statistics, .cast, .operator, .trigger, .eventTrigger, .publicationMember,
      .aggregate, .materializedView, .foreignServer, .collation:
      return differs(.definition) ? .recreate : rest
    case .foreignTable: return differs(.server) ? .recreate : rest
    case .policy:
      let isTaken = old[.using] != nil && new[.using] == nil
      let isUnchecked = old[.check] != nil && new[.check] == nil
      return differs(.command, .type) || isTaken || isUnchecked ? .recreate : rest
    case .view:
      guard differs(.definition, .columns) else { return rest }
      let before = (old[.columns] ?? "") + "\n"
      return ((new[.columns] ?? "") + "\n").hasPrefix(before) ? .inPlace : .recreate
    case .function, .procedure:
      return differs(.type, .fullArguments) ? .recreate : rest
    case .table: return differs(.partitionKey) ? .recreate : rest
    case .publication: return differs(.allTables) ? .recreate : rest
    case .enumeration:
      guard differs(.definition) else { return rest }
      return isSubsequence(stringList(old[.definition]), of: stringList(new[.definition]))
        ? .inPlace : .swap
    case .range: return differs(.definition) ? .swap : rest
    case .domain: return differs(.definition) ? .swap : rest
    case .composite:
      guard differs(.definition) else { return rest }
      let before = pairList(old[.definition])
      let after = pairList(new[.definition])
      let kept = before.filter { attribute in after.contains { $0.0 == attribute.0 } }
      // An attribute's type cannot change while a column is of the composite type.
      let isKept = zip(after, kept).allSatisfy { $0 == $1 } && after.count >= kept.count
      return isKept ? .inPlace : .swap
    case .defaultPrivileges: return .none
    case .default, .sequence, .schema, .extension, .bucket: return rest
    }
  }

  // MARK: - Order

  /// Puts keys in an order in which each comes after what it needs.
  ///
  /// - Parameters:
  ///   - keys: What is wanted.
  ///   - needs: What an object needs, in the inventory that is looked at.
  /// - Returns: The keys; where there is a circle, one of it comes too early.
  static func sort(_ keys: Set<Key>, needs: (Key) -> Set<Key>) -> [Key] {
    var result: [Key] = []
    var seen: Set<Key> = []
    // Not recursive: chains of views can be long.
    for root in keys.sorted() where seen.insert(root).inserted {
      var stack: [(key: Key, rest: [Key])] = [(root, needs(root).sorted().reversed())]
      while var top = stack.popLast() {
        guard let next = top.rest.popLast() else {
          if keys.contains(top.key) { result.append(top.key) }
          continue
        }
        stack.append(top)
        if seen.insert(next).inserted { stack.append((next, needs(next).sorted().reversed())) }
      }
    }
    return result
  }
}

extension SchemaObject {
  /// Whether it is the platform's, which a migration cannot create, drop or change.
  var countsForGrantsOnly: Bool {
    guard isTrue(.managed) else { return false }
    switch key.kind {
    case .trigger: return false
    case .function, .procedure: return self[.definition] == nil
    default: return true
    }
  }
}

private func isSubsequence(_ short: [String], of long: [String]) -> Bool {
  var rest = short[...]
  for label in long where label == rest.first { rest.removeFirst() }
  return rest.isEmpty
}
