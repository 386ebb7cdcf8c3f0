import FoundationEssentials

/// What a statement gave back.
package struct QueryResult: Sendable, Hashable, Codable {
  /// The rows, by the columns' names; with `types`, strings in the server's own text.
  package var rows: [[String: JSONValue]]
  /// How many rows there are, or how many the statement changed.
  package var count: Int
  /// The columns' names in their order.
  package var columns: [String]?
  /// The columns' types, which say how a text becomes JSON; nil when the rows are JSON already.
  package var types: [UInt32]?
  /// What PostgreSQL says it did: `INSERT 0 1`.
  package var command: String?
  /// Of the whole work, inside the supervisor.
  package var took: Milliseconds?
  /// Of several statements: those before the last that gave columns.
  package var earlier: [QueryResult]?
  /// True when the SQL began a transaction, changed something and did not commit it.
  package var isRolledBack: Bool?

  /// Makes a result of rows in the order of the columns.
  ///
  /// - Parameters:
  ///   - columns: The names as the server gave them; a name that comes again gets a number, so
  ///     that no value is lost in the rows' objects.
  ///   - values: One entry a row, each as long as `columns`.
  ///   - affectedRows: How many rows the statement changed; nil for one that returns rows.
  ///   - command: What PostgreSQL says it did.
  ///   - took: Of the whole work.
  package init(
    columns: [String], values: [[JSONValue]], affectedRows: Int? = nil, command: String? = nil,
    took: Milliseconds? = nil
  ) {
    var names: [String] = []
    var taken = Set(columns)
    var seen: Set<String> = []
    for column in columns {
      var name = column
      var number = 2
      while (name != column && taken.contains(name)) || !seen.insert(name).inserted {
        name = "\(column)_\(number)"
        number += 1
      }
      taken.insert(name)
      names.append(name)
    }
    rows = values.map { row in
      Dictionary(zip(names, row)) { first, _ in first }
    }
    count = columns.isEmpty ? affectedRows ?? 0 : values.count
    self.columns = names
    self.command = command
    self.took = took
  }

  /// Makes a result of the server's own texts.
  ///
  /// - Parameters:
  ///   - columns: The names as the server gave them.
  ///   - types: The columns' types, as long as `columns`.
  ///   - texts: One entry a row, each as long as `columns`; nil is SQL's null.
  ///   - affectedRows: How many rows the statement changed; nil for one that returns rows.
  ///   - command: What PostgreSQL says it did.
  ///   - took: Of the whole work.
  package init(
    columns: [String], types: [UInt32], texts: [[String?]], affectedRows: Int? = nil,
    command: String? = nil, took: Milliseconds? = nil
  ) {
    self.init(
      columns: columns,
      values: texts.map { row in row.map { text in text.map { .string($0) } ?? .null } },
      affectedRows: affectedRows, command: command, took: took)
    self.types = types
  }

  /// The result as a JSON document for scripts, the members in the order of their names.
  ///
  /// - Parameter isPretty: Whether each row gets a line of its own.
  /// - Returns: JSON without a line end.
  package func json(isPretty: Bool) -> String {
    let names = columns ?? rows.first.map { $0.keys.sorted() } ?? []
    let order = names.indices.sorted {
      names[$0].utf8.lexicographicallyPrecedes(names[$1].utf8)
    }
    let keys = names.map { JSONValue.string($0).json }
    let objects = rows.map { row in
      "{"
        + order.map { column in
          "\(keys[column]):" + json(row[names[column]] ?? .null, column: column)
        }.joined(separator: ",") + "}"
    }
    let (between, before, after) = isPretty ? (",\n    ", "\n    ", "\n  ") : (",", "", "")
    let list =
      objects.isEmpty ? "[]" : "[\(before)\(objects.joined(separator: between))\(after)]"
    var members: [String] = []
    if columns != nil { members.append(#""columns":[\#(keys.joined(separator: ","))]"#) }
    if let command { members.append(#""command":\#(JSONValue.string(command).json)"#) }
    members.append(#""count":\#(count)"#)
    if let isRolledBack { members.append(#""rolled_back":\#(isRolledBack)"#) }
    members.append(#""rows":\#(list)"#)
    if let time = try? took.map({ try JSONEncoder().encode($0) }) {
      members.append(#""took_ms":\#(String(decoding: time, as: UTF8.self))"#)
    }
    return isPretty
      ? "{\n  \(members.joined(separator: ",\n  "))\n}" : "{\(members.joined(separator: ","))}"
  }

  private func json(_ value: JSONValue, column: Int) -> String {
    guard case .string(let text) = value, let types, types.indices.contains(column) else {
      return value.json
    }
    return JSONValue.json(postgresText: text, typeOID: types[column])
  }

  private enum CodingKeys: String, CodingKey {
    case rows, count, columns, types, command, earlier
    case isRolledBack = "rolled_back"
    case took = "took_ms"
  }
}
