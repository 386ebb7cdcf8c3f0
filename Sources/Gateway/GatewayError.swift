package import Diagnostics

/// Why a gateway does not start or does not take a configuration.
package enum GatewayError: Error, Hashable {
  /// The file is not there, is not JSON, or lacks something.
  case unreadableConfiguration(file: String, reason: String)
  /// Two parts of a configuration do not fit together.
  case contradiction(String)
  /// The address is taken, or not this machine's.
  case cannotListen(address: String, reason: String)
  /// A certificate or its key is missing, is none, or they do not belong together.
  case unusableCertificate(file: String, reason: String)
  /// OpenSSL is not there, or does not work.
  case noTLS(String)
}

extension GatewayError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .unreadableConfiguration(let file, let reason):
      Diagnostic(
        code: "gateway_configuration_unreadable",
        message: "the gateway's configuration cannot be read: \(reason)",
        hint: "mend the file; a running gateway goes on with what it had",
        location: .init(file: file))
    case .contradiction(let reason):
      Diagnostic(
        code: "gateway_configuration_contradiction",
        message: "the gateway's configuration contradicts itself: \(reason)",
        hint: "mend the file; a running gateway goes on with what it had")
    case .cannotListen(let address, let reason):
      Diagnostic(
        code: "gateway_cannot_listen",
        message: "the gateway cannot listen on \(address): \(reason)",
        hint: "end the program that has the port, or choose another one in config.toml (api.port)")
    case .unusableCertificate(let file, let reason):
      Diagnostic(
        code: "gateway_certificate_unusable",
        message: "the gateway cannot use \(file) for TLS: \(reason)",
        hint:
          "name both files in config.toml (api.tls), or neither: then one is made for localhost",
        location: .init(file: file))
    case .noTLS(let reason):
      Diagnostic(
        code: "gateway_no_tls", message: "the gateway cannot speak TLS: \(reason)",
        hint: "install the package libssl3, or switch api.tls off in config.toml")
    }
  }
}
