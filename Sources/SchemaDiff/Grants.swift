internal import PostgresClient
internal import SchemaCatalog

extension DiffWriter {
  /// Grants and revokes, so that every object has exactly the access list that it shall have.
  mutating func writeGrants() {
    for key in keysWithOtherGrants().sorted() {
      guard let object = plan.to[key], let grants = object.grants, key.kind != .column,
        key.kind != .defaultPrivileges, let place = Self.grantPlace(of: object)
      else { continue }
      let before = accessBefore(object)
      writeGrants(from: before, to: grants, on: place, of: Self.letter(of: key.kind))
      guard [.table, .foreignTable, .view, .materializedView].contains(key.kind) else { continue }
      writeColumnGrants(of: key.name, from: before, to: grants)
    }
    writeDefaultPrivileges()
  }

  /// Objects whose list is or may be another one, tables of such columns included.
  ///
  /// Mostly none of thousands: only these are put in order and looked at.
  private func keysWithOtherGrants() -> [Key] {
    var keys: Set<Key> = []
    func addParent(of object: SchemaObject) {
      guard let parent = object.parent else { return }
      for kind in [SchemaObject.Kind.table, .foreignTable, .view, .materializedView] {
        keys.insert(Key(kind, parent))
      }
    }
    for (key, object) in plan.to.objects where object.grants != nil || key.kind == .column {
      let old = plan.from[key]
      guard
        old?.grants != object.grants || old?[.owner] != object[.owner]
          || plan.created.contains(key) || plan.swapped.contains(key)
      else { continue }
      if key.kind == .column { addParent(of: object) } else { keys.insert(key) }
    }
    for object in plan.from.objects.values
    where object.key.kind == .column && object.grants != nil && plan.to[object.key] == nil {
      addParent(of: object)
    }
    return Array(keys)
  }

  /// What an object's list is when its own statements have run.
  private func accessBefore(_ object: SchemaObject) -> AccessList {
    let isNew = plan.created.contains(object.key) || plan.swapped.contains(object.key)
    guard let old = plan.from[object.key], !isNew else {
      return renamed(accessAtCreation(object), from: role, to: object[.owner] ?? role)
    }
    return renamed(
      old.grants ?? AccessList(), from: old[.owner] ?? role,
      to: object[.owner] ?? old[.owner] ?? role)
  }

  /// A change of the owner gives what the old one had to the new one.
  private func renamed(_ list: AccessList, from old: String, to new: String) -> AccessList {
    guard old != new, !new.hasPrefix("supabase_") else { return list }
    let (old, new) = (bare(old), bare(new))
    var result = AccessList()
    for (entry, canPassOn) in list.entries {
      let grantee = entry.grantee == old ? new : entry.grantee
      result.entries[.init(grantee: grantee, privilege: entry.privilege)] = canPassOn
    }
    return result
  }

  private func bare(_ role: String) -> String {
    guard role.hasPrefix("\"") else { return role }
    return String(role.dropFirst().dropLast()).replacing("\"\"", with: "\"")
  }

  /// What default privileges give a new object, by `from`: theirs change last.
  private func accessAtCreation(_ object: SchemaObject) -> AccessList {
    let letter = Self.letter(of: object.key.kind)
    // The catalog of default privileges has a letter of its own for sequences.
    let mark = letter == "s" ? "S" : "\(letter)"
    let all = plan.from[Key(.defaultPrivileges, "\(role) * \(mark)")]?.grants
    var list = all ?? Self.builtIn(letter, owner: bare(role))
    let schema = object[.schema] ?? ""
    if let more = plan.from[Key(.defaultPrivileges, "\(role) \(schema) \(mark)")]?.grants {
      list.entries.merge(more.entries) { $0 || $1 }
    }
    return list
  }

  /// What an object has while nobody has changed it.
  ///
  /// Source: PostgreSQL 15 manual, 5.7, table 5.2.
  private static func builtIn(_ letter: Character, owner: String) -> AccessList {
    var list = AccessList()
    for privilege in privileges(of: letter) {
      list.entries[.init(grantee: owner, privilege: privilege)] = false
    }
    if letter == "f" || letter == "T" {
      for privilege in privileges(of: letter) {
        list.entries[.init(grantee: "", privilege: privilege)] = false
      }
    }
    return list
  }

  // MARK: - Statements

  private mutating func writeGrants(
    from old: AccessList, to new: AccessList, on place: String, of letter: Character
  ) {
    guard old != new else { return }
    for statement in Self.statements(from: old, to: new, letter: letter) {
      add("\(statement.verb) on \(place) \(statement.preposition)")
    }
  }

  private struct GrantWords: Hashable {
    var verb: String
    var preposition: String
  }

  private static func statements(
    from old: AccessList, to new: AccessList, letter: Character
  ) -> [GrantWords] {
    var result: [GrantWords] = []
    let gone = old.entries.filter { new.entries[$0.key] == nil }.map(\.key)
    for (list, who) in grouped(gone, letter, whole: old) {
      result.append(GrantWords(verb: "revoke \(list)", preposition: "from \(who)"))
    }
    let kept = new.entries.filter { old.entries[$0.key] == true && !$0.value }.map(\.key)
    for (list, who) in grouped(kept, letter, whole: AccessList()) {
      result.append(
        GrantWords(verb: "revoke grant option for \(list)", preposition: "from \(who)"))
    }
    let plain = new.entries.filter { !$0.value && old.entries[$0.key] == nil }.map(\.key)
    for (list, who) in grouped(plain, letter, whole: new) {
      result.append(GrantWords(verb: "grant \(list)", preposition: "to \(who)"))
    }
    let passed = new.entries.filter { $0.value && old.entries[$0.key] != true }.map(\.key)
    for (list, who) in grouped(passed, letter, whole: new) {
      result.append(
        GrantWords(verb: "grant \(list)", preposition: "to \(who) with grant option"))
    }
    return result
  }

  /// Roles that share a list of privileges share a statement.
  private static func grouped(
    _ entries: [AccessList.Entry], _ letter: Character, whole: AccessList
  ) -> [(list: String, who: String)] {
    var byRole: [String: Set<Character>] = [:]
    for entry in entries { byRole[entry.grantee, default: []].insert(entry.privilege) }
    var byList: [String: [String]] = [:]
    let all = privileges(of: letter)
    for (role, set) in byRole {
      let list =
        Array(set).count == all.count && all.count > 1
        ? "all" : all.filter(set.contains).map { words[$0] ?? "" }.joined(separator: ", ")
      byList[list, default: []].append(role)
    }
    return byList.sorted { $0.key < $1.key }.map { list, roles in
      (list, roles.sorted().map(quoted).joined(separator: ", "))
    }
  }

  /// Roles' names as a person would write them.
  private static func quoted(_ role: String) -> String {
    if role.isEmpty { return "public" }
    let first = role.utf8.first ?? 0
    let isPlain = role.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
    }
    // No reserved word has an underscore, but for those of the session.
    let isWord =
      role.contains("_") && !role.hasPrefix("current_") && !role.hasPrefix("session_")
      || ["postgres", "anon", "authenticated", "authenticator"].contains(role)
    return isPlain && isWord && !(0x30...0x39).contains(first) ? role : quoteIdentifier(role)
  }

  /// Revoking from a table takes the same privilege from its columns.
  private mutating func writeColumnGrants(
    of table: String, from old: AccessList, to new: AccessList
  ) {
    let revoked = old.entries.keys.filter { new.entries[$0] == nil }
    // A column of a managed table is there only while it has grants.
    let lost = plan.from.objects.values.filter {
      $0.parent == table && $0.key.kind == .column && plan.to[$0.key] == nil
        && $0.countsForGrantsOnly
    }
    // A statement for all columns that share verb and role.
    var order: [GrantWords] = []
    var lists: [GrantWords: [(privilege: String, columns: [String])]] = [:]
    for column in columns(of: table) + lost.map(Self.withoutGrants) {
      var before = AccessList()
      if !plan.created.contains(column.key), let access = plan.from[column.key]?.grants {
        before.entries = access.entries.filter { !revoked.contains($0.key) }
      }
      let after = column.grants ?? AccessList()
      guard before != after else { continue }
      for statement in Self.statements(from: before, to: after, letter: "c") {
        let preposition = statement.preposition
        // Each privilege has its list of columns.
        let verb = statement.verb.split(separator: " ").first ?? ""
        var list = statement.verb.dropFirst(verb.count + 1)
        var prefix = "\(verb) "
        if list.hasPrefix("grant option for ") {
          list = list.dropFirst("grant option for ".count)
          prefix += "grant option for "
        }
        let name = column[.name] ?? ""
        for role in Self.roles(in: preposition) {
          let words = GrantWords(verb: prefix, preposition: role)
          if lists[words] == nil { order.append(words) }
          for privilege in list.split(separator: ", ").map(String.init) {
            let index = lists[words]?.firstIndex { $0.privilege == privilege }
            if let index {
              lists[words]?[index].columns.append(name)
            } else {
              lists[words, default: []].append((privilege, [name]))
            }
          }
        }
      }
    }
    for words in order.filter({ $0.verb.hasPrefix("revoke") })
      + order.filter({ !$0.verb.hasPrefix("revoke") })
    {
      let spelled = (lists[words] ?? []).map {
        "\($0.privilege) (\($0.columns.joined(separator: ", ")))"
      }
      add(
        "\(words.verb)\(spelled.joined(separator: ", ")) on table \(table) \(words.preposition)")
    }
  }

  /// One preposition for each role of a list.
  private static func roles(in preposition: String) -> [String] {
    let suffix = preposition.hasSuffix(" with grant option") ? " with grant option" : ""
    var rest = preposition.dropLast(suffix.count)
    let word = rest.prefix { $0 != " " }
    rest = rest.dropFirst(word.count + 1)
    // No name that needs a comma is in a list of the platform's; a quoted one stays whole.
    if rest.contains("\"") { return [preposition] }
    return rest.split(separator: ", ").map { "\(word) \($0)\(suffix)" }
  }

  private static func withoutGrants(_ object: SchemaObject) -> SchemaObject {
    var object = object
    object.grants = nil
    return object
  }

  private mutating func writeDefaultPrivileges() {
    let keys = Set(plan.from.objects.keys).union(plan.to.objects.keys)
    for key in keys.filter({ $0.kind == .defaultPrivileges }).sorted() {
      guard let object = plan.to[key] ?? plan.from[key], let letter = object[.type]?.first,
        let noun = Self.plurals[letter]
      else { continue }
      // A schema that goes takes its own along.
      if let schema = object[.schema], plan.dropped.contains(Key(.schema, schema)) { continue }
      let owner = object[.owner] ?? role
      let kind: Character = letter == "S" ? "s" : letter
      let standard =
        object[.schema] == nil ? Self.builtIn(kind, owner: bare(owner)) : AccessList()
      let statements = Self.statements(
        from: plan.from[key]?.grants ?? standard, to: plan.to[key]?.grants ?? standard,
        letter: kind)
      let prefix =
        "alter default privileges for role \(owner)"
        + (object[.schema].map { " in schema \($0)" } ?? "")
      for statement in statements {
        add("\(prefix) \(statement.verb) on \(noun) \(statement.preposition)")
      }
    }
  }

  // MARK: - Words

  private static let plurals: [Character: String] = [
    "r": "tables", "S": "sequences", "f": "functions", "T": "types", "n": "schemas",
  ]

  private static let words: [Character: String] = [
    "r": "select", "a": "insert", "w": "update", "d": "delete", "D": "truncate",
    "x": "references", "t": "trigger", "m": "maintain", "X": "execute", "U": "usage",
    "C": "create",
  ]

  /// The privileges of a kind, by the letter of `acldefault`; `c` is a column's.
  private static func privileges(of letter: Character) -> [Character] {
    switch letter {
    case "r": ["r", "a", "w", "d", "D", "x", "t"]
    case "s": ["U", "r", "w"]
    case "f": ["X"]
    case "n": ["U", "C"]
    case "c": ["r", "a", "w", "x"]
    default: ["U"]
    }
  }

  private static func letter(of kind: SchemaObject.Kind) -> Character {
    switch kind {
    case .sequence: "s"
    case .function, .procedure, .aggregate: "f"
    case .schema: "n"
    case .enumeration, .composite, .domain, .range: "T"
    case .foreignServer: "F"
    default: "r"
    }
  }

  private static func grantPlace(of object: SchemaObject) -> String? {
    let name = object.key.name
    return switch object.key.kind {
    case .table, .foreignTable, .view, .materializedView: "table \(name)"
    case .sequence: "sequence \(name)"
    case .function, .aggregate: "function \(name)"
    case .procedure: "procedure \(name)"
    case .schema: "schema \(name)"
    case .enumeration, .composite, .domain, .range: "type \(name)"
    case .foreignServer: "foreign server \(name)"
    default: nil
    }
  }
}
