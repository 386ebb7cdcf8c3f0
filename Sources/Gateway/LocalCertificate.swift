import CTLS
import FoundationEssentials
import Glibc

/// A certificate for this machine: localhost, 127.0.0.1 and ::1, signed by itself.
package enum LocalCertificate {
  /// What some systems allow a certificate at most.
  private static let life: Int64 = 825 * 86400
  /// One that ends sooner is made again.
  private static let reserve: Int64 = 30 * 86400
  /// A clock may be behind.
  private static let early: Int64 = 3600

  /// Finds the certificate in a folder, or makes it there.
  ///
  /// It is kept as long as it is valid for 30 days more and its key fits; the key is this user's
  /// alone. Several processes may ask at the same time.
  ///
  /// - Parameter folder: Such as the project's folder of state; it is made when it is missing.
  /// - Returns: The paths of both, in PEM.
  /// - Throws: `GatewayError.unusableCertificate` when it cannot be written, `.noTLS` without
  ///   OpenSSL.
  package static func ensure(
    in folder: String
  ) throws(GatewayError) -> (certificate: String, key: String) {
    try ensure(in: folder, now: Int64(time(nil)))
  }

  static func ensure(
    in folder: String, now: Int64
  ) throws(GatewayError) -> (certificate: String, key: String) {
    let (certificate, key) = ("\(folder)/localhost.pem", "\(folder)/localhost-key.pem")
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // Two that make it at once would leave one's key beside the other's certificate.
    let lock = open("\(folder)/.localhost.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard lock >= 0 else {
      throw .unusableCertificate(file: folder, reason: "nothing can be written there")
    }
    defer { close(lock) }
    while flock(lock, LOCK_EX) != 0, errno == EINTR {}
    if hb_tls_certificate_end(certificate) >= now + reserve,
      (try? TLSContext(.init(certificate: certificate, key: key))) != nil
    {
      return (certificate, key)
    }
    var texts = ([CChar](repeating: 0, count: 4096), [CChar](repeating: 0, count: 4096))
    let begin = now - early
    let outcome = hb_tls_make_localhost(
      begin, begin + life - 1, &texts.0, texts.0.count, &texts.1, texts.1.count)
    guard Int(outcome) == HB_TLS_GOOD else {
      throw .noTLS(
        Int(outcome) == HB_TLS_NO_LIBRARY
          ? "libssl.so.3 of OpenSSL 3 is not there" : "OpenSSL could not make a certificate")
    }
    try write(texts.1, to: key, mode: 0o600)
    try write(texts.0, to: certificate, mode: 0o644)
    return (certificate, key)
  }

  /// Puts a text in a file's place, whole or not at all.
  private static func write(
    _ text: [CChar], to path: String, mode: mode_t
  ) throws(GatewayError) {
    let bytes = text.prefix { $0 != 0 }
    let next = path + ".new"
    unlink(next)
    let file = open(next, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode)
    let written =
      file < 0 ? -1 : bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
    if file >= 0 { close(file) }
    guard written == bytes.count, rename(next, path) == 0 else {
      throw .unusableCertificate(file: path, reason: "it cannot be written")
    }
  }
}
