private import COpenSSL

/// Makes a key of a password, slowly on purpose: PBKDF2 with HMAC-SHA-256.
///
/// Source: RFC 8018, 5.2; it is `Hi` of RFC 5802 when `size` is 32.
///
/// - Parameters:
///   - password: In UTF-8.
///   - salt: Makes equal passwords give different keys.
///   - iterations: How slowly.
///   - size: Of the key, in bytes.
/// - Returns: The key.
package func stretchedPassword(
  _ password: String, salt: [UInt8], iterations: UInt32, size: Int = SHA256.size
) -> [UInt8] {
  withBytes(password.utf8) { password, count in
    filledBytes(size) { key in
      hb_pbkdf2_sha256(password, count, salt, salt.count, iterations, key, size)
      return size
    }
  }
}
