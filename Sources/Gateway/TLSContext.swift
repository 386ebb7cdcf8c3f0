import CTLS
import FoundationEssentials

/// A certificate with its key, in OpenSSL's hands.
// Safe to share: it never changes, and OpenSSL lets many threads make connections of one.
final class TLSContext: @unchecked Sendable {
  private let context: OpaquePointer

  /// Reads a certificate's chain and its key.
  ///
  /// - Parameter files: Both in PEM.
  /// - Throws: `GatewayError.unusableCertificate` that names the file.
  init(_ files: GatewayConfiguration.TLS) throws(GatewayError) {
    for file in [files.certificate, files.key]
    where !FileManager.default.isReadableFile(atPath: file) {
      throw .unusableCertificate(file: file, reason: "it is not there, or cannot be read")
    }
    var made: OpaquePointer?
    let outcome = hb_tls_context_make(files.certificate, files.key, &made)
    guard let made else {
      throw switch Int(outcome) {
      case HB_TLS_CERTIFICATE:
        GatewayError.unusableCertificate(
          file: files.certificate, reason: "it is no certificate in PEM")
      case HB_TLS_KEY:
        GatewayError.unusableCertificate(
          file: files.key, reason: "it is no key in PEM without a password")
      case HB_TLS_MISMATCH:
        GatewayError.unusableCertificate(
          file: files.key, reason: "it is not the key of \(files.certificate)")
      case HB_TLS_NO_LIBRARY: GatewayError.noTLS("libssl.so.3 of OpenSSL 3 is not there")
      default: GatewayError.noTLS("OpenSSL could not begin")
      }
    }
    context = made
  }

  deinit { hb_tls_context_free(context) }

  /// The server's side of a new connection.
  func accept() -> TLSSession? { hb_tls_accept(context).map(TLSSession.init) }
}

/// One connection's keys and state; no socket.
final class TLSSession {
  private let tls: OpaquePointer

  fileprivate init(_ tls: OpaquePointer) { self.tls = tls }

  deinit { hb_tls_free(tls) }

  /// What the library makes of the bytes that it has.
  enum Outcome {
    case good, again, ended, broken
  }

  private func outcome(_ number: Int32) -> Outcome {
    switch Int(number) {
    case HB_TLS_GOOD: .good
    case HB_TLS_AGAIN: .again
    case HB_TLS_ENDED: .ended
    default: .broken
    }
  }

  /// Why something was broken, in OpenSSL's words.
  var reason: String { String(cString: hb_tls_reason(tls)) }
  /// How many bytes wait for the network.
  var waiting: Int { hb_tls_waiting(tls) }

  func feed(_ bytes: UnsafeRawBufferPointer) -> Bool {
    hb_tls_feed(tls, bytes.baseAddress, bytes.count) != 0
  }
  func handshake() -> Outcome { outcome(hb_tls_handshake(tls)) }
  func read(into buffer: UnsafeMutableRawBufferPointer) -> (Outcome, Int) {
    var count = 0
    let result = hb_tls_read(tls, buffer.baseAddress, buffer.count, &count)
    return (outcome(result), count)
  }
  func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    Int(hb_tls_write(tls, bytes.baseAddress, bytes.count)) == HB_TLS_GOOD
  }
  func end() { hb_tls_end(tls) }
  func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    hb_tls_take(tls, buffer.baseAddress, buffer.count)
  }
}

extension GatewayConfiguration.TLS {
  /// Makes sure that a gateway could serve with it.
  ///
  /// - Throws: `GatewayError.unusableCertificate` that names the file, `.noTLS`.
  package func check() throws(GatewayError) { _ = try TLSContext(self) }
}
