import FoundationEssentials
import HTTPMessages
import HTTPService
import NIOCore
import PostgresClient
import REST
import RESTRequests
import WebTokens

/// Why a request gets no answer of the database's, and what it gets instead.
struct Refusal: Error, Sendable {
  var error: RESTError
  /// Beside those that every error has.
  var headers: [HTTPHeader] = []

  init(_ error: RESTError) {
    self.error = error
    if error.status == 401 { headers = [HTTPHeader("WWW-Authenticate", "Bearer")] }
    if let range = error.contentRange { headers = [HTTPHeader("Content-Range", range)] }
    if error.status == 503 { headers = [HTTPHeader("Retry-After", "1")] }
  }

  /// A token that is no good.
  init(_ error: TokenError) {
    self.error = RESTError(
      status: error.status, code: error.code, message: error.message, details: error.details,
      hint: error.hint)
    if let challenge = error.challenge {
      headers = [HTTPHeader("WWW-Authenticate", challenge)]
    }
  }

  /// A call to the database that failed.
  ///
  /// - Parameters:
  ///   - error: Why.
  ///   - isAnonymous: Whether the role is that of requests without a token.
  init(_ error: PostgresError, isAnonymous: Bool) {
    switch error {
    case .server(let said, _) where said.sqlstate == "PGRST": self.init(raised: said)
    case .server(let said, _): self.init(RESTError(said, isAnonymous: isAnonymous))
    case .connectionFailed(let reason, _): self.init(.noConnection(reason))
    case .connectionLost(let reason), .protocolViolation(let reason):
      self.init(.connectionLost(reason))
    case .poolExhausted(let reason): self.init(.noFreeSession(reason))
    case .closed: self.init(.unavailable)
    case .cancelled: self.init(.connectionLost("the client has gone"))
    }
  }

  /// `RAISE … SQLSTATE 'PGRST'`: its message and its detail are the whole response.
  private init(raised said: ServerError) {
    struct Message: Decodable {
      var code: String
      var message: String
      var details: String?
      var hint: String?
    }
    struct Detail: Decodable {
      var status: Int
      var headers: [String: String]
    }
    let decoder = JSONDecoder()
    guard let message = try? decoder.decode(Message.self, from: Data(said.message.utf8)) else {
      self.init(
        .raised(
          "Invalid JSON value for MESSAGE: '\(said.message)'",
          hint:
            "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional "
            + "keys: 'details', 'hint'."))
      return
    }
    let hint =
      "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: "
      + "'status_text'."
    guard let text = said.detail else {
      self.init(.raised("DETAIL is missing in the RAISE statement", hint: hint))
      return
    }
    guard let detail = try? decoder.decode(Detail.self, from: Data(text.utf8)),
      (200..<600).contains(detail.status), detail.headers.allSatisfy(isHeader)
    else {
      self.init(.raised("Invalid JSON value for DETAIL: '\(text)'", hint: hint))
      return
    }
    self.init(
      RESTError(
        status: detail.status, code: message.code, message: message.message,
        details: message.details, hint: message.hint))
    headers = detail.headers.sorted { $0.key < $1.key }.map { HTTPHeader($0.key, $0.value) }
  }

  /// The answer that tells the client.
  var response: HTTPResponse {
    let usual = [
      HTTPHeader("Content-Type", "application/json; charset=utf-8"),
      HTTPHeader("Proxy-Status", "PostgREST; error=\(error.code)"),
    ]
    return HTTPResponse(
      status: error.status, headers: usual.overridden(by: headers),
      body: .bytes(ByteBuffer(bytes: error.json)))
  }
}

extension [HTTPHeader] {
  /// These, where the others do not have one of the same name, and then the others.
  func overridden(by others: [HTTPHeader]) -> [HTTPHeader] {
    guard !others.isEmpty else { return self }
    let names = Set(others.map { $0.name.lowercased() })
    return filter { !names.contains($0.name.lowercased()) } + others
  }
}

/// Whether a header can be sent as it is.
///
/// What a database says must not end the line, and the length and frame are the server's own.
func isHeader(_ name: String, _ value: String) -> Bool {
  let framing = ["content-length", "transfer-encoding", "connection"]
  return !name.isEmpty && !framing.contains(name.lowercased())
    && name.utf8.allSatisfy(isToken)
    && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
}
