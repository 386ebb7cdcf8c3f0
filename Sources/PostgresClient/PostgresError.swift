package import Diagnostics

/// Everything the server says about an error.
///
/// Source: PostgreSQL 15 manual, 55.8, Error and Notice Message Fields.
package struct ServerError: Sendable, Hashable {
  /// In English, whatever the server's language: `ERROR`, `FATAL`, `PANIC`.
  package var severity: String
  /// Five characters: `42P01`.
  package var sqlstate: String
  package var message: String
  package var detail: String?
  package var hint: String?
  /// Where in the statement, in characters (not bytes), counted from 1.
  package var position: Int?
  /// Where in `internalQuery`, counted like `position`.
  package var internalPosition: Int?
  /// The statement that the server made itself, in a function for instance.
  package var internalQuery: String?
  /// The calls that led there, the innermost first, a line each.
  package var context: String?
  package var schema: String?
  package var table: String?
  package var column: String?
  package var dataType: String?
  package var constraint: String?

  package init(
    severity: String = "ERROR", sqlstate: String, message: String, detail: String? = nil,
    hint: String? = nil, position: Int? = nil, internalPosition: Int? = nil,
    internalQuery: String? = nil, context: String? = nil, schema: String? = nil,
    table: String? = nil, column: String? = nil, dataType: String? = nil,
    constraint: String? = nil
  ) {
    self.severity = severity
    self.sqlstate = sqlstate
    self.message = message
    self.detail = detail
    self.hint = hint
    self.position = position
    self.internalPosition = internalPosition
    self.internalQuery = internalQuery
    self.context = context
    self.schema = schema
    self.table = table
    self.column = column
    self.dataType = dataType
    self.constraint = constraint
  }
}

/// Why a call to PostgreSQL failed.
package enum PostgresError: Error, Sendable, Hashable {
  /// The server refused a statement; the connection is usable.
  ///
  /// The index counts from 0: in a pipeline the statement that failed, in a script how many
  /// statements had passed; nil where only one statement was sent, or the script never began
  /// because it does not parse.
  case server(ServerError, statementIndex: Int?)
  /// No session came to be; the SQLSTATE when it was the server that refused.
  case connectionFailed(String, sqlstate: String?)
  /// The session ended under a call, or before it: what ran may or may not have been committed.
  case connectionLost(String)
  /// The task was cancelled; the server has stopped the statement, the connection is usable.
  case cancelled
  /// The connection or the pool was closed on our side.
  case closed
  /// No connection of the pool became free in time.
  case poolExhausted(String)
  /// The call does not fit what was sent: a COPY through `query`, too many parameters.
  case protocolViolation(String)
}

extension PostgresError {
  /// PostgreSQL's five characters, when the server said them.
  package var sqlstate: String? {
    switch self {
    case .server(let error, _): error.sqlstate
    case .connectionFailed(_, let sqlstate): sqlstate
    default: nil
    }
  }
}

extension PostgresError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .server(let error, _):
      Diagnostic(
        code: "database_error",
        message: "\(error.message) (\(error.sqlstate))"
          + (error.detail.map { ": \($0)" } ?? ""),
        hint: error.hint, sqlstate: error.sqlstate)
    case .connectionFailed(let reason, let sqlstate):
      Diagnostic(
        code: "database_connection_failed", message: "no connection to PostgreSQL: \(reason)",
        hint: Self.connectionHint(reason: reason, sqlstate: sqlstate), sqlstate: sqlstate)
    case .connectionLost(let reason):
      Diagnostic(
        code: "database_connection_lost", message: "the connection to PostgreSQL ended: \(reason)",
        hint: "see `homebase logs` for what the server said, then try again")
    case .cancelled:
      Diagnostic(code: "cancelled", message: "cancelled")
    case .closed:
      Diagnostic(
        code: "database_connection_closed", message: "the connection to PostgreSQL is closed",
        hint: "please report this: it was used after its end")
    case .poolExhausted(let reason):
      Diagnostic(
        code: "database_pool_exhausted", message: reason,
        hint: "`select * from pg_stat_activity` shows what holds the connections")
    case .protocolViolation(let reason):
      Diagnostic(
        code: "database_protocol", message: reason,
        hint: "please report this, with the statement that was sent")
    }
  }

  private static func connectionHint(reason: String, sqlstate: String?) -> String {
    switch sqlstate {
    case "57P03": "the server is starting or stopping: try again in a moment"
    case "28P01", "28000": "check the role and its password (`db.password`)"
    case "3D000": "the database does not exist: `homebase db reset` makes it anew"
    case "53300": "too many sessions: close some, or raise `max_connections`"
    case .some: "see `homebase logs` for what the server said"
    case nil where reason.hasPrefix("libpq.so.5"): "install it: `apt-get install libpq5`"
    case nil: "is it running? `homebase status` tells; `homebase start` starts it"
    }
  }
}

extension PostgresError {
  /// The server's own word for a NUL, said before anything is sent: as a C string the text would
  /// end there, silently.
  ///
  /// - Parameter statementIndex: The statement with the NUL, in a pipeline.
  /// - Returns: SQLSTATE 22021, `character_not_in_repertoire`.
  static func nulByte(statementIndex: Int? = nil) -> PostgresError {
    .server(
      ServerError(
        sqlstate: "22021", message: "invalid byte sequence for encoding \"UTF8\": 0x00",
        hint: "PostgreSQL's texts cannot hold a NUL byte"),
      statementIndex: statementIndex)
  }
}
