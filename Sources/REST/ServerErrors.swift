package import PostgresClient
package import RESTRequests

extension RESTError {
  /// What a client is told of an error of the database.
  ///
  /// Code, message, details and hint are passed on as they are. What `RAISE` says about the whole
  /// response (SQLSTATE `PGRST`) is left to who makes responses.
  ///
  /// - Parameters:
  ///   - error: As the server sent it.
  ///   - isAnonymous: Whether the request came without a token: it may be allowed with one.
  package init(_ error: ServerError, isAnonymous: Bool) {
    self.init(
      status: Self.status(of: error, isAnonymous: isAnonymous), code: error.sqlstate,
      message: error.message, details: error.detail, hint: error.hint)
  }

  /// The HTTP status for a SQLSTATE.
  private static func status(of error: ServerError, isAnonymous: Bool) -> Int {
    let code = error.sqlstate
    switch code {
    case "23503", "23505": return 409
    case "25006": return 405
    case "21000": return error.message.hasSuffix("requires a WHERE clause") ? 400 : 500
    case "22023":
      let isRole =
        error.message.hasPrefix("role") && error.message.hasSuffix("does not exist")
      return isRole ? 401 : 400
    case "53400", "42P17": return 500
    case "57P01": return 503
    case "P0001": return 400
    case "42883": return error.message.hasPrefix("function xmlagg(") ? 406 : 404
    case "42P01": return 404
    case "42501": return isAnonymous ? 401 : 403
    default: break
    }
    if code.hasPrefix("PT") {
      // A status that is none is a mistake of who raised it.
      let status = Int(code.dropFirst(2)) ?? 500
      return (100...599).contains(status) ? status : 500
    }
    switch code.prefix(2) {
    case "08", "53": return 503
    case "09", "25", "2D", "38", "39", "3B", "40", "54", "55", "57", "58", "F0", "HV", "P0", "XX":
      return 500
    case "0L", "0P", "28": return 403
    default: return 400
    }
  }
}
