/// What a statement gave back.
package struct QueryResult: Sendable, Hashable, Codable {
  /// The rows, by the columns' names.
  package var rows: [[String: JSONValue]]
  /// How many rows there are, or how many the statement changed.
  package var count: Int
  /// The columns' names in their order.
  package var columns: [String]?
  /// What PostgreSQL says it did: `INSERT 0 1`.
  package var command: String?
  /// Of the whole work, inside the supervisor.
  package var took: Milliseconds?

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

  private enum CodingKeys: String, CodingKey {
    case rows, count, columns, command
    case took = "took_ms"
  }
}
