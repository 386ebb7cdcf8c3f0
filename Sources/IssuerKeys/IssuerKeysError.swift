package import Diagnostics

/// Why an issuer's keys are not there.
package enum IssuerKeysError: Error, Sendable, Hashable {
  /// No answer came.
  case unreachable(url: String, reason: String)
  /// An answer of another status than 200.
  case refused(url: String, status: Int)
  /// The document is not what it should be.
  case malformed(url: String, reason: String)
}

extension IssuerKeysError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    let reason =
      switch self {
      case .unreachable(let url, let reason): "\(url) is not reached: \(reason)"
      case .refused(let url, let status): "\(url) answers with status \(status)"
      case .malformed(let url, let reason): "\(url): \(reason)"
      }
    return Diagnostic(
      code: "issuer_keys_unavailable",
      message: "the keys of the third-party issuer are not there: \(reason)",
      hint: "tokens of this issuer are refused until then; see auth.third_party in config.toml, "
        + "then run `homebase restart`")
  }
}
