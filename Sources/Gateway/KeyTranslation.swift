import Cryptography
import HTTPMessages

/// What becomes of a request's key.
enum KeyVerdict: Equatable {
  /// `Authorization` stays as the client sent it, or stays away.
  case keep
  /// `Authorization` becomes this.
  case replace([UInt8])
  /// 401: there is no key.
  case missing
  /// 401: the key is not this stack's.
  case unknown
}

/// The keys of one stack, as bytes.
struct StackKeys: Sendable {
  let publishable: [UInt8]
  let secret: [UInt8]
  let anon: [UInt8]
  let serviceRole: [UInt8]
  private let bearerAnon: [UInt8]
  private let bearerServiceRole: [UInt8]

  init(_ keys: GatewayConfiguration.Keys) {
    publishable = Array((keys.publishable ?? "").utf8)
    secret = Array((keys.secret ?? "").utf8)
    anon = Array((keys.anon ?? "").utf8)
    serviceRole = Array((keys.serviceRole ?? "").utf8)
    bearerAnon = Array("Bearer ".utf8) + anon
    bearerServiceRole = Array("Bearer ".utf8) + serviceRole
  }

  /// Whether this is one of the four.
  func contains(_ key: UnsafeRawBufferPointer) -> Bool {
    // All four are compared, whichever it is.
    let first = isSame(key, publishable)
    let second = isSame(key, secret)
    let third = isSame(key, anon)
    let fourth = isSame(key, serviceRole)
    return first || second || third || fourth
  }

  /// Decides on a request's key as the Supabase CLI's gateway does.
  ///
  /// An `Authorization` that is not `Bearer sb_…` is kept. Otherwise it comes from the key: the
  /// secret one becomes the `service_role` token, the publishable one the `anon` token; whatever
  /// does not begin with `sb_` is copied as it is, for the service to judge.
  ///
  /// - Parameters:
  ///   - authorization: The header's value.
  ///   - apikey: The header's value, or the query parameter's.
  ///   - needsSecret: Only the secret key or the `service_role` token will do.
  ///   - passesKeyless: A request with neither may pass.
  /// - Returns: What to do.
  func translate(
    authorization: UnsafeRawBufferPointer?, apikey: UnsafeRawBufferPointer?, needsSecret: Bool,
    passesKeyless: Bool
  ) -> KeyVerdict {
    // An empty one is none, and does not hide the other.
    let apikey = apikey.flatMap { $0.isEmpty ? nil : $0 }
    let bearer = authorization.flatMap(bearerToken)
    let authorizationIsKey = bearer.map { $0.starts(with: "sb_".utf8) } ?? false
    if needsSecret {
      guard let key = apikey ?? bearer else { return .missing }
      guard isSame(key, secret) || isSame(key, serviceRole) else { return .unknown }
      return .replace(bearerServiceRole)
    }
    if let authorization, !authorization.isEmpty, !authorizationIsKey {
      if let apikey, apikey.starts(with: "sb_".utf8), !contains(apikey) { return .unknown }
      return .keep
    }
    guard let key = apikey ?? (authorizationIsKey ? bearer : nil), !key.isEmpty else {
      return passesKeyless ? .keep : .missing
    }
    let isSecret = isSame(key, secret)
    let isPublishable = isSame(key, publishable)
    if isSecret { return .replace(bearerServiceRole) }
    if isPublishable { return .replace(bearerAnon) }
    // Whatever looks like one of these keys and is none must not pass for a token.
    if (bearerToken(key) ?? key).starts(with: "sb_".utf8) { return .unknown }
    return .replace(Array(key))
  }

  /// What a key becomes where only a token stands: in a query.
  func token(for key: UnsafeRawBufferPointer) -> [UInt8] {
    let isSecret = isSame(key, secret)
    let isPublishable = isSame(key, publishable)
    if isSecret { return serviceRole }
    if isPublishable { return anon }
    return Array(key)
  }
}

/// Whether two keys are the same, in a time that only their lengths tell.
///
/// An empty expected key is none: nothing equals it.
func isSame(_ key: UnsafeRawBufferPointer, _ expected: [UInt8]) -> Bool {
  !expected.isEmpty && isEqualInConstantTime(key, expected)
}

/// What follows `Bearer `, in any spelling of the word.
private func bearerToken(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
  let word = "bearer ".utf8
  guard value.count > word.count, zip(value, word).allSatisfy({ $0.lowercased == $1 }) else {
    return nil
  }
  var rest = value[word.count...]
  while rest.first == .space { rest = rest.dropFirst() }
  return UnsafeRawBufferPointer(rebasing: rest)
}
