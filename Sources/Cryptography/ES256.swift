private import COpenSSL

/// Signatures by ECDSA on the curve P-256 with SHA-256.
///
/// A signature has 64 bytes: r and s. Source: RFC 7518, 3.4 and 6.2.
package enum ES256 {
  fileprivate static let name = "ES256"
  private static let partSize = 32
  private static let signatureSize = 64

  /// Checks signatures.
  package struct PublicKey: Sendable {
    /// The point, in base64url.
    package let x: String
    package let y: String
    private let handle: KeyHandle

    fileprivate init(x: String, y: String, handle: KeyHandle) {
      self.x = x
      self.y = y
      self.handle = handle
    }

    /// Reads the parts of a JSON Web Key.
    ///
    /// - Parameters:
    ///   - x: In base64url, as `y`.
    ///   - y: The other coordinate.
    /// - Throws: `CryptographyError.malformedKey` when it is no point of the curve.
    package init(x: String, y: String) throws(CryptographyError) {
      let (first, second) = (try part("x", x), try part("y", y))
      self.init(
        x: x, y: y, handle: try KeyHandle(name) { hb_p256_make(first, second, nil, &$0) })
    }

    /// Tells whether a signature is that of bytes by the private key of this one.
    ///
    /// - Parameters:
    ///   - signature: 64 bytes, else it is none.
    ///   - bytes: What was signed.
    /// - Returns: Whether it is.
    package func isValid(
      _ signature: some Sequence<UInt8>, for bytes: some Sequence<UInt8>
    ) -> Bool {
      handle.verifies(signature, of: bytes)
    }
  }

  /// Signs.
  package struct PrivateKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// The secret part, in base64url.
    package let d: String
    /// What others may know of it.
    package let publicKey: PublicKey
    private let handle: KeyHandle

    /// Makes a key that nobody else has.
    ///
    /// - Throws: `CryptographyError.failed` when there is no randomness.
    package init() throws(CryptographyError) {
      handle = try KeyHandle(name) { hb_p256_generate(&$0) }
      var x = [UInt8](repeating: 0, count: partSize)
      var (y, d) = (x, x)
      guard hb_p256_parts(handle.key, &x, &y, &d) != 0 else { throw .failed(algorithm: name) }
      self.d = base64URL(d)
      publicKey = PublicKey(x: base64URL(x), y: base64URL(y), handle: handle)
    }

    /// Reads the parts of a JSON Web Key.
    ///
    /// - Parameters:
    ///   - x: In base64url, as all of them.
    ///   - y: The other coordinate.
    ///   - d: The secret part.
    /// - Throws: `CryptographyError.malformedKey`, also when `d` belongs to another point.
    package init(x: String, y: String, d: String) throws(CryptographyError) {
      let (first, second) = (try part("x", x), try part("y", y))
      let secret = try part("d", d)
      handle = try KeyHandle(name) { hb_p256_make(first, second, secret, &$0) }
      self.d = d
      publicKey = PublicKey(x: x, y: y, handle: handle)
    }

    /// Signs bytes.
    ///
    /// - Parameter bytes: Of any length.
    /// - Returns: 64 bytes, others each time.
    /// - Throws: `CryptographyError.failed`.
    package func signature(
      for bytes: some Sequence<UInt8>
    ) throws(CryptographyError) -> [UInt8] {
      try handle.signature(of: bytes, size: signatureSize, name)
    }

    package var description: String { "(private key for ES256)" }
    package var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
  }

  private static func part(_ name: String, _ text: String) throws(CryptographyError) -> [UInt8] {
    try keyPart(name, text, size: partSize, Self.name)
  }
}
