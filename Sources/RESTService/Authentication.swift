import Glibc
import HTTPService
import RESTRequests
import WebTokens

/// As whom a request runs.
struct Identity: Sendable, Hashable {
  var role: String
  /// The claims, a JSON object that has the role.
  var claims: String
  /// Whether the role is that of requests without a token.
  var isAnonymous: Bool

  /// Finds out who asks.
  ///
  /// - Parameters:
  ///   - request: Its `Authorization` counts.
  ///   - settings: What verifies tokens, and who is anonymous.
  /// - Throws: `Refusal` (401, 500).
  init(_ request: HTTPRequest, _ settings: StackSettings) throws(Refusal) {
    guard let token = request["authorization"].flatMap(bearerToken) else {
      guard let role = settings.anonymousRole else { throw Refusal(.noAnonymousAccess) }
      self.role = role
      claims = settings.anonymousClaims
      isAnonymous = true
      return
    }
    let verified: VerifiedToken
    do {
      verified = try settings.verifier.verify(token, now: Self.now)
    } catch {
      throw Refusal(error)
    }
    guard let role = verified.role ?? settings.anonymousRole else {
      throw Refusal(.noAnonymousAccess)
    }
    self.role = role
    claims = verified.claims(withRole: role)
    // The key for clients is a token of that role: who uses it has not signed in either.
    isAnonymous = role == settings.anonymousRole
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
