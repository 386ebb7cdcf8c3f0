import COpenSSL

/// A key in OpenSSL's hands, freed with its last owner.
// Safe to share: the key never changes, and OpenSSL lets many threads sign and verify with one.
final class KeyHandle: @unchecked Sendable {
  let key: OpaquePointer

  /// Takes what a function of the door made.
  ///
  /// - Parameters:
  ///   - algorithm: As tokens name it, for errors.
  ///   - make: Returns one of `HB_KEY_…`.
  /// - Throws: `CryptographyError`.
  init(
    _ algorithm: String, _ make: (inout OpaquePointer?) -> Int32
  ) throws(CryptographyError) {
    var made: OpaquePointer?
    let outcome = make(&made)
    guard let made else {
      guard Int(outcome) == HB_KEY_MALFORMED else {
        throw .failed(algorithm: algorithm)
      }
      throw .malformedKey(
        algorithm: algorithm, reason: "its parts are wrong, or do not belong together")
    }
    key = made
  }

  deinit { hb_key_free(key) }

  /// Signs bytes with a private key.
  ///
  /// - Throws: `CryptographyError.failed`.
  func signature(
    of bytes: some Sequence<UInt8>, size: Int, _ algorithm: String
  ) throws(CryptographyError) -> [UInt8] {
    let signature = withBytes(bytes) { bytes, count in
      filledBytes(size) { hb_sign(key, bytes, count, $0, size) }
    }
    guard !signature.isEmpty else { throw .failed(algorithm: algorithm) }
    return signature
  }

  /// Tells whether a signature is that of bytes.
  func verifies(
    _ signature: some Sequence<UInt8>, of bytes: some Sequence<UInt8>, hash: HMAC.Hash = .sha256
  ) -> Bool {
    withBytes(bytes) { bytes, count in
      withBytes(signature) { signature, size in
        hb_verify(
          key, hash.rawValue, bytes, count, signature?.assumingMemoryBound(to: UInt8.self), size)
          != 0
      }
    }
  }
}

/// Reads a part of a JSON Web Key.
///
/// - Throws: `CryptographyError.malformedKey` that names the part.
func keyPart(
  _ name: String, _ text: String, size: Int? = nil, _ algorithm: String
) throws(CryptographyError) -> [UInt8] {
  guard let bytes = bytes(base64URL: text), !bytes.isEmpty else {
    throw .malformedKey(algorithm: algorithm, reason: "\(name) is no base64url")
  }
  guard let size, bytes.count != size else { return bytes }
  throw .malformedKey(
    algorithm: algorithm, reason: "\(name) has \(bytes.count) bytes, not \(size)")
}
