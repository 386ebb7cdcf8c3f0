private import COpenSSL

/// The digest SHA-256, at once or piece by piece.
///
/// Source: FIPS 180-4. It costs no start of a library: commands take it on their way.
package struct SHA256: Sendable {
  private var state: hb_sha256

  /// The size of a digest in bytes.
  package static let size = 32

  /// Begins a digest.
  package init() {
    state = hb_sha256()
    hb_sha256_start(&state)
  }

  /// Takes the next bytes.
  ///
  /// - Parameter bytes: What follows those before.
  package mutating func update(_ bytes: some Sequence<UInt8>) {
    withBytes(bytes) { hb_sha256_add(&state, $0, $1) }
  }

  /// Takes the next text.
  ///
  /// - Parameter text: In UTF-8, without an end.
  package mutating func update(_ text: String) { update(text.utf8) }

  /// Gives the digest of all that came.
  ///
  /// - Returns: 32 bytes; more may come afterwards for another digest.
  package func digest() -> [UInt8] {
    var copy = state
    return filledBytes(Self.size) {
      hb_sha256_end(&copy, $0)
      return Self.size
    }
  }

  /// Digests bytes at once.
  ///
  /// - Parameter bytes: All of them.
  /// - Returns: 32 bytes.
  package static func digest(of bytes: some Sequence<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.digest()
  }

  /// Digests a text at once.
  ///
  /// - Parameter text: In UTF-8.
  /// - Returns: 32 bytes.
  package static func digest(of text: String) -> [UInt8] { digest(of: text.utf8) }
}
