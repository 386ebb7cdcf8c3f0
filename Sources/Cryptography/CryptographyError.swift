package import Diagnostics

/// Why a key is none, or does not sign.
package enum CryptographyError: Error, Sendable, Hashable {
  /// The parts are no key of this algorithm, or do not belong together.
  case malformedKey(algorithm: String, reason: String)
  /// There is no OpenSSL, or it could not do what it can: for want of memory or randomness.
  case failed(algorithm: String)
}

extension CryptographyError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .malformedKey(let algorithm, let reason):
      Diagnostic(
        code: "key_malformed", message: "this is no key for \(algorithm): \(reason)",
        hint: "`homebase gen signing-key --algorithm \(algorithm)` makes one")
    case .failed(let algorithm):
      Diagnostic(
        code: "key_failed", message: "the system could not work with a key for \(algorithm)",
        hint: "libcrypto.so.3 of the package libssl3 does it: install it, or free some memory")
    }
  }
}
