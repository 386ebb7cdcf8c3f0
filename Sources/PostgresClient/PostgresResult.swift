/// One statement with its parameters.
package struct PostgresStatement: Sendable, Hashable {
  package var sql: String
  /// For `$1`, `$2` and so on, in text form; nil is SQL's null.
  package var values: [String?]
  /// Whether only its success counts: rows that nobody reads are not made into values.
  package var discardsRows = false

  package init(_ sql: String, _ values: [String?] = []) {
    self.sql = sql
    self.values = values
  }

  package init(sql: String, values: [String?] = []) {
    self.init(sql, values)
  }
}

/// Statements of a pipeline whose end is told before the pipeline's own.
package struct PipelineMilestones: Sendable {
  /// Indices of statements; the server sends what it has answered after each of them.
  let indices: Set<Int>
  let onReach: @Sendable (Int) -> Void

  /// Makes the milestones of one pipeline.
  ///
  /// - Parameters:
  ///   - indices: Of statements.
  ///   - onReach: Called with an index when that statement has succeeded, in order, before the
  ///     call returns; possibly on the event loop's thread, so it must not block.
  package init(_ indices: Set<Int>, onReach: @escaping @Sendable (Int) -> Void) {
    self.indices = indices
    self.onReach = onReach
  }
}

/// What a statement gave back, all of it, in PostgreSQL's text form.
package struct PostgresResult: Sendable, Hashable {
  /// A column of a result.
  package struct Column: Sendable, Hashable {
    package var name: String
    /// `pg_type.oid`; 25 is text.
    package var typeOID: UInt32

    package init(name: String, typeOID: UInt32) {
      self.name = name
      self.typeOID = typeOID
    }
  }

  package var columns: [Column]
  /// The values in text form; nil is SQL's null.
  ///
  /// Bytes that are not UTF-8 (a SQL_ASCII database may hold them) come as U+FFFD.
  package var rows: [[String?]]
  /// The command tag: `INSERT 0 1`; empty for an empty statement.
  package var command: String
  /// The number in the tag; nil for commands that count nothing.
  package var affectedRows: Int?

  package init(
    columns: [Column] = [], rows: [[String?]] = [], command: String = "", affectedRows: Int? = nil
  ) {
    self.columns = columns
    self.rows = rows
    self.command = command
    self.affectedRows = affectedRows
  }

  /// The first column of the first row; nil when it is null or there is no row.
  package var firstValue: String? { rows.first?.first ?? nil }

  /// The position of a column.
  ///
  /// - Parameter name: The name as the server gave it.
  /// - Returns: The first of that name, counted from 0; nil when there is none.
  package func columnIndex(of name: String) -> Int? {
    columns.firstIndex { $0.name == name }
  }

  /// All values of one column.
  ///
  /// - Parameter name: The name as the server gave it.
  /// - Returns: One entry a row; nil for each when there is no such column.
  package subscript(column name: String) -> [String?] {
    guard let index = columnIndex(of: name) else { return rows.map { _ in nil } }
    return rows.map { $0[index] }
  }
}

/// What the server said beside its results: a NOTICE, a WARNING, a RAISE in a function.
package struct PostgresNotice: Sendable, Hashable {
  /// In English, whatever the server's language: `NOTICE`, `WARNING`, `INFO`, `LOG`, `DEBUG`.
  package var severity: String
  package var sqlstate: String
  package var message: String
  package var detail: String?
  package var hint: String?
  package var context: String?
}

/// What another session sent with NOTIFY.
package struct PostgresNotification: Sendable, Hashable {
  package var channel: String
  package var payload: String
  /// The backend that sent it.
  package var senderPID: Int32
}
