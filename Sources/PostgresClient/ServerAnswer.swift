internal import CLibpq

/// A result as libpq holds it, freed with the last reference.
///
/// It goes to the caller unread: turning rows into Swift values on the event loop would hold up
/// every other connection.
final class ServerAnswer: @unchecked Sendable {
  // Unchecked: a PGresult never changes once libpq has handed it out, and reading it from several
  // threads is safe (PostgreSQL 15 manual, 34.20).
  private let result: OpaquePointer

  init(owning result: OpaquePointer) {
    self.result = result
  }

  deinit {
    pq_clear(result)
  }

  var status: ExecStatusType { pq_result_status(result) }

  /// The first word of the command tag decides; read without making a string of rows.
  var command: String { text(pq_cmd_status(result)) ?? "" }

  var serverError: ServerError { Self.error(in: result) }

  /// Whether the server said this, or libpq itself (then there is no SQLSTATE).
  var isFromServer: Bool { pq_result_error_field(result, Int32(PQ_FIELD_SQLSTATE.rawValue)) != nil }

  /// Turns rows and columns into Swift values.
  ///
  /// - Returns: A copy that does not need this object any more.
  func read() -> PostgresResult {
    let columnCount = pq_nfields(result)
    let rowCount = pq_ntuples(result)
    var columns: [PostgresResult.Column] = []
    columns.reserveCapacity(Int(columnCount))
    for column in 0..<columnCount {
      columns.append(
        .init(name: text(pq_fname(result, column)) ?? "", typeOID: pq_ftype(result, column)))
    }
    var rows: [[String?]] = []
    rows.reserveCapacity(Int(rowCount))
    for row in 0..<rowCount {
      rows.append(
        [String?](unsafeUninitializedCapacity: Int(columnCount)) { cells, count in
          for column in 0..<columnCount {
            (cells.baseAddress.unsafelyUnwrapped + Int(column)).initialize(
              to: cell(row: row, column: column))
          }
          count = Int(columnCount)
        })
    }
    return PostgresResult(
      columns: columns, rows: rows, command: command,
      affectedRows: text(pq_cmd_tuples(result)).flatMap { Int($0) })
  }

  private func cell(row: Int32, column: Int32) -> String? {
    var length: Int32 = 0
    guard let bytes = pq_cell(result, row, column, &length) else { return nil }
    return String(
      decoding: UnsafeRawBufferPointer(start: bytes, count: Int(length)), as: UTF8.self)
  }

  /// Reads all fields of an error or a notice.
  ///
  /// - Parameter result: Borrowed.
  /// - Returns: A copy that does not need the result any more.
  static func error(in result: OpaquePointer) -> ServerError {
    func field(_ code: pq_field) -> String? {
      text(pq_result_error_field(result, Int32(code.rawValue)))
    }
    return ServerError(
      severity: field(PQ_FIELD_SEVERITY_NONLOCALIZED) ?? field(PQ_FIELD_SEVERITY) ?? "ERROR",
      // libpq makes errors of its own without one: 08000 is `connection_exception`.
      sqlstate: field(PQ_FIELD_SQLSTATE) ?? "08000",
      message: field(PQ_FIELD_MESSAGE_PRIMARY)
        ?? trimmed(text(pq_result_error_message(result)) ?? "unknown error"),
      detail: field(PQ_FIELD_MESSAGE_DETAIL), hint: field(PQ_FIELD_MESSAGE_HINT),
      position: field(PQ_FIELD_STATEMENT_POSITION).flatMap { Int($0) },
      internalPosition: field(PQ_FIELD_INTERNAL_POSITION).flatMap { Int($0) },
      internalQuery: field(PQ_FIELD_INTERNAL_QUERY), context: field(PQ_FIELD_CONTEXT),
      schema: field(PQ_FIELD_SCHEMA_NAME), table: field(PQ_FIELD_TABLE_NAME),
      column: field(PQ_FIELD_COLUMN_NAME), dataType: field(PQ_FIELD_DATATYPE_NAME),
      constraint: field(PQ_FIELD_CONSTRAINT_NAME))
  }
}

/// Copies a C string; what is not UTF-8 in it becomes U+FFFD.
func text(_ bytes: UnsafePointer<CChar>?) -> String? {
  bytes.map { String(cString: $0) }
}

/// libpq ends its messages with a line end.
func trimmed(_ message: String) -> String {
  var message = Substring(message)
  while let last = message.last, last.isWhitespace { message.removeLast() }
  return String(message)
}

/// Keeps what is known: further lines of libpq's say what "probably" happened.
func firstLine(_ message: String) -> String {
  message.split(separator: "\n").first.map { trimmed(String($0)) } ?? "unknown reason"
}
