import Crypto
package import FoundationEssentials

/// A private key that signs tokens, in JSON's own form for keys.
///
/// Source: RFC 7517 and RFC 7518, 6.2, for `EC`; the file of `auth.signing_keys_path` is an array.
package struct SigningKey: Sendable, Hashable, Codable {
  package var kty: String
  package var kid: String
  package var use: String
  package var keyOperations: [String]
  package var alg: String
  package var ext: Bool?
  package var crv: String?
  package var x: String?
  package var y: String?
  /// The secret part.
  package var d: String?

  private enum CodingKeys: String, CodingKey {
    case kty, kid, use, alg, ext, crv, x, y, d
    case keyOperations = "key_ops"
  }

  /// Makes a new key on the curve P-256, for ES256.
  ///
  /// - Returns: A key that nobody else has.
  package static func generate() -> SigningKey {
    let key = P256.Signing.PrivateKey()
    let point = key.publicKey.rawRepresentation
    return SigningKey(
      kty: "EC", kid: UUID().uuidString.lowercased(), use: "sig",
      keyOperations: ["sign", "verify"], alg: "ES256", ext: true, crv: "P-256",
      x: base64URL(point.prefix(32)), y: base64URL(point.suffix(32)),
      d: base64URL(key.rawRepresentation))
  }

  /// Signs a JSON payload.
  ///
  /// - Parameter payload: A JSON object, as it is to be signed.
  /// - Returns: The three parts of a token, joined by dots.
  /// - Throws: `SigningKeyError` when the key is of another kind, or damaged.
  package func token(payload: String) throws -> String {
    guard alg == "ES256", let d else { throw SigningKeyError.unusable(kid: kid, algorithm: alg) }
    guard let bytes = bytes(base64URL: d),
      let key = try? P256.Signing.PrivateKey(rawRepresentation: bytes)
    else { throw SigningKeyError.damaged(kid: kid) }
    let id = kid.filter { $0 != "\"" && $0 != "\\" }
    let header = #"{"alg":"ES256","kid":"\#(id)","typ":"JWT"}"#
    let signed = "\(base64URL(header.utf8)).\(base64URL(payload.utf8))"
    let signature = try key.signature(for: Data(signed.utf8))
    return "\(signed).\(base64URL(signature.rawRepresentation))"
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
