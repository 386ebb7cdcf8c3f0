import Crypto
import FoundationEssentials

/// What the server keeps of a password: it can check one with it, and cannot tell it.
///
/// Source: RFC 5803 and RFC 5802; PostgreSQL 15 manual, 53.2, `pg_authid.rolpassword`.
enum ScramVerifier {
  private static let iterations = 4096

  /// Makes the verifier of a password.
  ///
  /// The salt follows from the password: the same cluster comes out each time. On one machine, for
  /// development, nobody is there to compare verifiers of many clusters.
  ///
  /// - Parameter password: The password; what `SASLprep` would change in it is left as it is.
  /// - Returns: `SCRAM-SHA-256$4096:SALT$STORED:SERVER`.
  static func make(password: String) -> String {
    let key = SymmetricKey(data: Array(password.utf8))
    let salt = Array(SHA256.hash(data: Array("homebase:\(password)".utf8)).prefix(16))
    let salted = SymmetricKey(data: stretched(key, salt))
    let client = sign("Client Key", with: salted)
    let stored = Array(SHA256.hash(data: client))
    let server = sign("Server Key", with: salted)
    return "SCRAM-SHA-256$\(iterations):\(base64(salt))$\(base64(stored)):\(base64(server))"
  }

  /// PBKDF2 with one block: exactly the 32 bytes that SCRAM takes.
  private static func stretched(_ key: SymmetricKey, _ salt: [UInt8]) -> [UInt8] {
    var last = Array(HMAC<SHA256>.authenticationCode(for: salt + [0, 0, 0, 1], using: key))
    var result = last
    for _ in 1..<iterations {
      last = Array(HMAC<SHA256>.authenticationCode(for: last, using: key))
      for index in result.indices { result[index] ^= last[index] }
    }
    return result
  }

  private static func sign(_ text: String, with key: SymmetricKey) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
  }

  private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
