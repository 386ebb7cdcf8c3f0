package import Diagnostics

/// Why a token says nothing about who sent it, as clients of the REST interface are told.
///
/// Source of codes, words and statuses: PostgREST 14, Error.hs.
package enum TokenError: Error, Sendable, Hashable {
  /// A token came, and there is no key at all.
  case noKeys
  /// No token came, and there is no role for such requests.
  case required
  case empty
  /// A number of parts other than 3.
  case parts(Int)
  /// The parts are not those of a signed token: not base64url, not JSON, an unknown algorithm.
  case undecodable
  /// There is no key of this algorithm and id.
  case noSuitableKey
  /// The token is signed by nobody.
  case badAlgorithm
  /// None of the keys made the signature.
  case badSignature
  /// The claim of this name is of a wrong type; nil when the claims are no object.
  case claimsUndecodable(String?)
  case expired
  case notYetValid
  case issuedInFuture
  case audience
}

extension TokenError {
  /// Whether the signature was right, and what it signed was not.
  package var isClaimProblem: Bool { code == "PGRST303" }

  /// The `code` of the response's body.
  package var code: String {
    switch self {
    case .noKeys: "PGRST300"
    case .required: "PGRST302"
    case .empty, .parts, .undecodable, .noSuitableKey, .badAlgorithm, .badSignature: "PGRST301"
    case .claimsUndecodable, .expired, .notYetValid, .issuedInFuture, .audience: "PGRST303"
    }
  }

  /// The HTTP status of the response.
  package var status: Int { self == .noKeys ? 500 : 401 }

  /// The `message` of the response's body.
  package var message: String {
    switch self {
    case .noKeys: "Server lacks JWT secret"
    case .required: "Anonymous access is disabled"
    case .empty: "Empty JWT is sent in Authorization header"
    case .parts(let count): "Expected 3 parts in JWT; got \(count)"
    case .undecodable: "JWT cryptographic operation failed"
    case .noSuitableKey, .badSignature: "No suitable key or wrong key type"
    case .badAlgorithm: "Wrong or unsupported encoding algorithm"
    case .claimsUndecodable(nil): "Parsing claims failed"
    case .claimsUndecodable("aud"):
      "The JWT 'aud' claim must be a string or an array of strings"
    case .claimsUndecodable(let name?): "The JWT '\(name)' claim must be a number"
    case .expired: "JWT expired"
    case .notYetValid: "JWT not yet valid"
    case .issuedInFuture: "JWT issued at future"
    case .audience: "JWT not in audience"
    }
  }

  /// The `details` of the response's body.
  package var details: String? {
    switch self {
    case .noSuitableKey: "No suitable key was found to decode the JWT"
    case .badSignature: "None of the keys was able to decode the JWT"
    case .badAlgorithm: "JWT is unsecured but expected 'alg' was not 'none'"
    default: nil
    }
  }

  /// The `hint` of the response's body: there is never one.
  package var hint: String? { nil }

  /// The value of the header `WWW-Authenticate`; nil when it is not sent.
  ///
  /// Source: RFC 6750, 3.
  package var challenge: String? {
    switch self {
    case .noKeys: nil
    case .required: "Bearer"
    default: #"Bearer error="invalid_token", error_description="\#(message)""#
    }
  }
}

extension TokenError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    Diagnostic(
      code: code, message: details.map { "\(message): \($0)" } ?? message,
      hint: isClaimProblem
        ? "sign in again, or make a token by `homebase gen bearer-jwt`"
        : "the project's keys are in `homebase status`; tokens that it signed pass")
  }
}

/// Why there is no verifier.
package enum TokenConfigurationError: Error, Sendable, Hashable {
  /// The document is neither a set of keys nor one.
  case malformedKeys(source: String)
  /// The secret is said to be base64, and is not.
  case malformedSecret
  /// The path to the role does not parse.
  case malformedRolePath(String)
}

extension TokenConfigurationError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .malformedKeys(let source):
      Diagnostic(
        code: "token_keys_malformed",
        message: "\(source) is neither a set of JSON Web Keys nor one of them",
        hint: #"a set has the form {"keys": [{"kty": …}]}"#)
    case .malformedSecret:
      Diagnostic(
        code: "token_secret_malformed", message: "the JWT secret is not base64",
        hint: "set jwt_secret_is_base64 to false when it is meant as it stands")
    case .malformedRolePath(let path):
      Diagnostic(
        code: "role_claim_path_malformed", message: "`\(path)` is no path to a claim",
        hint: #"write .role, .user.role, ."https://app/role", .roles[0] or .roles[?(@ == "x")]"#)
    }
  }
}
