// WebTokens: who a request is from, by the token that it carries.
//
// A compact JWS in, its claims and role out, or the error that REST's clients expect. Start at
// `TokenVerifier.swift`; which keys there are is `TokenKeys.swift`, where the role stands
// `RoleClaimPath.swift`, what goes wrong `TokenError.swift`.
// Never: a token that its own header chose the kind of key for, a number that lost a digit, a
// cache without a bound, a secret or a token in a message.

/// Gives the token of an `Authorization` header.
///
/// Source: RFC 6750, 2.1; the scheme is read in any case, as PostgREST does.
///
/// - Parameter header: The header's value.
/// - Returns: What stands behind `Bearer`, maybe nothing; nil when it is another scheme.
package func bearerToken(in header: String) -> Substring? {
  let scheme = header.prefix { !isSpace($0) }
  guard scheme.utf8.count == 6, scheme.lowercased() == "bearer" else { return nil }
  return header[scheme.endIndex...].drop(while: isSpace)
}

private func isSpace(_ character: Character) -> Bool {
  character.isASCII && character.isWhitespace
}
