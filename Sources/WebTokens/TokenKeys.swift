import Cryptography
import Diagnostics

/// What a service's file says of keys.
package struct TokenKeysConfiguration: Sendable, Hashable, Codable {
  /// Keys of somebody else, for tokens that are theirs.
  package struct Issuer: Sendable, Hashable, Codable {
    /// What the claim `iss` of such a token says.
    package var issuer: String
    package var jwks: JSONWebKeySet

    package init(issuer: String, jwks: JSONWebKeySet) {
      self.issuer = issuer
      self.jwks = jwks
    }
  }

  /// A text, or a JSON document with keys.
  package var secret: String?
  package var jwks: JSONWebKeySet?
  package var issuers: [Issuer]?

  package init(
    secret: String? = nil, jwks: JSONWebKeySet? = nil, issuers: [Issuer]? = nil
  ) {
    self.secret = secret
    self.jwks = jwks
    self.issuers = issuers
  }
}

extension TokenKeysConfiguration: CustomStringConvertible, CustomReflectable {
  package var description: String { "(keys)" }
  package var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

/// The keys that tokens are checked with.
package struct TokenKeys: Sendable {
  struct Key: Sendable {
    enum Material: Sendable {
      case shared([UInt8])
      case rsa(RS256.PublicKey)
      case p256(ES256.PublicKey)
    }

    var id: String?
    /// The only algorithm that the key is for; nil for all of its kind.
    var algorithm: TokenAlgorithm?
    /// Whose tokens it is for; nil for all.
    var issuer: String?
    var material: Material
  }

  private(set) var keys: [Key] = []
  /// Which keys of the documents are of no use here, and why; for the log.
  package private(set) var ignored: [String] = []

  /// Whether no token can pass.
  package var isEmpty: Bool { keys.isEmpty }

  /// Reads keys.
  ///
  /// - Parameters:
  ///   - secret: Either the text that HS256 tokens are signed with, or one key or a set in JSON.
  ///   - jwks: One key or a set, in JSON.
  /// - Throws: `TokenConfigurationError.malformedKeys` for a `jwks` that is neither.
  package init(secret: String?, jwks: String? = nil) throws(TokenConfigurationError) {
    var set: JSONWebKeySet?
    if let jwks { set = try JSONWebKeySet(jwks, source: "the JWKS") }
    self.init(TokenKeysConfiguration(secret: secret, jwks: set))
  }

  /// Reads a secret that was written in base64, in either of its alphabets.
  ///
  /// Source: PostgREST 14, `jwt-secret-is-base64`.
  ///
  /// - Parameter secret: Bytes, or a document of keys.
  /// - Throws: `TokenConfigurationError.malformedSecret` when it is no base64.
  package init(base64Secret secret: String) throws(TokenConfigurationError) {
    let letters = secret.utf8.filter { !" \t\r\n=.".utf8.contains($0) }.map { letter in
      switch letter {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      default: letter
      }
    }
    guard let bytes = bytes(base64URL: letters), !bytes.isEmpty else { throw .malformedSecret }
    if let text = String(validating: bytes, as: UTF8.self) {
      try self.init(secret: text)
    } else {
      self.init(TokenKeysConfiguration())
      keys = [Key(algorithm: .hs256, material: .shared(bytes))]
    }
  }

  /// Reads the keys of a service's file.
  ///
  /// Keys that are malformed or of another kind are left out: see `ignored`.
  ///
  /// - Parameter configuration: As it was decoded.
  package init(_ configuration: TokenKeysConfiguration) {
    if let secret = configuration.secret, !secret.isEmpty {
      // A secret may hold any text: one that is no document of keys is a secret.
      if secret.contains("{"), let set = try? JSONWebKeySet(secret, source: "") {
        add(set, issuer: nil)
      } else {
        keys.append(Key(algorithm: .hs256, material: .shared(Array(secret.utf8))))
      }
    }
    if let set = configuration.jwks { add(set, issuer: nil) }
    for other in configuration.issuers ?? [] { add(other.jwks, issuer: other.issuer) }
  }

  private mutating func add(_ set: JSONWebKeySet, issuer: String?) {
    for key in set.keys {
      do {
        keys.append(try Key(key, issuer: issuer))
      } catch {
        ignored.append("\(key): \(error.reason)")
      }
    }
  }

  /// The keys that may have signed a token of this header, in the order they were given.
  func candidates(for header: TokenHeader) -> [Key] {
    keys.filter { key in
      guard header.keyID == nil || header.keyID == key.id,
        key.algorithm == nil || key.algorithm == header.algorithm
      else { return false }
      // The kind of key decides, not the token: a public key is never a shared secret.
      return switch key.material {
      case .shared: header.algorithm.kind == .shared
      case .rsa: header.algorithm.kind == .rsa
      case .p256: header.algorithm == .es256
      }
    }
  }
}

/// Why a key is left out.
private struct UnusableKey: Error { var reason: String }

extension TokenKeys.Key {
  fileprivate init(_ key: JSONWebKey, issuer: String?) throws(UnusableKey) {
    guard key.use != "enc" else { throw UnusableKey(reason: "it is for encryption") }
    id = key.kid
    self.issuer = issuer
    if let name = key.alg {
      guard let known = TokenAlgorithm(rawValue: name) else {
        throw UnusableKey(reason: "its algorithm is not known here")
      }
      algorithm = known
    }
    do {
      switch (key.kty, key.crv) {
      case ("oct", _):
        // The keys of somebody else are public: a secret among them is known to all.
        guard issuer == nil else { throw UnusableKey(reason: "a secret cannot be published") }
        guard let secret = key.k.flatMap({ bytes(base64URL: $0) }), !secret.isEmpty else {
          throw UnusableKey(reason: "k is no base64url")
        }
        material = .shared(secret)
      case ("RSA", _):
        material = .rsa(try RS256.PublicKey(n: key.n ?? "", e: key.e ?? ""))
      case ("EC", "P-256"):
        material = .p256(try ES256.PublicKey(x: key.x ?? "", y: key.y ?? ""))
      default: throw UnusableKey(reason: "its kind is not known here")
      }
    } catch let error as CryptographyError {
      throw UnusableKey(reason: error.diagnostic.message)
    } catch let error as UnusableKey {
      throw error
    } catch {
      throw UnusableKey(reason: "it is no key")
    }
  }

  /// Tells whether the key made a signature.
  ///
  /// - Parameters:
  ///   - signature: As it came.
  ///   - text: What was signed.
  ///   - algorithm: One of the key's kind.
  /// - Returns: Whether it did.
  func isValid(
    _ signature: [UInt8], for text: UnsafeBufferPointer<UInt8>, _ algorithm: TokenAlgorithm
  ) -> Bool {
    switch (material, algorithm) {
    case (.shared(let secret), .hs256):
      HMAC.isValid(signature, for: text, key: secret, hash: .sha256)
    case (.shared(let secret), .hs384):
      HMAC.isValid(signature, for: text, key: secret, hash: .sha384)
    case (.shared(let secret), .hs512):
      HMAC.isValid(signature, for: text, key: secret, hash: .sha512)
    case (.rsa(let key), .rs256): key.isValid(signature, for: text, hash: .sha256)
    case (.rsa(let key), .rs384): key.isValid(signature, for: text, hash: .sha384)
    case (.rsa(let key), .rs512): key.isValid(signature, for: text, hash: .sha512)
    case (.p256(let key), .es256): key.isValid(signature, for: text)
    default: false
    }
  }
}
