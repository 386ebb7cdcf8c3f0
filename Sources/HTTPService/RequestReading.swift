import HTTPMessages

/// Makes a request of a parsed head.
///
/// - Parameters:
///   - head: The parsed head.
///   - bytes: Its bytes.
/// - Returns: It; nil when the target is no path.
func makeRequest(_ head: MessageHead, _ bytes: UnsafeRawBufferPointer) -> HTTPRequest? {
  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
  var path: String
  var query = ""
  if let target = RequestTarget(head.target, bytes) {
    path = text(target.path)
    if !target.query.isEmpty { query = text(target.query) }
  } else {
    // OPTIONS about the whole server.
    path = text(head.target)
    guard path == "*" else { return nil }
  }
  var request = HTTPRequest(method: text(head.method), path: path, query: query)
  request.headers.reserveCapacity(head.fields.count)
  for field in head.fields {
    request.headers.append(
      HTTPHeader(headerName(UnsafeRawBufferPointer(rebasing: bytes[field.name])), text(field.value))
    )
  }
  return request
}

/// Long names that come with every request: 16 bytes and more would be memory of their own.
private let longNames: [[(bytes: [UInt8], name: String)]] = {
  let names = [
    "x-homebase-stack", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto",
    "x-forwarded-prefix", "x-homebase-generation", "transfer-encoding", "if-modified-since",
    "access-control-request-method", "access-control-request-headers", "sec-ch-ua-mobile",
    "sec-ch-ua-platform", "x-supabase-api-version",
  ]
  var table = Array(repeating: [(bytes: [UInt8], name: String)](), count: 32)
  for name in names { table[name.utf8.count].append((Array(name.utf8), name)) }
  return table
}()

/// A name in lower case.
private func headerName(_ name: UnsafeRawBufferPointer) -> String {
  if name.count > 15, name.count < longNames.count {
    for candidate in longNames[name.count] where isSameName(name, candidate.bytes) {
      return candidate.name
    }
  }
  return String(unsafeUninitializedCapacity: name.count) { buffer in
    for index in 0..<name.count { buffer[index] = name[index].lowercased }
    return name.count
  }
}
