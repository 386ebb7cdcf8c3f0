import HTTPMessages
import NIOCore

/// What stands between a status line and a body, as far as the server decides on it.
struct ResponseFrame {
  var status: Int
  /// The length that is named; nil names none.
  var length: Int?
  var frame: BodyFrame
  /// A `Connection` line's value, when one is needed.
  var connection: StaticString?
}

/// Whether an answer of this status has a body at all (RFC 9110, 6.4.1).
func mayHaveBody(_ status: Int) -> Bool { status >= 200 && status != 204 && status != 304 }

/// Writes the head of an answer.
///
/// What a responder says about the frame or the connection is left out: the server knows it. A name
/// that is none is left out; a line end in a value becomes a space, so that nobody writes a header
/// of his own into somebody's value.
///
/// - Parameters:
///   - frame: What the server decided.
///   - headers: The responder's.
///   - output: Takes it.
func writeHead(_ frame: ResponseFrame, _ headers: [HTTPHeader], to output: inout ByteBuffer) {
  output.writeStaticString("HTTP/1.1 ")
  writeNumber(frame.status, to: &output)
  output.writeStaticString(" ")
  output.writeStaticString(reasonPhrase(frame.status))
  output.writeStaticString("\r\n")
  for header in headers {
    let isOurs = header.name.utf8.withContiguousStorageIfAvailable { name in
      guard !name.isEmpty, name.allSatisfy(isToken) else { return true }
      return switch KnownHeader(UnsafeRawBufferPointer(name)) {
      case .connection, .contentLength, .transferEncoding, .hopByHop, .upgrade: true
      default: false
      }
    }
    if isOurs != false { continue }
    output.writeString(header.name)
    output.writeStaticString(": ")
    let start = output.writerIndex
    output.writeString(header.value)
    let view = output.viewBytes(at: start, length: output.writerIndex - start)
    if let view, view.contains(where: isControl) {
      for index in view.indices where isControl(view[index]) {
        output.setInteger(UInt8.space, at: index)
      }
    }
    output.writeStaticString("\r\n")
  }
  if case .chunked = frame.frame { output.writeStaticString("Transfer-Encoding: chunked\r\n") }
  if let length = frame.length {
    output.writeStaticString("Content-Length: ")
    writeNumber(length, to: &output)
    output.writeStaticString("\r\n")
  }
  if let connection = frame.connection {
    output.writeStaticString("Connection: ")
    output.writeStaticString(connection)
    output.writeStaticString("\r\n")
  }
  output.writeStaticString("\r\n")
}

private func isControl(_ byte: UInt8) -> Bool { byte < .space && byte != .tab || byte == 0x7f }

/// Writes a number that is not negative in decimal.
private func writeNumber(_ number: Int, to output: inout ByteBuffer) {
  // Fifteen digits fit into a String without memory of its own.
  output.writeString(String(number))
}
