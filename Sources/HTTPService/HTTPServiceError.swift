package import Diagnostics

/// Why a server does not start, or a message did not come to its end.
package enum HTTPServiceError: Error, Sendable, Hashable {
  /// The address is taken, or not this machine's.
  case cannotListen(address: String, reason: String)
  /// There are more bytes than the responder takes.
  case bodyTooLarge(limit: Int)
  /// The body is no HTTP.
  case malformedBody(String)
  /// The client sent nothing, or took nothing, for as long as the limits allow.
  case stalled
  /// The connection has ended.
  case clientGone
  /// A body was asked for twice, or after its request was answered.
  case bodyIsOver
  /// A stream wrote more or less than the length it had named.
  case wrongLength(named: Int, written: Int)
}

extension HTTPServiceError {
  /// The status that tells a client what was wrong.
  package var status: Int {
    switch self {
    case .bodyTooLarge: 413
    case .malformedBody: 400
    case .stalled: 408
    case .cannotListen, .clientGone, .bodyIsOver, .wrongLength: 500
    }
  }
}

extension HTTPServiceError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .cannotListen(let address, let reason):
      Diagnostic(
        code: "service_cannot_listen",
        message: "the service cannot listen on \(address): \(reason)",
        hint: "end the program that has it, or name another address")
    case .bodyTooLarge(let limit):
      Diagnostic(
        code: "request_body_too_large",
        message: "the request's body has more than \(limit) bytes",
        hint: "send less at a time")
    case .malformedBody(let what):
      Diagnostic(
        code: "request_body_malformed", message: "the request's body is not valid HTTP: \(what)")
    case .stalled:
      Diagnostic(
        code: "client_stalled", message: "the client stood still in the middle of a message",
        hint: "send the request again")
    case .clientGone:
      Diagnostic(
        code: "client_gone", message: "the client closed the connection before the answer was sent")
    case .bodyIsOver:
      Diagnostic(
        code: "request_body_over", message: "the request's body can be read once, before the answer"
      )
    case .wrongLength(let named, let written):
      Diagnostic(
        code: "response_length_wrong",
        message: "an answer of \(named) bytes was announced, and \(written) were written")
    }
  }
}
