import Diagnostics
import HTTPMessages
import NIOCore

/// What browsers may see of an answer besides the headers that they always may.
private let exposedHeaders: StaticString = """
  Content-Range, Content-Length, Content-Location, Content-Encoding, Location, ETag, Link, \
  Preference-Applied, WWW-Authenticate, Retry-After, X-Total-Count, X-Supabase-Api-Version, \
  X-Sb-Error-Code, Sb-Gateway-Version, Tus-Resumable, Upload-Offset, Upload-Length
  """

/// Writes the headers without which a browser hides an answer.
func writeCrossOrigin(to output: inout ByteBuffer) {
  output.writeStaticString("Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: ")
  output.writeStaticString(exposedHeaders)
  output.writeStaticString("\r\n")
}

extension OwnAnswer {
  /// Syntax errors close the connection: where the next request begins is not known.
  init(_ fault: SyntaxFault) {
    self.init(status: fault.status, shape: .plain, message: fault.diagnostic.message)
  }

  /// The body, in the words that the service's client library reads.
  var body: String {
    let text = jsonText(message)
    switch shape {
    case .plain: return "{\"message\":\(text)}"
    case .rest:
      // PostgREST says PGRST000 when it has no database, PGRST003 when it waited too long for one.
      let code = status == 504 ? "PGRST003" : "PGRST000"
      return "{\"code\":\"\(code)\",\"details\":null,\"hint\":null,\"message\":\(text)}"
    case .auth:
      let code =
        switch status {
        case 504: "request_timeout"
        case 404: "not_found"
        default: "unexpected_failure"
        }
      return "{\"code\":\(status),\"error_code\":\"\(code)\",\"msg\":\(text)}"
    case .storage:
      return
        "{\"statusCode\":\"\(status)\",\"error\":\(jsonText("\(reasonPhrase(status))")),\"message\":\(text)}"
    case .functions:
      let code = status == 504 ? "TIMEOUT" : "SERVICE_UNAVAILABLE"
      return "{\"code\":\"\(code)\",\"message\":\(text)}"
    }
  }

  /// Writes the whole answer.
  ///
  /// - Parameters:
  ///   - isHead: The body is left out, its length is not.
  ///   - closes: This connection carries no more requests.
  ///   - output: Takes it.
  func write(isHead: Bool, closes: Bool, to output: inout ByteBuffer) {
    let body = body
    output.writeString("HTTP/1.1 \(status) \(reasonPhrase(status))\r\n")
    output.writeStaticString("Content-Type: application/json; charset=utf-8\r\n")
    output.writeString("Content-Length: \(body.utf8.count)\r\n")
    if status == 503 { output.writeStaticString("Retry-After: 1\r\n") }
    if status == 401 { output.writeStaticString("WWW-Authenticate: Key realm=\"homebase\"\r\n") }
    writeCrossOrigin(to: &output)
    output.writeStaticString(closes ? "Connection: close\r\n\r\n" : "\r\n")
    if !isHead { output.writeString(body) }
  }
}

/// Writes the answer to a browser's question before its request: whatever it asks for is allowed.
func writePreflight(method: String, headers: String, closes: Bool, to output: inout ByteBuffer) {
  output.writeStaticString("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n")
  let usual = "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS"
  let methods = usual.split(separator: ",").contains(method[...]) ? usual : "\(usual),\(method)"
  output.writeString("Access-Control-Allow-Methods: \(methods)\r\n")
  if !headers.isEmpty { output.writeString("Access-Control-Allow-Headers: \(headers)\r\n") }
  output.writeStaticString(
    "Access-Control-Max-Age: 3600\r\nVary: Access-Control-Request-Headers\r\n")
  writeCrossOrigin(to: &output)
  output.writeStaticString(closes ? "Connection: close\r\n\r\n" : "\r\n")
}

/// Writes a service's head for the client.
///
/// - Parameters:
///   - head: The parsed head.
///   - bytes: Its bytes.
///   - frame: How the body leaves the gateway.
///   - connection: A `Connection` line's value, when one is needed.
///   - output: Takes it.
func writeResponse(
  _ head: MessageHead, _ bytes: UnsafeRawBufferPointer, frame: BodyFrame, connection: StaticString?,
  to output: inout ByteBuffer
) {
  output.writeString("HTTP/1.1 \(head.status) ")
  output.writeBytes(bytes[head.reason])
  output.writeStaticString("\r\n")
  for field in head.fields {
    switch field.known {
    case .connection, .hopByHop, .transferEncoding, .contentLength, .homebase: continue
    case .upgrade: if head.status != 101 { continue }
    default: break
    }
    if !head.listed.isEmpty, head.isListed(field.name, bytes) { continue }
    output.writeBytes(bytes[field.name])
    output.writeStaticString(": ")
    output.writeBytes(bytes[field.value])
    output.writeStaticString("\r\n")
  }
  if case .chunked = frame { output.writeStaticString("Transfer-Encoding: chunked\r\n") }
  if let length = head.contentLength, head.status != 204, head.status >= 200 {
    output.writeString("Content-Length: \(length)\r\n")
  }
  if head.status >= 200, !head.hasCrossOrigin { writeCrossOrigin(to: &output) }
  if let connection {
    output.writeStaticString("Connection: ")
    output.writeStaticString(connection)
    output.writeStaticString("\r\n")
  }
  output.writeStaticString("\r\n")
}
