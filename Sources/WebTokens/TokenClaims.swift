/// What a signed token says, and when and for whom it is good.
struct TokenClaims: Sendable {
  /// A claim that is a time.
  enum Time: Sendable, Hashable {
    case absent
    case malformed
    /// In seconds since 1970.
    case at(Int64)
  }

  /// How far the clocks of two machines may differ, in seconds.
  ///
  /// Source: PostgREST 14, Auth/Jwt.hs.
  static let leewayInSeconds: Int64 = 30

  let token: VerifiedToken
  let issuer: String?
  private let expires, notBefore, issuedAt: Time
  private let audienceProblem: TokenError?

  /// Reads claims.
  ///
  /// - Parameters:
  ///   - payload: JSON.
  ///   - audience: What `aud` must name; nil for anything.
  ///   - rolePath: Where the role stands.
  /// - Throws: `TokenError.claimsUndecodable` when it is no object.
  init(
    _ payload: [UInt8], audience: String?, rolePath: RoleClaimPath
  ) throws(TokenError) {
    guard case .object(let claims)? = JSONValue(payload) else { throw .claimsUndecodable(nil) }
    (expires, notBefore, issuedAt) = (Time(claims["exp"]), Time(claims["nbf"]), Time(claims["iat"]))
    audienceProblem = Self.problem(with: claims["aud"], expecting: audience)
    if case .string(let text)? = claims["iss"] { issuer = text } else { issuer = nil }
    var own: String?
    if case .string(let text)? = claims["role"] { own = text }
    var end: Double?
    if case .at(let seconds) = expires { end = Double(seconds) }
    token = VerifiedToken(
      claims: String(decoding: payload, as: UTF8.self), role: rolePath.role(in: claims),
      expires: end, ownRole: own)
  }

  private static func problem(
    with claim: JSONValue?, expecting audience: String?
  ) -> TokenError? {
    switch claim {
    case nil, .null: return nil
    case .string(let text): return audience == nil || text == audience ? nil : .audience
    case .array(let values):
      let texts = values.compactMap { value -> String? in
        if case .string(let text) = value { text } else { nil }
      }
      guard texts.count == values.count else { return .claimsUndecodable("aud") }
      guard let audience, !texts.isEmpty else { return nil }
      return texts.contains(audience) ? nil : .audience
    default: return .claimsUndecodable("aud")
    }
  }

  /// Gives the token when it is good at a time.
  ///
  /// - Parameter now: In seconds since 1970.
  /// - Returns: The token.
  /// - Throws: `TokenError`, the first in PostgREST's order: exp, nbf, iat, aud.
  func checked(now: Int64) throws(TokenError) -> VerifiedToken {
    switch expires {
    case .at(let end) where end < now - Self.leewayInSeconds: throw .expired
    case .malformed: throw .claimsUndecodable("exp")
    default: break
    }
    switch notBefore {
    case .at(let start) where start > now + Self.leewayInSeconds: throw .notYetValid
    case .malformed: throw .claimsUndecodable("nbf")
    default: break
    }
    switch issuedAt {
    case .at(let moment) where moment > now + Self.leewayInSeconds: throw .issuedInFuture
    case .malformed: throw .claimsUndecodable("iat")
    default: break
    }
    if let audienceProblem { throw audienceProblem }
    return token
  }
}

extension TokenClaims.Time {
  init(_ claim: JSONValue?) {
    switch claim {
    case nil, .null: self = .absent
    // What is no whole number of 64 bits counts as 1970, as PostgREST has it.
    case .number(let digits): self = .at(wholeNumber(digits) ?? 0)
    default: self = .malformed
    }
  }
}

/// Reads a JSON number exactly.
///
/// - Parameter text: By JSON's grammar, such as `1.5e3`.
/// - Returns: Nil when it is no whole number, or none of 64 bits.
func wholeNumber(_ text: String) -> Int64? {
  let isNegative = text.hasPrefix("-")
  let parts = text.dropFirst(isNegative ? 1 : 0).split { $0 == "e" || $0 == "E" }
  let mantissa = parts[0].split(separator: ".")
  let fraction = mantissa.count > 1 ? mantissa[1] : ""
  var digits = Array((mantissa[0] + fraction).utf8.drop { $0 == UInt8(ascii: "0") })
  guard !digits.isEmpty else { return 0 }
  guard var scale = parts.count > 1 ? Int(parts[1]) : 0 else { return nil }
  // 64 bits have 19 digits; the bound keeps what follows short, whatever a token says.
  guard abs(scale) <= 10_000 else { return nil }
  scale -= fraction.utf8.count
  if scale < 0 {
    guard digits.suffix(-scale).allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
    digits.removeLast(min(digits.count, -scale))
  } else {
    guard digits.count + scale <= 19 else { return nil }
    digits += [UInt8](repeating: UInt8(ascii: "0"), count: scale)
  }
  return Int64((isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self))
}
