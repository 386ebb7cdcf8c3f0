package import Diagnostics

/// Why a message is no HTTP/1, and what a client is told.
package enum SyntaxFault: Error, Sendable, Hashable {
  case badRequest(String)
  case targetTooLong
  case headTooLarge
  case unsupportedVersion
  case unsupportedExpectation
  case unsupportedMethod

  /// The status of the answer, after which the connection ends: where the next request begins is
  /// not known.
  package var status: Int {
    switch self {
    case .badRequest: 400
    case .targetTooLong: 414
    case .headTooLarge: 431
    case .unsupportedVersion: 505
    case .unsupportedExpectation: 417
    case .unsupportedMethod: 501
    }
  }
}

extension SyntaxFault: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    let message =
      switch self {
      case .badRequest(let what): "the request is not valid HTTP: \(what)"
      case .targetTooLong: "the request's URL is too long"
      case .headTooLarge: "the request's headers are too large"
      case .unsupportedVersion: "only HTTP/1.1 is spoken here"
      case .unsupportedExpectation: "the only expectation known is 100-continue"
      case .unsupportedMethod: "the method is not supported"
      }
    return Diagnostic(code: "http_\(status)", message: message)
  }
}
