private import COpenSSL

/// Signatures by RSA, PKCS #1 v1.5, with SHA-256.
///
/// Source: RFC 7518, 3.3 and 6.3; RFC 8017, 8.2.
package enum RS256 {
  fileprivate static let name = "RS256"
  /// What RFC 7518 asks for at least.
  package static let fewestBits = 2048

  /// The parts of a JSON Web Key, each in base64url.
  package struct Parts: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The modulus and the public exponent.
    package var n, e: String
    /// The private exponent, and what makes signing with it fast.
    package var d, p, q, dp, dq, qi: String

    package init(
      n: String, e: String, d: String, p: String, q: String, dp: String, dq: String, qi: String
    ) {
      (self.n, self.e, self.d, self.p) = (n, e, d, p)
      (self.q, self.dp, self.dq, self.qi) = (q, dp, dq, qi)
    }

    /// In the order of the door.
    fileprivate var all: [(name: String, text: String)] {
      [
        ("n", n), ("e", e), ("d", d), ("p", p), ("q", q), ("dp", dp), ("dq", dq), ("qi", qi),
      ]
    }

    package var description: String { "(parts of a private key for RS256)" }
    package var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
  }

  /// Checks signatures.
  package struct PublicKey: Sendable {
    /// The modulus, in base64url.
    package let n: String
    /// The public exponent, in base64url.
    package let e: String
    private let handle: KeyHandle

    fileprivate init(n: String, e: String, handle: KeyHandle) {
      self.n = n
      self.e = e
      self.handle = handle
    }

    /// Reads the parts of a JSON Web Key.
    ///
    /// - Parameters:
    ///   - n: The modulus, in base64url.
    ///   - e: The exponent, in base64url.
    /// - Throws: `CryptographyError.malformedKey`, also for fewer than 2048 bits.
    package init(n: String, e: String) throws(CryptographyError) {
      self.init(n: n, e: e, handle: try key([("n", n), ("e", e)]))
    }

    /// Tells whether a signature is that of bytes by the private key of this one.
    ///
    /// - Parameters:
    ///   - signature: As long as the modulus, else it is none.
    ///   - bytes: What was signed.
    ///   - hash: What digests; others than SHA-256 are for RS384 and RS512 of somebody else.
    /// - Returns: Whether it is.
    package func isValid(
      _ signature: some Sequence<UInt8>, for bytes: some Sequence<UInt8>,
      hash: HMAC.Hash = .sha256
    ) -> Bool {
      handle.verifies(signature, of: bytes, hash: hash)
    }
  }

  /// Signs.
  package struct PrivateKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// All of it.
    package let parts: Parts
    /// What others may know of it.
    package let publicKey: PublicKey
    private let handle: KeyHandle

    /// Makes a key that nobody else has, within about a second.
    ///
    /// - Parameter bits: The size of the modulus.
    /// - Throws: `CryptographyError`: fewer than 2048 bits are no key.
    package init(bits: Int = fewestBits) throws(CryptographyError) {
      guard bits >= fewestBits else { throw tooShort(bits) }
      let handle = try KeyHandle(name) { hb_rsa_generate(bits, &$0) }
      var read: [String] = []
      for index in 0..<Int32(HB_RSA_PARTS) {
        let part = filledBytes(bits / 8 + 1) { hb_rsa_part(handle.key, index, $0, bits / 8 + 1) }
        guard !part.isEmpty else { throw .failed(algorithm: name) }
        read.append(base64URL(part))
      }
      self.handle = handle
      parts = Parts(
        n: read[0], e: read[1], d: read[2], p: read[3], q: read[4], dp: read[5], dq: read[6],
        qi: read[7])
      publicKey = PublicKey(n: read[0], e: read[1], handle: handle)
    }

    /// Reads the parts of a JSON Web Key.
    ///
    /// - Parameter parts: All of them.
    /// - Throws: `CryptographyError.malformedKey`, also when they do not belong together.
    package init(_ parts: Parts) throws(CryptographyError) {
      handle = try key(parts.all)
      self.parts = parts
      publicKey = PublicKey(n: parts.n, e: parts.e, handle: handle)
    }

    /// Signs bytes.
    ///
    /// - Parameter bytes: Of any length.
    /// - Returns: As many bytes as the modulus has, the same each time.
    /// - Throws: `CryptographyError.failed`.
    package func signature(
      for bytes: some Sequence<UInt8>
    ) throws(CryptographyError) -> [UInt8] {
      let size = (hb_rsa_bits(handle.key) + 7) / 8
      return try handle.signature(of: bytes, size: size, name)
    }

    package var description: String { "(private key for RS256)" }
    package var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
  }

  private static func key(
    _ parts: [(name: String, text: String)]
  ) throws(CryptographyError) -> KeyHandle {
    var bytes: [UInt8] = []
    var sizes: [Int] = []
    for part in parts {
      let read = try keyPart(part.name, part.text, name)
      bytes += read
      sizes.append(read.count)
    }
    let handle = try KeyHandle(name) { hb_rsa_make(bytes, sizes, sizes.count, &$0) }
    let bits = hb_rsa_bits(handle.key)
    guard bits >= fewestBits else { throw tooShort(bits) }
    return handle
  }

  private static func tooShort(_ bits: Int) -> CryptographyError {
    .malformedKey(
      algorithm: name, reason: "it has \(bits) bits, and must have at least \(fewestBits)")
  }
}
