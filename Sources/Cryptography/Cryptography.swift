// Cryptography: digests, codes and signatures, as OpenSSL computes them.
//
// Bytes go in and come out as arrays; parts of keys are texts, as JSON Web Keys have them. Start at
// `SHA256.swift` and `HMAC.swift`; keys are in `ES256.swift` and `RS256.swift`, passwords in
// `PasswordStretching.swift`, randomness in `SecureRandom.swift`.
// Never: a secret in a description or an error, a cipher, a certificate, an algorithm of our own.

import COpenSSL

/// Lends bytes to a C function; copies them only when they do not lie in one piece.
func withBytes<Result>(
  _ bytes: some Sequence<UInt8>, _ body: (UnsafeRawPointer?, Int) -> Result
) -> Result {
  func lend(_ buffer: UnsafeBufferPointer<UInt8>) -> Result {
    body(UnsafeRawPointer(buffer.baseAddress), buffer.count)
  }
  return bytes.withContiguousStorageIfAvailable(lend)
    ?? Array(bytes).withUnsafeBufferPointer(lend)
}

/// Makes bytes that a C function fills.
///
/// - Parameters:
///   - room: The most that it writes.
///   - fill: Returns how many bytes it wrote; more than `room` counts as none.
/// - Returns: What it wrote.
func filledBytes(
  _ room: Int, _ fill: (UnsafeMutablePointer<UInt8>?) -> Int
) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
    let written = fill(buffer.baseAddress)
    count = written <= room ? written : 0
  }
}

/// Tells whether two texts of bytes are equal, and not by its time where they differ.
///
/// For codes and secrets that somebody else sent. Their lengths are no secret.
///
/// - Parameters:
///   - left: Such as what is expected.
///   - right: Such as what came.
/// - Returns: Whether they are the same.
package func isEqualInConstantTime(
  _ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>
) -> Bool {
  withBytes(left) { left, leftCount in
    withBytes(right) { right, rightCount in
      leftCount == rightCount && hb_equal(left, right, leftCount) != 0
    }
  }
}
