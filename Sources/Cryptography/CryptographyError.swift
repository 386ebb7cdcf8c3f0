package import Diagnostics

/// Why a key is none, or does not sign.
package enum CryptographyError: Error, Sendable, Hashable {
  /// The parts are no key of this algorithm, or do not belong together.
  case malformedKey(algorithm: String, reason: String)
  /// OpenSSL could not do what it can do: there is no memory, or no randomness.
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
        hint: "it may lack memory; try again when less is running")
    }
  }
}
