package import Diagnostics

/// What a client of the REST interface is told: PostgREST's error object and its HTTP status.
package struct RESTError: Error, Hashable, Sendable {
  /// The HTTP status of the response.
  package var status: Int
  /// `PGRST…`, or PostgreSQL's five characters.
  package var code: String
  package var message: String
  package var details: String?
  /// Details that are JSON themselves, in place of `details`.
  package var detailsJSON: String?
  package var hint: String?
  /// What the response says in `Content-Range` when the error is about a range.
  package var contentRange: String?

  package init(
    status: Int, code: String, message: String, details: String? = nil,
    detailsJSON: String? = nil, hint: String? = nil, contentRange: String? = nil
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.details = details
    self.detailsJSON = detailsJSON
    self.hint = hint
    self.contentRange = contentRange
  }

  /// The body of the response: four keys, always all of them, in this order and compact.
  package var json: [UInt8] {
    var json: [UInt8] = []
    json.reserveCapacity(96 + message.utf8.count + (details?.utf8.count ?? 0))
    func member(_ prefix: StaticString, _ text: String?) {
      prefix.withUTF8Buffer { json.append(contentsOf: $0) }
      if let text { json.appendJSONString(text) } else { json.append(contentsOf: "null".utf8) }
    }
    member("{\"code\":", code)
    if let detailsJSON {
      json.append(contentsOf: ",\"details\":".utf8)
      json.append(contentsOf: detailsJSON.utf8)
    } else {
      member(",\"details\":", details)
    }
    member(",\"hint\":", hint)
    member(",\"message\":", message)
    json.append(UInt8(ascii: "}"))
    return json
  }
}

extension RESTError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    Diagnostic(code: code, message: details.map { "\(message): \($0)" } ?? message, hint: hint)
  }
}

extension RESTError {
  /// A query string that does not parse.
  static func query(_ message: String, details: String, hint: String? = nil) -> RESTError {
    RESTError(status: 400, code: "PGRST100", message: message, details: details, hint: hint)
  }

  /// A method that functions do not have.
  static func functionMethod(_ method: String) -> RESTError {
    RESTError(status: 405, code: "PGRST101", message: "Cannot use the \(method) method on RPC")
  }

  /// A body that cannot be used.
  static func body(_ message: String) -> RESTError {
    RESTError(status: 400, code: "PGRST102", message: message)
  }

  /// A body that is no JSON at all.
  package static let invalidJSON = body("Empty or invalid json")

  /// Rows that cannot be given.
  static func range(_ details: String) -> RESTError {
    RESTError(
      status: 416, code: "PGRST103", message: "Requested range not satisfiable", details: details)
  }

  /// A schema that is not exposed.
  static func schema(_ name: String, exposed: [String]) -> RESTError {
    RESTError(
      status: 406, code: "PGRST106", message: "Invalid schema: \(name)",
      hint: "Only the following schemas are exposed: \(exposed.joined(separator: ", "))")
  }

  /// A PUT that asks for part of the rows.
  static let putLimit = RESTError(
    status: 400, code: "PGRST114",
    message: "limit/offset querystring parameters are not allowed for PUT")

  /// A method that tables do not have.
  static func method(_ method: String) -> RESTError {
    RESTError(status: 405, code: "PGRST117", message: "Unsupported HTTP method: \(method)")
  }

  /// Preferences that a strict client wants to hear about.
  static func preferences(_ invalid: [String]) -> RESTError {
    RESTError(
      status: 400, code: "PGRST122", message: "Invalid preferences given with handling=strict",
      details: "Invalid preferences: \(invalid.joined(separator: ", "))")
  }

  /// A path that names neither a table nor a function.
  static let path = RESTError(
    status: 404, code: "PGRST125", message: "Invalid path specified in request URL")

  /// A character that PostgreSQL's text does not have; as the server itself would say it.
  static let nul = RESTError(
    status: 400, code: "22021", message: "invalid byte sequence for encoding \"UTF8\": 0x00")
}

extension [UInt8] {
  /// Appends a text as a JSON string, in quotes.
  package mutating func appendJSONString(_ text: String) {
    append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        append(UInt8(ascii: "\\"))
        append(byte)
      case 0x0A: append(contentsOf: "\\n".utf8)
      case 0x0D: append(contentsOf: "\\r".utf8)
      case 0x09: append(contentsOf: "\\t".utf8)
      case 0..<0x20:
        append(contentsOf: "\\u00".utf8)
        append(hexDigit(byte >> 4))
        append(hexDigit(byte & 15))
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }
}

/// The upper-case digit of four bits.
func hexDigit(_ value: UInt8) -> UInt8 {
  value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
}
