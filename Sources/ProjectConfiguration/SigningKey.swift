import Cryptography
package import FoundationEssentials

/// A private key that signs tokens, in JSON's own form for keys.
///
/// Source: RFC 7517 and RFC 7518, 6.2 for `EC` and 6.3 for `RSA`; the file of
/// `auth.signing_keys_path` is an array.
package struct SigningKey: Sendable, Hashable, Codable {
  /// What signs.
  package enum Algorithm: String, Sendable, CaseIterable {
    /// On the curve P-256.
    case es256 = "ES256"
    /// RSA, for what checks nothing else; its signatures are four times as long.
    case rs256 = "RS256"
  }

  package var kty: String
  package var kid: String
  package var use: String?
  package var keyOperations: [String]?
  package var alg: String
  package var ext: Bool?
  /// The curve and its point.
  package var crv, x, y: String?
  /// The modulus and the public exponent.
  package var n, e: String?
  /// The secret part.
  package var d: String?
  /// The other secret parts of an RSA key.
  package var p, q, dp, dq, qi: String?

  private enum CodingKeys: String, CodingKey {
    case kty, kid, use, alg, ext, crv, x, y, n, e, d, p, q, dp, dq, qi
    case keyOperations = "key_ops"
  }

  private init(_ algorithm: Algorithm, kty: String) {
    self.kty = kty
    kid = UUID().uuidString.lowercased()
    use = "sig"
    keyOperations = ["sign", "verify"]
    alg = algorithm.rawValue
    ext = true
  }

  /// The public part of the key that signs users' tokens where a project has none of its own.
  ///
  /// Everybody has its private part, and tests sign with it.
  /// Source: supabase/cli, the default of `auth.signing_keys_path`.
  package static let wellKnown: SigningKey = {
    var key = SigningKey(.es256, kty: "EC")
    key.kid = "b81269f1-21d8-4f2e-b719-c2240a840d90"
    key.crv = "P-256"
    key.x = "M5Sjqn5zwC9Kl1zVfUUGvv9boQjCGd45G8sdopBExB4"
    key.y = "P6IXMvA2WYXSHSOMTBH2jsw_9rrzGy89FjPf6oOsIxQ"
    return key
  }()

  /// Makes a new key.
  ///
  /// - Parameter algorithm: What it is for.
  /// - Returns: A key that nobody else has; RSA takes 2048 bits, and up to a second.
  /// - Throws: `CryptographyError` when the system has no randomness.
  package static func generate(_ algorithm: Algorithm = .es256) throws -> SigningKey {
    switch algorithm {
    case .es256:
      var key = SigningKey(algorithm, kty: "EC")
      let made = try ES256.PrivateKey()
      key.crv = "P-256"
      (key.x, key.y, key.d) = (made.publicKey.x, made.publicKey.y, made.d)
      return key
    case .rs256:
      var key = SigningKey(algorithm, kty: "RSA")
      let parts = try RS256.PrivateKey().parts
      (key.n, key.e, key.d) = (parts.n, parts.e, parts.d)
      (key.p, key.q, key.dp, key.dq, key.qi) = (parts.p, parts.q, parts.dp, parts.dq, parts.qi)
      return key
    }
  }

  /// Signs a JSON payload.
  ///
  /// - Parameter payload: A JSON object, as it is to be signed.
  /// - Returns: The three parts of a token, joined by dots.
  /// - Throws: `SigningKeyError` when the key is of another kind, or damaged.
  package func token(payload: String) throws -> String {
    guard let algorithm = Algorithm(rawValue: alg), d != nil else {
      throw SigningKeyError.unusable(kid: kid, algorithm: alg)
    }
    let id = kid.filter { $0 != "\"" && $0 != "\\" }
    let header = #"{"alg":"\#(alg)","kid":"\#(id)","typ":"JWT"}"#
    let signed = "\(base64URL(header.utf8)).\(base64URL(payload.utf8))"
    do {
      return "\(signed).\(base64URL(try signature(algorithm, of: signed)))"
    } catch CryptographyError.malformedKey(_, let reason) {
      throw SigningKeyError.damaged(kid: kid, reason: reason)
    }
  }

  private func signature(_ algorithm: Algorithm, of text: String) throws -> [UInt8] {
    func part(_ name: String, _ value: String?) throws -> String {
      guard let value else {
        throw SigningKeyError.damaged(kid: kid, reason: "it has no part \(name)")
      }
      return value
    }
    switch algorithm {
    case .es256:
      let key = try ES256.PrivateKey(x: part("x", x), y: part("y", y), d: part("d", d))
      return try key.signature(for: text.utf8)
    case .rs256:
      let parts = RS256.Parts(
        n: try part("n", n), e: try part("e", e), d: try part("d", d), p: try part("p", p),
        q: try part("q", q), dp: try part("dp", dp), dq: try part("dq", dq),
        qi: try part("qi", qi))
      return try RS256.PrivateKey(parts).signature(for: text.utf8)
    }
  }

  /// Reads the keys of a file.
  ///
  /// - Parameter text: A JSON array of keys.
  /// - Returns: In the order of the file.
  /// - Throws: `SigningKeyError.unreadable`.
  package static func read(_ text: Data) throws -> [SigningKey] {
    do {
      return try JSONDecoder().decode([SigningKey].self, from: text)
    } catch {
      throw SigningKeyError.unreadable
    }
  }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
  package var description: String { "(key \(kid))" }
  package var customMirror: Mirror { Mirror(self, children: ["kid": kid]) }
}
