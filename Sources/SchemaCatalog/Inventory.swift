internal import FoundationEssentials
package import PostgresClient

/// Everything in a database that SQL can create: what two databases are compared by.
///
/// Members of extensions are left out. Of the platform's schemas there are the functions, triggers
/// and policies, and of its tables the grants.
package struct Inventory: Sendable, Hashable {
  /// By what they are called.
  package private(set) var objects: [SchemaObject.Key: SchemaObject]

  /// Makes an inventory of some objects.
  ///
  /// - Parameter objects: Of two with one key the first counts.
  package init(_ objects: [SchemaObject]) {
    self.objects = Dictionary(objects.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// What a bucket's definition has values for.
  package static let bucketColumns = [
    "id", "name", "public", "avif_autodetection", "file_size_limit", "allowed_mime_types",
  ]

  package subscript(key: SchemaObject.Key) -> SchemaObject? { objects[key] }

  /// Leaves out what another Supabase would have otherwise by its own doing: the platform's tables,
  /// functions and triggers, and what may be done with them.
  ///
  /// - Returns: What projects make, policies and triggers on the platform's tables included.
  package func withoutPlatform() -> Inventory {
    Inventory(objects.values.filter { !$0.isTrue(.managed) })
  }

  /// Leaves out what lies in other schemas.
  ///
  /// - Parameter schemas: As the catalog spells them; schemas themselves count too.
  /// - Returns: What is in these schemas, and what hangs on their tables.
  package func only(schemas: [String]) -> Inventory {
    let prefixes = schemas.flatMap { ["\($0).", "\"\($0)\"."] }
    func isInside(_ name: String) -> Bool { prefixes.contains { name.hasPrefix($0) } }
    return Inventory(
      objects.values.filter { object in
        switch object.key.kind {
        case .schema:
          schemas.contains(object.key.name) || schemas.contains { "\"\($0)\"" == object.key.name }
        case .extension, .defaultPrivileges:
          object[.schema].map { isInside($0 + ".") } ?? false
        case .publicationMember:
          isInside(String((object[.name] ?? "").drop { $0 != " " }.dropFirst()))
        case .eventTrigger, .publication, .bucket, .cast, .foreignServer: false
        default: isInside(object.parent ?? object.key.name)
        }
      })
  }
}

/// Schemas that are not the project's: what is in them, the platform makes.
///
/// Source: supabase/cli, `pkg/migration/dump.go`, `InternalSchemas`; and homebase's own.
package enum ManagedSchemas {
  /// As `pg_dump` takes them: `*` stands for anything.
  package static let patterns = [
    "information_schema", "pg_*", "_analytics", "_realtime", "_supavisor", "auth", "etl",
    "extensions", "pgbouncer", "realtime", "storage", "supabase_functions", "supabase_migrations",
    "cron", "dbdev", "graphql", "graphql_public", "homebase", "net", "pgmq", "pgsodium",
    "pgsodium_masks",
    "pgtle", "repack", "tiger", "tiger_data", "timescaledb_*", "_timescaledb_*", "topology",
    "vault",
  ]

  /// The same as one regular expression of PostgreSQL.
  package static let expression =
    "^(" + patterns.map { $0.replacing("*", with: ".*") }.joined(separator: "|") + ")$"
}

/// What a database answered: the rows that an inventory is made of.
///
/// Two copies of one database give equal answers, numbers of objects included: then nothing has to
/// be made of them to know that the two do not differ.
package struct InventoryAnswers: Sendable, Hashable {
  fileprivate var results: [PostgresResult]

  /// Reads a database: one round trip, one snapshot.
  ///
  /// - Parameter connection: Any role that may read the system's catalog; not in a transaction.
  /// - Returns: What is there now.
  /// - Throws: `CatalogError`.
  package static func read(
    from connection: PostgresConnection
  ) async throws(CatalogError) -> InventoryAnswers {
    var results: [PostgresResult]
    do throws(PostgresError) {
      let expression = ManagedSchemas.expression
      results = try await connection.pipeline(
        [
          PostgresStatement("begin isolation level repeatable read, read only"),
          // Without a search path every name in an expression is qualified. Compiling plans of this
          // size takes PostgreSQL seconds, running them milliseconds.
          PostgresStatement(
            """
            select set_config('search_path', '', true), set_config('jit', 'off', true),
              set_config('quote_all_identifiers', 'off', true)
            """),
        ]
          + InventoryQueries.all.map {
            PostgresStatement($0.sql, $0.sql.contains("$1") ? [expression] : [])
          }
          + [
            PostgresStatement(InventoryQueries.dependencies),
            PostgresStatement(InventoryQueries.buckets), PostgresStatement("commit"),
          ])
    } catch {
      // The transaction is ours: a session that is used again must not be in it.
      _ = try? await connection.execute("rollback")
      throw .failed(error)
    }
    guard results.count == InventoryQueries.all.count + 5 else {
      throw .unreadable("\(results.count) answers")
    }
    results.removeFirst(2)
    return InventoryAnswers(results: results)
  }
}

extension Inventory {
  /// Makes an inventory of a database's answers.
  ///
  /// - Parameter answers: Of one database.
  /// - Throws: `CatalogError.unreadable`.
  package init(_ answers: InventoryAnswers) throws(CatalogError) {
    let results = answers.results
    var reader = InventoryReader()
    for (index, query) in InventoryQueries.all.enumerated() {
      reader.take(results[index], as: query.kind)
    }
    reader.connect(results[InventoryQueries.all.count])
    try reader.takeBuckets(results[InventoryQueries.all.count + 1].firstValue)
    self.init(reader.objects)
  }

  /// Reads a database: one round trip, one snapshot.
  ///
  /// - Parameter connection: Any role that may read the system's catalog; not in a transaction.
  /// - Returns: What is there now.
  /// - Throws: `CatalogError`.
  package static func read(
    from connection: PostgresConnection
  ) async throws(CatalogError) -> Inventory {
    try Inventory(try await InventoryAnswers.read(from: connection))
  }
}

/// Makes objects of rows, and finds by their addresses who depends on whom.
private struct InventoryReader {
  private struct Address: Hashable {
    var catalog: UInt32
    var oid: UInt32
    var number: Int32
  }

  /// The catalogs' own OIDs, which never change.
  private enum CatalogOID {
    static let relation: UInt32 = 1_259
    static let type: UInt32 = 1_247
    static let `default`: UInt32 = 2_604
  }

  var objects: [SchemaObject] = []
  private var places: [Address: Int] = [:]
  private var lists: [String: AccessList] = [:]

  mutating func take(_ result: PostgresResult, as kind: SchemaObject.Kind?) {
    var facts: [(Int, SchemaObject.Fact)] = []
    var others: [String: Int] = [:]
    for (index, column) in result.columns.enumerated() {
      if let fact = SchemaObject.Fact(rawValue: column.name) {
        facts.append((index, fact))
      } else {
        others[column.name] = index
      }
    }
    func value(_ row: [String?], _ name: String) -> String? { others[name].flatMap { row[$0] } }
    for row in result.rows {
      guard let name = value(row, "key"),
        let kind = kind ?? value(row, "kind").flatMap(SchemaObject.Kind.init(rawValue:))
      else { continue }
      var object = SchemaObject(key: SchemaObject.Key(kind, name))
      object.parent = value(row, "parent")
      object.number = value(row, "number").flatMap { Int($0) } ?? 0
      for (index, fact) in facts {
        if let text = row[index], !(text.isEmpty && fact == .options) {
          object.facts[fact] = text
        }
      }
      if let text = value(row, "acl") { object.grants = list(text) }
      let catalog = value(row, "class").flatMap { UInt32($0) } ?? 0
      let oid = value(row, "oid").flatMap { UInt32($0) } ?? 0
      let place = objects.count
      places[Address(catalog: catalog, oid: oid, number: Int32(object.number))] = place
      if let alias = value(row, "alias").flatMap({ UInt32($0) }) {
        places[Address(catalog: CatalogOID.relation, oid: alias, number: 0)] = place
      }
      for name in ["rowType", "arrayType", "multirangeType"] {
        if let type = value(row, name).flatMap({ UInt32($0) }) {
          places[Address(catalog: CatalogOID.type, oid: type, number: 0)] = place
        }
      }
      let defaultOID = value(row, "defaultOID").flatMap { UInt32($0) }
      if let defaultOID, object[.generated] != nil || object[.default] == nil {
        places[Address(catalog: CatalogOID.default, oid: defaultOID, number: 0)] = place
      }
      objects.append(object)
      if let defaultOID, object[.generated] == nil, let expression = object[.default] {
        // An object of its own: it may need a function that needs the table.
        objects[place][.default] = nil
        places[Address(catalog: CatalogOID.default, oid: defaultOID, number: 0)] = objects.count
        objects.append(
          SchemaObject(
            key: SchemaObject.Key(.default, name), parent: object.parent,
            facts: [.definition: expression, .name: object[.name] ?? ""],
            dependencies: [object.key]))
      }
    }
  }

  private mutating func list(_ text: String) -> AccessList {
    // Mostly there are a few different lists for hundreds of objects.
    if let known = lists[text] { return known }
    let list = AccessList(parsing: text)
    lists[text] = list
    return list
  }

  mutating func connect(_ result: PostgresResult) {
    for row in result.rows {
      let numbers = row.map { $0.flatMap { Int64($0) } ?? 0 }
      guard numbers.count == 6, let from = place(numbers[0..<3]), let to = place(numbers[3..<6]),
        from != to,
        // A sequence that a column owns is made before it, and given to it afterwards.
        objects[from].key.kind != .sequence || objects[to].key.kind == .schema
      else { continue }
      objects[from].dependencies.insert(objects[to].key)
    }
    let tables: Set<SchemaObject.Kind> = [
      .table, .foreignTable, .view, .materializedView, .domain, .publication,
    ]
    var named: [String: SchemaObject.Key] = [:]
    for object in objects where tables.contains(object.key.kind) {
      named[object.key.name] = object.key
    }
    for index in objects.indices {
      guard let parent = objects[index].parent.flatMap({ named[$0] }) else { continue }
      objects[index].dependencies.insert(parent)
    }
  }

  private func place(_ numbers: ArraySlice<Int64>) -> Int? {
    let numbers = Array(numbers)
    let address = Address(
      catalog: UInt32(clamping: numbers[0]), oid: UInt32(clamping: numbers[1]),
      number: Int32(clamping: numbers[2]))
    if let place = places[address] { return place }
    return places[Address(catalog: address.catalog, oid: address.oid, number: 0)]
  }

  mutating func takeBuckets(_ document: String?) throws(CatalogError) {
    guard let document else { return }
    let buckets: [Bucket]
    do {
      buckets = try JSONDecoder().decode([Bucket].self, from: Data(document.utf8))
    } catch {
      throw .unreadable("storage.buckets: \(error)")
    }
    for bucket in buckets {
      objects.append(
        SchemaObject(
          key: SchemaObject.Key(.bucket, bucket.id), facts: [.definition: bucket.values]))
    }
  }
}

/// A row of `storage.buckets`.
private struct Bucket: Decodable {
  var id: String
  var name: String?
  var `public`: Bool?
  var detectsAVIF: Bool?
  var sizeLimit: Int64?
  var types: [String]?

  private enum CodingKeys: String, CodingKey {
    case id, name, `public`
    case detectsAVIF = "avif_autodetection"
    case sizeLimit = "file_size_limit"
    case types = "allowed_mime_types"
  }

  /// For an INSERT, in the order of `Inventory.bucketColumns`.
  var values: String {
    func text(_ value: String?) -> String {
      let literal = value.map(quoteLiteral) ?? "null"
      return literal.hasPrefix(" ") ? String(literal.dropFirst()) : literal
    }
    let list = types.map {
      $0.isEmpty ? "'{}'" : "array[" + $0.map(text).joined(separator: ", ") + "]"
    }
    return [
      text(id), text(name), `public`.map { "\($0)" } ?? "null",
      detectsAVIF.map { "\($0)" } ?? "null", sizeLimit.map { "\($0)" } ?? "null",
      list ?? "null",
    ].joined(separator: ", ")
  }
}
