internal import PostgresClient
internal import SchemaCatalog

extension DiffWriter {
  /// A text as a constant.
  func literal(_ text: String) -> String { trimmedLiteral(quoteLiteral(text)) }

  /// Creates an object, with its owner, comment and flags.
  mutating func writeCreation(of object: SchemaObject) {
    let name = object.key.name
    let parent = object.parent ?? ""
    let part = object[.name] ?? ""
    let definition = object[.definition] ?? ""
    switch object.key.kind {
    case .schema: add("create schema if not exists \(name)")
    case .extension:
      add("create extension if not exists \(name) with schema \(object[.schema] ?? "public")")
    case .foreignServer: add("create server \(definition)")
    case .collation: add("create collation \(name) (\(definition))")
    case .enumeration:
      add(
        "create type \(name) as enum ("
          + stringList(definition).map(literal).joined(separator: ", ") + ")")
    case .composite:
      let attributes = pairList(definition).map { "\($0.0) \($0.1)" }
      add("create type \(name) as (\(attributes.joined(separator: ", ")))")
    case .range: add("create type \(name) as range (\(definition))")
    case .domain:
      add(
        "create domain \(name) as \(definition)"
          + (object[.default].map { " default \($0)" } ?? "")
          + (object.isTrue(.notNull) ? " not null" : ""))
    case .sequence:
      let unlogged = object[.persistence] == "u" ? "unlogged " : ""
      let type = object[.type] == "bigint" ? "" : " as \(object[.type] ?? "bigint")"
      let options = Self.unusual(definition)
      add("create \(unlogged)sequence \(name)\(type)" + (options.isEmpty ? "" : " \(options)"))
    case .table, .foreignTable: writeTable(object)
    case .column:
      // Those of a new table stand in its own statement, those of a view in its query.
      if !isCreated(table: parent), !isView(parent), !object.isTrue(.inherited) {
        add("alter table \(parent) add column \(self.definition(of: object))")
        noteMissingValues(object)
      }
      writeColumnExtras(object)
    case .default:
      if !isInlined(object.key) {
        add("alter table \(parent) alter column \(part) set default \(definition)")
      }
    case .function, .procedure: add(Self.loweredHeader(Self.trimmed(definition)))
    case .aggregate: add("create aggregate \(aggregateName(object)) (\(definition))")
    case .cast: add("create cast \(name) \(definition)")
    case .operator: add("create operator \(part) (\(definition))")
    case .constraint:
      let noun = object[.type] == "d" ? "domain" : "table"
      add("alter \(noun) \(parent) add constraint \(part) \(definition)")
    case .index: add(Self.lowered(definition))
    case .view: writeView(object)
    case .materializedView:
      add(
        "create materialized view \(name)" + (object[.options].map { " with (\($0))" } ?? "")
          + " as\n\(definition)")
    case .statistics, .rule: add(Self.lowered(definition))
    case .trigger: add(Self.lowered(definition))
    case .policy: writePolicy(object)
    case .eventTrigger: add("create event trigger \(name) on \(definition)")
    case .publication: writePublication(object)
    case .publicationMember: add("alter publication \(parent) add \(definition)")
    case .bucket: writeBucket(object)
    case .defaultPrivileges: break
    }
    writeState(from: nil, to: object)
  }

  private func isView(_ name: String) -> Bool {
    plan.to[Key(.view, name)] != nil || plan.to[Key(.materializedView, name)] != nil
  }

  func isCreated(table: String) -> Bool {
    plan.created.contains(Key(.table, table)) || plan.created.contains(Key(.foreignTable, table))
  }

  private mutating func writeTable(_ table: SchemaObject) {
    let name = table.key.name
    let isForeign = table.key.kind == .foreignTable
    let columns = columnList(of: table).map { "  \($0)" }.joined(separator: ",\n")
    var sql = "create "
    if table[.persistence] == "u" { sql += "unlogged " }
    sql += (isForeign ? "foreign table " : "table ") + name
    sql += columns.isEmpty ? " ()" : " (\n\(columns)\n)"
    let parents = stringList(table[.parents])
    if table[.partitionBound] == nil, !parents.isEmpty {
      sql += " inherits (\(parents.joined(separator: ", ")))"
    }
    if let key = table[.partitionKey] { sql += " partition by \(Self.lowered(key))" }
    if let server = table[.server] { sql += " server \(server)" }
    if let method = table[.accessMethod] { sql += " using \(method)" }
    if let options = table[.options] { sql += " with (\(options))" }
    add(sql)
    if let bound = table[.partitionBound] {
      for parent in parents { writeAttachment(name, to: parent, bound) }
    }
  }

  mutating func writeAttachment(_ table: String, to parent: String, _ bound: String) {
    add("alter table \(parent) attach partition \(table) \(bound)")
  }

  private mutating func noteMissingValues(_ column: SchemaObject) {
    guard column.isTrue(.notNull), column[.generated] == nil, column[.identity] == nil,
      plan.to[Key(.default, column.key.name)] == nil
    else { return }
    warn(
      "\(column.key.name) is not null and has no default: adding it fails where "
        + "\(column.parent ?? "its table") has rows")
  }

  /// What `create table` cannot say of a column.
  private mutating func writeColumnExtras(_ column: SchemaObject) {
    let prefix = "alter table \(column.parent ?? "") alter column \(column[.name] ?? "")"
    if let target = column[.statisticsTarget] { add("\(prefix) set statistics \(target)") }
    if let storage = column[.storage] { add("\(prefix) set storage \(Self.storage(storage))") }
    if let method = column[.compression] {
      add("\(prefix) set compression \(method == "l" ? "lz4" : "pglz")")
    }
    if let options = column[.options] { add("\(prefix) set (\(options))") }
  }

  /// `pg_attribute.attstorage` as SQL says it.
  static func storage(_ letter: String) -> String {
    switch letter {
    case "p": "plain"
    case "e": "external"
    case "m": "main"
    default: "extended"
    }
  }

  mutating func writeView(_ view: SchemaObject) {
    add(
      "create or replace view \(view.key.name)"
        + (view[.options].map { " with (\($0))" } ?? "") + " as\n\(view[.definition] ?? "")")
  }

  private mutating func writePolicy(_ policy: SchemaObject) {
    var lines = ["create policy \(policy[.name] ?? "") on \(policy.parent ?? "")"]
    if policy[.type] == "restrictive" { lines.append("as restrictive") }
    lines.append("for \(policy[.command] ?? "all")")
    lines.append("to \(policy[.roles] ?? "public")")
    if let using = policy[.using] { lines.append("using (\(Self.unwrapped(using)))") }
    if let check = policy[.check] { lines.append("with check (\(Self.unwrapped(check)))") }
    add(lines.joined(separator: "\n  "))
  }

  private mutating func writePublication(_ publication: SchemaObject) {
    var options: [String] = []
    let command = publication[.command] ?? ""
    if command != "insert, update, delete, truncate" {
      options.append("publish = \(literal(command))")
    }
    if publication.isTrue(.options) { options.append("publish_via_partition_root = true") }
    add(
      "create publication \(publication.key.name)"
        + (publication.isTrue(.allTables) ? " for all tables" : "")
        + (options.isEmpty ? "" : " with (\(options.joined(separator: ", ")))"))
  }

  mutating func writeBucket(_ bucket: SchemaObject) {
    let columns = Inventory.bucketColumns
    let set = columns.dropFirst().map { "  \($0) = excluded.\($0)" }.joined(separator: ",\n")
    add(
      "insert into storage.buckets (\(columns.joined(separator: ", ")))\n"
        + "values (\(bucket[.definition] ?? ""))\non conflict (id) do update set\n\(set)")
  }

  // MARK: - Texts of the server

  static func trimmed(_ text: String) -> String {
    var text = text[...]
    while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
    return String(text)
  }

  /// Takes away a pair of brackets around the whole, which the server adds.
  static func unwrapped(_ expression: String) -> String {
    guard expression.hasPrefix("("), expression.hasSuffix(")") else { return expression }
    var depth = 0
    var quote: Character?
    for (index, character) in zip(expression.indices, expression) {
      if let open = quote {
        if character == open { quote = nil }
        continue
      }
      switch character {
      case "'", "\"": quote = character
      case "(": depth += 1
      case ")":
        depth -= 1
        if depth == 0, expression.index(after: index) != expression.endIndex { return expression }
      default: break
      }
    }
    return String(expression.dropFirst().dropLast())
  }

  /// Lowers the server's capitals in a function's lines before its body.
  static func loweredHeader(_ definition: String) -> String {
    var lines = definition.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for (index, line) in lines.enumerated() {
      if line.hasPrefix("AS ") {
        lines[index] = "as " + line.dropFirst(3)
        break
      }
      if index > 0, !line.hasPrefix(" ") { break }
      lines[index] = lowered(line + " ").dropLast().description
    }
    return lines.joined(separator: "\n")
  }

  /// Lowers the server's capitals at the start of a definition, up to its first expression.
  static func lowered(_ definition: String) -> String {
    var result = ""
    var rest = definition[...]
    while let word = firstWord(of: rest) {
      let isKeyword = word.allSatisfy { $0.isUppercase || !$0.isLetter } && !word.contains("\"")
      if !isKeyword {
        // A name: what follows may still be words of SQL.
        result += word + " "
      } else if word != "ONLY" {
        // Without ONLY, since a partitioned table's index is to reach its partitions.
        result += word.lowercased() + " "
      }
      rest = rest[word.endIndex...].dropFirst()
    }
    return result + rest
  }

  /// What stands before the first blank outside of quotes; nil when an expression begins before.
  private static func firstWord(of text: Substring) -> Substring? {
    var isQuoted = false
    for index in text.indices {
      switch text[index] {
      case "\"": isQuoted.toggle()
      case "(" where !isQuoted, "'" where !isQuoted: return nil
      case " " where !isQuoted: return text[..<index]
      default: break
      }
    }
    return nil
  }
}
