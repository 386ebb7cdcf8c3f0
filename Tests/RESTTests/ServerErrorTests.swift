import PostgresClient
import RESTRequests
import Testing

@testable import REST

/// Clients act on the status: try again, sign in, or mend the request.
@Suite struct ServerErrorTests {
  /// Each class of SQLSTATE has its status, some states one of their own.
  @Test(
    arguments: [
      ("23505", 409), ("23503", 409), ("23502", 400), ("23514", 400), ("25006", 405),
      ("25001", 500), ("22P02", 400), ("42703", 400), ("42P01", 404), ("42883", 404),
      ("P0001", 400), ("P0002", 500), ("PT402", 402), ("PT999", 500), ("PT40A", 500),
      ("08006", 503),
      ("53300", 503), ("53400", 500), ("57P01", 503), ("57014", 500), ("40001", 500),
      ("28000", 403), ("21000", 500), ("XX000", 500),
    ])
  func statusFollowsTheState(_ sqlstate: String, _ status: Int) {
    let error = ServerError(severity: "ERROR", sqlstate: sqlstate, message: "m", detail: "d")
    #expect(RESTError(error, isAnonymous: false).status == status)
  }

  /// Without a token, signing in may help.
  @Test func privilegesDependOnTheToken() {
    let error = ServerError(severity: "ERROR", sqlstate: "42501", message: "permission denied")
    #expect(RESTError(error, isAnonymous: true).status == 401)
    #expect(RESTError(error, isAnonymous: false).status == 403)
  }

  /// A role that a token names and the server does not know is a matter of the token.
  @Test func unknownRoleIsUnauthorized() {
    let error = ServerError(
      severity: "ERROR", sqlstate: "22023", message: "role \"nobody\" does not exist")
    #expect(RESTError(error, isAnonymous: false).status == 401)
  }
}
