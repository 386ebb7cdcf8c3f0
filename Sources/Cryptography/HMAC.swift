private import COpenSSL

/// Codes that only who knows the key can make: HS256, HS384 and HS512 of tokens.
///
/// Source: RFC 2104; RFC 7518, 3.2.
package enum HMAC {
  /// What digests within the code; the value is the code's size in bytes.
  package enum Hash: Int, Sendable, CaseIterable {
    case sha256 = 32
    case sha384 = 48
    case sha512 = 64
  }

  /// Makes the code of a text.
  ///
  /// - Parameters:
  ///   - bytes: What is signed.
  ///   - key: The shared secret, of any length.
  ///   - hash: What digests.
  /// - Returns: As many bytes as the hash has.
  package static func code(
    for bytes: some Sequence<UInt8>, key: some Sequence<UInt8>, hash: Hash = .sha256
  ) -> [UInt8] {
    withBytes(key) { key, keyCount in
      withBytes(bytes) { bytes, count in
        filledBytes(hash.rawValue) { code in
          hb_hmac(hash.rawValue, key, keyCount, bytes, count, code) == 0 ? 0 : hash.rawValue
        }
      }
    }
  }

  /// Tells whether a code is that of a text.
  ///
  /// - Parameters:
  ///   - code: As it came.
  ///   - bytes: What was signed.
  ///   - key: The shared secret.
  ///   - hash: What digests.
  /// - Returns: Whether it is; the time it takes says nothing about the right one.
  package static func isValid(
    _ code: some Sequence<UInt8>, for bytes: some Sequence<UInt8>, key: some Sequence<UInt8>,
    hash: Hash = .sha256
  ) -> Bool {
    isEqualInConstantTime(code, Self.code(for: bytes, key: key, hash: hash))
  }
}
