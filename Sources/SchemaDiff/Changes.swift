internal import SchemaCatalog

extension DiffWriter {
  /// Changes an object that stays.
  mutating func writeChange(from old: SchemaObject, to new: SchemaObject) {
    func differs(_ facts: SchemaObject.Fact...) -> Bool {
      facts.contains { old[$0] != new[$0] }
    }
    let name = new.key.name
    let parent = new.parent ?? ""
    let part = new[.name] ?? ""
    switch new.key.kind {
    case .extension:
      if differs(.schema) { add("alter extension \(name) set schema \(new[.schema] ?? "public")") }
      if differs(.version), let version = new[.version] {
        add("alter extension \(name) update to \(literal(version))")
      }
    case .enumeration: if differs(.definition) { writeLabels(from: old, to: new) }
    case .composite: if differs(.definition) { writeAttributes(from: old, to: new) }
    case .domain:
      if differs(.default) {
        add("alter domain \(name) " + (new[.default].map { "set default \($0)" } ?? "drop default"))
      }
      if differs(.notNull) {
        add("alter domain \(name) \(new.isTrue(.notNull) ? "set" : "drop") not null")
      }
    case .sequence:
      if differs(.type, .definition) {
        add("alter sequence \(name) as \(new[.type] ?? "bigint") \(new[.definition] ?? "")")
      }
      if differs(.persistence) {
        add("alter sequence \(name) set \(new[.persistence] == "u" ? "unlogged" : "logged")")
      }
    case .table, .foreignTable: writeTableChange(from: old, to: new)
    case .column: writeColumnChange(from: old, to: new)
    case .default:
      if differs(.definition) {
        add("alter table \(parent) alter column \(part) set default \(new[.definition] ?? "")")
      }
    case .function, .procedure:
      if differs(.definition) {
        add(Self.loweredHeader(Self.trimmed(new[.definition] ?? "")))
      }
    case .constraint:
      if differs(.definition) {
        let noun = new[.type] == "d" ? "domain" : "table"
        add("alter \(noun) \(parent) validate constraint \(part)")
      }
    case .view: if differs(.definition, .options) { writeView(new) }
    case .materializedView:
      writeOptions(from: old[.options], to: new[.options], "alter materialized view \(name)")
    case .policy:
      if differs(.roles, .using, .check) {
        var lines = ["alter policy \(part) on \(parent)"]
        if differs(.roles) { lines.append("to \(new[.roles] ?? "public")") }
        if differs(.using), let using = new[.using] {
          lines.append("using (\(Self.unwrapped(using)))")
        }
        if differs(.check), let check = new[.check] {
          lines.append("with check (\(Self.unwrapped(check)))")
        }
        add(lines.joined(separator: "\n  "))
      }
    case .publication:
      if differs(.command, .options) {
        add(
          "alter publication \(name) set (publish = \(literal(new[.command] ?? "")), "
            + "publish_via_partition_root = \(new.isTrue(.options)))")
      }
    case .bucket: writeBucket(new)
    default: break
    }
    writeState(from: old, to: new)
  }

  private mutating func writeLabels(from old: SchemaObject, to new: SchemaObject) {
    var present = Set(stringList(old[.definition]))
    let labels = stringList(new[.definition])
    for (index, label) in labels.enumerated() where present.insert(label).inserted {
      var sql = "alter type \(new.key.name) add value if not exists \(literal(label))"
      if index > 0 {
        sql += " after \(literal(labels[index - 1]))"
      } else if let next = labels.dropFirst().first(where: present.contains) {
        sql += " before \(literal(next))"
      }
      add(sql)
    }
  }

  private mutating func writeAttributes(from old: SchemaObject, to new: SchemaObject) {
    let before = Dictionary(
      pairList(old[.definition]), uniquingKeysWith: { first, _ in first })
    let after = pairList(new[.definition])
    let kept = Set(after.map(\.0))
    for (name, _) in pairList(old[.definition]) where !kept.contains(name) {
      add("alter type \(new.key.name) drop attribute \(name)", losesData: true)
    }
    for (name, type) in after where before[name] == nil {
      add("alter type \(new.key.name) add attribute \(name) \(type)")
    }
  }

  private mutating func writeTableChange(from old: SchemaObject, to new: SchemaObject) {
    let name = new.key.name
    if old[.persistence] != new[.persistence] {
      add("alter table \(name) set \(new[.persistence] == "u" ? "unlogged" : "logged")")
    }
    writeOptions(from: old[.options], to: new[.options], "alter table \(name)")
    if let bound = new[.partitionBound] {
      if bound != old[.partitionBound] || old[.parents] != new[.parents] {
        for parent in stringList(new[.parents]) { writeAttachment(name, to: parent, bound) }
      }
    } else {
      let before = Set(old[.partitionBound] == nil ? stringList(old[.parents]) : [])
      for parent in stringList(new[.parents]) where !before.contains(parent) {
        add("alter table \(name) inherit \(parent)")
      }
    }
  }

  private mutating func writeOptions(from old: String?, to new: String?, _ prefix: String) {
    guard old != new else { return }
    func parts(_ text: String?) -> [String: String] {
      Dictionary(
        (text ?? "").split(separator: ", ").map { option in
          let name = option.prefix { $0 != "=" }
          return (String(name), String(option))
        }, uniquingKeysWith: { first, _ in first })
    }
    let (before, after) = (parts(old), parts(new))
    let gone = before.keys.filter { after[$0] == nil }.sorted()
    if !gone.isEmpty { add("\(prefix) reset (\(gone.joined(separator: ", ")))") }
    let set = after.filter { before[$0.key] != $0.value }.values.sorted()
    if !set.isEmpty { add("\(prefix) set (\(set.joined(separator: ", ")))") }
  }

  private mutating func writeColumnChange(from old: SchemaObject, to new: SchemaObject) {
    func differs(_ fact: SchemaObject.Fact) -> Bool { old[fact] != new[fact] }
    let name = new[.name] ?? ""
    let table = "alter table \(new.parent ?? "")"
    let prefix = "\(table) alter column \(name)"
    if new.isTrue(.inherited), old.isTrue(.inherited), plan.retyped.contains(new.key) {
      // Its parent's statement changes it.
      return
    }
    if old[.generated] != nil, new[.generated] == nil { add("\(prefix) drop expression") }
    if plan.retyped.contains(new.key) {
      let type = new[.type] ?? ""
      let collation = new[.collation].map { " collate \($0)" } ?? ""
      // A type made anew knows the old one's values by their texts only.
      let isSwapped = new.dependencies.contains { plan.swapped.contains($0) }
      let way = isSwapped || !Self.converts(old[.type] ?? "", type) ? "text::" : ""
      add("\(prefix) type \(type)\(collation) using \(name)::\(way)\(type)")
      if old[.type] != type {
        warn(
          "the type of \(new.key.name) changes from \(old[.type] ?? "") to \(type): a value that "
            + "does not convert makes the migration fail")
      }
    }
    if differs(.notNull), old[.identity] == nil || new[.identity] == nil {
      add("\(prefix) \(new.isTrue(.notNull) ? "set" : "drop") not null")
    }
    if new[.identity] != nil {
      if old[.identity] == nil {
        add("\(prefix) add \(identity(of: new))")
      } else {
        if differs(.identity) {
          add("\(prefix) set generated \(new[.identity] == "a" ? "always" : "by default")")
        }
        if differs(.identityOptions), let options = new[.identityOptions] {
          var words = options
          for word in ["start", "increment", "minvalue", "maxvalue", "cache"] {
            words = words.replacing("\(word) ", with: "set \(word) ")
          }
          words =
            words.hasSuffix("no cycle")
            ? words.dropLast("no cycle".count) + "set no cycle"
            : words.dropLast("cycle".count) + "set cycle"
          add("\(prefix) \(words)")
        }
      }
    }
    if differs(.statisticsTarget) {
      add("\(prefix) set statistics \(new[.statisticsTarget] ?? "-1")")
    }
    if differs(.storage), let storage = new[.storage] {
      add("\(prefix) set storage \(Self.storage(storage))")
    }
    if differs(.compression) {
      let method = new[.compression].map { $0 == "l" ? "lz4" : "pglz" } ?? "default"
      add("\(prefix) set compression \(method)")
    }
    writeOptions(from: old[.options], to: new[.options], prefix)
  }

  /// Whether PostgreSQL has a cast between two types for sure; by way of text there always is one.
  private static func converts(_ old: String, _ new: String) -> Bool {
    func family(_ type: String) -> String {
      if type.hasSuffix("[]") { return type }
      switch type.prefix(while: { $0 != "(" }) {
      case "smallint", "integer", "bigint", "numeric", "real", "double precision": return "number"
      case "text", "character varying", "character": return "string"
      case "json", "jsonb": return "json"
      case let name where name.hasPrefix("timestamp") || name == "date": return "time"
      default: return String(type.prefix { $0 != "(" })
      }
    }
    let families = [family(old), family(new)]
    return families[0] == families[1] || families.contains("string")
  }

  /// Puts a new type in a type's place, with the values that columns hold.
  mutating func writeSwap(of type: SchemaObject) {
    let name = type.key.name
    var bare = name[...]
    if let schema = type[.schema], bare.hasPrefix(schema + ".") {
      bare = bare.dropFirst(schema.count + 1)
    }
    let old = bare.hasSuffix("\"") ? "\(bare.dropLast())__old\"" : "\(bare)__old"
    let noun = type.key.kind == .domain ? "domain" : "type"
    add("alter \(noun) \(name) rename to \(old)")
    writeCreation(of: type)
    let schema = type[.schema].map { $0 + "." } ?? ""
    addLate("drop \(noun) \(schema)\(old)")
    let before = Set(stringList(plan.from[type.key]?[.definition]))
    let gone = before.subtracting(stringList(type[.definition])).sorted()
    if type.key.kind == .enumeration, !gone.isEmpty {
      warn(
        "\(name) loses \(gone.joined(separator: ", ")): rows that hold one make the migration fail")
    }
  }

  // MARK: - What every kind may have

  /// Owner, comment, row security, whether a trigger fires.
  ///
  /// - Parameters:
  ///   - old: Nil for an object that was created now.
  ///   - new: The object as it shall be.
  mutating func writeState(from old: SchemaObject?, to new: SchemaObject) {
    let parent = new.parent ?? ""
    let part = new[.name] ?? ""
    if let noun = Self.noun(of: new.key.kind) {
      var name = new.key.name
      if new.key.kind == .aggregate { name = aggregateName(new) }
      // Roles of the platform own what the platform made; nobody can give them more.
      if let owner = new[.owner], owner != old?[.owner] ?? role, !owner.hasPrefix("supabase_") {
        add("alter \(noun) \(name) owner to \(owner)")
      }
    }
    if old?[.comment] != new[.comment] {
      let text = new[.comment].map(literal) ?? "null"
      if let place = Self.place(of: new, parent, part, aggregateName(new)) {
        add("comment on \(place) is \(text)")
      }
    }
    switch new.key.kind {
    case .sequence: break
    case .table:
      if old.map({ $0.isTrue(.rowSecurity) }) ?? false != new.isTrue(.rowSecurity) {
        let verb = new.isTrue(.rowSecurity) ? "enable" : "disable"
        add("alter table \(new.key.name) \(verb) row level security")
      }
      if old.map({ $0.isTrue(.forcedRowSecurity) }) ?? false != new.isTrue(.forcedRowSecurity) {
        let verb = new.isTrue(.forcedRowSecurity) ? "force" : "no force"
        add("alter table \(new.key.name) \(verb) row level security")
      }
    case .trigger, .rule:
      if old?[.enabled] != new[.enabled] {
        let verb = Self.enabling(new[.enabled])
        add("alter table \(parent) \(verb) \(new.key.kind.rawValue) \(part)")
      }
    case .eventTrigger:
      if old?[.enabled] != new[.enabled] {
        add("alter event trigger \(new.key.name) \(Self.enabling(new[.enabled]))")
      }
    default: break
    }
  }

  /// `pg_trigger.tgenabled` as SQL says it.
  private static func enabling(_ letter: String?) -> String {
    switch letter {
    case "D": "disable"
    case "R": "enable replica"
    case "A": "enable always"
    default: "enable"
    }
  }

  /// How `alter … owner to` names a kind; nil where nobody owns one.
  private static func noun(of kind: SchemaObject.Kind) -> String? {
    switch kind {
    case .schema: "schema"
    case .foreignServer: "server"
    case .collation: "collation"
    case .enumeration, .composite, .range: "type"
    case .domain: "domain"
    case .sequence: "sequence"
    case .table: "table"
    case .foreignTable: "foreign table"
    case .view: "view"
    case .materializedView: "materialized view"
    case .function: "function"
    case .procedure: "procedure"
    case .aggregate: "aggregate"
    case .operator: "operator"
    case .eventTrigger: "event trigger"
    case .publication: "publication"
    default: nil
    }
  }

  /// How `comment on` names an object; nil where it has none.
  private static func place(
    of object: SchemaObject, _ parent: String, _ part: String, _ aggregate: String
  ) -> String? {
    switch object.key.kind {
    case .column: "column \(object.key.name)"
    case .constraint:
      "constraint \(part) on " + (object[.type] == "d" ? "domain " : "") + parent
    case .trigger, .policy, .rule: "\(object.key.kind.rawValue) \(part) on \(parent)"
    case .index: "index \(object.key.name)"
    case .statistics: "statistics \(object.key.name)"
    case .cast: "cast \(object.key.name)"
    case .aggregate: "aggregate \(aggregate)"
    default: noun(of: object.key.kind).map { "\($0) \(object.key.name)" }
    }
  }

  /// What needs indexes and columns that came later.
  mutating func writeFinish(of key: Key) {
    guard let new = plan.to[key] else { return }
    let old = plan.created.contains(key) ? nil : plan.from[key]
    switch key.kind {
    case .sequence:
      if old?[.ownedBy] != new[.ownedBy] {
        add("alter sequence \(key.name) owned by \(new[.ownedBy] ?? "none")")
      }
    case .table:
      if old?[.replicaIdentity] != new[.replicaIdentity] {
        add("alter table \(key.name) replica identity \(new[.replicaIdentity] ?? "default")")
      }
    case .index, .constraint:
      guard let parent = new.parent, old?[.clustered] != new[.clustered] else { return }
      if new.isTrue(.clustered) {
        add("alter table \(parent) cluster on \(new[.name] ?? key.name)")
      } else if old != nil {
        add("alter table \(parent) set without cluster")
      }
    default: break
    }
  }
}
