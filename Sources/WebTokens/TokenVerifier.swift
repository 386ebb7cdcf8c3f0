import Synchronization

/// A token whose signature and times are right.
package struct VerifiedToken: Sendable, Hashable {
  /// The payload's JSON text as it came.
  package let claims: String
  /// The role that it names; nil when it names none.
  package let role: String?
  /// When it ends, in seconds since 1970.
  package let expires: Double?
  /// The claim `role`, wherever the role that counts was taken from.
  private let ownRole: String?

  init(claims: String, role: String?, expires: Double?, ownRole: String?) {
    self.claims = claims
    self.role = role
    self.expires = expires
    self.ownRole = ownRole
  }

  /// The claims as the database sees them: with the role that counts as `role`.
  ///
  /// Source: PostgREST 14, Auth/Jwt.hs.
  ///
  /// - Parameter role: Such as the anonymous one when the token names none.
  /// - Returns: JSON; the text as it came when it says that already.
  package func claims(withRole role: String) -> String {
    guard ownRole != role, let end = claims.utf8.lastIndex(of: UInt8(ascii: "}")) else {
      return claims
    }
    // Behind the others: of members with one name PostgreSQL takes the last.
    let others = claims[..<end]
    let isEmpty = others.utf8.allSatisfy { " \t\r\n{".utf8.contains($0) }
    return "\(others)\(isEmpty ? "" : ",")\"role\":\(jsonText(role))}"
  }
}

/// Verifies tokens, and remembers those it has seen.
package final class TokenVerifier: Sendable {
  private let keys: TokenKeys
  private let audience: String?
  private let rolePath: RoleClaimPath
  private let cache: Mutex<TokenCache>

  /// Makes a verifier; keys that change need another one.
  ///
  /// - Parameters:
  ///   - keys: What verifies.
  ///   - audience: What the claim `aud` must name where there is one; empty or nil for anything.
  ///   - roleClaim: Where the role stands in the claims.
  ///   - mostTokens: How many tokens are remembered.
  ///   - mostBytes: How much memory their texts take.
  package init(
    _ keys: TokenKeys, audience: String? = nil, roleClaim: RoleClaimPath = .role,
    mostTokens: Int = 1000, mostBytes: Int = 2 << 20
  ) {
    self.keys = keys
    self.audience = audience == "" ? nil : audience
    rolePath = roleClaim
    cache = Mutex(TokenCache(mostTokens: mostTokens, mostBytes: mostBytes))
  }

  /// How many tokens are remembered.
  package var rememberedTokens: Int { cache.withLock { $0.count } }

  /// Verifies a token.
  ///
  /// - Parameters:
  ///   - token: What stands behind `Bearer`.
  ///   - now: In seconds since 1970.
  /// - Returns: What it says.
  /// - Throws: `TokenError`.
  package func verify(
    _ token: some Collection<UInt8>, now: Double
  ) throws(TokenError) -> VerifiedToken {
    // What lends bytes rethrows any error: the typed one goes around it.
    func lent(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<VerifiedToken, TokenError> {
      do throws(TokenError) {
        return .success(try verify(bytes: bytes, now: now))
      } catch {
        return .failure(error)
      }
    }
    let outcome =
      token.withContiguousStorageIfAvailable(lent)
      ?? Array(token).withUnsafeBufferPointer(lent)
    return try outcome.get()
  }

  /// Verifies a token that is a text.
  ///
  /// - Parameters:
  ///   - token: What stands behind `Bearer`.
  ///   - now: In seconds since 1970.
  /// - Returns: What it says.
  /// - Throws: `TokenError`.
  package func verify(
    _ token: some StringProtocol, now: Double
  ) throws(TokenError) -> VerifiedToken {
    try verify(token.utf8, now: now)
  }

  private func verify(
    bytes token: UnsafeBufferPointer<UInt8>, now: Double
  ) throws(TokenError) -> VerifiedToken {
    guard !keys.isEmpty else { throw .noKeys }
    let seconds = Int64(exactly: now.rounded(.down)) ?? 0
    if let known = cache.withLock({ $0.claims(of: token) }) {
      return try known.checked(now: seconds)
    }
    let claims = try verifiedClaims(of: token)
    cache.withLock { $0.keep(claims, of: token) }
    return try claims.checked(now: seconds)
  }

  /// What a token says whose signature is right; its times are not looked at.
  private func verifiedClaims(
    of token: UnsafeBufferPointer<UInt8>
  ) throws(TokenError) -> TokenClaims {
    let parts = try SignedToken(token)
    let candidates = keys.candidates(for: parts.header)
    guard !candidates.isEmpty else { throw .noSuitableKey }
    let text = UnsafeBufferPointer(rebasing: token[..<parts.signedCount])
    let signers = candidates.filter {
      $0.isValid(parts.signature, for: text, parts.header.algorithm)
    }
    guard !signers.isEmpty else { throw .badSignature }
    let claims = try TokenClaims(parts.payload, audience: audience, rolePath: rolePath)
    // A provider signs for all its customers with one key: only the tokens of ours count.
    let isTrusted = signers.contains { $0.issuer == nil || isSame($0.issuer, claims.issuer) }
    guard isTrusted else { throw .noSuitableKey }
    return claims
  }
}

/// Tells whether two names of an issuer are one; a slash at the end says nothing.
private func isSame(_ left: String?, _ right: String?) -> Bool {
  guard let left, let right else { return false }
  func bare(_ issuer: String) -> Substring.UTF8View {
    (issuer.hasSuffix("/") ? issuer.dropLast() : issuer[...]).utf8
  }
  return bare(left).elementsEqual(bare(right))
}
