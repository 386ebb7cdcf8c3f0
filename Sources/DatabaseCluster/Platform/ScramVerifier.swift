import Cryptography
import FoundationEssentials

/// What the server keeps of a password: it can check one with it, and cannot tell it.
///
/// Source: RFC 5803 and RFC 5802; PostgreSQL 15 manual, 53.2, `pg_authid.rolpassword`.
enum ScramVerifier {
  private static let iterations: UInt32 = 4096

  /// Makes the verifier of a password.
  ///
  /// The salt follows from the password: the same cluster comes out each time. On one machine, for
  /// development, nobody is there to compare verifiers of many clusters.
  ///
  /// - Parameter password: The password; what `SASLprep` would change in it is left as it is.
  /// - Returns: `SCRAM-SHA-256$4096:SALT$STORED:SERVER`.
  static func make(password: String) -> String {
    let salt = Array(SHA256.digest(of: "homebase:\(password)").prefix(16))
    let salted = stretchedPassword(password, salt: salt, iterations: iterations)
    let client = HMAC.code(for: "Client Key".utf8, key: salted)
    let stored = SHA256.digest(of: client)
    let server = HMAC.code(for: "Server Key".utf8, key: salted)
    return "SCRAM-SHA-256$\(iterations):\(base64(salt))$\(base64(stored)):\(base64(server))"
  }

  private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
