package import Diagnostics

/// Why a signing key does not sign.
package enum SigningKeyError: Error, DiagnosticConvertible {
  /// The file is no array of keys.
  case unreadable
  /// It has no secret part, or another algorithm.
  case unusable(kid: String, algorithm: String)
  /// Its parts are no key.
  case damaged(kid: String, reason: String)

  package var diagnostic: Diagnostic {
    switch self {
    case .unreadable:
      Diagnostic(
        code: "signing_keys_unreadable", message: "the file of signing keys is no array of keys",
        hint: "`homebase gen signing-key` makes one; auth.signing_keys_path names the file")
    case .unusable(let kid, let algorithm):
      Diagnostic(
        code: "signing_key_unusable",
        message: "the signing key \(kid) (\(algorithm)) cannot sign here",
        hint: "`homebase gen signing-key --append` adds one that can, with its private part")
    case .damaged(let kid, let reason):
      Diagnostic(
        code: "signing_key_damaged",
        message: "the signing key \(kid) is no key: \(reason)",
        hint: "take it out of the file; `homebase gen signing-key --append` adds a new one")
    }
  }
}
