import FoundationEssentials

/// A key in JSON's own form, as far as it checks signatures.
///
/// Members that are no texts are read as missing: a document of somebody else may hold anything.
/// Source: RFC 7517, 4; RFC 7518, 6.
package struct JSONWebKey: Sendable, Hashable, Codable {
  package var kty: String?
  package var kid: String?
  package var use: String?
  package var alg: String?
  /// The curve and its point.
  package var crv, x, y: String?
  /// The modulus and the public exponent.
  package var n, e: String?
  /// A shared secret.
  package var k: String?

  /// A key whose parts are set one by one.
  ///
  /// - Parameter kty: `oct`, `RSA` or `EC`.
  package init(kty: String) { self.kty = kty }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case kty, kid, use, alg, crv, x, y, n, e, k
  }

  package init(from decoder: any Decoder) throws {
    guard let members = try? decoder.container(keyedBy: CodingKeys.self) else { return }
    func text(_ key: CodingKeys) -> String? { try? members.decode(String.self, forKey: key) }
    (kty, kid, use, alg) = (text(.kty), text(.kid), text(.use), text(.alg))
    (crv, x, y) = (text(.crv), text(.x), text(.y))
    (n, e, k) = (text(.n), text(.e), text(.k))
  }
}

extension JSONWebKey: CustomStringConvertible, CustomReflectable {
  /// Never with a part of the key.
  package var description: String {
    "key \(kid ?? "without an id") (\([kty, alg].compactMap { $0 }.joined(separator: ", ")))"
  }
  package var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

/// Several keys, as `/.well-known/jwks.json` has them.
///
/// Source: RFC 7517, 5.
package struct JSONWebKeySet: Sendable, Hashable, Codable {
  package var keys: [JSONWebKey]

  package init(keys: [JSONWebKey]) { self.keys = keys }

  /// Reads a set, or one key.
  ///
  /// - Parameters:
  ///   - text: JSON.
  ///   - source: What the text is, for the error.
  /// - Throws: `TokenConfigurationError.malformedKeys`.
  package init(_ text: String, source: String) throws(TokenConfigurationError) {
    let data = Data(text.utf8)
    if let set = try? JSONDecoder().decode(JSONWebKeySet.self, from: data) {
      self = set
    } else if let key = try? JSONDecoder().decode(JSONWebKey.self, from: data), key.kty != nil {
      keys = [key]
    } else {
      throw .malformedKeys(source: source)
    }
  }
}
