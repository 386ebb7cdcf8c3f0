import RESTRequests

extension RESTError {
  /// A session to the database did not come to be.
  static func noConnection(_ reason: String) -> RESTError {
    RESTError(
      status: 503, code: "PGRST000",
      message: "Database connection error. Retrying the connection.", details: reason)
  }

  /// A session ended under a request.
  static func connectionLost(_ reason: String) -> RESTError {
    RESTError(
      status: 503, code: "PGRST001", message: "Database client error. Retrying the connection.",
      details: reason)
  }

  /// The database is being replaced by another one.
  static let unavailable = connectionLost("the database is being reset")

  /// A stack that the service does not know.
  static func noStack(_ id: String) -> RESTError { connectionLost("there is no stack \(id)") }

  /// Nothing is known of the schema yet.
  static let noSchemaCache = RESTError(
    status: 503, code: "PGRST002",
    message: "Could not query the database for the schema cache. Retrying.")

  /// All sessions are in use.
  static func noFreeSession(_ reason: String) -> RESTError {
    RESTError(
      status: 504, code: "PGRST003",
      message: "Timed out acquiring connection from connection pool.", details: reason)
  }

  static let noAnonymousAccess = RESTError(
    status: 401, code: "PGRST302", message: "Anonymous access is disabled")

  static let headersSetting = RESTError(
    status: 500, code: "PGRST111",
    message: "response.headers guc must be a JSON array composed of objects with a single key and "
      + "a string value")

  static let statusSetting = RESTError(
    status: 500, code: "PGRST112", message: "response.status guc must be a valid status code")

  /// A `RAISE` about the whole response that does not parse.
  static func raised(_ details: String, hint: String) -> RESTError {
    RESTError(
      status: 500, code: "PGRST121",
      message: "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error", details: details,
      hint: hint)
  }

  /// A body that is no text; as the server itself would say it.
  static let notUTF8 = RESTError(
    status: 400, code: "22021", message: "invalid byte sequence for encoding \"UTF8\"",
    hint: "Send the body in UTF-8, or bytes as application/octet-stream.")

  /// A body that is larger than the service takes.
  static func bodyTooLarge(_ limit: Int) -> RESTError {
    RESTError(
      status: 413, code: "PGRST102", message: "The request's body is too large",
      details: "At most \(limit) bytes are taken.", hint: "Send the rows in several requests.")
  }
}
