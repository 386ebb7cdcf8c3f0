import Cryptography

/// How a token says that it is signed.
///
/// Source: RFC 7518, 3.1; without PS256 and its like, which PostgREST does not know either.
enum TokenAlgorithm: String, Sendable, Hashable, CaseIterable {
  enum Kind { case shared, rsa, other }

  case hs256 = "HS256"
  case hs384 = "HS384"
  case hs512 = "HS512"
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
  case es256 = "ES256"
  case es384 = "ES384"
  case es512 = "ES512"
  case edDSA = "EdDSA"

  var kind: Kind {
    switch self {
    case .hs256, .hs384, .hs512: .shared
    case .rs256, .rs384, .rs512: .rsa
    case .es256, .es384, .es512, .edDSA: .other
    }
  }
}

/// What a token's first part says.
struct TokenHeader: Hashable {
  var algorithm: TokenAlgorithm
  var keyID: String?
}

/// A token taken apart; nothing of it is trusted yet.
///
/// Source: RFC 7515, 3.1 and 5.2.
struct SignedToken {
  let header: TokenHeader
  let payload: [UInt8]
  let signature: [UInt8]
  /// How many bytes of the token are signed.
  let signedCount: Int

  /// Takes a token apart.
  ///
  /// - Parameter token: All of it.
  /// - Throws: `TokenError`, of those about its form.
  init(_ token: UnsafeBufferPointer<UInt8>) throws(TokenError) {
    guard !token.isEmpty else { throw .empty }
    let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .parts(parts.count) }
    guard let head = bytes(base64URL: parts[0]),
      case .object(let members)? = JSONValue(head),
      // What must be understood is not: RFC 7515, 4.1.11.
      members["crit"] == nil, members["enc"] == nil,
      case .string(let name)? = members["alg"]
    else { throw .undecodable }
    guard let payload = bytes(base64URL: parts[1]) else { throw .undecodable }
    if name == "none" { throw .badAlgorithm }
    guard let algorithm = TokenAlgorithm(rawValue: name),
      let signature = bytes(base64URL: parts[2])
    else { throw .undecodable }
    switch members["kid"] {
    case .string(let id): header = TokenHeader(algorithm: algorithm, keyID: id)
    case nil, .null: header = TokenHeader(algorithm: algorithm, keyID: nil)
    default: throw .undecodable
    }
    self.payload = payload
    self.signature = signature
    signedCount = parts[1].endIndex
  }
}
